"""What other users of the machine could see of a secret: the list of processes, their environment, temporary files, core dumps,
the audit log. And what a terminal could be made to do by data: nothing."""
import contextlib
import os
import pathlib
import pty
import re
import shutil
import sqlite3
import subprocess
import tempfile

import pytest

from bad_input.world import World
from lab.owctl import check_sanitizers

SECRET = "Geheim-4711-Wort"
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil\u2028x\x7f\x00".replace("\x00", "") + "'; drop table"
# What a terminal may get: text, line ends, and owctl's own colours.
CONTROL = re.compile(r"(?!\x1b\[[0-9;]*m)[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.fixture
def world():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="owctl-leaks-"))
    folder.chmod(0o755)
    world = World(folder)
    world.db
    yield world
    shutil.rmtree(folder, ignore_errors=True)


def said_and_seen(world, words, env=None, say=SECRET, stdin=True):
    """Starts owctl, looks at it while it waits for a secret, gives the secret, looks again."""
    process = world.start(words, env=env, stdin=subprocess.PIPE)
    while not (seen := [look_at(process.pid)])[0].startswith(os.fsencode(process.args[0])):
        pass  # between fork and exec nothing is shown
    process.stdin.write(say.encode())
    process.stdin.flush()
    seen.append(look_at(process.pid))
    out, err = process.communicate(timeout=60)
    check_sanitizers(process.args, err)
    return process.returncode, out, err, b"".join(seen)


def look_at(pid):
    """What /proc shows to every user, and the environment as well."""
    shown = b""
    for name in ("cmdline", "environ", "comm", "status", "wchan"):
        with contextlib.suppress(OSError):
            shown += pathlib.Path(f"/proc/{pid}/{name}").read_bytes()
    return shown


@pytest.mark.parametrize("words", (["user", "create", "a@example.org", "--password-stdin"], ["user", "passwd", "root@example.org", "--password-stdin"],
                                   ["user", "check-password", "root@example.org", "--password-stdin"]), ids=lambda words: words[1])
@pytest.mark.parametrize("verbose", ("-q", "-vv"))
def test_a_password_from_standard_input(world, words, verbose):
    audit = world.folder / "audit"
    status, out, err, seen = said_and_seen(world, [*words, verbose, "--audit-log", audit, "--database", "{db}"])
    assert status in (0, 2), err
    assert b"--password-stdin" in seen
    for shown in (seen, out, err, audit.read_bytes() if audit.exists() else b"", world.db.read_bytes()):
        assert SECRET.encode() not in shown
    assert not list(world.empty.iterdir())


def test_an_imported_password(world):
    audit = world.folder / "audit"
    file = world.write("in.csv", f"email,password\na@example.org,{SECRET}\nb@example.org,{SECRET}x\n")
    done = world.run(["user", "import", file, "-vv", "--audit-log", audit, "--database", "{db}"]).ok()
    for shown in (done.raw_out, done.raw_err, audit.read_bytes(), world.db.read_bytes()):
        assert SECRET.encode() not in shown
    assert not list(world.empty.iterdir())


def test_the_audit_log_is_not_for_everybody(world):
    audit = world.folder / "audit"
    world.run(["user", "create", "a@example.org", "--generate", "--audit-log", audit, "--database", "{db}"]).ok()
    assert audit.stat().st_mode & 0o007 == 0


def test_a_database_of_ones_own_is_not_for_everybody(world):
    """It will hold hashes and API keys."""
    world.run(["migrate", "up", "--database", "{folder}/new.db"], preexec_fn=lambda: os.umask(0o022)).ok()
    assert (world.folder / "new.db").stat().st_mode & 0o007 == 0


def test_settings_are_shown_masked(world):
    env = {"DATABASE_URL": f"postgresql://u:{SECRET}@h/d", "WEBUI_SECRET_KEY": SECRET, "REDIS_URL": f"redis://:{SECRET}@h", "DATABASE_PASSWORD": SECRET}
    for words in (["profile", "show", "--all"], ["profile", "show", "-o", "json", "--all"], ["profile", "show", "-o", "yaml"], ["profile", "show", "-vv"]):
        done = world.run(words, env=env).ok()
        assert SECRET.encode() not in done.raw_out + done.raw_err and b"***" in done.raw_out


def on_a_terminal(world, words, env=None):
    """What a terminal gets, stdout and stderr together."""
    master, slave = pty.openpty()
    process = world.start(words, env=env, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    shown = b""
    with contextlib.suppress(OSError):
        while chunk := os.read(master, 65536):
            shown += chunk
    os.close(master)
    process.wait(20)
    check_sanitizers(words, shown)
    return shown.decode().replace("\r\n", "\n")


@pytest.fixture
def hostile(world):
    """A database whose every text would take over the terminal."""
    with contextlib.closing(sqlite3.connect(world.db)) as connection, connection:
        connection.execute("insert into \"user\" (id, email, name, role, profile_image_url, username, last_active_at, created_at, updated_at) "
                           "values (?, ?, ?, ?, '', ?, 0, 1, 1)", [f"{part}{HOSTILE}" for part in ("id", "mail@", "name", "role", "handle")])
        connection.execute("insert into auth (id, email, password, active) values (?, ?, '', 1)", (f"id{HOSTILE}", f"mail@{HOSTILE}"))
        connection.execute("insert into \"group\" (id, user_id, name, description, created_at, updated_at) values (?, '', ?, ?, 1, 1)",
                           [f"{part}{HOSTILE}" for part in ("gid", "group", "description")])
        connection.execute("insert into group_member (id, group_id, user_id, created_at, updated_at) values ('m', ?, ?, 1, 1)", (f"gid{HOSTILE}", f"id{HOSTILE}"))
        connection.execute("insert into \"user\" (id, email, name, role, profile_image_url, last_active_at, created_at, updated_at) "
                           "values ('blob', x'ff1b5b324a', x'c31b', 'user', '', 0, 2, 2)")
    return world


COMMANDS = (["user", "list"], ["user", "list", "--columns", "id,email,name,role,created_at"], ["user", "export"], ["user", "show", f"id{HOSTILE}"], ["user", "show", "blob"],
            ["group", "list"], ["group", "show", f"group{HOSTILE}"], ["user", "delete", f"id{HOSTILE}", "--dry-run"], ["group", "delete", f"gid{HOSTILE}", "--dry-run"],
            ["user", "update", f"id{HOSTILE}", "--name", "x", "--dry-run"], ["group", "add", f"gid{HOSTILE}", "root@example.org", "--dry-run"],
            ["user", "passwd", f"id{HOSTILE}", "--generate", "--dry-run"], ["user", "show", HOSTILE], ["user", "create", HOSTILE, "--no-password"],
            ["user", "list", "--role", HOSTILE], ["user", "list", "--search", HOSTILE], [HOSTILE], ["--" + HOSTILE], ["user", "import", HOSTILE],
            ["migrate", "up", "--to", HOSTILE], ["profile", "show", "--all"], ["help", HOSTILE])


@pytest.mark.parametrize("format", ("table", "json", "yaml", "csv"))
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]).encode("unicode_escape").decode()[:30])
def test_a_terminal_gets_no_control_characters(hostile, words, format):
    shown = on_a_terminal(hostile, [*words, "-o", format, "--database", "{db}"], env={"WEBUI_URL": HOSTILE})
    assert shown
    assert not CONTROL.search(shown), shown
