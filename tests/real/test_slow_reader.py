"""However long it takes who reads what owctl prints, or answers what it asks: the server can write meanwhile."""
import contextlib
import os
import pathlib
import re
import shutil
import sqlite3
import time

import pytest

from lab.owctl import check_sanitizers
from lab.process import sleeps, wait_until
from lab.terminal import Terminal

MANY = 20_000
HASH = "$2b$12$" + "x" * 53
FILL = f"""insert into {{}} with recursive n(i) as (select 1 union all select i + 1 from n limit {MANY}) select {{}} from n"""
# Whatever prints while it has a transaction open. None of these changes anything.
READERS = ["user list -o json", "user list", "user list -o yaml", "user export --with-hashes", "user export -o json", "group list", "group show Staff",
           "user show 1@example.org", "user check-password 1@example.org --password-file password", "migrate status", "user import new.csv --dry-run",
           "user delete 1@example.org --dry-run", "group create Others --dry-run", "group add Staff 2@example.org --dry-run"]
# These find under the write lock that there is nothing to do.
WRITERS = ["group add Staff 1@example.org", "group create Staff --if-missing", "user import old.csv --if-missing", "migrate up"]
CASES = [*((words, "delete") for words in READERS + WRITERS), *((words, "wal") for words in WRITERS)]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Folders with a webui.db of many accounts and what the commands read besides."""
    made = {}

    def make(owctl):
        if "folder" not in made:
            folder = made["folder"] = tmp_path_factory.mktemp("many")
            fill(owctl, folder)
        return made["folder"]

    return make


def fill(owctl, folder):
    call = lambda *words, **more: owctl(*words, env={"DATA_DIR": folder}, **more).ok()
    call("migrate", "up")
    call("user", "create", "1@example.org", "--password-stdin", stdin="correct horse")
    with contextlib.closing(sqlite3.connect(folder / "webui.db")) as database, database:
        database.execute(FILL.format('"user" (id, email, name, role, profile_image_url, last_active_at, created_at, updated_at)',
                                     "'id-' || i, (i + 1) || '@example.org', 'Name ' || i, 'user', '', 0, i, 0"))
        database.execute(FILL.format("auth (id, email, password, active)", f"'id-' || i, (i + 1) || '@example.org', '{HASH}', 1"))
        database.execute(FILL.format('"group" (id, user_id, name, description)', "'g-' || i, 'id-1', 'Group ' || i, ''"))
    call("group", "create", "Staff")
    call("group", "add", "Staff", "1@example.org")
    (folder / "password").write_text("correct horse")
    (folder / "password").chmod(0o600)
    for name, host in (("new", "example.com"), ("old", "example.org")):
        (folder / f"{name}.csv").write_text("email\n" + "".join(f"{i}@{host}\n" for i in range(1, 5000)))


@pytest.fixture
def site(owctl, template, tmp_path):
    """site(mode): a copy in that journal mode."""
    def make(mode):
        folder = shutil.copytree(template(owctl), tmp_path / mode)
        with contextlib.closing(sqlite3.connect(folder / "webui.db")) as database:
            assert database.execute(f"pragma journal_mode = {mode}").fetchone() == (mode,)
        return folder

    return make


def write(folder):
    """As a server does; it would be told "database is locked" after two seconds."""
    start = time.monotonic()
    with contextlib.closing(sqlite3.connect(folder / "webui.db", timeout=2)) as server, server:
        server.execute("update \"user\" set last_active_at = last_active_at + 1 where id = 'id-7'")
    assert time.monotonic() - start < 2


def full_pipe():
    """Both ends of a pipe that takes nothing more, and what is in it."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    filler = b""
    with contextlib.suppress(BlockingIOError):
        while True:
            filler += b"x" * os.write(writing, b"x" * 4096)
    os.set_blocking(writing, True)
    return reading, writing, filler


@contextlib.contextmanager
def stalled(owctl, folder, *words):
    """The process, when it waits for its reader; and what gives its output without the pipe's filler."""
    reading, writing, filler = full_pipe()
    process = owctl.start(*words, env={"DATA_DIR": folder}, cwd=folder, stdout=writing)
    os.close(writing)

    def read_all():
        with os.fdopen(os.dup(reading), "rb") as rest:
            seen = rest.read()
        assert seen.startswith(filler)
        return seen[len(filler):]

    try:
        wait_until(lambda: sleeps(process), 20, "a stalled reader")
        yield process, read_all
    finally:
        os.close(reading)
        process.kill()
        process.communicate()


TIME = re.compile(rb"\d{4}-\d\d-\d\dT[\d:]+Z")  # a dry run tells the second in which it would have been


def spool_of(process):
    links = [os.readlink(link) for link in pathlib.Path(f"/proc/{process.pid}/fd").iterdir()]
    return [link for link in links if "owctl-output" in link]


@pytest.mark.parametrize("words, mode", CASES)
def test_a_stalled_reader_does_not_keep_the_server_from_writing(owctl, site, words, mode):
    folder = site(mode)
    expected = owctl(*words.split(), env={"DATA_DIR": folder}, cwd=folder).ok()
    with stalled(owctl, folder, *words.split()) as (process, read_all):
        write(folder)
        assert TIME.sub(b"", read_all()) == TIME.sub(b"", expected.raw_out)
        err = process.stderr.read()
        check_sanitizers(process.args, err)
        assert process.wait(20) == 0 and err == expected.raw_err


@pytest.mark.quick
def test_a_list_outside_wal_mode_waits_in_memory_and_not_on_a_disk(owctl, site):
    with stalled(owctl, site("delete"), "user", "export", "--with-hashes") as (process, _):
        [link] = spool_of(process)
        assert link.startswith("/memfd:")


@pytest.mark.quick
def test_a_list_in_wal_mode_streams(owctl, site):
    """Its first rows are there before its last ones are read: what a reader took away meanwhile is still to come."""
    folder = site("wal")
    with stalled(owctl, folder, "user", "list", "-o", "json") as (process, read_all):
        assert not spool_of(process)
        write(folder)
        assert read_all().count(b"\n") == MANY + 3


@pytest.mark.quick
def test_an_operator_who_thinks_does_not_keep_the_server_from_writing(owctl, site):
    folder = site("delete")
    for words in ("user", "delete", "9@example.org"), ("group", "delete", "Staff"):
        terminal = Terminal(owctl, *words, env={"DATA_DIR": folder})
        terminal.wait_for("[y/N]")
        write(folder)
        terminal.type("n\n")
        assert terminal.end() == 1 and b"the answer was no" in terminal.seen
