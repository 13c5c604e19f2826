"""A line between owctl and a server that counts round trips, and that breaks where a test says."""
import socket
import threading


class Wire:
    """Listens on `port` for one connection after the other. `turns` counts how often the client spoke after the server did: each
    costs the line's latency once. The line breaks at the message of the client that holds the bytes `at`: `how` "after" lets
    the answer to it come through as the last one, "before" loses that answer, and "silent" breaks nothing, but after the
    answer not a byte comes through any more."""

    def __init__(self, server_port, at=None, how="after"):
        self._server_port = server_port
        self._at = at
        self._how = how
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.turns = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def through(self, url):
        return url.replace(f":{self._server_port}/", f":{self.port}/")

    def mend(self):
        """From now on nothing breaks it."""
        self._at = None

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
            threading.Thread(target=self._pump, args=(client, server, self._to_server), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, self._to_client, self._ends), daemon=True).start()

    def _to_server(self, data):
        self.turns += self._server_spoke
        self._server_spoke = False
        if self._last and self._how == "silent":
            return b""
        self._last = self._last or (self._at is not None and self._at in data)
        return data

    def _to_client(self, data):
        self._server_spoke = True
        if self._last and self._how == "before":
            raise OSError("lost")
        return data

    def _ends(self):
        return self._last and self._how == "after"

    @staticmethod
    def _pump(source, sink, pass_on, ends=lambda: False):
        last = False
        try:
            while not last and (data := source.recv(65536)):
                passed, last = pass_on(data), ends()
                sink.sendall(passed)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
