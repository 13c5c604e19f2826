"""`owctl migrate up` when the disk, the line or others at the database fail it: it ends with the documented status, says what stays
and what to do, and the next one ends as a run that nothing disturbed."""
import contextlib
import ctypes
import os
import random
import shutil
import signal
import socket
import sqlite3
import time

import psycopg
import pytest

from lab import rows
from lab.memory import small_disk
from lab.owctl import Result, check_sanitizers
from lab.process import wait_until
from lab.rows_difference import difference
from test_migrate_kills import EVERY_PAGE, ROWS, SEED, UNHURRIED, WAIT, End, cut_off, failing, points, to_wal, up  # noqa: F401 (fixture)
from test_migrate_rows import OLDEST, migrate, old  # noqa: F401
from test_old_database import connected, copy, engine  # noqa: F401

pytestmark = UNHURRIED
PIDFD_GETFD = 438
libc = ctypes.CDLL(None, use_errno=True)
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
GOES_ON = "what is done stays, and `owctl migrate up` goes on from there"


@pytest.fixture
def template(old, engine):  # noqa: F811
    return old(OLDEST, seed=5, count=ROWS)


@pytest.fixture(scope="module")
def ends():
    """{engine: what a run that nothing disturbed has made of the template}"""
    return {}


@pytest.fixture
def end(ends, cut_off, template, copy, engine):  # noqa: F811
    if engine not in ends:
        whole, since = copy(template), time.time()
        calls = cut_off.count(*up(whole), env=EVERY_PAGE)
        ends[engine] = End(whole, since)
        ends[engine].calls = calls
    return ends[engine]


def said_what_to_do(done):
    """Before the first change there is nothing that could stay, and after the last one nothing to go on with."""
    [hint] = [line for line in done.err.splitlines() if line.startswith("hint: ")]
    if "the change was made, but could not be read back" in done.err:
        return done.out and "`owctl migrate status` shows what is there" in hint
    return GOES_ON in hint if "owctl: changing" in done.err else hint


def finished(process):
    out, err = process.communicate(timeout=120)
    check_sanitizers(process.args, err)
    return Result(process.args, process.returncode, out, err)


def path(url):
    return url.removeprefix("sqlite:///")


# ---- a disk, a line


@ON_SQLITE
@pytest.mark.parametrize("how, words", [("full", "the disk is full"), ("broken", "nput/output error")])
def test_writes_that_fail_from_any_moment_on(failing, migrate, template, end, copy, engine, how, words):  # noqa: F811
    source = random.Random(f"{SEED} {how}")
    for number, at in enumerate(points(source, end.calls)):
        url = copy(template)
        if number % 3 == 1:
            to_wal(url)
        done = failing.at(at, how, *up(url, backup=number % 3 == 2), env=EVERY_PAGE)
        if done.rc == 0:  # with a -wal there are fewer calls, and the last removes the lock file
            end.check(url, at)
        else:
            assert words in done.ended(1).err or "disk I/O error" in done.err or "No space left" in done.err, (at, done.err)
            assert said_what_to_do(done), (at, done.err)
        migrate(url, **EVERY_PAGE).ok()
        end.check(url, at)


@ON_POSTGRESQL
def test_a_line_that_breaks_at_any_message(failing, migrate, template, end, copy, engine):  # noqa: F811
    for at in points(random.Random(f"{SEED} lost"), end.calls):
        url = copy(template)
        done = failing.at(at, "lost", *up(url), env=EVERY_PAGE)
        if done.rc == 0:  # the last messages only say good-bye
            end.check(url, at)
        else:
            assert done.ended(69) and said_what_to_do(done), (at, done.err)
        migrate(url, *WAIT, **EVERY_PAGE).ok()
        end.check(url, at)


@ON_SQLITE
@pytest.mark.parametrize("wal", (False, True))
def test_a_disk_that_becomes_full(migrate, template, end, engine, tmp_path, wal):  # noqa: F811
    """While it waits for a reader or a writer, so that it has looked for room before."""
    with small_disk(tmp_path / "small", megabytes=16) as folder:
        url = f"sqlite:///{folder}/webui.db"
        shutil.copy(path(template), path(url))
        if wal:
            to_wal(url)
        with held(url, "begin immediate" if wal else "begin", "select count(*) from chat") as let_go:
            process = migrate.start(url, "--online", **EVERY_PAGE)
            wait_until(lambda: waits(process), 30, "owctl")
            fill(folder)
            let_go()
            done = finished(process)
        assert "the disk is full" in done.ended(1).err and said_what_to_do(done), done.err
        (folder / "filler").unlink()
        migrate(url, **EVERY_PAGE).ok()
        end.check(url, "full")


