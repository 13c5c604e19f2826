"""Restores of some tables, and of one person, cut off at counted calls: all rows are as before, or as promised."""
import random

import pytest

from lab.backups import exactly
from lab.cut_off import KILLED
from test_backup import at_head, filled, keys, place, repository  # noqa: F401 (fixtures)
from test_backup_kills import KILLS, SEED, Cut, points
from test_backup_replace import ENGINES, run, standing
from test_backup_tables import live  # noqa: F401 (fixture)
from test_backup_user import FILES, before, clean  # noqa: F401 (fixture)

pytestmark = pytest.mark.timeout(300 + 10 * KILLS)


@pytest.fixture
def source(request):
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture
def of_tables(repository, filled, live):  # noqa: F811
    """An installation some time after its snapshot, and the words that bring back what it had."""
    def make(engine):
        repository.create(filled("small", engine, {}))
        return live(engine), ("restore", "--replace", "--tables", "prompt,tag,note", "--yes")

    return make


@pytest.fixture
def of_a_person(repository, before):  # noqa: F811
    def make(engine):
        made = before(engine)
        repository.create(made)
        clean(made)
        return made, ("restore", "--user", "ann@example.com", "--yes")

    return make


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("what, how", [("of_tables", "torn"), ("of_a_person", "killed")], ids=["tables", "person"])
def test_killed_anywhere_leaves_the_rows_as_they_were_or_as_promised(repository, place, source, request, tmp_path, engine, what, how):  # noqa: F811
    later, words = request.getfixturevalue(what)(engine)
    cut, old = Cut(repository), exactly(later.url)

    def again():
        made = place(engine, later.url)
        if engine == "sqlite" and source.random() < 0.5:
            run(made, "pragma journal_mode = wal")
        return made

    first = again()
    calls = cut.count(first, *words)
    new, files = exactly(first.url), first.files()
    assert new != old and files == ({"uploads/u1_one.txt": FILES["uploads/u1_one.txt"]} if what == "of_a_person" else {})
    for number, at in enumerate(points(source, calls, max(KILLS // 4, 1))):
        made = again()
        done = cut.at(at, how, made, *words)
        assert done.rc in (0, KILLED), (at, done.err)
        found = standing(made, tmp_path / f"looked {number}")
        assert found in (old, new) and (done.rc or found == new), at
        assert found == old or made.files() == files, at
        repository(*words, place=made, **repository.opened).ok()
        assert exactly(made.url) == new and made.files().items() >= files.items(), at
