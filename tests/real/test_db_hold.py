"""One holder at a time (db_hold), whoever comes, goes or dies."""
import contextlib
import fcntl
import os
import re
import signal
import socket
import sqlite3
import threading
import time

import psycopg
import pytest

from lab.memory import small_disk
from lab.pgbouncer import pooled
from lab.probe import TABLE, Probe, Refused
from lab.process import wait_until
from lab.sqlite import beside, names_in, unprivileged, wal_database


@pytest.fixture(params=(pytest.param("sqlite", marks=pytest.mark.quick), "debian", "newest"))
def place(request, tmp_path):
    """What opens a fresh database."""
    if request.param != "sqlite":
        return {"postgresql": request.getfixturevalue("postgresql_clusters")(request.param).create()}
    wal_database(tmp_path / "webui.db")
    return {"sqlite": str(tmp_path / "webui.db")}


@pytest.fixture
def path(tmp_path):
    wal_database(tmp_path / "webui.db")
    return tmp_path / "webui.db"


@pytest.fixture
def debian(postgresql):
    return postgresql.create()


@pytest.fixture
def probes():
    """probes(**place): another probe that has it open; `program` holds options for its process."""
    with contextlib.ExitStack() as stack:
        yield lambda program={}, **place: stack.enter_context(Probe(**program)).open(**place)


def lock_file(path):
    return beside(path, ".owctl-lock")


def assert_names(words, probe):
    """That these are the words for the process of `probe`, which took the lock just now."""
    assert f"owctl pid {probe.popen.pid} on host {socket.gethostname()}" in words
    since = re.search(r", since (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)", words)
    assert since and since[1][:13] in time.strftime("%Y-%m-%dT%H %Y-%m-%dT%H", time.gmtime()), words


# ---- both engines

def test_one_holder_at_a_time_over_transactions(place, probes):
    first, second = probes(**place), probes(**place)
    assert first.hold() is None
    assert_names(second.hold(), first)
    for access in ("write", "read"):
        first.begin(access)
        first("commit")
        assert_names(second.hold(), first)
    first("release", number=7)
    assert second.hold() is None
    assert_names(first.hold(), second)
    second("close")
    assert first.hold() is None


def test_a_holder_that_was_killed_holds_no_more(place, probes):
    second = probes(**place)
    with pytest.raises(ZeroDivisionError), Probe() as first:
        assert first.open(**place).hold() is None
        first.begin("write")
        assert_names(second.hold(), first)
        1 / 0  # noqa: B018 (a probe that is left so is killed with SIGKILL)
    wait_until(lambda: second.hold() is None, 5, "the lock of a holder that was killed")


def test_of_twenty_at_once_one_gets_it(place):
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(Probe()).open(**place) for _ in range(20)]
        for probe in probes:
            probe.send("hold", number=7)
        holders = {probe: probe.answer()["holder"] for probe in probes}
        winner, = (probe for probe, words in holders.items() if words is None)
        for words in holders.values():
            if words is not None:
                assert_names(words, winner)


def test_never_two_while_it_goes_from_hand_to_hand(place, probes, tmp_path):
    """Each lets go of it at once, so that others come between opening, locking and removing."""
    times = 1000 if "sqlite" in place else 60  # what a probe says must fit into a pipe
    takers = [probes(**place) for _ in range(4)]
    for probe in takers:
        probe.send("take_turns", number=7, times=times, marker=str(tmp_path / "inside"))
    turns = [probe.answer()["turns"] for probe in takers]
    assert sum(turns) >= 20, turns


def test_a_database_opened_read_only_stays_so(place, probes):
    probe = probes(**place, read_only=True)
    probe.hold()
    with pytest.raises(Refused, match="read-?only"):
        probe("alone", sql="create table new (n integer)")


# ---- SQLite

@pytest.mark.quick
def test_lock_file(path, probes):
    first, second = probes(program={"umask": 0}, sqlite=str(path)), probes(sqlite=str(path))
    first.hold()
    assert lock_file(path).stat().st_mode & 0o777 == 0o600
    with open("/proc/locks") as locks:
        assert any("OFDLCK" in line and f":{lock_file(path).stat().st_ino} " in line for line in locks)
    assert_names(lock_file(path).read_text(), first)
    second.hold()
    assert_names(lock_file(path).read_text(), first)
    first("release", number=7)
    assert not lock_file(path).exists()
    second.hold()
    assert_names(lock_file(path).read_text(), second)
    second("close")
    assert not lock_file(path).exists()


@pytest.mark.quick
def test_lock_file_that_was_left_behind(path, probes):
    lock_file(path).write_text("owctl pid 1 on host gone, since 2020-01-01T00:00:00Z, and more than the next will write\n")
    first, second = probes(sqlite=str(path)), probes(sqlite=str(path))
    assert first.hold() is None
    assert second.hold() == lock_file(path).read_text().rstrip("\n")
    assert_names(second.hold(), first)
    first("release", number=7)
    assert not lock_file(path).exists()