@pytest.fixture
def small_place(postgresql):
    """(a folder of the server's for the database on_small, its tablespace)."""
    with small_disk(postgresql.folder / "small", megabytes=32) as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        postgresql.execute(f"create tablespace small location '{folder}'")
        yield folder, "small"
        postgresql.execute("drop database if exists on_small with (force)")
        postgresql.execute("drop tablespace small")


@ON_POSTGRESQL
def test_a_server_whose_disk_becomes_full(migrate, template, end, engine, postgresql, small_place):  # noqa: F811
    folder, tablespace = small_place
    postgresql.execute("create database on_small template {} tablespace {}", template.rsplit("/", 1)[1], tablespace)
    url = postgresql.url("on_small")
    with held(url, *OTHERS["reader"]) as let_go:
        process = migrate.start(url, "--online", **EVERY_PAGE)
        wait_until(lambda: waits_in_server(postgresql, url), 30, "owctl")
        fill(folder)
        let_go()
        done = finished(process)
    assert "No space left on device" in done.ended(1).err and said_what_to_do(done), done.err
    (folder / "filler").unlink()
    migrate(url, *WAIT, **EVERY_PAGE).ok()
    end.check(url, "full")


def fill(folder):
    with contextlib.suppress(OSError), open(folder / "filler", "wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))


def sockets(pid):
    """Of another process, by their descriptors."""
    process = os.pidfd_open(pid)
    for entry in os.listdir(f"/proc/{pid}/fd"):
        if os.readlink(f"/proc/{pid}/fd/{entry}").startswith("socket:"):
            number = libc.syscall(PIDFD_GETFD, process, int(entry), 0)
            assert number >= 0, os.strerror(ctypes.get_errno())
            with socket.socket(fileno=number) as found:
                yield found
    os.close(process)


@ON_POSTGRESQL
@pytest.mark.parametrize("given, seconds", (("", 60), ("?keepalives_idle=300", 330)))
def test_a_line_that_goes_dead_is_noticed_by_the_kernel(migrate, template, copy, engine, postgresql, given, seconds):  # noqa: F811
    """However long a statement may work."""
    url = copy(template)
    with held(url, *OTHERS["reader"]) as let_go:
        process = migrate.start(url + given, "--online")
        wait_until(lambda: waits_in_server(postgresql, url), 30, "owctl")
        found = [(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT), one.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
                  one.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
                  + one.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) * one.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT))
                 for one in sockets(process.pid) if one.family in (socket.AF_INET, socket.AF_INET6)]
        let_go()
        finished(process).ended(0)
    assert found == [(60000, 1, seconds)]


# ---- others at the database


@contextlib.contextmanager
def held(url, *statements):
    """Another one's open transaction; yields what ends it."""
    with contextlib.closing(psycopg.connect(url, autocommit=True) if path(url) == url
                            else sqlite3.connect(path(url), isolation_level=None)) as other:
        for statement in statements:
            other.execute(statement).fetchall() if statement.startswith("select") else other.execute(statement)
        yield lambda: other.execute("rollback")


