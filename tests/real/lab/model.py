"""A model's server as Open WebUI asks one (the API of OpenAI): its models answer a few words, each in a way of its own."""
import http.server
import json
import time

from lab.served import Served

PIECES, PAUSE = 8, 0.15
KEY = "sk-0123456789abcdefghijklmnop"  # that a server may name when it complains


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def _json(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self._json(200, {"object": "list", "data": [{"id": name, "object": "model", "owned_by": "tests"} for name in MODELS]})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        MODELS[asked["model"]](self)


def is_slow(handler):
    """Piece by piece."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for number in range(PIECES):
        piece = {"id": "1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": f"{number} "}}]}
        _chunk(handler, f"data: {json.dumps(piece)}\n\n")
        time.sleep(PAUSE)
    _chunk(handler, "data: [DONE]\n\n")
    _chunk(handler, "")


def _chunk(handler, text):
    handler.wfile.write(b"%x\r\n%s\r\n" % (len(text), text.encode()))
    handler.wfile.flush()


def is_refused(handler):
    handler._json(401, {"error": {"message": f"Incorrect API key provided: {KEY}.", "type": "invalid_request_error"}})


def is_silent(handler):
    """Until the end, at which the connection breaks: a replica that waits for an answer is slow to stop."""
    handler.server.over.wait(60)
    handler.close_connection = True


MODELS = {"slow": is_slow, "refused": is_refused, "silent": is_silent}


class Model(Served):
    """At `url`; `asked` are the requests for an answer."""

    def __init__(self):
        super().__init__(Handler)
        self.asked = self.server.asked = []
        self.url += "/v1"
