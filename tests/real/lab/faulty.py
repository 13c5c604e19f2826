"""A proxy before a server that speaks HTTP, which goes wrong as it is told."""
import http.client
import http.server
import socket
import struct
import threading

from lab.served import Served


class Faulty(Served):
    """Each request takes the next fault of `faults` that wants it; the others are passed on. `seen` has "METHOD path"s.

    A fault is a function (handler, forward) that answers: forward() asks the server, and gives its http.client answer
    with `.content`, its body."""

    def __init__(self, port):
        self.port, self.faults, self.seen, self.connections = port, [], [], 0
        self.lock = threading.Lock()
        faulty = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self):
                faulty.connections += 1
                super().setup()

            def log_message(self, *_):
                pass

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True

            def answer(self):
                faulty.answer(self)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer

        super().__init__(Handler)

    def inject(self, *faults):
        self.faults += faults
        return self

    def answer(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))

        def forward():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            connection.putrequest(handler.command, handler.path, skip_host=True, skip_accept_encoding=True)
            for name, value in handler.headers.items():
                if name.lower() != "connection":
                    connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            answer.content = answer.read()
            connection.close()
            return answer

        with self.lock:
            self.seen.append(f"{handler.command} {handler.path}")
            wanted = next((fault for fault in self.faults if fault.wants(handler)), None)
            if wanted:
                self.faults.remove(wanted)
        (wanted or Fault(lambda h, ask: reply(h, ask()))).act(handler, forward)


class Fault:
    def __init__(self, act, method=None, path=""):
        self.act, self.method, self.path = act, method, path

    def wants(self, handler):
        return self.method in (None, handler.command) and self.path in handler.path


def reply(handler, answer, cut=None):
    """Passes an answer on; of its body only `cut` bytes, and then the connection breaks."""
    handler.send_response_only(answer.status)
    for name, value in answer.headers.items():
        if name.lower() not in ("connection", "transfer-encoding", "content-length"):
            handler.send_header(name, value)
    size = answer.headers.get("Content-Length", 0) if handler.command == "HEAD" else len(answer.content)
    handler.send_header("Content-Length", size)
    handler.end_headers()
    handler.wfile.write(answer.content if cut is None else answer.content[:cut])
    if cut is not None:
        handler.wfile.flush()
        break_off(handler)


def break_off(handler):
    """With a reset, as a machine does that was switched off."""
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.shutdown(socket.SHUT_RD)
    handler.connection.close()


def says(status, code="", message="", headers=None, **where):
    """Answers by itself, and asks nobody."""
    def act(handler, _):
        body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode() if code else b""
        handler.send_response_only(status)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)

    return Fault(act, **where)


def resets(**where):
    return Fault(lambda handler, _: break_off(handler), **where)


def loses_the_answer(**where):
    """The server has done it, and nobody is told."""
    def act(handler, forward):
        forward()
        break_off(handler)

    return Fault(act, **where)


def cuts(size, **where):
    return Fault(lambda handler, forward: reply(handler, forward(), cut=size), **where)


def is_silent(**where):
    """As long as the proxy lives."""
    return Fault(lambda handler, _: handler.server.over.wait(), **where)


def changes(change, **where):
    """change(answer) alters what the server said."""
    def act(handler, forward):
        answer = forward()
        change(answer)
        reply(handler, answer)

    return Fault(act, **where)
