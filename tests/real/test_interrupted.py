"""SIGINT and SIGTERM at every point where owctl works or waits: 130 within a second, nothing half done; and two at once."""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

import pytest

from bad_input.case import CONTROL, check_stderr
from bad_input.world import World
from lab import chain
from lab.owctl import check_sanitizers
from lab.process import sleeps

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture
def world():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="owctl-interrupted-"))
    folder.chmod(0o755)
    yield World(folder)
    shutil.rmtree(folder, ignore_errors=True)


def accounts(world):
    with contextlib.closing(sqlite3.connect(f"file:{world.db}?mode=ro", uri=True)) as connection:
        [[users]] = connection.execute('select count(*) from "user"')
        [[credentials]] = connection.execute("select count(*) from auth")
        assert users == credentials
        return users


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


# A second is promised; the sanitizers' own end, and a machine that does other things as well, come on top.
LONGEST_S = 2.5


def interrupt(process, number):
    start = time.monotonic()
    process.send_signal(number)
    process.wait(timeout=20)  # while nobody reads what it says
    spent = time.monotonic() - start
    out, err = process.communicate()
    check_sanitizers(process.args, err)
    assert process.returncode == 130, err
    assert spent < LONGEST_S, f"{spent:.2f} s"
    assert (b'"message":"interrupted"' if "json" in process.args else b"interrupted\n") in err
    assert not CONTROL.search(err)
    return out


def start_and_interrupt(world, words, number, **options):
    process = world.start(words, **options)
    try:
        wait_until(lambda: sleeps(process))
        return interrupt(process, number)
    finally:
        process.kill()
        process.wait()


IMPORT = ["user", "import", "-", "--database", "{db}"]


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("words, said", [
    (IMPORT, b""), (IMPORT, b"email,name\na@b.c,Ann\nb@b"), (IMPORT, b'{"email":"a@b.c"}\n{"em'),
    (["user", "create", "a@b.c", "--password-stdin", "--database", "{db}"], b"half a pass"),
    (["user", "list", "--env-file", "/dev/stdin", "--database", "{db}"], b"A=1\n")], ids=("nothing", "CSV", "JSON lines", "password", "env file"))
def test_while_reading_standard_input(world, words, said, number):
    before = accounts(world)
    end, other_end = os.pipe()
    os.write(other_end, said)
    try:
        start_and_interrupt(world, words, number, stdin=end)
    finally:
        os.close(end)
        os.close(other_end)
    assert accounts(world) == before


@pytest.mark.parametrize("words", (["user", "import", "{folder}/fifo", "--database", "{db}"],
                                   ["user", "create", "a@b.c", "--password-file", "{folder}/fifo", "--database", "{db}"],
                                   ["user", "list", "--env-file", "{folder}/fifo"],
                                   ["shell", "-f", "{folder}/fifo", "--database", "{db}"]), ids=lambda words: " ".join(words[:2]))
def test_while_nobody_writes_into_a_named_pipe(world, words):
    world.db
    os.mkfifo(world.folder / "fifo", 0o600)
    start_and_interrupt(world, words, signal.SIGTERM)


@pytest.mark.parametrize("number", SIGNALS)
def test_while_hashing(world, number):
    before = accounts(world)
    rows = "".join(f"u{n}@example.org,secret{n:04}\n" for n in range(400))
    process = world.start(["user", "import", world.write("in.csv", "email,password\n" + rows), "--database", "{db}"])
    wait_until(lambda: int(open(f"/proc/{process.pid}/stat").read().rsplit(")", 1)[1].split()[11]) > 50)
    interrupt(process, number)
    assert accounts(world) == before


@pytest.mark.parametrize("number", SIGNALS)
def test_while_somebody_else_writes(world, number):
    before = accounts(world)
    with contextlib.closing(sqlite3.connect(world.db, isolation_level=None)) as other:
        other.execute("begin immediate")
        start_and_interrupt(world, ["user", "create", "a@b.c", "--no-password", "--database", "{db}"], number)
    assert accounts(world) == before


