"""A line between owctl and a server that counts round trips, and that breaks where a test says."""
import socket
import threading


class Wire:
    """Listens on `port` for one connection after the other. `turns` counts how often the client spoke after the server did: each
    costs the line's latency once. With `cut_after`, the answer to the message that holds those bytes is the last that
    comes through."""

    def __init__(self, server_port, cut_after=None):
        self._server_port = server_port
        self._cut_after = cut_after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.turns = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def through(self, url):
        return url.replace(f":{self._server_port}/", f":{self.port}/")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._server_port))
            self._server_spoke, self._last = True, False
            for source, sink, pass_on in ((client, server, self._to_server), (server, client, self._to_client)):
                threading.Thread(target=self._pump, args=(source, sink, pass_on), daemon=True).start()

    def _to_server(self, data):
        self.turns += self._server_spoke
        self._server_spoke = False
        self._last = self._last or (self._cut_after is not None and self._cut_after in data)

    def _to_client(self, data):
        self._server_spoke = True
        return self._last

    @staticmethod
    def _pump(source, sink, pass_on):
        last = False
        try:
            while not last and (data := source.recv(65536)):
                last = pass_on(data)
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
