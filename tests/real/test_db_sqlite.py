"""The SQLite driver beside other processes: nothing of theirs is lost, and whatever is in the way is told as it is."""
import contextlib
import resource
import signal
import sqlite3
import subprocess
import time

import pytest

import lab.memory
from lab.installation import ADMIN
from lab.probe import COLUMNS, TABLE, Probe
from lab.sqlite import Holder, beside, inodes, names_in, unprivileged, wal_database

ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"

SOME = ("with recursive n(i) as (select 1 union all select i + 1 from n limit 200) "
        "insert into people(id, name) select hex(randomblob(16)), hex(randomblob(100)) from n")

@pytest.fixture
def path(tmp_path):
    return tmp_path / "webui.db"


@pytest.fixture
def hold(path):
    with contextlib.ExitStack() as stack:
        def start(mode="wal"):
            holder = Holder(path, mode)
            stack.callback(holder.kill)
            return holder

        yield start


@pytest.mark.quick
@pytest.mark.parametrize("locks", ("kept", "dropped"))
def test_nothing_is_lost_beside_a_server_in_wal_mode(path, hold, locks):
    server = hold()
    server(TABLE)
    server("insert into people(id) values ('server 1')")
    before, content = inodes(path), path.read_bytes()
    if locks == "dropped":
        server("drop")

    for number in range(3):
        with Probe() as writer:
            writer.open(sqlite=str(path))
            writer.begin("write")
            writer.run("insert into people(id) values ($1)", f"owctl {number}")
            writer("commit")
        with Probe() as reader:
            reader.open(sqlite=str(path), read_only=True)
            reader.begin()
            assert reader.rows("select count(*) from people", 1) == [[number + 2 + number]]
        server(f"insert into people(id) values ('server {number + 2}')")

    assert inodes(path) == before
    assert path.read_bytes() == content, "owctl checkpointed a database that a server is running on"
    expected = ["owctl 0", "owctl 1", "owctl 2", "server 1", "server 2", "server 3", "server 4"]
    assert names_in(path) == expected
    server.kill()
    hold()("select 1")  # the server starts again, recovers, and checkpoints when it likes
    assert names_in(path) == expected


def test_nothing_is_lost_beside_the_real_server(crowded):
    """Also after its own database download, which drops its locks: what was lost then, see src/db/sqlite/open.c."""
    server, token = crowded.server, crowded.admin
    path = crowded.where["DATA_DIR"] / "webui.db"
    people = accounts_on(server, token)
    assert server.download_database(token).status == 200
    before = inodes(path)
    for number in range(5):
        with Probe() as writer:
            writer.open(sqlite=str(path))
            writer.begin("write")
            writer.run("insert into tag (id, name, user_id) values ($1, $1, $1)", f"owctl {number}")
            writer("commit")
        with Probe() as reader:
            reader.open(sqlite=str(path), read_only=True)
            reader.begin()
            assert reader.rows("select count(*) from tag", 1) == [[number + 1]]
        assert server.add_user(token, f"User {number}", f"user{number}@example.org", "another password").status == 200
        assert server.download_database(token).status == 200
    assert inodes(path) == before
    server.restart()
    assert accounts_on(server, server.token(*ADMIN)) == people + 5
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        assert database.execute("select count(*) from tag").fetchone() == (5,)


def accounts_on(server, token):
    return len(server.get("/api/v1/users/all", token).json()["users"])


@pytest.mark.quick
def test_a_big_write_does_not_checkpoint(path, hold, probe):
    server = hold()
    server(TABLE)
    before, content = inodes(path), path.read_bytes()
    probe.open(sqlite=str(path))
    probe.begin("write")
    assert probe("generate", table="people", columns=COLUMNS, count=50000)["rows"] == 50000
    probe("commit")
    probe("close")
    assert beside(path, "-wal").stat().st_size > 5000 * 1024
    assert inodes(path) == before and path.read_bytes() == content
    assert len(names_in(path)) == 50000


