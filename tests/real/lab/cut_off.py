"""owctl cut off at one of the calls by which the world outside of it changes; cut_off.c is what counts them and does it."""
import os
import re
import signal
import subprocess

import pytest

from lab.owctl import Owctl, binary
from lab.parts import TREE

PLAIN = TREE / "build/owctl"
KILLED = -signal.SIGKILL
# For `env`: only commits count, and what comes after each. How many calls there are between them is up to random ids.
COMMITS = {"CUT_OFF_AMONG": "commits"}


def libraries(program):
    """What LD_PRELOAD has for it."""
    linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    first = re.findall(r"=> (\S*/libasan\S*)", linked)  # insists on it
    return " ".join([*first, str(binary().parent / "cut-off.so")])


class CutOff(Owctl):
    """`program` is the build without sanitizers, which is killed quicker; what has to fail well is better watched by them."""

    def __init__(self, home, program=PLAIN):
        super().__init__(home)
        self.program = program
        self.counted = home / "calls"
        if not program.exists():
            pytest.skip(f"{program} is not built")
        self.libraries = libraries(program)

    def command(self, *words):
        return [str(self.program), *map(str, words)]

    def _preloaded(self, **more):
        return {"LD_PRELOAD": self.libraries, "CUT_OFF_COUNT": self.counted, **more}

    def count(self, *words, env=None, status=0):
        """How many such calls the command makes, undisturbed."""
        self(*words, env=self._preloaded(**(env or {}))).ended(status)
        return int(self.counted.read_text())

    def with_clock_ahead(self, seconds, *words, env=None):
        return self(*words, env=self._preloaded(CLOCK_AHEAD=seconds, **(env or {})))

    def stopped_at(self, number, *words, env=None):
        """The process that has stopped before its call of that number, or has ended before."""
        process = self.start(*words, env=self._preloaded(CUT_OFF_AT=number, CUT_OFF_HOW="stopped", **(env or {})))
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WSTOPPED | os.WNOWAIT)
        return process

    def at(self, number, how, *words, env=None):
        """What the command ends with that is cut off at its call of that number; it may have been done before."""
        return self(*words, env=self._preloaded(CUT_OFF_AT=number, CUT_OFF_HOW=how, **(env or {})))
