"""`owctl migrate up` killed at counted calls, so that every moment can be drawn: the next one goes on, and the end is the one of a run
that nobody killed, cell by cell. `make migrate-kills N=200` draws that many from each start."""
import bisect
import contextlib
import os
import random
import shutil
import sqlite3
import tempfile
import time

import pytest

from lab import catalogue, chain
from lab.cut_off import COMMITS, KILLED, CutOff
from lab.examples import FACTOR
from lab.owctl import binary
from lab.rows_difference import difference
from test_migrate_rows import IDS, OLDEST, everything, migrate, old, read_catalogue  # noqa: F401 (fixtures)
from test_old_database import connected, copy, engine, in_turn  # noqa: F401

ROWS = 30
PAGE_ROWS = 3
EVERY_PAGE = {"OWCTL_MIGRATE_COMMIT_MS": "0", "OWCTL_MIGRATE_PAGE_ROWS": str(PAGE_ROWS)}
KILLS = int(os.environ.get("KILLS", 6 * FACTOR))  # from each start
MANY = KILLS >= 100
SEED = int(os.environ.get("SEED", "0"))
AGAIN = 0.4  # how likely it is that the one that goes on is killed as well
WAIT = ("--wait", "10")  # PostgreSQL is not done with what a dead client asked for at once
# In the last two, more tables have rows: they are the newest before groups' members and pinned notes.
STARTS = [IDS[0], OLDEST, *(("018012973d35", "e1f2a3b4c5d6") if MANY else ())]
WITH_CODE = [revision.id for revision in chain.revisions() if revision.code == "CODE"]
# Done by b7c8d9e0f1a2 where the same run comes to it, else by itself: then its rows are seen twice.
DONE_AHEAD = "9a1b2c3d4e5f"
pytestmark = UNHURRIED = pytest.mark.timeout(300 + 10 * KILLS)
BY_CATALOGUE = [word for kind in ("two-revisions", "stamped-back", "left-behind", "scratch-table", "user-json", "begun", "stamped-past",
                                  "no-key", "missing", "group-members", "access-lists") for word in ("--only", kind)]
# Where the code is one piece: statements, or one row.
WITHOUT_PAGES = ("b10670c03dd5", "461111b60977", "3ff2c63645b8", "f0bd01a18a3d", "b8f2c6d91a04")


@pytest.fixture
def cut_off(owctl):
    return CutOff(owctl.home)


@pytest.fixture
def failing(owctl):
    return CutOff(owctl.home, binary())


def up(url, *more, backup=False):
    return ["migrate", "up", "--database", url, *WAIT, *([] if backup else ["--no-backup"]), *more]


def to_wal(url):
    with connected(url) as connection:
        assert connection.execute("pragma journal_mode = wal").fetchone() == ("wal",)


@contextlib.contextmanager
def looked_at(url):
    """A connection that leaves to owctl what there is to be undone: on SQLite, to a copy."""
    if not url.startswith("sqlite:///"):
        with connected(url) as connection:
            yield connection
        return
    with tempfile.TemporaryDirectory() as folder:
        for suffix in "", "-journal", "-wal":
            with contextlib.suppress(FileNotFoundError):
                shutil.copy(url.removeprefix("sqlite:///") + suffix, f"{folder}/webui.db{suffix}")
        with connected(f"sqlite:///{folder}/webui.db") as connection:
            yield connection


def standing(url):
    """(the revision that is recorded, the one that was cut off between two of its pages or None)."""
    with looked_at(url) as connection:
        [[version]] = connection.execute("select version_num from alembic_version").fetchall()
        tables = "sqlite_master where name" if isinstance(connection, sqlite3.Connection) else "pg_catalog.pg_class where relname"
        if not connection.execute(f"select 1 from {tables} = 'owctl_migration'").fetchone():
            return version, None
        row = connection.execute("select revision from owctl_migration where finished_at is null").fetchone()
        return version, row and row[0]


def own(url):
    """What owctl keeps of its own, but for times."""
    with connected(url) as connection:
        kept = [row[0] for row in connection.execute("select revision from owctl_migration where finished_at is null").fetchall()]
        seen = connection.execute(f"select revision, seen_rows from owctl_migration where revision <> '{DONE_AHEAD}'").fetchall()
        if isinstance(connection, sqlite3.Connection):
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    return {"unfinished": kept, "seen": sorted(seen)}