def waits(process):
    """For a lock: it does nothing but look whether it is free."""
    def ticks():
        with open(f"/proc/{process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    before = ticks()
    time.sleep(0.3)
    return process.poll() is None and ticks() - before <= 1


def waits_in_server(postgresql, url):
    name = url.rsplit("/", 1)[1]
    with postgresql.connect("postgres") as connection:
        row = connection.execute("select pid from pg_stat_activity where datname = %s and wait_event_type = 'Lock'", [name]).fetchone()
        return row and row[0]


OTHERS = {
    "reader": ("begin", "select count(*) from chat"),
    "writer": ("begin", "update chat set title = title"),
}


@ON_POSTGRESQL
@pytest.mark.parametrize("other", OTHERS)
def test_others_that_let_go_after_a_while(migrate, template, end, copy, engine, postgresql, other):  # noqa: F811
    url = copy(template)
    with held(url, *OTHERS[other]) as let_go:
        process = migrate.start(url, "--online", **EVERY_PAGE)
        wait_until(lambda: waits_in_server(postgresql, url), 30, "owctl")
        let_go()
        finished(process).ended(0)
    end.check(url, other)


@pytest.mark.parametrize("wal", (False, True))
@pytest.mark.parametrize("other", OTHERS)
@ON_SQLITE
def test_others_at_a_file_that_let_go_after_a_while(migrate, template, end, copy, engine, other, wal):  # noqa: F811
    """A reader of a file in WAL mode keeps nobody waiting, and goes on reading what was there."""
    url = copy(template)
    if wal:
        to_wal(url)
    with held(url, *OTHERS[other]) as let_go:
        process = migrate.start(url, "--online", **EVERY_PAGE)
        if not wal or other == "writer":
            wait_until(lambda: waits(process), 30, "owctl")
            let_go()
        finished(process).ended(0)
    end.check(url, other)


# Nothing waits for a reader beside a write-ahead log.
@pytest.mark.parametrize("engine, other, wal", [
    *(("postgresql", other, False) for other in OTHERS), *(("sqlite", other, False) for other in OTHERS),
    ("sqlite", "writer", True)], indirect=["engine"])
def test_others_that_never_let_go(migrate, template, end, copy, engine, other, wal):  # noqa: F811
    url = copy(template)
    if wal:
        to_wal(url)
    with held(url, *OTHERS[other]):
        done = migrate(url, "--online", "--timeout", "1", "--lock-wait", "2s", **EVERY_PAGE).ended(75)
        assert said_what_to_do(done), done.err
    migrate(url, **EVERY_PAGE).ok()
    end.check(url, other)


@ON_SQLITE
def test_what_one_try_at_a_file_waits_counts(migrate, template, engine):  # noqa: F811
    """It lasts --timeout: that is more than --lock-wait already."""
    with held(template, *OTHERS["writer"]):
        done = migrate(template, "--online", "--timeout", "3", "--lock-wait", "2s").ended(75)
    assert "no lock in 3 s" in done.err and "asked for again" not in done.err, done.err


@ON_SQLITE
def test_a_long_try_at_a_file_says_what_it_waits_for(migrate, template, end, copy, engine):  # noqa: F811
    url = copy(template)
    with held(url, *OTHERS["writer"]) as let_go:
        process = migrate.start(url, "--online", "--timeout", "30", "--lock-wait", "1s", **EVERY_PAGE)
        while (line := process.stderr.readline()) and b"waiting for a lock" not in line:
            pass
        assert line and process.poll() is None
        let_go()
        finished(process).ended(0)
    end.check(url, "writer")


@ON_POSTGRESQL
@pytest.mark.parametrize("how", ("terminated", "crashed"))
def test_a_server_that_ends_the_session(migrate, template, end, copy, engine, postgresql, how):  # noqa: F811
    """It waits for another one's lock meanwhile. A server of which a process is killed restarts as after a crash."""
    url = copy(template)
    with held(url, *OTHERS["reader"]) as let_go:
        process = migrate.start(url, "--online", **EVERY_PAGE)
        pid = wait_until(lambda: waits_in_server(postgresql, url), 30, "owctl")
        if how == "terminated":
            postgresql.execute(f"select pg_terminate_backend({pid})")
            done = finished(process)
            let_go()
        else:
            os.kill(pid, signal.SIGKILL)
            done = finished(process)
    assert done.ended(69) and said_what_to_do(done), done.err
    migrate(url, *WAIT, **EVERY_PAGE).ok()
    end.check(url, how)


# ---- a trigger, a rule


SWALLOWING = {
    "update": "the table \"chat\" keeps 14 of 14 rows as they were",
    "delete": "the table \"chat\" keeps 2 rows that were to be removed",
}


@pytest.mark.parametrize("event", SWALLOWING)
def test_writes_that_are_swallowed_are_no_success(migrate, old, copy, engine, event):  # noqa: F811
    template = old(OLDEST, count=12)
    whole, url, since = copy(template), copy(template), time.time()
    with connected(url) as connection:
        if engine == "sqlite":
            connection.execute(f"create trigger own before {event} on chat begin select raise(ignore); end")
        else:
            connection.execute(f"create rule own as on {event} to chat do instead nothing")
    assert SWALLOWING[event] in (said := migrate(url).ended(1).err) and "a trigger or a rule" in said, said
    with connected(url) as connection:
        connection.execute("drop trigger own" if engine == "sqlite" else "drop rule own on chat")
    for each in (whole, url):
        migrate(each).ok()
    assert difference(rows.of(whole, since), rows.of(url, since)) == ""