MANY = """insert into "user" (id, email, name, role, profile_image_url, last_active_at, created_at, updated_at)
          with recursive n(i) as (select 1 union all select i + 1 from n limit 20000)
          select i, i || '@example.org', 'Name ' || i, 'user', '', 0, 0, 0 from n"""


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("format", ("table", "json", "csv", "yaml"))
def test_while_the_reader_of_the_output_is_slow(world, number, format):
    with contextlib.closing(sqlite3.connect(world.db)) as connection, connection:
        connection.execute(MANY)
    start_and_interrupt(world, ["user", "list", "-o", format, "--database", "{db}"], number)


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("mode", ("wal", "delete"))
def test_while_the_reader_has_read_some_and_reads_no_more(world, number, mode):
    """The pipe has taken a part of what was written to it last: that part is an answer, and the signal is not in it."""
    with contextlib.closing(sqlite3.connect(world.db)) as connection, connection:
        connection.execute(f"pragma journal_mode = {mode}")
        connection.execute(MANY)
    process = world.start(["user", "list", "-o", "json", "--database", "{db}"])
    try:
        wait_until(lambda: sleeps(process))
        os.read(process.stdout.fileno(), 9000)
        wait_until(lambda: sleeps(process))
        interrupt(process, number)
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("number", SIGNALS)
def test_while_a_server_says_nothing(world, number):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://u:geheim@127.0.0.1:{silent.getsockname()[1]}/x"
        start_and_interrupt(world, ["user", "list", "--database", url], number)


