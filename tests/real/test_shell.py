"""`owctl shell`: typed on a pseudo-terminal as a person would, and from files."""
import fcntl
import json
import os
import pathlib
import re
import resource
import signal
import socket
import sqlite3
import stat
import struct
import subprocess
import termios
import time

import pytest

from lab.process import wait_until
from lab.terminal import JOB_CONTROL, Terminal

pytestmark = pytest.mark.quick

ESCAPES = re.compile(rb"\x1b\[[?0-9;]*[A-Za-z]|\r|\x01|\x02")


class Shell(Terminal):
    """An interactive shell. What it said since the last line is what `say` gives."""

    def __init__(self, owctl, *words, env, **options):
        super().__init__(owctl, "shell", *words, **options, env={"TERM": "vt100", "PAGER": "", "NO_COLOR": "1", **env})
        self.mark = 0
        self.wait_for("Ctrl-D leaves")
        self.wait_for("> ")

    def text(self):
        return ESCAPES.sub(b"", self.seen[self.mark:]).decode()

    def say(self, line, until):
        self.mark = len(self.seen)
        self.type(line + "\r")
        self.until(until)
        return self.text()

    def until(self, words):
        limit = time.monotonic() + 30
        while words not in self.text():
            assert time.monotonic() < limit, f"{words!r} was not said: {self.seen!r}"
            self.read_some()

    def drop(self):
        self.mark = len(self.seen)
        self.type("\x03")
        self.until("^C\nwebui.db> ")

    def leave(self):
        self.type("\x04")
        return self.end()


@pytest.fixture
def installation(owctl, tmp_path):
    """With one account, and a group with a blank in its name."""
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/webui.db", "OWCTL_REPLICAS": "http://127.0.0.1:9",
           "XDG_RUNTIME_DIR": tmp_path / "runtime", "XDG_STATE_HOME": tmp_path / "state"}
    (tmp_path / "runtime").mkdir(mode=0o700)
    owctl("migrate", "up", "--yes", env=env).ok()
    owctl("user", "create", "ada@example.org", "--role", "admin", "--no-password", env=env).ok()
    owctl("group", "create", "Night Shift", env=env).ok()
    return env


@pytest.fixture
def shell(owctl, installation):
    started = []

    def start(*words, under=(), **env):
        started.append(Shell(owctl, *words, under=under, env=installation | env))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def script(owctl, installation, tmp_path):
    def run(text, *words, **env):
        file = tmp_path / "lines.owctl"
        file.write_text(text)
        return owctl("shell", "-f", file, *words, env=installation | env)

    return run


# ---- typed ----


def test_commands_without_the_programs_name(shell):
    typed = shell("--plain")
    assert "ada@example.org" in typed.say("user list", "webui.db> ")
    assert "ada@example.org" in typed.say("owctl user list", "webui.db> "), "a habit"
    assert "has no command 'nonsense'" in typed.say("user nonsense", "webui.db> ")
    assert typed.leave() == 0


def test_the_prompt_tells_release_and_health(owctl, shell, installation, tmp_path):
    """Of the installation that is meant, and of no other; and who finds out writes nothing."""
    old = tmp_path / "old.db"
    owctl("migrate", "up", "--to", "0.11.4", env={"DATABASE_URL": f"sqlite:///{old}"}).ok()
    owctl("profile", "add", "old", "--set", f"DATABASE_URL=sqlite:///{old}", env={"OWCTL_CONFIG": tmp_path / "config.yaml"}).ok()
    typed = shell(NO_COLOR="", DATABASE_URL="", DATA_DIR=tmp_path, OWCTL_CONFIG=tmp_path / "config.yaml")
    typed.until("0.12.4 critical> ")  # nobody answers at OWCTL_REPLICAS
    assert b"0.12.4 \x1b[31mcritical\x1b[0m> " in typed.seen
    typed.say("use old", "old 0.11.4 critical> ")
    assert "old 0.12.4" not in typed.text()
    assert typed.leave() == 0
    typed = shell(TERM="xterm")
    typed.until("0.12.4 critical> ")
    assert b"\x1b[31m" not in typed.seen
    assert typed.leave() == 0


