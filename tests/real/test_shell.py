"""`owctl shell`: typed on a pseudo-terminal as a person would, and from files."""
import json
import os
import re
import resource
import signal
import stat
import subprocess
import time

import pytest

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


def test_the_prompt_tells_release_and_health(shell):
    typed = shell()
    typed.until("0.12.4 critical> ")  # nobody answers at OWCTL_REPLICAS
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


def test_tab_completes_commands_options_and_what_is_there(shell):
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
    for line in ("user list", " group list", "profile add x --set DATABASE_URL=postgresql://u:hunter2@db/o", "group list"):
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


def test_use_goes_to_another_installation_and_its_history(owctl, shell, installation, tmp_path):
    config = tmp_path / "config.yaml"
    env = {"OWCTL_CONFIG": config}
    other = tmp_path / "other.db"
    owctl("migrate", "up", "--yes", env={"DATABASE_URL": f"sqlite:///{other}"}).ok()
    owctl("profile", "add", "other", "--set", f"DATABASE_URL=sqlite:///{other}", env=env).ok()
    typed = shell("--plain", "--database", tmp_path / "webui.db", DATABASE_URL="", **env)
    assert "ada@example.org" in typed.say("user list", "webui.db> ")
    assert 'no profile "nowhere"' in typed.say("use nowhere", "webui.db> ")
    typed.mark = len(typed.seen)
    typed.type("use ot\t\r")
    typed.until("other> ")
    assert "ada@example.org" not in typed.say("user list", "other> ")
    assert typed.leave() == 0
    assert (tmp_path / "state/owctl/history/other").read_text() == "user list\n"


def test_long_lists_go_to_a_pager_as_a_table(owctl, shell, installation, tmp_path):
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\ncat > {tmp_path}/paged\n")
    pager.chmod(0o755)
    typed = shell("--plain", PAGER=pager)
    typed.say("user list", "webui.db> ")
    assert "EMAIL" in (tmp_path / "paged").read_text() and "ada@example.org" in (tmp_path / "paged").read_text()
    assert "ada@example.org" in typed.say("user update ada@example.org --name Ada", "webui.db> ")
    assert typed.leave() == 0


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_dumb_terminal_will_do(shell, term):
    typed = shell("--plain", TERM=term)
    assert "ada@example.org" in typed.say("user list", "webui.db> ")
    assert b"\x1b" not in typed.seen
    assert typed.leave() == 0


def test_it_ends_with_its_terminal_and_by_a_signal(shell):
    typed = shell()
    os.kill(typed.pid, signal.SIGTERM)
    assert typed.end() == 130


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
    done = script("user show nobody@example.org\ngroup list --no-headings --columns name\n", "--keep-going")
    assert done.rc == 65 and done.out == "Night Shift\n"


def test_a_script_can_say_its_lines(script):
    done = script("user list \\\n  --no-headings --columns email\n", "--echo").ok()
    assert done.out == "ada@example.org\n"
    assert "owctl: user list   --no-headings --columns email\n" in done.err


def test_lines_from_standard_input_are_not_read_by_commands(owctl, installation):
    lines = "user check-password ada@example.org --password-stdin\nuser list --no-headings --columns email\n"
    done = owctl("shell", stdin=lines, env=installation)
    assert done.rc != 0 and done.out == ""
    done = owctl("shell", "--keep-going", stdin=lines, env=installation)
    assert done.out == "ada@example.org\n"


def test_global_options_are_those_of_each_command(owctl, installation):
    lines = "user list --columns email\nuser list --columns email -o csv\n"
    done = owctl("shell", "-ojson", stdin=lines, env=installation).ok()
    listed, rows = done.out.split("]")
    assert json.loads(listed + "]") == [{"email": "ada@example.org"}]
    assert rows.split() == ["email", "ada@example.org"]


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


@pytest.mark.parametrize("lines, status", [("migrate status --check\n", 0), ("nonsense\n", 64), ("!exit 7\n", 7), ("exit\nnonsense\n", 0),
                                           ("user list | false\n", 1), ("user list | true\n", 0), ("", 0)])
def test_the_exit_status_is_that_of_the_line(owctl, installation, lines, status):
    assert owctl("shell", stdin=lines, env=installation).rc == status
