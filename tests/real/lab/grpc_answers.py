"""What a server of gRPC may answer besides what the real one does: frames of HTTP/2 (RFC 9113) by hand."""
import socket
import struct
import threading

DATA, HEADERS, SETTINGS, PING, GOAWAY = 0, 1, 4, 6, 7
ACK = END_STREAM = 1
END_HEADERS = 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def fields(**pairs):
    """HPACK (RFC 7541): literals, without any index or Huffman's code."""
    out = b""
    for name, value in pairs.items():
        name, value = name.replace("_", "-").encode(), str(value).encode()
        out += b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value
    return out


OK = b"\x88"  # :status 200, of the static table
ANSWER = OK + fields(content_type="application/grpc")


def trailers_only(**pairs):
    return lambda stream: frame(HEADERS, END_HEADERS | END_STREAM, stream, ANSWER + fields(**pairs))


def answer(message, head=ANSWER, **pairs):
    """A message as gRPC frames it, and trailers."""
    body = b"\0" + struct.pack(">I", len(message)) + message
    return lambda stream: (frame(HEADERS, END_HEADERS, stream, head) + frame(DATA, 0, stream, body)
                           + frame(HEADERS, END_HEADERS | END_STREAM, stream, fields(**pairs)))


class Grpc:
    """`answer(stream)` is what it says to each request."""

    def __init__(self, answer):
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def _serve(self, connection):
        with connection, connection.makefile("rb") as lines:
            lines.read(len(PREFACE))
            connection.sendall(frame(SETTINGS, 0, 0))
            while head := lines.read(9):
                size, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
                stream = int.from_bytes(head[5:], "big") & 0x7fffffff
                lines.read(size)
                if kind == SETTINGS and not flags & ACK:
                    connection.sendall(frame(SETTINGS, ACK, 0))
                if kind == GOAWAY:
                    return
                if kind in (HEADERS, DATA) and flags & END_STREAM:
                    connection.sendall(self.answer(stream))

    def _listen(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._quietly, args=(connection,), daemon=True).start()

    def _quietly(self, connection):
        try:
            self._serve(connection)
        except OSError:
            pass

    def __enter__(self):
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
