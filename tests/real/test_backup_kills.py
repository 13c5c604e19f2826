"""Backups and restores cut off at counted calls, so that every moment can be drawn: what was there is there, and the same again does it.
`KILLS=200 SEED=1 scripts/check -k test_backup_kills` draws that many from each."""
import os
import random

import pytest

from lab.backups import Keys, Place, Repository, exactly
from lab.cut_off import KILLED, CutOff
from lab.owctl import binary
from test_backup_damage import before  # noqa: F401 (fixture)

KILLS = int(os.environ.get("KILLS", "8"))
SEED = int(os.environ.get("SEED", "0"))
pytestmark = pytest.mark.timeout(300 + 10 * KILLS)


@pytest.fixture
def source(request):
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture
def repository(owctl, tmp_path):
    return Repository(owctl, tmp_path / "repository", Keys(owctl, tmp_path)).init()


class Cut:
    """A command on a repository that is cut off; `program` as for CutOff."""

    def __init__(self, repository, *program):
        self.repository, self.cut_off = repository, CutOff(repository.owctl.home, *program)

    def environment(self, place):
        return self.repository.settings | self.repository.opened | place.where

    def count(self, place, *words):
        return self.cut_off.count("backup", *words, env=self.environment(place))

    def at(self, number, how, place, *words):
        return self.cut_off.at(number, how, "backup", *words, env=self.environment(place))


def points(source, calls, count=KILLS):
    """One from each part of the run, in any order, and the last two."""
    drawn = [1 + int((number + source.random()) * calls / count) for number in range(count)] + [calls - 1, calls]
    source.shuffle(drawn)
    return drawn


def needed(repository):
    """The objects of all snapshots that are there."""
    names = {"owctl-repository.json", "RESTORE.txt", "restore.sh"}
    for name, record in repository.records().items():
        id = record["snapshot"]
        names |= {name, f"manifests/{id}.tar.age", f"indexes/{id}.tar.age"} | {f"packs/{pack[:2]}/{pack}.tar.age" for pack, *_ in record["packs"]}
    return {name: content for name, content in repository.objects().items() if name in names}


@pytest.mark.parametrize("how", ["killed", "torn"])
def test_backup_killed_anywhere_leaves_what_was_there(repository, before, source, how):  # noqa: F811
    cut = Cut(repository)
    calls = cut.count(before, "create")
    for at in points(source, calls):
        there = needed(repository)
        done = cut.at(at, how, before, "create")
        assert done.rc in (0, KILLED), (at, done.err)
        now = needed(repository)
        assert there.items() <= now.items(), at
        snapshots = len([name for name in there if name.startswith("snapshots/")])
        assert len(repository.list()) - snapshots in ((1,) if done.rc == 0 else (0, 1)), at
        assert repository.verify() == [], at
    repository.create(before)
    assert repository.verify("--read-data") == []


@pytest.mark.parametrize("how", ["full", "broken"])
def test_backup_on_a_disk_that_fails_says_so_and_leaves_what_was_there(repository, before, source, how):  # noqa: F811
    cut = Cut(repository, binary())
    calls = cut.count(before, "create")
    for at in points(source, calls, max(KILLS // 2, 3)):
        there = needed(repository)
        done = cut.at(at, how, before, "create")
        assert done.rc in (0, 1), (at, done.err)
        assert done.rc == 0 or (("No space left" if how == "full" else "Input/output error") in done.err), (at, done.err)
        assert there.items() <= needed(repository).items(), at
        assert repository.verify() == [], at
    repository.create(before)
    assert repository.verify("--read-data") == []


def standing(place):
    """What is in the database: None where there is none."""
    if place.url.startswith("sqlite"):
        return exactly(place.url) if (place.data / "webui.db").exists() else None
    import psycopg
    with psycopg.connect(place.url) as connection:
        [[tables]] = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchall()
    return exactly(place.url) if tables else None


@pytest.mark.parametrize("how", ["killed", "torn"])
@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_restore_killed_anywhere_leaves_nothing_and_then_does_it(repository, before, postgresql, source, tmp_path, target, how):  # noqa: F811
    repository.create(before)
    cut, whole, files = Cut(repository), None, before.files()

    def place(number):
        data = tmp_path / f"place-{number}"
        data.mkdir()
        return Place(postgresql.create() if target == "postgresql" else f"sqlite:///{data}/webui.db", data)

    first = place("first")
    calls = cut.count(first, "restore")
    whole = standing(first)
    for number, at in enumerate(points(source, calls)):
        there = place(number)
        done = cut.at(at, how, there, "restore")
        assert done.rc in (0, KILLED), (at, done.err)
        found = standing(there)
        assert found in (None, whole), at
        assert done.rc or found, at
        assert there.files().items() <= files.items() or [name for name in there.files() if name not in files], at
        if found is None:
            repository.restore(there).ok()
        assert standing(there) == whole, at
        assert there.files().items() >= files.items(), at
        assert found or not list(there.data.glob("webui.db.restoring-*")), at


@pytest.mark.parametrize("how", ["full", "broken"])
def test_restore_on_a_disk_that_fails_says_so_and_leaves_nothing(repository, before, source, tmp_path, how):  # noqa: F811
    repository.create(before)
    cut, files = Cut(repository, binary()), before.files()
    whole = tmp_path / "whole"
    whole.mkdir()
    calls = cut.count(Place(f"sqlite:///{whole}/webui.db", whole), "restore")
    for number, at in enumerate(points(source, calls, max(KILLS // 2, 3))):
        data = tmp_path / f"place-{number}"
        data.mkdir()
        there = Place(f"sqlite:///{data}/webui.db", data)
        done = cut.at(at, how, there, "restore")
        assert done.rc in (0, 1), (at, done.err)
        found = standing(there)
        assert found is None if how == "full" and done.rc else found in (None, exactly(before.url)), (at, done.err)
        if found is None:
            repository.restore(there).ok()
        assert standing(there) == exactly(before.url) and there.files() == files, at
