"""Which worker runs which test: those of one shared installation stay together, so that each is started once."""
import re

from xdist.scheduler import LoadScopeScheduling

SHARED = re.compile(r"[\[-](on [\d.]+(?: with [\w ]+)?)[\]-]")


class Schedule(LoadScopeScheduling):
    """xdist 3.8's own loadgroup marks the ids of tests in a way that pytest 9.2 no longer sees."""

    def _split_scope(self, nodeid):
        shared = SHARED.search(nodeid)
        return shared[1] if shared else nodeid