@pytest.mark.quick
def test_lock_file_of_somebody_else_stays(path, probes):
    """Somebody removed it, and another one took its place: it is not the first one's to remove."""
    first, second = probes(sqlite=str(path)), probes(sqlite=str(path))
    first.hold()
    lock_file(path).unlink()
    assert second.hold() is None
    first("release", number=7)
    assert_names(lock_file(path).read_text(), second)


@contextlib.contextmanager
def stopped(pid):
    os.kill(pid, signal.SIGSTOP)
    with open(f"/proc/{pid}/stat") as stat:
        wait_until(lambda: stat.seek(0) == 0 and stat.read().rsplit(")", 1)[1].split()[0] == "T", 5, "a stopped process")
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.quick
def test_the_lock_of_a_file_that_is_gone_is_none(path, probes, tmp_path):
    """One that is stopped, in some of the rounds between opening and locking it, while it goes to a new holder: it is always held."""
    late, first, second = (probes(sqlite=str(path)) for _ in range(3))
    first.hold()
    late.send("take_turns", number=7, times=20000, marker=str(tmp_path / "inside"))
    for number in range(150):
        with stopped(late.popen.pid):
            first("release", number=7)
            assert second.hold() is None
        first, second = second, first
        time.sleep(number % 10 / 2000)
    assert late.answer()["turns"] == 0


@pytest.mark.quick
def test_two_names_of_a_database_have_one_lock(path, probes):
    (path.parent / "link.db").symlink_to(path)
    first, second = probes(sqlite=str(path)), probes(sqlite=str(path.parent / "link.db"))
    first.hold()
    assert_names(second.hold(), first)


@pytest.mark.quick
def test_lock_that_says_nothing(path, probes):
    """An empty file that is locked: its holder is waited for a moment, then told for what it is."""
    with lock_file(path).open("w") as file:
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, b"\1\0" + bytes(30))  # F_WRLCK, all of it
        probe = probes(sqlite=str(path))
        assert "does not say who it is" in probe.hold()


@pytest.mark.quick
def test_the_locks_of_sqlite_stay(path, probes):
    first, second = probes(sqlite=str(path), lock_timeout=1), probes(sqlite=str(path), lock_timeout=1)
    descriptors = [os.readlink(entry) for entry in os.scandir(f"/proc/{first.popen.pid}/fd")]
    first.hold()
    more = [os.readlink(entry) for entry in os.scandir(f"/proc/{first.popen.pid}/fd")]
    assert sorted(more) == sorted([*descriptors, str(lock_file(path))])
    first.begin("write")
    first.run("insert into people (id) values ('one')")
    second.hold()
    refusal, _ = second.refused("begin", access="write")
    assert refusal.status == 75
    first("commit")
    first("release", number=7)
    assert names_in(path) == ["one"]


@pytest.mark.quick
@pytest.mark.parametrize("kind", ("symbolic link", "hard link", "folder"))
def test_what_is_in_the_way_of_the_lock_file(path, probes, kind):
    if kind == "folder":
        lock_file(path).mkdir()
    elif kind == "hard link":
        lock_file(path).hardlink_to(path)
    else:
        lock_file(path).symlink_to(path)
    refusal, _ = probes(sqlite=str(path)).refused("hold", number=7)
    assert refusal.status == 78 and "in the way" in refusal.message and "rm " in refusal.hint
    assert names_in(path) == []


def test_folder_that_cannot_be_written_to():
    with unprivileged() as (folder, probe):
        path = folder / "webui.db"
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute(TABLE)
        path.chmod(0o666)
        probe.open(sqlite=str(path))
        refusal, _ = probe.refused("hold", number=7)
        assert refusal.status == 77 and "owctl-lock" in refusal.message and "user that Open WebUI runs as" in refusal.hint


def test_lock_file_that_root_left_behind():
    with unprivileged() as (folder, probe):
        folder.chmod(0o777)
        path = folder / "webui.db"
        wal_database(path)
        for name in ("webui.db", "webui.db-wal", "webui.db-shm"):
            if (folder / name).exists():
                os.chown(folder / name, 65534, 65534)
        with pytest.raises(ZeroDivisionError), Probe() as root:
            root.open(sqlite=str(path)).hold()
            1 / 0  # noqa: B018 (it is killed)
        assert lock_file(path).exists()
        assert probe.open(sqlite=str(path)).hold() is None
        probe("release", number=7)
        lock_file(path).touch(0o600)
        os.chown(lock_file(path), 0, 0)
        refusal, _ = probe.refused("hold", number=7)
        assert refusal.status == 77 and refusal.hint


