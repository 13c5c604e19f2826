"""A copy of a whole SQLite database (db_copy): one state, whatever is written meanwhile, or no copy at all."""
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from lab.memory import small_disk
from lab.probe import TABLE, Probe, Refused
from lab.process import wait_until
from lab.sqlite import Holder, beside, inodes, names_in, unprivileged, wal_database

# Writes a row into each of two tables in one transaction, again and again.
WRITER = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
print("begun", flush=True)
while True:
    database.executescript("begin; insert into first values (randomblob(2000)); insert into second values (randomblob(2000)); commit")
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "webui.db"


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder / "copy.db"


def fill(path, megabytes, mode="wal"):
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(f"pragma journal_mode = {mode}")
        database.execute("pragma synchronous = off")
        database.executescript("create table first (bytes blob); create table second (bytes blob)")
        database.execute("begin")
        for table in ("first", "second"):
            database.execute(f"with recursive n(i) as (select 1 union all select i + 1 from n where i < ?) insert into {table} select randomblob(2000) from n",
                             [megabytes * 250])
        database.execute("commit")


@contextlib.contextmanager
def at_work(path):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True)
    try:
        assert writer.stdout.readline() == "begun\n"
        yield writer
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()


def counts(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        return database.execute("select (select count(*) from first), (select count(*) from second)").fetchone()


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.quick
@pytest.mark.parametrize("read_only", (True, False), ids=("read-only", "writable"))
def test_copy_of_a_live_database_in_wal_mode(path, target, probe, read_only):
    fill(path, 20)
    keeper = Holder(path, "wal")
    keeper("pragma wal_autocheckpoint = 0")
    before, content = inodes(path), path.read_bytes()
    keeper("insert into first values ('kept in the -wal alone')")
    keeper("insert into second values ('kept in the -wal alone')")
    probe.open(sqlite=str(path), read_only=read_only)
    with at_work(path):
        assert probe("copy", path=str(target))["can"]
    probe("close")
    assert inodes(path)[:1] == before[:1] and beside(path, "-wal").exists()
    assert names(target.parent) == ["copy.db"] and target.stat().st_mode & 0o777 == 0o600
    first, second = counts(target)
    assert first == second > 2 * 20 * 125
    with contextlib.closing(sqlite3.connect(target)) as database:
        assert database.execute("pragma journal_mode").fetchone() == ("wal",)
    keeper.kill()
    assert len(content) > 1000000


@pytest.mark.quick
def test_copying_does_not_checkpoint(path, target, probe):
    server = Holder(path, "wal")
    server(TABLE)
    server("insert into people(id) values ('server 1')")
    before, content = inodes(path), path.read_bytes()
    probe.open(sqlite=str(path))
    probe("copy", path=str(target))
    probe("close")
    assert inodes(path) == before and path.read_bytes() == content
    server("insert into people(id) values ('server 2')")
    server.kill()
    assert names_in(target) == ["server 1"] and names_in(path) == ["server 1", "server 2"]


@pytest.mark.quick
def test_copy_in_another_journal_mode(path, target, probe):
    """With a writer at work, who waits meanwhile."""
    fill(path, 5, "delete")
    probe.open(sqlite=str(path), read_only=True)
    with at_work(path) as writer:
        probe("copy", path=str(target))
        assert writer.poll() is None
    first, second = counts(target)
    assert first == second >= 1250
    assert names(target.parent) == ["copy.db"]


@pytest.mark.quick
def test_copy_keeps_what_is_odd(path, target, probe):
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript("""
            pragma page_size = 8192; pragma user_version = 12; pragma application_id = 34;
            create table "odd "" name" (a, b); insert into "odd "" name" values (x'00ff', 1e300);
            create table counted (id integer primary key autoincrement); insert into counted default values;
            create table keyed (k text primary key) without rowid; insert into keyed values ('é');
            create virtual table found using fts5(words); insert into found values ('some words');
            create view seen as select * from keyed""")
        database.execute("insert into keyed values (?)", ["x" * (70 << 20)])  # longer than owctl reads
        database.commit()
    probe.open(sqlite=str(path), read_only=True)
    probe("copy", path=str(target))
    with contextlib.closing(sqlite3.connect(path)) as old, contextlib.closing(sqlite3.connect(target)) as new:
        assert list(old.iterdump()) == list(new.iterdump())
        for pragma in ("page_size", "user_version", "application_id"):
            assert old.execute(f"pragma {pragma}").fetchone() == new.execute(f"pragma {pragma}").fetchone()


@pytest.mark.quick
def test_empty_database_is_copied(path, target, probe):
    probe.open(sqlite=str(path), create=True)
    probe("copy", path=str(target))
    assert names(target.parent) == ["copy.db"]


@pytest.mark.quick
@pytest.mark.parametrize("kind", ("file", "folder", "link to nothing", "the database"))
def test_what_is_there_stays(path, target, probe, kind):
    wal_database(path)
    if kind == "file":
        target.write_text("precious")
    elif kind == "folder":
        target.mkdir()
    elif kind == "link to nothing":
        target.symlink_to("nothing")
    probe.open(sqlite=str(path), read_only=True)
    untouched = target.parent.stat().st_mtime_ns
    refusal, _ = probe.refused("copy", path=str(path if kind == "the database" else target))
    assert refusal.status == 65 and "is there already" in refusal.message and refusal.hint
    assert kind != "file" or target.read_text() == "precious"
    assert target.parent.stat().st_mtime_ns == untouched, "all was copied first"
    assert len(names(target.parent)) <= 1 and names_in(path) == []


@pytest.mark.quick
def test_what_comes_there_meanwhile_stays(path, target, probe):
    fill(path, 40)
    probe.open(sqlite=str(path), read_only=True)
    probe.send("copy", path=str(target))
    wait_until(lambda: names(target.parent), 10, "the unfinished copy")
    target.write_text("precious")
    with pytest.raises(Refused, match="is there already"):
        probe.answer()
    assert names(target.parent) == ["copy.db"] and target.read_text() == "precious"


@pytest.mark.quick
def test_folder_that_is_not_there(path, target, probe):
    wal_database(path)
    probe.open(sqlite=str(path), read_only=True)
    refusal, _ = probe.refused("copy", path=str(target.parent / "nowhere/copy.db"))
    assert refusal.status == 65 and "No such file" in refusal.message and refusal.hint


def test_folder_that_cannot_be_written_to():
    with unprivileged() as (folder, probe):
        with contextlib.closing(sqlite3.connect(folder / "webui.db")) as database:
            database.execute(TABLE)
        probe.open(sqlite=str(folder / "webui.db"), read_only=True)
        refusal, _ = probe.refused("copy", path=str(folder / "copy.db"))
        assert refusal.status == 77 and "Permission denied" in refusal.message and refusal.hint


def test_full_disk(path, tmp_path, probe):
    fill(path, 3)
    probe.open(sqlite=str(path), read_only=True)
    with small_disk(tmp_path / "small") as folder:
        refusal, _ = probe.refused("copy", path=str(folder / "copy.db"))
        assert refusal.status == 1 and "disk is full" in refusal.message and "make room" in refusal.hint
        assert names(folder) == []
    assert "copy.db" in refusal.message


def page(number, content):
    """What overwrites the beginning of a page."""
    return (number - 1) * 4096, content


@pytest.mark.quick
@pytest.mark.parametrize("where, content", (page(4, b"\xff" * 4096), page(40, b"\xff" * 4)), ids=("rows", "a long value"))
def test_damaged_database_gives_no_copy(path, target, probe, where, content):
    """The damage is seen by who counts rows, or only by who looks at every page."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("create table people (id)")
        database.executemany("insert into people values (?)", [["x" * 1000]] * 20)
        database.execute("insert into people values (?)", ["x" * 400000])
        database.commit()
    with path.open("r+b") as file:
        file.seek(where)
        file.write(content)
    probe.open(sqlite=str(path), read_only=True)
    refusal, _ = probe.refused("copy", path=str(target))
    assert refusal.status == 65 and refusal.hint and names(target.parent) == []
    probe.begin()


@pytest.mark.parametrize("after, number", ((0.02, signal.SIGINT), (0.2, signal.SIGTERM), (0.4, signal.SIGINT), (0.6, signal.SIGTERM),
                                           (0.8, signal.SIGINT), (1, signal.SIGTERM)))
def test_signal_ends_copying_and_leaves_nothing(big, target, probe, after, number):
    """At work on pages, rows and the check: whenever it comes. What was done by then stays."""
    probe.open(sqlite=str(big), read_only=True)
    probe.send("copy", path=str(target))
    wait_until(lambda: names(target.parent), 10, "the unfinished copy")
    time.sleep(after)
    start = time.monotonic()
    probe.popen.send_signal(number)
    try:
        probe.answer()
        assert names(target.parent) == ["copy.db"] and counts(target)
    except Refused as refusal:
        assert refusal.status == 130 and time.monotonic() - start < 1
        assert names(target.parent) == []


@pytest.mark.parametrize("after", (0.02, 0.2, 0.5))
def test_a_copy_that_is_killed_has_no_name(big, target, after):
    with pytest.raises(ZeroDivisionError), Probe() as probe:
        probe.open(sqlite=str(big), read_only=True)
        probe.send("copy", path=str(target))
        wait_until(lambda: names(target.parent), 10, "the unfinished copy")
        time.sleep(after)
        1 / 0  # noqa: B018 (it is killed)
    left, = names(target.parent)
    assert left == "copy.db" or left.startswith("copy.db.part-")
    assert left != "copy.db" or counts(target)
    assert os.stat(target.parent / left).st_mode & 0o777 == 0o600


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    """Many rows, so that counting and checking take their time as well."""
    path = tmp_path_factory.mktemp("big") / "webui.db"
    fill(path, 80)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("pragma synchronous = off")
        database.execute("create table many (n integer primary key, text text)")
        database.execute("with recursive n(i) as (select 1 union all select i + 1 from n where i < 1500000) insert into many select i, 'some text ' || i from n")
    yield path
    path.unlink()


def test_engine_without_files(postgresql, probe):
    probe.open(postgresql=postgresql.create())
    with pytest.raises(Refused, match="no file to copy"):
        probe("copy", path="nowhere")