def test_ctrl_c_drops_the_line_and_ends_the_command(shell):
    typed = shell("--plain")
    typed.type("user nonsense")
    typed.until("nonsense")
    typed.drop()
    typed.say("!trap 'echo ended; exit 3' INT; echo begun; while :; do sleep 0.1; done", "\nbegun\n")
    typed.type("\x03")
    typed.until("ended\nwebui.db> ")
    assert "ada@example.org" in typed.say("user list", "webui.db> ")
    assert "^C" not in ESCAPES.sub(b"", typed.seen).decode().rpartition("ended\n")[2], "it was for the program, not for the next line"
    assert typed.leave() == 0


def test_a_program_may_leave_the_terminal_as_it_likes(shell):
    typed = shell("--plain")
    typed.say("!stty -echo -icanon", "webui.db> ")
    said = typed.say("!stty -a", "webui.db> ")
    assert " echo " in said and " icanon " in said
    assert typed.leave() == 0


def test_ctrl_z_stops_it_with_its_command(shell):
    typed = shell("--plain", under=JOB_CONTROL)
    typed.mark = len(typed.seen)
    typed.type("user list --no-")
    typed.until("list --no-")
    typed.type("\x1a")
    typed.until("stopped\n")
    typed.until("webui.db> user list --no-")
    typed.type("headings\r")
    typed.until("ada@example.org")
    typed.until("\nwebui.db> ")
    typed.say("!echo begun; sleep 0.5; echo $((6 * 7))", "\nbegun\n")
    typed.type("\x1a")
    typed.until("stopped\n")
    typed.until("42\nwebui.db> ")
    assert typed.leave() == 0


def test_ctrl_z_does_nothing_where_nobody_could_go_on(shell):
    typed = shell("--plain")
    typed.type("\x1a")
    typed.say("!echo begun; sleep 0.5; echo $((6 * 7))", "\nbegun\n")
    typed.type("\x1a")
    typed.until("42\nwebui.db> ")
    assert typed.leave() == 0


def test_pipes_files_and_programs(shell, tmp_path):
    typed = shell("--plain")
    assert "\n1\n" in typed.say("user list --no-headings | wc -l", "webui.db> ")
    typed.say(f"user list -o csv --columns email > '{tmp_path}/a file'", "webui.db> ")
    assert (tmp_path / "a file").read_text() == "email\nada@example.org\n"
    assert "\n42\n" in typed.say("!echo $((6 * 7))", "webui.db> ")
    assert "is for a shell" in typed.say("user list; user list", "webui.db> ")
    assert typed.leave() == 0


def test_tab_completes_commands_options_and_what_is_there(shell, tmp_path):
    typed = shell("--plain")
    typed.mark = len(typed.seen)
    typed.type("user sh\tad\t")
    typed.until("user show ada@example.org ")
    typed.type("\r")
    typed.until("webui.db> ")
    typed.mark = len(typed.seen)
    typed.type("group show nig\t\r")
    typed.until("Night\\ Shift")
    typed.until("webui.db> ")
    assert "not" not in typed.text()
    typed.mark = len(typed.seen)
    typed.type("group show 'Nig\t\r")
    typed.until("'Night Shift'")
    typed.until("webui.db> ")
    typed.mark = len(typed.seen)
    (tmp_path / "a-file.env").touch()
    typed.type(f"profile add x --set WEBUI_UR\tx --env-file={tmp_path}/a-f\t")
    typed.until(f"--set WEBUI_URL=x --env-file={tmp_path}/a-file.env")
    typed.drop()
    typed.mark = len(typed.seen)
    typed.type("user list --sort \t")
    for word in ("created", "email", "name", "role", "active"):
        typed.until(word)
    typed.drop()
    typed.mark = len(typed.seen)
    typed.type("user \t")
    typed.until("create an account")
    typed.drop()
    assert typed.leave() == 0


def test_names_of_files_are_quoted_by_tab(shell, tmp_path):
    """Whoever made a file chose its name: it must not run in what the line is for, a program or owctl."""
    for name in ("one$(echo ran)", "two it's|echo ran", "three;echo ran"):
        (tmp_path / name).touch()
    typed = shell("--plain")
    for line, whole in (("!echo {}/on", "/one$(echo ran)\n"), ('!echo "{}/on', "/one$(echo ran)\n"),
                        ("!echo {}/two\\ i", "/two it's|echo ran\n"), ("user list -o csv | tr a-z A-Z - {}/thr", "extra operand")):
        assert whole in typed.say(line.format(tmp_path) + "\t", "webui.db> ")
    assert "ada@example.org" in typed.say(f"user list --env-file={tmp_path}/two\t", "webui.db> ")
    assert b"\nran" not in typed.seen.replace(b"\r", b"")
    assert typed.leave() == 0


