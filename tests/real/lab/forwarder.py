"""Stands before one replica and passes on what it is asked, but for a path that it keeps waiting, or answers by itself."""
import http.server
import threading
import urllib.error
import urllib.request

from lab.served import Served


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def _pass_on(self):
        server = self.server
        if server.ends and self.path.endswith(server.ends):
            server.held.set()
            if server.instead is not None:
                self._answer(*server.instead)
                return
            server.over.wait(30)
            return
        server.asked.append(f"{self.command} {self.path}")
        size = int(self.headers.get("Content-Length", 0))
        kept = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        request = urllib.request.Request(server.to + self.path, self.rfile.read(size) if size else None, kept, method=self.command)
        try:
            answer = urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self._answer(answer.status, answer.read(), answer.headers["Content-Type"] or "text/plain")

    def _answer(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = _pass_on


class Forwarder(Served):
    """`held` is set when the path that ends with `ends` is asked for; it gets no answer, or `instead`, a status and a body. `asked`
    is "METHOD path" of all else."""

    def __init__(self, to, ends, instead=None):
        super().__init__(Handler)
        self.server.to, self.server.ends, self.server.instead = to, ends, instead
        self.asked = self.server.asked = []
        self.held = self.server.held = threading.Event()