def test_no_room_for_the_lock_file(tmp_path, probes):
    with small_disk(tmp_path / "small") as folder:
        wal_database(folder / "webui.db")
        probe = probes(sqlite=str(folder / "webui.db"))
        with contextlib.suppress(OSError), (folder / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(bytes(4096))
        refusal, _ = probe.refused("hold", number=7)
        assert refusal.status == 1 and "No space left" in refusal.message and "make room" in refusal.hint
        assert not lock_file(folder / "webui.db").exists()
        probe("close")


# ---- PostgreSQL


def test_numbers_are_locks_of_their_own(debian, probes):
    numbers = (7, 8, -1, 2**63 - 1, -2**63, 2**32 + 7)
    held = {number: probes(postgresql=debian) for number in numbers}
    for number, probe in held.items():
        assert probe.hold(number) is None
    late = probes(postgresql=debian)
    for number, probe in held.items():
        assert_names(late.hold(number), probe)


def test_databases_of_a_server_have_locks_of_their_own(postgresql, probes):
    first, second = probes(postgresql=postgresql.create()), probes(postgresql=postgresql.create())
    assert first.hold() is None and second.hold() is None


def test_holder_of_another_role_is_named(postgresql, probes):
    url = postgresql.create()
    postgresql.execute("create role stranger login")
    try:
        first = probes(postgresql=url)
        second = probes(postgresql=url.replace("owner@", "stranger@"))
        first.hold()
        words = second.hold()
        assert f"owctl pid {first.popen.pid} on host" in words and 'role "owner"' in words
        second("close")
    finally:
        postgresql.execute("drop role stranger")


def test_connection_of_the_holder_ends(debian, probes):
    first, second = probes(postgresql=debian), probes(postgresql=debian)
    first.hold()
    with psycopg.connect(debian, autocommit=True) as other:
        other.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'owctl pid %' and datname = current_database()")
    wait_until(lambda: second.hold() is None, 5, "the lock of a connection that ended")
    refusal, _ = first.refused("begin", access="write")
    assert refusal.status == 69
    first("release", number=7)
    first("close")


def test_idle_session_timeout_of_the_role_does_not_end_a_hold(debian, probes):
    first, second = probes(postgresql=debian + "?options=-cidle_session_timeout%3D500"), probes(postgresql=debian)
    first.hold()
    time.sleep(1.2)
    assert_names(second.hold(), first)
    first.begin()


def test_pool_in_session_mode(postgresql, probes):
    name = postgresql.create().rsplit("/", 1)[1]
    with pooled(postgresql, "session", pool_size=5) as pooler:
        first, second = probes(postgresql=pooler.url(name)), probes(postgresql=postgresql.url(name))
        assert first.hold() is None
        first.begin("write")
        first("commit")
        assert_names(second.hold(), first)
        first("alone", sql="vacuum")
        first("close")
        wait_until(lambda: second.hold() is None, 5, "the lock of a pooled connection that was closed")
        third = probes(postgresql=pooler.url(name))
        assert_names(third.hold(), second)
        third("close")


@contextlib.contextmanager
def clients(url, count):
    """Others at work behind the same pooler, which take sessions from one another all the time."""
    over = threading.Event()

    def work():
        with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
            while not over.is_set():
                with connection.transaction():
                    connection.execute("select pg_sleep(0.001)")

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("pool_size", (1, 2, 10))
@pytest.mark.parametrize("others", (0, 4))
def test_pool_in_transaction_mode_is_refused(postgresql, probes, pool_size, others):
    name = postgresql.create().rsplit("/", 1)[1]
    with pooled(postgresql, "transaction", pool_size=pool_size) as pooler, clients(pooler.url(name), others):
        probe = probes(postgresql=pooler.url(name))
        for _ in range(5):
            refusal, _ = probe.refused("hold", number=7)
            assert refusal.status == 78 and "pooler" in refusal.message and "session mode" in refusal.hint
        with psycopg.connect(postgresql.url(name)) as other:
            assert other.execute("select count(*) from pg_locks where locktype = 'advisory'").fetchone() == (0,)
        probe("close")


def test_pool_in_session_mode_without_room_to_try(postgresql, probes):
    name = postgresql.create().rsplit("/", 1)[1]
    with pooled(postgresql, "session", pool_size=1) as pooler:
        probe = probes(postgresql=pooler.url(name), connect_timeout=1)
        refusal, _ = probe.refused("hold", number=7)
        assert refusal.status in (69, 75) and "could not be tried" in refusal.message and "room for two" in refusal.hint
        probe("close")


def test_pool_that_changes_its_mode_under_a_holder(postgresql, probes):
    """A session that the lock is not in is not worked on."""
    name = postgresql.create().rsplit("/", 1)[1]
    with pooled(postgresql, "session", pool_size=5) as pooler:
        probe = probes(postgresql=pooler.url(name))
        assert probe.hold() is None
        pooler.change("transaction")
        with psycopg.connect(pooler.url(name)) as other:
            def moved():
                probe.begin()
                probe("rollback")
                other.rollback()
                other.execute("select 1")

            with pytest.raises(Refused, match="another session") as refusal:
                for _ in range(100):
                    moved()
                    time.sleep(0.05)
            assert refusal.value.status == 78
        with pytest.raises(Refused, match="another session"), psycopg.connect(pooler.url(name)) as other:
            other.execute("select 1")
            probe("alone", sql="select 1")
        probe("close")
