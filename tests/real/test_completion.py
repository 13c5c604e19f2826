"""Completion in the real shells, with the scripts that `owctl completion SHELL` prints."""
import os
import pty
import re
import select
import shutil
import subprocess
import time

import pytest

from lab.owctl import binary

BASH = r"""
source <(owctl completion bash)
complete -p owctl >/dev/null || exit 3
COMP_LINE=$1 COMP_POINT=${#1}
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
$(complete -p owctl | sed 's/.*-F \([^ ]*\).*/\1/')
printf '%s\n' "${COMPREPLY[@]}"
"""


def need(shell):
    path = shutil.which(shell)
    if not path:
        pytest.skip(f"{shell} is not installed")
    return path


@pytest.fixture
def shell_environment(owctl, tmp_path):
    """owctl is found by its name, as on an operator's machine."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "owctl").symlink_to(binary())
    work = tmp_path / "work"
    (work / "folder").mkdir(parents=True)
    (work / "file.env").touch()
    environment = owctl.environment(TERM="dumb")
    environment["PATH"] = f"{folder}:{environment['PATH']}"
    return environment, work


def split_as_bash(line):
    """The words as bash hands them to a completion function: split at =, : and @ too."""
    words = []
    for part in line.split(" "):
        words += [piece for piece in re.split(r"([=:@]+)", part) if piece] or [""]
    return words


def complete_bash(shell_environment, line):
    environment, work = shell_environment
    done = subprocess.run([need("bash"), "--norc", "-c", BASH, "bash", line, *split_as_bash(line)],
                          env=environment, cwd=work, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("line, expected", [
    ("owctl us", ["user"]),
    ("owctl user li", ["list"]),
    ("owctl help user li", ["list"]),
    ("owctl user list --ro", ["--role"]),
    ("owctl user list --role ad", ["admin"]),
    ("owctl user list --role=ad", ["admin"]),
    ("owctl -o ", ["table", "json", "yaml", "csv"]),
    ("owctl --output=", ["table", "json", "yaml", "csv"]),
    ("owctl --output=js", ["json"]),
    ("owctl user list --columns em", ["email"]),
    ("owctl user list --columns id,ro", ["id,role"]),
    ("owctl user list --role admin,", ["admin,pending", "admin,user"]),
    ("owctl --env-file fi", ["file.env"]),
    ("owctl --env-file=fi", ["file.env"]),
    ("owctl --data-dir fo", ["folder"]),
    ("owctl --data-dir fi", []),
    ("owctl completion ", ["bash", "zsh", "fish"]),
    ("owctl zzz", []),
])
def test_bash(shell_environment, line, expected):
    assert complete_bash(shell_environment, line) == expected


@pytest.mark.parametrize("line, expected", [
    ("owctl us", ["user"]),
    ("owctl user li", ["list"]),
    ("owctl user list --ro", ["--role"]),
    ("owctl user list --role ad", ["admin"]),
    ("owctl user list --role=ad", ["--role=admin"]),
    ("owctl --env-file fi", ["file.env"]),
    ("owctl --env-file=fi", ["--env-file=file.env"]),
    ("owctl --data-dir fo", ["folder/"]),
    ("owctl completion ", ["bash", "fish", "zsh"]),
    ("owctl zzz", []),
])
def test_fish(shell_environment, line, expected):
    environment, work = shell_environment
    script = "owctl completion fish | source; complete -C $argv[1]"
    done = subprocess.run([need("fish"), "--no-config", "-c", script, line], env=environment, cwd=work,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert [row.split("\t")[0] for row in done.stdout.splitlines()] == expected


def test_fish_shows_descriptions(shell_environment):
    environment, work = shell_environment
    done = subprocess.run([need("fish"), "--no-config", "-c", "owctl completion fish | source; complete -C 'owctl version'"],
                          env=environment, cwd=work, capture_output=True, text=True, timeout=60)
    assert done.stdout == "version\tshow the versions of owctl and its libraries\n"


class Zsh:
    """An interactive zsh on a pseudo-terminal. ^X prints the line as it stands and drops it."""

    SETUP = r"""
PS1='ready> '; unsetopt zle_bracketed_paste beep prompt_cr prompt_sp; setopt no_list_beep
fpath=($OWCTL_FPATH $fpath); autoload -U compinit; compinit -u -D
report() { print -r -- "<<$BUFFER>>"; BUFFER=; zle reset-prompt }
zle -N report; bindkey '^X' report; bindkey '^I' complete-word
stty -echo; print set''-up-done
"""

    def __init__(self, shell_environment, tmp_path):
        environment, work = shell_environment
        (tmp_path / "functions").mkdir()
        script = subprocess.run(["owctl", "completion", "zsh"], env=environment, capture_output=True, check=True).stdout
        (tmp_path / "functions/_owctl").write_bytes(script)
        environment = {**environment, "OWCTL_FPATH": str(tmp_path / "functions"), "TERM": "vt100"}
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(work)
            os.execve(need("zsh"), ["zsh", "-f", "-i"], environment)
        (tmp_path / "setup").write_text(self.SETUP)
        os.write(self.fd, f". {tmp_path}/setup\n".encode())
        self.read_until(b"set-up-done")

    def read_until(self, mark):
        seen, limit = b"", time.monotonic() + 30
        while mark not in seen:
            assert time.monotonic() < limit, f"zsh did not say {mark!r}: {seen!r}"
            if select.select([self.fd], [], [], 1)[0]:
                seen += os.read(self.fd, 4096)
        return seen

    def complete(self, line):
        os.write(self.fd, line.encode() + b"\t\x18")
        seen = self.read_until(b">>")
        return seen, re.search(rb"<<(.*)>>", seen)[1].decode()

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


@pytest.fixture
def zsh(shell_environment, tmp_path):
    need("zsh")
    shell = Zsh(shell_environment, tmp_path)
    yield shell
    shell.close()


def test_zsh(zsh):
    for line, expected in [
        ("owctl us", "owctl user "),
        ("owctl user li", "owctl user list "),
        ("owctl user list --ro", "owctl user list --role "),
        ("owctl user list --role ad", "owctl user list --role admin "),
        ("owctl user list --role=ad", "owctl user list --role=admin "),
        ("owctl --env-file fi", "owctl --env-file file.env "),
        ("owctl --env-file=fi", "owctl --env-file=file.env "),
        ("owctl --data-dir fo", "owctl --data-dir folder/"),
        ("owctl zzz", "owctl zzz"),
    ]:
        assert zsh.complete(line)[1] == expected


def test_zsh_shows_descriptions(zsh):
    seen, _ = zsh.complete("owctl ")
    assert b"show the versions of owctl and its libraries" in seen


def test_candidates_are_silent_and_need_no_settings(owctl):
    """A broken profile or a database that is away must not disturb a line that is being typed."""
    done = owctl("__complete", "--", "user", "list", "--role", "", env={"DATABASE_URL": "nonsense"}).ok()
    assert done.out.split() == ["pending", "user", "admin"]
    assert done.err == ""


def test_a_secret_is_offered_only_where_it_may_be_given(owctl):
    for option, expected in ("--set", []), ("--set-file", ["WEBUI_SECRET_KEY="]):
        done = owctl("__complete", "--", "profile", "add", "x", option, "WEBUI_SEC").ok()
        assert [line.split("\t")[0] for line in done.out.splitlines()] == expected
