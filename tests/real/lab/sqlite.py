"""SQLite databases with other processes on them."""
import contextlib
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import pytest

from lab.owctl import binary
from lab.probe import TABLE, Probe

# A process that keeps the database open as Open WebUI does. Each line that it reads is SQL, or "drop": open and close the
# file, which is what Open WebUI's own database download does, and which lets go of all POSIX locks of the process.
HOLDER = """
import sqlite3, sys
path = sys.argv[1]
database = sqlite3.connect(path, isolation_level=None, timeout=20)
database.execute("pragma journal_mode = " + sys.argv[2])
for line in sys.stdin:
    if line == "drop\\n":
        open(path, "rb").close()
    else:
        database.execute(line).fetchall()
    print("done", flush=True)
"""


class Holder:
    def __init__(self, path, mode):
        self.popen = subprocess.Popen([sys.executable, "-c", HOLDER, path, mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, line):
        self.popen.stdin.write(line + "\n")
        self.popen.stdin.flush()
        assert self.popen.stdout.readline() == "done\n"

    def kill(self):
        self.popen.kill()
        self.popen.wait()


def beside(path, suffix):
    return path.with_name(path.name + suffix)


def inodes(path):
    return [beside(path, suffix).stat().st_ino for suffix in ("", "-wal", "-shm")]


def names_in(path):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        return [name for name, in database.execute("select id from people order by id")]


@contextlib.contextmanager
def unprivileged():
    """A folder that another user can reach, and a probe that runs as that user."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to become another user")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="owctl-sqlite-"))
    try:
        folder.chmod(0o755)
        program = shutil.copy(binary().parent / "db-probe", folder / "db-probe")
        with Probe(program, user=65534, group=65534, extra_groups=[]) as probe:
            yield folder, probe
    finally:
        shutil.rmtree(folder)


def wal_database(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("pragma journal_mode = wal")
        database.execute(TABLE)
        database.commit()
