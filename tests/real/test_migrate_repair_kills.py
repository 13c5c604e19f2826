"""`owctl migrate repair` killed at counted calls: the same command again ends as one that nobody killed."""
import random
import time

import pytest

from lab import catalogue
from lab.cut_off import KILLED
from lab.rows_difference import difference
from test_migrate_kills import EVERY_PAGE, KILLS, ROWS, SEED, UNHURRIED, WAIT, cut_off, points  # noqa: F401 (fixture)
from test_migrate_repair import BEFORE, at_head, run
from test_migrate_rows import everything, migrate, old, read_catalogue  # noqa: F401
from test_old_database import copy, engine  # noqa: F401

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


@pytest.mark.parametrize("state", STATES)
def test_killed_anywhere_the_same_command_goes_on(cut_off, owctl, broken, copy, engine, state):  # noqa: F811
    template = broken(state)
    whole, since = copy(template), time.time()
    status = owctl(*mend(copy(template)), env=EVERY_PAGE).rc
    calls = cut_off.count(*mend(whole), env=EVERY_PAGE, status=status)
    rows, tables = everything(whole, since), read_catalogue(whole)
    assert difference(everything(template, since), rows) or catalogue.difference(read_catalogue(template), tables, ("broken", "mended"))
    for at in points(random.Random(f"{SEED} {state} {engine}"), calls, POINTS):
        url = copy(template)
        cut_off.at(at, "killed", *mend(url), env=EVERY_PAGE).ended(KILLED)
        owctl(*mend(url), env=EVERY_PAGE).ended(status)
        assert difference(rows, everything(url, since)) == "", at
        assert catalogue.difference(tables, read_catalogue(url), ("undisturbed", "killed")) == "", at