@pytest.mark.quick
def test_journal_mode_stays(path, hold, probe):
    server = hold("delete")
    server(TABLE)
    probe.open(sqlite=str(path))
    probe.begin("write")
    probe.run("insert into people(id) values ('one')")
    probe("commit")
    probe("close")
    with contextlib.closing(sqlite3.connect(path)) as database:
        assert database.execute("pragma journal_mode").fetchone() == ("delete",)
    assert sorted(file.name for file in path.parent.iterdir()) == ["webui.db"]


@pytest.mark.quick
def test_reader_sees_one_state_throughout(path, hold, probe):
    server = hold()
    server(TABLE)
    probe.open(sqlite=str(path), read_only=True)
    probe.begin()
    server("insert into people(id) values ('later')")
    assert probe.rows("select count(*) from people", 1) == [[0]]
    probe("rollback")
    probe.begin()
    assert probe.rows("select count(*) from people", 1) == [[1]]


@pytest.mark.quick
def test_lock_is_waited_for_and_then_told(path, hold, probe):
    server = hold()
    server(TABLE)
    server("begin immediate")
    probe.open(sqlite=str(path), lock_timeout=1)
    refusal, seconds = probe.refused("begin", access="write")
    assert refusal.status == 75 and refusal.hint and "locked" in refusal.message
    assert 0.9 < seconds < 3
    probe.send("begin", access="write")
    server("commit")
    probe.answer()


@pytest.mark.quick
def test_all_locks_of_a_transaction_share_one_time_out(path, hold, probe):
    """Outside WAL mode every page that does not fit into the cache, and the commit, needs all readers to be gone."""
    reader = hold("delete")
    reader(TABLE)
    reader("begin")
    reader("select count(*) from people")
    probe.open(sqlite=str(path), lock_timeout=2)
    for _ in range(2):  # the second one has all its time again
        probe.begin("write")
        start = time.monotonic()
        for _ in range(100):
            assert probe.run(SOME) == 200
            assert time.monotonic() - start < 5
        assert time.monotonic() - start > 2, "the cache was large enough"
        refusal, _ = probe.refused("commit")
        assert refusal.status == 75 and "locked by another program" in refusal.message
        assert time.monotonic() - start < 6
    reader("commit")
    probe.begin("write")
    assert probe.run(SOME) == 200
    probe("commit")
    assert len(names_in(path)) == 200


@pytest.mark.quick
def test_a_commit_outlasts_a_short_read_though_beginning_has_waited(path, hold, probe):
    writer, reader = hold("delete"), hold("delete")
    writer(TABLE)
    writer("begin immediate")
    probe.open(sqlite=str(path), lock_timeout=2)
    probe.send("begin", access="write")
    time.sleep(1.8)
    writer("commit")
    probe.answer()
    probe.run("insert into people(id) values ('one')")
    reader("begin")
    reader("select count(*) from people")
    probe.send("commit")
    time.sleep(0.5)
    reader("commit")
    probe.answer()


@pytest.mark.quick
@pytest.mark.parametrize("number", (signal.SIGINT, signal.SIGTERM))
def test_signal_ends_waiting_for_a_lock(path, hold, probe, number):
    server = hold()
    server(TABLE)
    server("begin immediate")
    probe.open(sqlite=str(path), lock_timeout=60)
    probe.send_and_see_at_work("begin", access="write")
    assert probe.interrupted(number) < 1


@pytest.mark.quick
@pytest.mark.parametrize("number", (signal.SIGINT, signal.SIGTERM))
def test_signal_ends_a_long_statement_and_undoes_the_transaction(path, hold, probe, number):
    server = hold()
    server(TABLE)
    probe.open(sqlite=str(path))
    probe.begin("write")
    probe.run("insert into people(id) values ('half')")
    probe.send_and_see_at_work("run", sql=ENDLESS)
    assert probe.interrupted(number) < 1
    refusal, _ = probe.refused("commit")
    assert "nothing was written" in refusal.message
    assert names_in(path) == []