class End:
    """What a run that nobody killed has made."""

    def __init__(self, url, since):
        self.since, self.rows, self.catalogue, self.own = since, everything(url, since), read_catalogue(url), own(url)

    def check(self, url, cuts):
        assert difference(self.rows, everything(url, self.since)) == "", cuts
        assert catalogue.difference(self.catalogue, read_catalogue(url), ("undisturbed", "killed")) == "", cuts
        assert own(url) == self.own, cuts


def points(source, calls, count=KILLS):
    """One from each part of the run, in any order."""
    drawn = [1 + int((number + source.random()) * calls / count) for number in range(count)]
    source.shuffle(drawn)
    return drawn


def kill(cut_off, url, at, source, backup):
    """Kills it there, and perhaps those that go on; [(call, how, revision that was cut off)]."""
    cuts = []
    while True:
        how = source.choice(("killed", "torn"))
        done = cut_off.at(at, how, *up(url, backup=backup), env=EVERY_PAGE)
        assert done.rc in (0, KILLED), (cuts, at, how, done.err)
        cuts.append((at, how, standing(url)[1] if done.rc else "the end"))
        if done.rc == 0 or source.random() > AGAIN:
            return cuts
        at = source.randint(1, at)


@pytest.mark.parametrize("start", STARTS)
def test_killed_anywhere_the_next_one_goes_on(cut_off, migrate, old, copy, engine, start):  # noqa: F811
    template = old(start, seed=5, count=ROWS)
    whole, since, source, cut = copy(template), time.time(), random.Random(f"{SEED} {engine} {start}"), set()
    calls = cut_off.count(*up(whole), env=EVERY_PAGE)
    end = End(whole, since)
    for number, at in enumerate(points(source, calls)):
        url = copy(template)
        if engine == "sqlite" and number % 3 == 1:
            to_wal(url)
        cuts = kill(cut_off, url, at, source, backup=engine == "sqlite" and number % 3 == 2)
        cut |= {revision for _, _, revision in cuts}
        migrate(url, *WAIT, **EVERY_PAGE).ok()
        end.check(url, cuts)
    if MANY:  # one of two pages may be missed by chance; the next test does not miss it
        assert {revision for revision, rows in end.own["seen"] if rows >= 3 * PAGE_ROWS} - set(WITHOUT_PAGES) <= cut


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_killed_again_and_again_after_its_backup(cut_off, old, copy, engine, tmp_path):  # noqa: F811
    """Before anything is changed: the first copy has it all, and no other is kept."""
    template = old(OLDEST, seed=5, count=ROWS)
    before, url = copy(template), copy(template)
    copying = cut_off.count(*up(copy(template), backup=True)) - cut_off.count(*up(copy(template)))
    for _ in range(4):
        cut_off.at(copying + 20, "killed", *up(url, backup=True)).ended(KILLED)
    backups = list(tmp_path.glob(f"{os.path.basename(url)}.{OLDEST}.*"))
    assert len(backups) == 1 and difference(everything(before), everything(f"sqlite:///{backups[0]}")) == ""


@pytest.mark.parametrize("engine, revision", in_turn([id for id in WITH_CODE if id not in WITHOUT_PAGES], MANY), indirect=["engine"])
def test_killed_at_the_commits_of_each_revision(cut_off, owctl, migrate, old, copy, engine, revision):  # noqa: F811
    """After that of its first page, before that of its end, and after it: which these are, copies tell that are killed. What owctl
    itself has begun, repair takes for no fault."""
    before = IDS[IDS.index(revision) - 1]
    template, words = old(before, seed=5, count=ROWS), ("--to", DONE_AHEAD if revision == "b7c8d9e0f1a2" else revision)
    whole, since, killed = copy(template), time.time(), {}
    calls = cut_off.count(*up(whole, *words), env=EVERY_PAGE | COMMITS)
    end = End(whole, since)

    def stage(at):
        if at not in killed:
            url = copy(template)
            done = cut_off.at(at, "killed", *up(url, *words), env=EVERY_PAGE | COMMITS)
            assert done.rc in (0, KILLED), done.err
            version, begun = standing(url)
            killed[at] = (2 if version != before else 1 if begun == revision else 0), url
        return killed[at][0]

    first, done = (bisect.bisect_left(range(1, calls + 1), wanted, key=stage) + 1 for wanted in (1, 2))
    assert first < done and [stage(at) for at in (first, done - 1, done)] == [1, 1, 2]
    owctl("migrate", "repair", "--dry-run", "--database", killed[first][1], *BY_CATALOGUE).ok()
    for at in first, done - 1, done:
        url = killed[at][1]
        goes_on = f"going on with revision {revision}" in migrate(url, *WAIT, *words, **EVERY_PAGE).ok().err
        assert goes_on == (at < done)
        end.check(url, at)
