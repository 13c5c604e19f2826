"""Requests to servers that speak JSON over HTTP: through TLS, or a socket in the file system."""
import http.client
import json
import socket
import ssl


class Refused(Exception):
    def __init__(self, status, text):
        super().__init__(f"{status}: {text}")
        self.status = status


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def over_tls(port, authority, certificate=None):
    """A connection to a server of this machine; `certificate` is a pair of files that a client shows."""
    context = ssl.create_default_context(cafile=authority)
    if certificate:
        context.load_cert_chain(*certificate)
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=context)


class Rest:
    """rest(method, path, body, type): what a server answered, read from its JSON. `connect` makes a connection."""

    def __init__(self, connect, **headers):
        self.connect, self.headers = connect, headers

    def __call__(self, method, path, body=None, type="application/json"):
        headers = self.headers | ({} if body is None else {"Content-Type": type})
        connection = self.connect()
        try:
            connection.request(method, path, body if body is None or isinstance(body, bytes) else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status >= 300:
                raise Refused(answer.status, text)
            return json.loads(text) if answer.headers.get_content_type() == "application/json" and text else text
        finally:
            connection.close()
