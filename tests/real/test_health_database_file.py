"""owctl health: what is wrong with a SQLite file and those who have it open, each state really made."""
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time

import pytest
from lab.fuse import mounted
from lab.health_family import NOBODY, found, only, rows
from lab.memory import small_disk

SERVER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("pragma journal_mode = wal")
connection.execute("create table if not exists note_of_test (i int)")
for line in sys.stdin:
    connection.execute(line)
    print("done", flush=True)
"""


class Server:
    """A process that has the file open as a server has, and runs SQL that it is told."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, "-c", SERVER, self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self("insert into note_of_test values (1)")
        return self

    def __call__(self, sql):
        self.process.stdin.write(sql + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def file(owctl, tmp_path):
    path = tmp_path / "data/webui.db"
    path.parent.mkdir()
    owctl("migrate", "up", "--database", f"sqlite:///{path}").ok()
    return path


@pytest.fixture
def check(owctl):
    return lambda path: found(owctl, "database", "--database", f"sqlite:///{path}")


def test_nothing_is_told_of_a_healthy_file(owctl, file, check):
    assert check(file) == {}
    with Server(file):
        assert check(file) == {}
        assert owctl("health", "check", "--only", "database", "--database", f"sqlite:///{file}", "--replica", NOBODY).rc == 0


def test_a_log_that_was_deleted(check, file, tmp_path):
    """It is found, and the way out that is told saves what would be lost."""
    with Server(file) as server:
        for ending in "-wal", "-shm":
            os.unlink(f"{file}{ending}")
        server("insert into note_of_test values (2)")
        row = only(check(file), "OW342")
        assert row["state"] == "critical" and row["subject"].startswith(f"pid {server.process.pid} (")
        saved = tmp_path / "saved"
        saved.mkdir()
        shutil.copy(file, saved)
        [log] = [fd for fd in os.scandir(f"/proc/{server.process.pid}/fd") if os.readlink(fd.path).endswith("webui.db-wal (deleted)")]
        shutil.copy(log.path, saved / "webui.db-wal")
    with contextlib.closing(sqlite3.connect(saved / "webui.db")) as connection:
        assert connection.execute("select i from note_of_test order by i").fetchall() == [(1,), (2,)]


def test_a_sqlite_with_the_fault(owctl, file):
    if "libsqlite3.so" not in open("/proc/self/maps").read():
        pytest.skip("Python has a SQLite of its own inside")
    with Server(file) as server:
        told = [row for row in rows(owctl, "OW343", "--database", f"sqlite:///{file}")]
    version = sqlite3.sqlite_version_info
    if version >= (3, 51, 3) or version[:2] in ((3, 50), (3, 44)):
        assert [row["state"] for row in told] == ["good"]
    else:
        [row] = told
        assert row["state"] == "info" and f"SQLite {sqlite3.sqlite_version}," in row["what"]
        assert row["subject"].startswith(f"pid {server.process.pid} (")


def test_a_disk_that_is_nearly_full(check, file, tmp_path):
    for megabytes, state in (300, "warning"), (50, "critical"):
        with small_disk(tmp_path / f"disk-{megabytes}", megabytes) as disk:
            shutil.copy(file, disk)
            row = only(check(disk / "webui.db"), "OW341")
            assert row["state"] == state and "MB are left where" in row["what"]


def test_what_is_missing_of_the_schema(check, file):
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("drop index ix_chat_file_chat_id")
        assert "ix_chat_file_chat_id" in only(check(file), "OW308")["subject"]
        connection.execute("create table _alembic_tmp_chat (id text)")
    codes = check(file)
    assert set(codes) == {"OW306", "OW308"} and "_alembic_tmp_chat" in codes["OW306"][0]["what"]


def test_a_revision_that_nobody_knows_and_two_at_once(owctl, check, file):
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        [[head]] = connection.execute("select version_num from alembic_version").fetchall()
        connection.execute("update alembic_version set version_num = 'ffffffffffff'")
        [row] = rows(owctl, "OW303", "--database", f"sqlite:///{file}")
        assert row["state"] == "info" and "revision ffffffffffff" in row["what"] and check(file) == {}
        connection.execute("insert into alembic_version values (?)", [head])
    codes = check(file)
    [row] = codes["OW302"]
    assert row["state"] == "critical" and head in row["what"] and "ffffffffffff" in row["what"]
    assert "owctl migrate repair" in row["remedy"]


def test_a_file_system_that_is_shared(check, file, tmp_path):
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("pragma journal_mode = delete")
    with mounted(tmp_path / "shared", "webui.db", file.read_bytes()) as folder:
        row = only(check(folder / "webui.db"), "OW340")
    assert row["state"] == "warning" and f"{folder}/webui.db is on FUSE" in row["what"]


def test_a_file_system_that_hangs(owctl, tmp_path):
    """As NFS does whose server is gone: nobody can break that off, and the check ends all the same."""
    with mounted(tmp_path / "gone", "webui.db", b"", hangs=True) as folder:
        began = time.monotonic()
        told = {row["code"]: row for row in rows(owctl, "OW102,OW301,OW310", "--deadline", "3s", "--database", f"sqlite:///{folder}/webui.db",
                                                 env={"ASAN_OPTIONS": "detect_leaks=0"})}  # which stops threads that can't be stopped
        assert time.monotonic() - began < 4.5
    assert told["OW301"]["state"] == "critical" and "within 3 s" in told["OW301"]["what"]
    assert told["OW102"]["state"] == "critical" and told["OW310"]["state"] == "skipped"
