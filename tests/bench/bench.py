"""owctl against its peers: ratios of medians of alternating runs, and peak memory. `make bench`; -k limits the lines."""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "tests/real"))

from lab import openwebui  # noqa: E402
from lab.parts import RELEASES  # noqa: E402
from lab.postgresql import PostgreSQL  # noqa: E402
from lab.s3 import MinIO  # noqa: E402

import accounts  # noqa: E402
import backups  # noqa: E402
import chats  # noqa: E402
import health  # noqa: E402
import shell  # noqa: E402
from measure import Line, pair, run, show  # noqa: E402

OWCTL = TREE / "build/owctl"
COLUMNS = "id, email, name, role, last_active_at, created_at, updated_at"
ORDERED = f'select {COLUMNS} from "user" order by created_at, id'


def start(_):
    yield pair("owctl version", {"command": [OWCTL, "version"]}, {"command": ["curl", "--version"]}, "curl --version",
               runs=40, target=1.2)


def size(folder):
    stripped = folder / "owctl"
    subprocess.run(["strip", "-o", stripped, OWCTL], check=True)
    yield Line("size of the stripped program (MB)", stripped.stat().st_size / 1e6, 2.0, "2 MB", 0, 0, unit=" ", target=1.0)


def sqlite_list(folder):
    for count in (100_000, 300_000):
        path = folder / f"list-{count}.db"
        accounts.fill_sqlite(OWCTL, path, count)
        yield pair(f"user list of {count:,}, SQLite", {"command": [OWCTL, "user", "list", "-o", "csv", "--database", path]},
                   {"command": ["sqlite3", "-csv", "-header", path, ORDERED]}, "sqlite3 -csv", target=1.3)


def postgresql_list(folder):
    with PostgreSQL("debian") as server:
        server.start().wait()
        for count in (100_000, 300_000):
            url = server.create()
            accounts.fill_postgresql(OWCTL, server, url, count)
            yield pair(f"user list of {count:,}, PostgreSQL",
                       {"command": [OWCTL, "user", "list", "-o", "csv", "--database", url]},
                       {"command": ["psql", "-X", url, "-c", f"copy ({ORDERED}) to stdout csv header"]}, "psql copy", target=1.3)


def sqlite_import(folder):
    accounts.import_file(folder / "people.csv", 100_000)
    accounts.copy_files(folder, 100_000)
    empty, target = folder / "empty.db", folder / "import.db"
    accounts.fill_sqlite(OWCTL, empty, 0)
    def fresh():
        shutil.copy(empty, target)

    peer = ('create temp table u (id, email, name, role, p, a, b, c); create temp table x (id, email, h, a, s);\n'
            f'.mode tabs\n.import {folder}/user.tsv u\n.import {folder}/auth.tsv x\n'
            'begin;\ninsert into "user" (id, email, name, role, profile_image_url, last_active_at, created_at, updated_at)'
            ' select * from u;\ninsert into auth (id, email, password, active, session_stamp) select * from x;\ncommit;\n')
    (folder / "import.sql").write_text(peer)
    yield pair("user import of 100,000 hashes, SQLite",
               {"command": [OWCTL, "-q", "user", "import", folder / "people.csv", "--database", target], "prepare": fresh},
               {"command": ["sqlite3", target], "stdin": folder / "import.sql", "prepare": fresh}, "sqlite3 .import", target=2.0)


def postgresql_import(folder):
    accounts.import_file(folder / "people.csv", 100_000)
    accounts.copy_files(folder, 100_000)
    with PostgreSQL("debian") as server:
        server.start().wait()
        url = server.create()
        accounts.fill_postgresql(OWCTL, server, url, 0)

        def fresh():
            with server.connect(url.rpartition("/")[2]) as database:
                database.execute('truncate "user", auth cascade')

        yield pair("user import of 100,000 hashes, PostgreSQL",
                   {"command": [OWCTL, "-q", "user", "import", folder / "people.csv", "--database", url], "prepare": fresh},
                   {"command": ["psql", "-X", "-q", "-f", folder / "copy.sql", url], "prepare": fresh}, "psql \\copy", target=2.0)


def hashing(folder):
    count, cores = 200, len(os.sched_getaffinity(0))
    path, people = folder / "hash.db", folder / "hash.csv"
    accounts.fill_sqlite(OWCTL, path, 0)
    people.write_text("email,password\n" + "".join(f"u{n}@example.org,password {n}\n" for n in range(count)))
    done = run([OWCTL, "-q", "user", "import", people, "--database", path])
    yield Line(f"cores busy while hashing {count} passwords", done.cpu / done.seconds, cores, f"{cores} cores", done.peak, 0,
               unit=" ", target=None, note="(ratio is the share of all cores; 0.95 or more is wanted)")


