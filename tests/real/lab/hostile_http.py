"""Servers that a health check may meet where it expects a replica, and that must not hold it up. Each is a thread for each
connection, and answers every path alike."""
import contextlib
import socket
import threading

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
GIB = 1 << 30


class Hostile:
    """`behave(connection, server)` answers one request, and ends when the event server.over is set. `asked` counts connections, `sent`
    the bytes that were taken of a long body."""

    def __init__(self, behave):
        self.behave, self.over, self.asked, self.sent = behave, threading.Event(), 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes who accepts
        self.listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.asked += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection:
            if self.behave is not never_reads:
                read_request(connection)
            self.behave(connection, self)


def read_request(connection):
    seen = b""
    while b"\r\n\r\n" not in seen and (more := connection.recv(65536)):
        seen += more
    return seen


def answer(connection, body, kind=b"application/json", status=b"200 OK", more=b""):
    connection.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Type: " + kind + b"\r\nContent-Length: %d\r\nConnection: close\r\n" % len(body)
                       + more + b"\r\n" + body)


def never_answers(connection, server):
    server.over.wait()


def never_reads(connection, server):
    server.over.wait()


def drips(connection, server):
    """A byte a second, and never the last one."""
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
    while not server.over.wait(1):
        connection.sendall(b" ")


def drips_its_head(connection, server):
    for byte in HEAD * 1000:
        connection.sendall(bytes([byte]))
        if server.over.wait(1):
            return


def sends_a_gigabyte(connection, server):
    """As JSON that could go on, as fast as it is taken."""
    piece = b'"a",' * (1 << 16)
    connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n[" % GIB)
    while server.sent < GIB and not server.over.is_set():
        connection.sendall(piece)
        server.sent += len(piece)


def says_that_it_sends_a_lot(connection, server):
    connection.sendall(HEAD + b"Content-Length: 9999999999999999999999\r\n\r\n{}")
    server.over.wait()


def sends_html(connection, _):
    answer(connection, b"<!doctype html><title>Welcome</title><p>Sign in to this network", b"text/html; charset=utf-8")


def sends_html_as_json(connection, _):
    answer(connection, b"<!doctype html><title>Welcome</title>")


def redirects_for_ever(connection, server):
    answer(connection, b"", status=b"302 Found", more=b"Location: " + server.url.encode() + b"/again/%d\r\n" % server.asked)


def sends_bad_utf8(connection, _):
    answer(connection, b'{"status":true,"version":"\xff\xfe\xc0\x80","name":"\xed\xa0\x80","detail":"\xf5"}')


def nests_deeply(connection, _):
    answer(connection, b"[" * 100000)


def has_terminal_controls(connection, _):
    """In what a report would show."""
    version = b"\\u001b[2J\\u001b]0;owned\\u0007<script>alert(1)</script>"
    answer(connection, b'{"status":true,"version":"' + version + b'","name":"a\\nb","detail":"\\u202e"}')


def closes_in_mid_answer(connection, _):
    connection.sendall(HEAD + b'Content-Length: 100\r\n\r\n{"status":')


def closes_at_once(connection, _):
    pass


def has_endless_headers(connection, server):
    connection.sendall(HEAD)
    number = 0
    while not server.over.is_set():
        connection.sendall(b"".join(b"X-%d: %s\r\n" % (number + one, b"a" * 100) for one in range(1000)))
        number += 1000


def sends_garbage(connection, _):
    connection.sendall(bytes(range(256)) * 16)


def chunks_badly(connection, server):
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\nzz\r\n")
    server.over.wait()


def is_always_busy(connection, _):
    answer(connection, b'{"detail":"slow down"}', status=b"429 Too Many Requests", more=b"Retry-After: 86400\r\n")


def upgrades_to_nothing(connection, server):
    """Takes every request for a websocket, and then says nothing."""
    connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
    server.over.wait()


BEHAVIOURS = (never_answers, never_reads, drips, drips_its_head, sends_a_gigabyte, says_that_it_sends_a_lot, sends_html, sends_html_as_json,
              redirects_for_ever, sends_bad_utf8, nests_deeply, has_terminal_controls, closes_in_mid_answer, closes_at_once,
              has_endless_headers, sends_garbage, chunks_badly, is_always_busy, upgrades_to_nothing)