def test_watch_repeats_until_ctrl_c(shell):
    typed = shell("--plain")
    typed.say("user list --no-headings \\watch 0.1", "every 0.1 s: user list --no-headings")
    limit = time.monotonic() + 30
    while typed.text().count("ada@example.org") < 3 and time.monotonic() < limit:
        typed.read_some()
    assert typed.text().count("ada@example.org") >= 3
    typed.type("\x03")
    typed.until("webui.db> ")
    typed.say("user list", "webui.db> ")
    typed.say("\\watch 0.2", "every 0.2 s: user list")
    typed.type("\x03")
    typed.until("webui.db> ")
    assert typed.leave() == 0


def test_history_is_kept_without_secrets_for_its_owner_alone(shell, tmp_path):
    typed = shell("--plain")
    for line in ("user list", "user list", " group list", "profile add x --set DATABASE_URL=postgresql://u:hunter2@db/o", "group list"):
        typed.say(line, "webui.db> ")
    os.kill(typed.pid, signal.SIGKILL)
    file = tmp_path / "state/owctl/history/webui.db"
    assert file.read_text() == "user list\ngroup list\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = shell("--plain")
    assert "group list" in again.say("history", "webui.db> ")
    again.mark = len(again.seen)
    again.type("\x1b[A\x1b[A\x1b[A\r")
    again.until("ada@example.org")
    again.until("\nwebui.db> ")
    assert again.leave() == 0


def test_a_history_of_somebody_else_is_let_alone(shell, tmp_path):
    other = tmp_path / "other"
    other.write_text("what other says\n")
    folder = tmp_path / "state/owctl/history"
    folder.mkdir(parents=True)
    (folder / "webui.db").symlink_to(other)
    typed = shell("--plain")
    assert b"is no file of this user" in typed.seen
    typed.say("!true \x16\x1b[31m", "webui.db> ")  # as pasted
    said = typed.say("history", "webui.db> ")
    assert "what other says" not in said and "!true \\x1b[31m" in said
    assert typed.leave() == 0 and other.read_text() == "what other says\n"


def test_half_a_line_of_history_is_taken_back_where_the_disk_is_full(shell, tmp_path):
    file = tmp_path / "state/owctl/history/webui.db"
    file.parent.mkdir(parents=True)
    file.write_text("user list\n")
    typed = shell("--plain")
    resource.prlimit(typed.pid, resource.RLIMIT_FSIZE, (15, resource.RLIM_INFINITY))
    said = " ".join(typed.say("history and more of it", "webui.db> ").split())
    assert "the history of this shell is not kept" in said and "No space left on device" in said
    assert file.read_text() == "user list\n"
    assert typed.leave() == 0


def test_a_long_history_is_cut_and_what_is_no_text_is_left_out(shell, owctl):
    """Where XDG_STATE_HOME is no path it is below the home folder."""
    file = owctl.home / ".local/state/owctl/history/webui.db"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"".join(b"use %d\n" % number for number in range(4000)) + b"use \xff\n")
    typed = shell("--plain", XDG_STATE_HOME="relative")
    assert file.read_bytes().splitlines() == [b"use %d" % number for number in range(2000, 4000)]
    said = typed.say("history | cat", "webui.db> ")
    said = typed.say("history", "2000  history")
    assert "use 3999" in said and "use 2000\n" not in said
    assert typed.leave() == 0


def test_use_goes_to_another_installation_and_its_history(owctl, shell, installation, tmp_path):
    config = tmp_path / "config.yaml"
    env = {"OWCTL_CONFIG": config}
    other = tmp_path / "other.db"
    owctl("migrate", "up", "--yes", env={"DATABASE_URL": f"sqlite:///{other}"}).ok()
    owctl("profile", "add", "other", "--set", f"DATABASE_URL=sqlite:///{other}", env=env).ok()
    (tmp_path / "file.env").write_text(f"DATABASE_URL=sqlite:///{tmp_path}/webui.db\n")
    typed = shell("--plain", "--database", tmp_path / "webui.db", "--env-file", tmp_path / "file.env", DATABASE_URL="", **env)
    assert "ada@example.org" in typed.say("user list", "webui.db> ")
    assert 'no profile "nowhere"' in typed.say("use nowhere", "webui.db> ")
    typed.mark = len(typed.seen)
    typed.type("use ot\t\r")
    typed.until("other> ")
    assert "ada@example.org" not in typed.say("user list", "other> ")
    assert typed.leave() == 0
    assert (tmp_path / "state/owctl/history/other").read_text() == "user list\n"


