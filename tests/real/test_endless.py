"""Servers that never stop sending: a signal ends the command all the same, and an answer has its bounds."""
import contextlib
import pathlib
import re
import signal
import socket
import threading
import time

import pytest
from lab.probe import Probe, Refused

GREETING = b"R\x00\x00\x00\x08\x00\x00\x00\x00K\x00\x00\x00\x0c\x00\x00\x00\x01\x00\x00\x00\x02Z\x00\x00\x00\x05"
BEGUN = b"C\x00\x00\x00\x0aBEGIN\x00Z\x00\x00\x00\x05T"
ONE_COLUMN = b"T\x00\x00\x00\x1a\x00\x01a\x00" + bytes(6) + b"\x00\x00\x00\x19\xff\xff\xff\xff\xff\xff\x00\x00"
ROWS = b"D\x00\x00\x03\xf2\x00\x01\x00\x00\x03\xe8" + b"x" * 1000
COPY_BOTH = b"W\x00\x00\x00\x09\x00\x00\x01\x00\x00"
COPY_OUT, COPIED = b"H\x00\x00\x00\x09\x00\x00\x01\x00\x00", b"d\x00\x00\x03\xec" + b"x" * 999 + b"\n"
NOTICES = b"N\x00\x00\x00\x0cMhello\x00\x00"


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


def for_ever(start, piece, after=0):
    """A PostgreSQL whose answer to the transaction's first message (after=0) or to the next is `start` and no end of `piece`."""
    def treat(connection):
        for answer in (b"N", GREETING + b"I", *[BEGUN] * after, start):
            connection.recv(65536)
            connection.sendall(answer)
        while True:
            connection.sendall(piece * 500)

    return treat


def peak_kb(process):
    return int(re.search(r"VmHWM:\s*(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1])


@pytest.mark.parametrize("start, piece", [(ONE_COLUMN, ROWS), (b"", NOTICES)], ids=["rows", "notices"])
def test_a_signal_ends_a_stream_that_never_ends_and_memory_does_not_grow(owctl, listen, start, piece):
    port = listen(for_ever(start, piece))
    process = owctl.start("user", "list", "--database", f"postgresql://u@127.0.0.1:{port}/x", env={"ASAN_OPTIONS": "quarantine_size_mb=1"})
    try:
        time.sleep(1)
        before = peak_kb(process)
        time.sleep(2)
        assert peak_kb(process) - before < 4096
        process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        _, err = process.communicate(timeout=20)
        assert process.returncode == 130 and b"interrupted" in err
        assert time.monotonic() - started < 1.5
    finally:
        process.kill()


@pytest.mark.parametrize("do, values, start, piece", [
    ("stream", {"sql": "select", "columns": 1}, ONE_COLUMN, ROWS), ("run", {"sql": "select"}, ONE_COLUMN, ROWS),
    ("first", {"sql": "select"}, ONE_COLUMN, ROWS), ("script", {"sql": "select"}, ONE_COLUMN, ROWS), ("commit", {}, ONE_COLUMN, ROWS),
    ("drain", {"sql": "select"}, COPY_OUT, COPIED),
], ids=["stream", "run", "first", "script", "commit", "unload"])
def test_whatever_never_ends_takes_no_memory_and_ends_at_a_signal(listen, do, values, start, piece):
    port = listen(for_ever(start, piece, after=1))
    with Probe() as probe:
        probe.open(postgresql=f"host=127.0.0.1 port={port} user=u dbname=x").begin("write")
        probe.send(do, **values)
        time.sleep(1)
        before = peak_kb(probe.popen)
        time.sleep(1)
        assert peak_kb(probe.popen) - before < 4096
        probe.popen.send_signal(signal.SIGTERM)
        started = time.monotonic()
        if do == "first":  # it has its row, and only skipped the others
            assert probe.answer()["found"]
        else:
            with pytest.raises(Refused) as refusal:
                probe.answer()
            assert refusal.value.status == 130
        assert time.monotonic() - started < 1.5
        assert probe.refused("commit")[0].status in (1, 130)


@pytest.mark.parametrize("do", ["run", "script"])
def test_a_copy_both_ways_ends_at_once(listen, do):
    """What a server answers to replication alone: libpq would give it again and again, and no signal was heard."""
    port = listen(for_ever(COPY_BOTH, COPIED, after=1))
    with Probe(env={"ASAN_OPTIONS": "detect_leaks=0"}) as probe:
        probe.open(postgresql=f"host=127.0.0.1 port={port} user=u dbname=x").begin("write")
        refusal, seconds = probe.refused(do, sql="select 1")
        assert refusal.status == 1 and "nobody asked for" in refusal.message and seconds < 1.5


@pytest.mark.parametrize("do", ["run", "script"])
def test_a_copy_that_was_not_asked_for_ends_at_once(listen, do):
    port = listen(for_ever(COPY_OUT, COPIED, after=1))
    with Probe() as probe:
        probe.open(postgresql=f"host=127.0.0.1 port={port} user=u dbname=x").begin("write")
        refusal, seconds = probe.refused(do, sql="copy x to stdout")
        assert refusal.status == 1 and "COPY is not taken here" in refusal.message and seconds < 1.5


def test_a_copy_behind_the_row_that_was_asked_for_ends_at_once(listen):
    port = listen(for_ever(ONE_COLUMN + ROWS + ROWS + COPY_OUT, COPIED, after=1))
    with Probe(env={"ASAN_OPTIONS": "detect_leaks=0"}) as probe:  # libpq itself loses the result that such a server breaks off
        probe.open(postgresql=f"host=127.0.0.1 port={port} user=u dbname=x").begin("write")
        started = time.monotonic()
        assert probe("first", sql="select")["found"]
        assert time.monotonic() - started < 1.5
        assert probe.refused("commit")[0].status in (1, 69)


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
