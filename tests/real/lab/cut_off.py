"""owctl cut off at one of the calls by which the world outside of it changes; cut_off.c is what counts them and does it.

It is the build without sanitizers, which want to be loaded first.
"""
import signal

import pytest

from lab.owctl import Owctl, binary
from lab.parts import TREE

PLAIN = TREE / "build/owctl"
KILLED = -signal.SIGKILL


class CutOff(Owctl):
    def __init__(self, home):
        super().__init__(home)
        self.library = binary().parent / "cut-off.so"
        self.counted = home / "calls"
        if not PLAIN.exists():
            pytest.skip("build/owctl is not built")

    def command(self, *words):
        return [str(PLAIN), *map(str, words)]

    def _preloaded(self, **more):
        return {"LD_PRELOAD": self.library, "CUT_OFF_COUNT": self.counted, **more}

    def count(self, *words, env=None, status=0):
        """How many such calls the command makes, undisturbed."""
        self(*words, env=self._preloaded(**(env or {}))).ended(status)
        return int(self.counted.read_text())

    def at(self, number, how, *words, env=None):
        """What the command ends with that is cut off at its call of that number; it may have been done before."""
        return self(*words, env=self._preloaded(CUT_OFF_AT=number, CUT_OFF_HOW=how, **(env or {})))