def test_long_lists_go_to_a_pager_as_they_are_for_people(shell, tmp_path):
    """As wide as the terminal, which nothing in them can steer; what changes something, or is about one, does not go there."""
    pager, paged = tmp_path / "pager", tmp_path / "paged"
    pager.write_text(f'#!/bin/sh\nprintf "%s\\n" "$LESS" >{tmp_path}/less\ncat >{paged}\n')
    pager.chmod(0o755)
    with sqlite3.connect(tmp_path / "webui.db") as db:
        db.execute("update \"group\" set description = 'x' || char(27) || '[2J'")
    typed = shell("--plain", PAGER=pager)
    fcntl.ioctl(typed.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 95, 0, 0))
    typed.say("user list", "\nwebui.db> ")
    assert "EMAIL" in paged.read_text() and "ada@example.org" in paged.read_text()
    assert (tmp_path / "less").read_text() == "FRX\n"
    typed.say("group list -o csv", "\nwebui.db> ")
    assert "Night Shift" in paged.read_text() and "\x1b" not in paged.read_text()
    typed.say("help user list", "\nwebui.db> ")
    assert "--role" in paged.read_text() and 80 < max(map(len, paged.read_text().splitlines())) <= 95
    paged.unlink()
    assert "added" in typed.say("group add 'Night Shift' ada@example.org", "\nwebui.db> ")
    assert "ada@example.org" in typed.say("user show ada@example.org --columns email,role", "\nwebui.db> ").split("\n", 1)[1]
    typed.say("user list \\watch 0.1", "every 0.1 s")
    typed.until("ada@example.org")
    typed.type("\x03")
    typed.until("webui.db> ")
    assert not paged.exists()
    assert typed.leave() == 0


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_dumb_terminal_will_do(shell, term):
    typed = shell("--plain", TERM=term)
    assert "ada@example.org" in typed.say("user list", "webui.db> ")
    assert b"\x1b" not in typed.seen
    assert typed.leave() == 0


def started_by(pid):
    """{process id: its words} of what this process has started and not waited for."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child): pathlib.Path(f"/proc/{child}/cmdline").read_text().split("\0") for child in children}


def test_it_ends_by_a_signal_and_with_it_who_asks_for_the_prompt(shell):
    """Of a replica that does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        typed = shell(OWCTL_REPLICAS=f"http://127.0.0.1:{silent.getsockname()[1]}")
        typed.until("0.12.4> ")
        [(asking, words)] = started_by(typed.pid).items()
        assert words[1:3] == ["health", "check"] and {"--read-only", "--deadline=10s"} < set(words)
        typed.say("user list", "webui.db 0.12.4> ")
        assert list(started_by(typed.pid)) == [asking], "it is not asked for again so soon"
        os.kill(typed.pid, signal.SIGTERM)
        assert typed.end() == 130
        wait_until(lambda: not os.path.exists(f"/proc/{asking}"), 5, "the end of who asks")


def test_a_signal_for_the_shell_alone_ends_what_it_runs_as_well(shell, owctl, installation, tmp_path):
    """`docker stop` and kill name one process; what it left running would go on, or be killed half-way."""
    typed = shell("--plain")
    typed.say("!echo begun; exec sleep 60", "\nbegun\n")
    os.kill(typed.pid, signal.SIGHUP)
    begun = time.monotonic()
    assert typed.end() == 130 and time.monotonic() - begun < 20
    file = tmp_path / "lines.owctl"
    file.write_text("# the second line takes long\n!echo begun; exec sleep 60\nuser list\n")
    for words, line, said in ((("-f", file), b"", f"interrupted in line 2 of {file}"), ((), b"!echo begun\n", "owctl: interrupted")):
        process = owctl.start("shell", *words, env=installation, stdin=subprocess.PIPE)
        process.stdin.write(line)
        process.stdin.flush()
        assert process.stdout.readline() == b"begun\n"
        time.sleep(0.3)  # the other one waits for its next line
        process.terminate()
        out, told = process.communicate(timeout=20)
        assert (out, process.returncode) == (b"", 130) and said in told.decode()