def hot_journal(path, hold):
    """A database whose writer was killed in the middle of a transaction that had already reached the file."""
    server = hold("delete")
    server(TABLE)
    server("insert into people(id) values ('before')")
    server("pragma cache_size = 5")
    server("pragma cache_spill = 1")
    server("begin immediate")
    server("with recursive n(i) as (select 1 union all select i + 1 from n limit 20000) insert into people(id) select i from n")
    server.kill()
    assert beside(path, "-journal").stat().st_size > 0


@pytest.mark.quick
def test_hot_journal_is_told_to_a_reader_and_undone_by_a_writer(path, hold, probe):
    hot_journal(path, hold)
    journal = beside(path, "-journal").read_bytes()
    refusal, _ = probe.refused("open", sqlite=str(path), read_only=True)
    assert refusal.status == 77 and "cut off" in refusal.message and "-journal" in refusal.hint
    assert beside(path, "-journal").read_bytes() == journal
    probe.open(sqlite=str(path))
    probe("close")
    assert names_in(path) == ["before"]


def test_wal_in_a_folder_that_cannot_be_written_to(path):
    with unprivileged() as (folder, probe):
        wal_database(folder / "webui.db")
        refusal, _ = probe.refused("open", sqlite=str(folder / "webui.db"), read_only=True)
        assert refusal.status == 77 and "-shm" in refusal.hint


def test_file_of_another_user(path):
    with unprivileged() as (folder, probe):
        wal_database(folder / "webui.db")
        refusal, _ = probe.refused("open", sqlite=str(folder / "webui.db"))
        assert refusal.status == 77 and "user that Open WebUI runs as" in refusal.hint
        (folder / "webui.db").chmod(0o600)
        refusal, _ = probe.refused("open", sqlite=str(folder / "webui.db"), read_only=True)
        assert refusal.status == 77 and "user that Open WebUI runs as" in refusal.hint


@pytest.mark.quick
def test_write_error(path, hold):
    """Here: a file that may not grow."""
    hold("delete")(TABLE)

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))

    with Probe(preexec_fn=limit) as probe:
        probe.open(sqlite=str(path))
        probe.begin("write")
        probe("generate", table="people", columns=COLUMNS, count=5000)
        refusal, _ = probe.refused("commit")
        assert refusal.status == 1 and "I/O error" in refusal.message and "kernel's log" in refusal.hint
    assert names_in(path) == []


@pytest.fixture
def small_disk(tmp_path):
    with lab.memory.small_disk(tmp_path / "small") as folder:
        yield folder


@pytest.mark.parametrize("mode", ("wal", "delete"))
def test_full_disk(small_disk, probe, mode):
    path = small_disk / "webui.db"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute(f"pragma journal_mode = {mode}")
        database.execute(TABLE)
        database.execute("insert into people(id) values ('before')")
        database.commit()
    probe.open(sqlite=str(path))
    probe.begin("write")
    refusal = None
    with contextlib.suppress(AssertionError):
        refusal, _ = probe.refused("generate", table="people", columns=COLUMNS, count=20000)
    if not refusal:
        refusal, _ = probe.refused("commit")
    assert refusal.status == 1 and "disk is full" in refusal.message and "make room" in refusal.hint
    probe("rollback")
    probe("close")
    assert names_in(path) == ["before"]


def test_read_only_file_system(small_disk, probe):
    wal_database(small_disk / "webui.db")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    refusal, _ = probe.refused("open", sqlite=str(small_disk / "webui.db"))
    assert refusal.status == 77 and refusal.hint
    refusal, _ = probe.refused("open", sqlite=str(small_disk / "webui.db"), read_only=True)
    assert refusal.status == 77 and "-shm" in refusal.hint


def test_a_million_rows_take_no_memory(path, probe):
    probe.open(sqlite=str(path), create=True)
    probe.begin("write")
    probe("script", sql=TABLE)
    assert probe("generate", table="people", columns=COLUMNS, count=1000000)["rows"] == 1000000
    probe("commit")
    probe.begin()
    little = probe("stream", sql="select * from people limit 1000", columns=7)
    much = probe("stream", sql="select * from people", columns=7)
    assert much["rows"] == 1000000 and much["bytes"] > 60000000
    assert much["peak_kb"] - little["peak_kb"] < 8 * 1024