CHATS = 40_000
MIGRATION = f"migration of {CHATS:,} chats from {chats.REVISION}"


def alembic(folder, url):
    """The newest release's own migrations as a command; loading the release is part of it, as it is of each start."""
    script = TREE / "tests/real/lab/run_migrations.py"
    environment = openwebui.environment(RELEASES[-1], folder, DATABASE_URL=url, ENABLE_DB_MIGRATIONS="false")
    return ["env", *(f"{name}={value}" for name, value in environment.items()), openwebui.python(RELEASES[-1]), script, "head"]


def sqlite_migration(folder):
    made, path = folder / "made.db", folder / "migrated.db"
    chats.fill_sqlite(OWCTL, made, CHATS)
    fresh = lambda: chats.fresh_sqlite(made, path)
    yield pair(f"{MIGRATION}, SQLite",
               {"command": [OWCTL, "-q", "migrate", "up", "--no-backup", "--database", path], "prepare": fresh},
               {"command": alembic(folder, f"sqlite:///{path}"), "prepare": fresh}, "Alembic of " + RELEASES[-1],
               runs=3, target=0.25)


def postgresql_migration(folder):
    with PostgreSQL("debian") as server:
        server.start().wait()
        made, url = server.create(), server.create()
        chats.fill_postgresql(OWCTL, server, made, CHATS)
        name = url.rpartition("/")[2]

        def fresh():
            server.execute("drop database {}", name)
            server.execute("create database {} template {}", name, made.rpartition("/")[2])
            server.execute("checkpoint")

        yield pair(f"{MIGRATION}, PostgreSQL",
                   {"command": [OWCTL, "-q", "migrate", "up", "--no-backup", "--database", url], "prepare": fresh},
                   {"command": alembic(folder, url), "prepare": fresh}, "Alembic of " + RELEASES[-1], runs=3, target=0.3)


def sqlite_backup(folder):
    yield from backups.sqlite(OWCTL, folder)


def postgresql_backup(folder):
    with PostgreSQL("debian") as server:
        server.start().wait()
        yield from backups.postgresql(OWCTL, folder, server)


def small_files_backup(folder):
    (folder / "minio").mkdir()
    with MinIO(folder / "minio") as server:
        yield from backups.small_files(OWCTL, folder, server.start().wait())


def health_check(folder):
    for work, ours, theirs in health.look(OWCTL, folder, number=7):
        yield pair(work, {"command": ours}, {"command": theirs}, "curl, the same questions", runs=9)


def typing(folder):
    path, runtime = folder / "typing.db", folder / "runtime"
    runtime.mkdir(mode=0o700)
    accounts.fill_sqlite(OWCTL, path, 300_000)
    environment = {"DATABASE_URL": f"sqlite:///{path}", "HOME": str(folder), "XDG_RUNTIME_DIR": str(runtime)}
    yield shell.first_prompt("first prompt of owctl shell", [OWCTL, "shell"], ["sqlite3", path], "sqlite3", environment,
                             (b"typing.db> ", b"sqlite> "))
    words = [OWCTL, "__complete", "--", "user", "show", "--database", path, "user2999"]
    asked = ["sqlite3", path, "select email from \"user\" where lower(email) like 'user2999%' order by email limit 500"]
    for how, place, peer in ("what is kept", runtime, "sqlite3, which keeps nothing"), ("nothing kept", "", "sqlite3, the same question"):
        yield pair(f"a user of 300,000 completed, {how}", {"command": ["env", f"XDG_RUNTIME_DIR={place}", *words]},
                   {"command": asked}, peer, runs=15)


WORK = [start, size, sqlite_list, postgresql_list, sqlite_import, postgresql_import, hashing, sqlite_migration,
        postgresql_migration, sqlite_backup, postgresql_backup, small_files_backup, health_check, typing]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-k", default="", help="only work whose name holds this")
    chosen = parser.parse_args().k
    lines = []
    for work in WORK:
        if chosen not in work.__name__:
            continue
        with tempfile.TemporaryDirectory(prefix="owctl-bench-") as folder:
            lines += work(pathlib.Path(folder))
    show(lines, TREE / "build/bench.json")


if __name__ == "__main__":
    main()