def test_help_tells_what_the_shell_adds(shell):
    typed = shell("--plain")
    said = typed.say("help", "webui.db> ")
    assert "use PROFILE" in said and "\\watch" in said and "backup" in said
    assert "--role" in typed.say("help user list", "webui.db> ")
    assert typed.leave() == 0


# ---- from files ----


def test_a_script_stops_at_the_first_line_that_fails(script):
    done = script("user list --no-headings --columns email # everybody\n\nuser show nobody@example.org\ngroup list\n")
    assert done.rc == 65 and done.out == "ada@example.org\n"
    assert "line 3 of" in done.err and "exit status 65" in done.err
    done = script("user show nobody@example.org\nnonsense\ngroup list --no-headings --columns name\n", "--keep-going")
    assert done.rc == 65 and done.out == "Night Shift\n"


def test_a_script_can_say_its_lines(script):
    done = script("user list \\\r\n  --no-headings --columns email\r\n", "--echo").ok()
    assert done.out == "ada@example.org\n"
    assert "owctl: user list   --no-headings --columns email\n" in done.err


def test_lines_from_standard_input_are_not_read_by_commands(owctl, installation):
    lines = "user check-password ada@example.org --password-stdin\nuser list --no-headings --columns email\n"
    done = owctl("shell", stdin=lines, env=installation)
    assert done.rc != 0 and done.out == ""
    done = owctl("shell", "--keep-going", stdin=lines, env=installation)
    assert done.out == "ada@example.org\n"


def test_global_options_are_those_of_each_command(owctl, installation):
    lines = "user list --columns email\nuser list --columns email -o csv\nuser list --columns email --output=csv\n"
    done = owctl("shell", "-ojson", stdin=lines, env=installation).ok()
    assert "".join(done.out.split()) == '[{"email":"ada@example.org"}]' + 2 * "emailada@example.org"
    error = json.loads(owctl("shell", "-ojson", stdin="user list; version\n", env=installation).ended(64).err.splitlines()[0])["error"]
    assert error["status"] == 64 and "';'" in error["message"], "what is wrong with a line is told as they tell it"
    done = owctl("shell", "-q", stdin="group create Quiet --columns name\n", env=installation | {"OWCTL_AUDIT_LOG": "/dev/null"}).ok()
    assert "Quiet" in done.out and done.err == ""
    assert ": version\n" in owctl("shell", "-v", stdin="version\n", env=installation).ok().err
    with socket.create_server(("127.0.0.1", 0)) as silent:
        where = {"DATABASE_URL": f"postgresql://owui@127.0.0.1:{silent.getsockname()[1]}/owui"}
        assert "within 1 s" in owctl("shell", "--timeout", "1", stdin="user list\n", env=installation | where).ended(69).err


def test_what_only_looks_like_an_option_takes_no_option_away(owctl, installation, tmp_path):
    """A dry run stays one, and the installation the one that was meant, whatever a group is called."""
    meant, other = {**installation, "DATABASE_URL": ""}, tmp_path / "other.db"
    owctl("migrate", "up", "--yes", "--database", other, env=meant).ok()
    owctl("profile", "add", "other", "--set", f"DATABASE_URL=sqlite:///{other}", env=meant).ok()

    def groups(database):
        return owctl("group", "list", "-o", "csv", "--columns", "name", "--no-headings", "--database", database, env=meant).ok().out.split("\n")[:-1]

    dry = "group create -- -nurses\ngroup create x --description -n\n"
    owctl("shell", "-n", "--database", other, stdin=dry, env=meant).ok()
    assert groups(other) == []
    owctl("shell", "--database", other, stdin="group create -- --database\n", env=installation).ok()
    assert groups(other) == ["--database"] and groups(tmp_path / "webui.db") == ["Night Shift"]
    lines = "group list -o csv --columns name --no-headings --profile other\n"
    assert owctl("shell", "--database", tmp_path / "webui.db", stdin=lines, env=meant).ok().out == "--database\n"


def test_the_exit_status_is_that_of_the_line(owctl, installation):
    for lines, status in (("migrate status --check\n", 0), ("nonsense\n", 64), ("!exit 7\n", 7), ("!kill -KILL $$\n", 137),
                          ("exit\nnonsense\n", 0), ("exit now\n", 64), ("use a b\n", 64), ("user list | false\n", 1),
                          ("user list | true\n", 0), ("help | false\n", 1), ("version\0\n", 65), ("!kill -TERM $PPID\nnonsense\n", 130), ("", 0)):
        assert owctl("shell", stdin=lines, env=installation).rc == status, lines
