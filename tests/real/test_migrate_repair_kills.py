"""`owctl migrate repair` killed at counted calls: the same command again ends as one that nobody killed."""
import random
import time

import pytest

from lab import catalogue
from lab.cut_off import KILLED
from lab.rows_difference import difference
from test_migrate_kills import EVERY_PAGE, KILLS, MANY, ROWS, SEED, UNHURRIED, WAIT, cut_off, failing, points  # noqa: F401 (fixture)
from test_migrate_repair import BEFORE, at_head, run
from test_migrate_rows import everything, migrate, old, read_catalogue  # noqa: F401
from test_old_database import copy, engine, in_turn  # noqa: F401

pytestmark = UNHURRIED
POINTS = max(2, KILLS // 10)
STATES = [*BEFORE, *at_head("sqlite")]


@pytest.fixture
def broken(old, migrate, engine):  # noqa: F811
    """broken(state): the URL of a database that is broken as test_migrate_repair.py says."""
    def make(state):
        if state in BEFORE:
            start, _, statements = BEFORE[state]
            url = old(start, seed=5, count=ROWS)
        else:
            _, statements = at_head(engine)[state]
            url = old("018012973d35", seed=6, count=ROWS)
            migrate(url).ok()
        run(url, *statements)
        return url

    return make


def mend(url):
    return ["migrate", "repair", "--yes", "--no-backup", *WAIT, "--database", url]


def mend_all(owctl, url):  # noqa: F811
    """The same command until there is nothing left to do: what a plan could not name yet is for the next run."""
    for _ in range(3):
        status = owctl(*mend(url), env=EVERY_PAGE).rc
        if status == 0:
            break
    return status


class Mended:
    """What repairs that nobody killed have made of a copy."""

    def __init__(self, cut_off, owctl, template, copy):  # noqa: F811
        whole, self.since = copy(template), time.time()
        self.status = owctl(*mend(copy(template)), env=EVERY_PAGE).rc
        self.calls = cut_off.count(*mend(whole), env=EVERY_PAGE, status=self.status)
        self.end = mend_all(owctl, whole)
        self.rows, self.catalogue = everything(whole, self.since), read_catalogue(whole)
        assert self.differs(template)

    def differs(self, url):
        return (difference(self.rows, everything(url, self.since))
                + catalogue.difference(self.catalogue, read_catalogue(url), ("undisturbed", "cut off")))


@pytest.mark.parametrize("engine, state", in_turn(STATES, MANY), indirect=["engine"])
def test_killed_anywhere_the_same_command_goes_on(cut_off, owctl, broken, copy, engine, state):  # noqa: F811
    template = broken(state)
    mended = Mended(cut_off, owctl, template, copy)
    for at in points(random.Random(f"{SEED} {state} {engine}"), mended.calls, POINTS):
        url = copy(template)
        done = cut_off.at(at, "killed", *mend(url), env=EVERY_PAGE)
        assert done.rc in (KILLED, mended.status), done.err
        assert mend_all(owctl, url) == mended.end
        assert mended.differs(url) == "", at


@pytest.mark.parametrize("state", ("messages", "user_ids"))
def test_a_disk_or_a_line_that_fails(cut_off, failing, owctl, broken, copy, engine, state):  # noqa: F811
    template = broken(state)
    mended = Mended(cut_off, owctl, template, copy)
    how, status = ("full", 1) if engine == "sqlite" else ("lost", 69)
    for at in points(random.Random(f"{SEED} {state} {how}"), mended.calls, POINTS):
        url = copy(template)
        done = failing.at(at, how, *mend(url), env=EVERY_PAGE)
        if done.rc == 0 or "the change was made, but could not be read back" in done.err:  # it had come to the end
            assert done.out and mended.differs(url) == "", at
        elif "owctl: changing" in done.ended(status).err:
            assert "what is mended stays, and the same command goes on" in done.err, at
        assert mend_all(owctl, url) == mended.end
        assert mended.differs(url) == "", at
