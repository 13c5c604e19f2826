"""The program under test."""
import dataclasses
import json
import os
import pathlib
import re
import subprocess

from lab.parts import TREE

SANITIZER = re.compile(rb"ERROR: (Address|Leak|Undefined\w*)Sanitizer|runtime error:")


def binary():
    return pathlib.Path(os.environ.get("OWCTL", TREE / "build/asan/owctl")).resolve()


@dataclasses.dataclass
class Result:
    command: list
    rc: int
    raw_out: bytes
    raw_err: bytes

    @property
    def out(self):
        return self.raw_out.decode()

    @property
    def err(self):
        return self.raw_err.decode()

    def json(self):
        return json.loads(self.raw_out)

    def ok(self):
        return self.ended(0)

    def ended(self, status):
        assert self.rc == status, f"{self.command} ended with {self.rc}, not {status}\n{self.raw_err.decode(errors='replace')}"
        return self


# What was freed is kept in 2 MB instead of 256, and who got it with 8 frames instead of 30: the memory that is touched instead,
# and the stacks, would cost a third of the time of all tests.
SANITIZERS = {"ASAN_OPTIONS": "quarantine_size_mb=2:malloc_context_size=8"}


class Owctl:
    """Calls owctl with an environment that holds nothing of the machine's: settings come from the test alone. With the
    `prefix` of a network apart (lab/network.py) it runs in there."""

    def __init__(self, home, prefix=()):
        self.home, self.prefix = home, prefix

    def environment(self, **more):
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        own = {"HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home / ".config"), "TZ": "UTC", **SANITIZERS}
        return {**kept, **own, **{name: str(value) for name, value in more.items()}}

    def command(self, *words):
        return [*self.prefix, str(binary()), *(word if isinstance(word, bytes) else str(word) for word in words)]

    def __call__(self, *words, stdin=b"", env=None, timeout=60, cwd=None):
        command = self.command(*words)
        done = subprocess.run(command, input=stdin.encode() if isinstance(stdin, str) else stdin, capture_output=True,
                              env=self.environment(**(env or {})), timeout=timeout, cwd=cwd or self.home)
        check_sanitizers(command, done.stderr)
        return Result(command, done.returncode, done.stdout, done.stderr)

    def start(self, *words, env=None, **options):
        """The running process, for tests that signal it or cut it off; the caller checks its stderr."""
        streams = dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return subprocess.Popen(self.command(*words), env=self.environment(**(env or {})), **{**streams, **options})


def check_sanitizers(command, stderr):
    assert not SANITIZER.search(stderr), f"{command}\n{stderr.decode(errors='replace')}"
