"""bash, fish and zsh, with the scripts that `owctl completion SHELL` prints."""
import os
import pty
import re
import select
import shutil
import subprocess
import time

import pytest

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


def complete_fish(shell_environment, line):
    """Rows of "word\tdescription"."""
    environment, work = shell_environment
    script = "owctl completion fish | source; complete -C $argv[1]"
    done = subprocess.run([need("fish"), "--no-config", "-c", script, line], env=environment, cwd=work,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


class Typed:
    """An interactive shell on a pseudo-terminal."""

    def __init__(self, shell_environment, command, setup):
        environment, work = shell_environment
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(work)
            os.execve(need(command[0]), command, environment)
        os.write(self.fd, f". {setup}\n".encode())
        self.read_until(b"set-up-done")

    def read_until(self, mark):
        seen, limit = b"", time.monotonic() + 30
        while mark not in seen:
            assert time.monotonic() < limit, f"the shell did not say {mark!r}: {seen!r}"
            if select.select([self.fd], [], [], 1)[0]:
                seen += os.read(self.fd, 4096)
        return seen

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


class Bash(Typed):
    """^X runs the line as bash would, with what takes the place of owctl: it prints its last word."""

    SETUP = r"""
bind 'set enable-bracketed-paste off'; bind 'set bell-style none'
source <(owctl completion bash)
report() { (owctl() { printf '<<%s>>' "${@: -1}"; }; eval "$READLINE_LINE"); READLINE_LINE=; }
bind -x '"\C-x": report'
stty -echo; echo set''-up-done
"""

    def __init__(self, shell_environment):
        setup = shell_environment[1] / "setup"
        setup.write_text(self.SETUP)
        super().__init__(shell_environment, ["bash", "--norc", "--noprofile", "-i"], setup)

    def last_word(self, typed):
        os.write(self.fd, typed.encode() + b"\x18")
        return re.search(rb"<<(.*)>>", self.read_until(b">>"), re.DOTALL)[1].decode()


class Zsh(Typed):
    """^X prints the line as it stands and drops it."""

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
        (tmp_path / "setup").write_text(self.SETUP)
        environment = {**environment, "OWCTL_FPATH": str(tmp_path / "functions"), "TERM": "vt100"}
        super().__init__((environment, work), ["zsh", "-f", "-i"], tmp_path / "setup")

    def complete(self, line):
        os.write(self.fd, line.encode() + b"\t\x18")
        seen = self.read_until(b">>")
        return seen, re.search(rb"<<(.*)>>", seen)[1].decode()