@pytest.mark.parametrize("number", SIGNALS)
def test_while_a_command_looks_for_a_secret(world, number):
    seconds = f"77.{os.getpid()}"
    world.write(".config/owctl/config.yaml", f"profiles: {{p: {{settings: {{DATABASE_URL: {{command: [sleep, '{seconds}']}}}}}}}}\n")
    start_and_interrupt(world, ["user", "list", "--profile", "p"], number)
    assert not [entry for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline") if _reads(entry) == f"sleep\0{seconds}\0".encode()]


def _reads(path):
    with contextlib.suppress(OSError):
        return path.read_bytes()


@pytest.mark.parametrize("number", SIGNALS)
def test_while_making_a_schema(world, number):
    """Whenever the signal comes, there is a whole schema or none, and the same command finishes the job."""
    for pause in (0.02, 0.05, 0.1, 0.2):
        path = world.folder / f"{pause}.db"
        process = world.start(["migrate", "up", "--database", path])
        time.sleep(pause)
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
        check_sanitizers(process.args, err)
        assert process.returncode in (0, 130, -number), err  # -number: before it could take signals
        if path.exists():
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                [[tables]] = connection.execute("select count(*) from sqlite_master where type = 'table'")
            assert (tables > 0) == (process.returncode == 0 or b"was brought to" in err)  # only its reading back was cut off
        world.run(["migrate", "up", "--database", path]).ok()


@pytest.mark.parametrize("number", SIGNALS)
def test_while_importing_into_postgresql(world, postgresql, number):
    url = postgresql.create()
    world.run(["migrate", "up", "--database", url]).ok()
    hashed = "$2b$12$" + "x" * 53
    rows = "".join(f"u{n}@example.org,{hashed}\n" for n in range(60_000))
    file = world.write("in.csv", "email,password_hash\n" + rows)
    import psycopg

    with psycopg.connect(url) as other:
        other.execute('lock table auth in access exclusive mode')
        process = world.start(["user", "import", file, "--database", url])
        wait_until(lambda: sleeps(process))
        interrupt(process, number)
    with psycopg.connect(url) as connection:
        assert connection.execute('select count(*) from "user"').fetchone() == (0,)


# ---- two at once

def test_two_writers_wait_for_each_other(world):
    before = accounts(world)
    hashed = "$2b$12$" + "x" * 53
    files = [world.write(f"{part}.csv", "email,password_hash\n" + "".join(f"{part}{n}@example.org,{hashed}\n" for n in range(3000))) for part in "ab"]
    both = [world.start(["user", "import", file, "-q", "-o", "csv", "--database", "{db}"], stdout=subprocess.DEVNULL) for file in files]
    for process in both:
        _, err = process.communicate(timeout=60)
        check_sanitizers(process.args, err)
        assert process.returncode == 0, err
    assert accounts(world) == before + 6000


def test_a_writer_gives_up_after_the_timeout(world):
    before = accounts(world)
    with contextlib.closing(sqlite3.connect(world.db, isolation_level=None)) as other:
        other.execute("begin immediate")
        start = time.monotonic()
        done = world.run(["user", "create", "a@b.c", "--no-password", "--timeout", "1", "--database", "{db}"]).ended(75)
        assert 0.9 < time.monotonic() - start < 4
        assert "locked by another program" in done.err and "hint: try again" in done.err
        world.run(["user", "list", "--database", "{db}"]).ok()  # reading goes on
        other.execute("rollback")
        other.execute("begin exclusive")
        world.run(["user", "list", "--timeout", "1", "--database", "{db}"]).ended(75)
    assert accounts(world) == before


def test_the_same_account_twice_at_once(world):
    """One makes it, the other finds it."""
    world.db
    words = ["user", "create", "a@example.org", "--no-password", "--if-missing", "-o", "json", "--database", "{db}"]
    both = [world.start(words) for _ in range(4)]
    outcomes = []
    for process in both:
        out, err = process.communicate(timeout=60)
        check_sanitizers(process.args, err)
        assert process.returncode == 0, err
        outcomes.append(b'"created"' in out)
    assert outcomes.count(True) == 1


def test_two_who_make_the_same_schema(world):
    path = world.folder / "new.db"
    both = [world.start(["migrate", "up", "--database", path]) for _ in range(3)]
    for process in both:
        _, err = process.communicate(timeout=60)
        check_sanitizers(process.args, err)
        assert process.returncode == 0, err
    assert chain.HEAD.encode() in world.run(["migrate", "status", "--database", path]).ok().raw_out


# ---- what a crash left

def hot_journal(world):
    """The database in the middle of a write that reached the file, as a power cut leaves it."""
    with contextlib.closing(sqlite3.connect(world.db, isolation_level=None)) as other:
        for statement in ("pragma cache_size = 5", "pragma cache_spill = 1", "begin immediate",
                          "create table filler as with recursive n(i) as (select 1 union all select i + 1 from n limit 20000) select i, hex(randomblob(90)) from n"):
            other.execute(statement)
        folder = world.folder / "crashed"
        folder.mkdir()
        for suffix in ("", "-journal"):
            shutil.copyfile(f"{world.db}{suffix}", folder / f"webui.db{suffix}")
    return folder


def test_a_write_that_was_cut_off(world):
    folder = hot_journal(world)
    done = world.run(["user", "list", "--database", folder]).ended(77)
    assert "cut off half-way" in done.err and "keep the -journal file" in done.err
    world.run(["user", "create", "a@b.c", "--no-password", "--database", folder]).ok()
    assert {row["email"] for row in world.run(["user", "list", "-o", "json", "--database", folder]).ok().json()} == {"root@example.org", "a@b.c"}


# ---- a server that dies

@pytest.mark.parametrize("who", ("its backend", "the whole server"))
def test_postgresql_dies_in_the_middle(world, who):
    from lab.postgresql import PostgreSQL
    import psycopg

    with PostgreSQL("debian") as server:
        server.start().wait()
        url = server.create()
        world.run(["migrate", "up", "--database", url]).ok()
        other = psycopg.connect(url)
        other.execute("lock table auth in access exclusive mode")
        process = world.start(["user", "create", "a@b.c", "--no-password", "--database", url])
        wait_until(lambda: sleeps(process))
        with psycopg.connect(url) as watcher:
            [[pid]] = watcher.execute("select pid from pg_stat_activity where application_name = 'owctl'").fetchall()
        if who == "the whole server":
            os.kill(server.popen.pid, signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)
        _, err = process.communicate(timeout=20)
        check_sanitizers(process.args, err)
        assert process.returncode == 69, err
        assert "connection" in check_stderr(err) and "hint: " in err.decode()
