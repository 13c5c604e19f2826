"""Servers that never stop sending: a signal ends the command all the same, and an answer has its bounds."""
import contextlib
import signal
import socket
import threading
import time

import pytest

GREETING = b"R\x00\x00\x00\x08\x00\x00\x00\x00K\x00\x00\x00\x0c\x00\x00\x00\x01\x00\x00\x00\x02Z\x00\x00\x00\x05I"
ONE_COLUMN = b"T\x00\x00\x00\x1a\x00\x01a\x00" + bytes(6) + b"\x00\x00\x00\x19\xff\xff\xff\xff\xff\xff\x00\x00"
ROWS = b"D\x00\x00\x00\x0d\x00\x01\x00\x00\x00\x03abc" * 2000


@pytest.fixture
def listen():
    """listen(treat): the port of a server that treats each connection so; what it began ends with the test."""
    with contextlib.ExitStack() as stack:
        def start(treat):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def serve():
                with contextlib.suppress(OSError):
                    while True:
                        connection, _ = listener.accept()
                        threading.Thread(target=lambda: quietly(treat, connection), daemon=True).start()

            threading.Thread(target=serve, daemon=True).start()
            return listener.getsockname()[1]

        yield start


def quietly(treat, connection):
    with contextlib.suppress(OSError), connection:
        treat(connection)


def rows_for_ever(connection):
    for answer in (b"N", GREETING, ONE_COLUMN):
        connection.recv(65536)
        connection.sendall(answer)
    while True:
        connection.sendall(ROWS)
        time.sleep(0.001)


def test_a_signal_ends_a_stream_of_rows_that_never_ends(owctl, listen):
    port = listen(rows_for_ever)
    process = owctl.start("user", "list", "--database", f"postgresql://u@127.0.0.1:{port}/x")
    try:
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        _, err = process.communicate(timeout=20)
        assert process.returncode == 130 and b"interrupted" in err
        assert time.monotonic() - started < 5
    finally:
        process.kill()


@pytest.mark.parametrize("first, then", [(b"*1000000\r\n", b"$100\r\n" + b"x" * 100 + b"\r\n"), (b"$9000000000\r\n", b"x")], ids=["array", "bulk"])
def test_redis_whose_answer_never_ends(owctl, listen, tmp_path, first, then):
    sent = []

    def answer(connection):
        connection.recv(65536)
        connection.sendall(first)
        while True:
            connection.sendall(then * 10000)
            sent.append(len(then) * 10000)

    owctl("migrate", "up", env={"DATA_DIR": tmp_path}).ok()
    owctl("user", "create", "a@example.org", "--no-password", env={"DATA_DIR": tmp_path}).ok()
    done = owctl("user", "passwd", "a@example.org", "--generate", "--timeout", "10",
                 env={"DATA_DIR": tmp_path, "REDIS_URL": f"redis://127.0.0.1:{listen(answer)}/0"}).ok()
    assert "the answer is too large" in done.err
    assert sum(sent) < 32 << 20


def test_redis_that_announces_a_huge_array(owctl, listen, tmp_path):
    def answer(connection):
        connection.recv(65536)
        connection.sendall(b"*2147483647\r\n")
        connection.recv(65536)

    owctl("migrate", "up", env={"DATA_DIR": tmp_path}).ok()
    owctl("user", "create", "a@example.org", "--no-password", env={"DATA_DIR": tmp_path}).ok()
    started = time.monotonic()
    done = owctl("user", "passwd", "a@example.org", "--generate", "--timeout", "5",
                 env={"DATA_DIR": tmp_path, "REDIS_URL": f"redis://127.0.0.1:{listen(answer)}/0"}).ok()
    assert "what answers is not Redis" in done.err
    assert time.monotonic() - started < 5
