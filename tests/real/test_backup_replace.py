"""`owctl backup restore --replace`: over a database that has rows, in one transaction; what stops it leaves the old ones."""
import contextlib
import random
import shutil

import pytest

from lab.backups import exactly, meaning
from lab.cut_off import KILLED
from lab.rows_difference import difference
from test_backup import at_head, filled, keys, place, repository  # noqa: F401 (fixtures)
from test_backup_kills import KILLS, SEED, Cut, points
from test_old_database import connected

ENGINES = ["sqlite", "postgresql"]
pytestmark = pytest.mark.timeout(300 + 10 * KILLS)


def run(place, *statements):  # noqa: F811
    with connected(place.url) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def ask(place, query):  # noqa: F811
    with connected(place.url) as connection:
        return connection.execute(query).fetchall()


def replace(repository, place, *words):  # noqa: F811
    return repository.restore(place, "--replace", "--database-only", "--yes", *words)


@pytest.fixture
def there(filled):  # noqa: F811
    """there(engine): an installation with other rows than the snapshot's, and a table of its owner's."""
    def make(engine):
        made = filled("healthy", engine, {})
        run(made, "delete from tag", "create table own (id integer, note text)", "insert into own values (1, 'stays')")
        return made

    return make


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("engine", ENGINES)
def test_rows_are_the_snapshots_and_the_owners_table_stays(repository, owctl, filled, there, engine, target):  # noqa: F811
    before, now = filled("small", engine, {}), there(target)
    if target == "sqlite":
        run(now, "pragma journal_mode = wal")
    repository.create(before)
    said = replace(repository, now).ok().json()
    assert said["outcome"] == "restored"
    assert ask(now, "select * from own") == [(1, "stays")]
    run(now, "drop table own")
    if engine == target:
        assert exactly(now.url) == exactly(before.url)
    assert difference(meaning(before.url), meaning(now.url), ("before", "after")) == ""
    faults = [owctl("--database", url, "-o", "json", "migrate", "verify").json() for url in (before.url, now.url)]
    assert faults[0] == faults[1]
    repository.create(now)
    assert repository.verify("--read-data") == []


# ---- the folder of vectors

def vectors(place):  # noqa: F811
    return {name: content for name, content in place.files().items() if name.startswith("vector_db/")}


@pytest.fixture
def with_vectors(repository, filled):  # noqa: F811
    """An installation that was backed up, what its vectors were then, and what they are now: with a -wal that is not the old
    database's."""
    site = filled("small", "sqlite", {"uploads/one": b"1", "vector_db/a/index": b"then", "vector_db/stays": b"the same"})
    then = vectors(site)
    repository.create(site)
    run(site, "delete from tag")
    site.write({"uploads/two": b"2", "vector_db/a/index": b"now", "vector_db/b/index": b"new", "vector_db/chroma.sqlite3-wal": b"x"})
    (site.data / "vector_db").chmod(0o750)
    return site, then, vectors(site)


def beside(place):  # noqa: F811
    return sorted(path.name for path in place.data.iterdir() if path.name.startswith("vector_db."))


def test_vectors_are_switched_as_a_whole(repository, with_vectors):
    site, then, now = with_vectors
    (site.data / "vector_db.restoring-of1k1ll" / "a").mkdir(parents=True)
    said = repository("restore", "--replace", "--yes", place=site, **repository.opened).ok()
    assert vectors(site) == then and site.files()["uploads/two"] == b"2" and ask(site, "select count(*) from tag")[0][0] > 0
    [old] = beside(site)
    assert old.startswith("vector_db.before-2") and f"{site.data / old}: remove them" in said.err
    assert {f"vector_db/{path.relative_to(site.data / old)}": path.read_bytes()
            for path in (site.data / old).rglob("*") if path.is_file()} == now
    assert (site.data / "vector_db").stat().st_mode & 0o777 == 0o750
    repository.restore(site, "--replace", "--yes").ok()
    assert vectors(site) == then and len(beside(site)) == 2


@pytest.mark.parametrize("how, ends", [("an upload is another one", 2), ("somebody is at the database", 75), ("it is a link", 2)])
def test_what_stops_it_leaves_the_vectors_as_they_are(repository, with_vectors, how, ends):
    site, _, now = with_vectors
    rows = exactly(site.url)
    with contextlib.ExitStack() as stack:
        if how == "an upload is another one":
            site.write({"uploads/one": b"another"})
        elif how == "it is a link":
            (site.data / "vector_db").rename(site.data / "elsewhere")
            (site.data / "vector_db").symlink_to(site.data / "elsewhere")
        else:
            stack.enter_context(connected(site.url)).execute("select 1 from tag")
        repository.restore(site, "--replace", "--yes").ended(ends)
    assert vectors(site) == now and beside(site) == [] and exactly(site.url) == rows


@pytest.mark.parametrize("target", ENGINES)
def test_tables_that_the_snapshot_has_are_replaced(repository, filled, there, target):  # noqa: F811
    before, now = there(target), there(target)
    run(now, "update own set note = 'of today'", "create table other (id integer)")
    repository.create(before)
    replace(repository, now).ok()
    assert ask(now, "select * from own") == [(1, "stays")] and ask(now, "select * from other") == []
    run(now, "drop table other")
    assert exactly(now.url) == exactly(before.url)


@pytest.mark.parametrize("target", ENGINES)
def test_table_of_the_owner_in_both_stays_on_the_other_engine(repository, filled, there, target):  # noqa: F811
    """There the snapshot's can't be had."""
    before, now = there(ENGINES[target == "sqlite"]), there(target)
    run(now, "update own set note = 'of today'")
    repository.create(before)
    assert replace(repository, now).ended(2).json()["left_out"] == ["own"]
    assert ask(now, "select * from own") == [(1, "of today")]


@pytest.mark.parametrize("target", ENGINES)
def test_what_is_in_the_way_is_named_and_nothing_changes(repository, filled, there, target):  # noqa: F811
    before, now = filled("small", "sqlite", {"uploads/one": b"1"}), there(target)
    repository.create(before)
    run(now, "create view seen as select id from chat")
    rows = exactly(now.url)
    for words in (), ("--dry-run",):
        said = repository.restore(now, "--replace", "--yes", *words).ended(2)
        assert "view seen" in said.err and exactly(now.url) == rows and now.files() == {}
    run(now, "drop view seen", 'create table refers (chat text references chat (id))')
    if target == "sqlite":
        replace(repository, now).ok()
    else:
        assert "foreign key refers_chat_fkey of table refers" in replace(repository, now).ended(2).err
        run(now, "drop table refers")
        assert exactly(now.url) == rows


@pytest.mark.parametrize("target", ENGINES)
def test_what_is_the_owners_on_the_tables_is_named(repository, filled, there, target):  # noqa: F811
    before, now = filled("small", target, {}), there(target)
    repository.create(before)
    assert "not Open WebUI's" not in replace(repository, there(target)).ok().err
    run(now, "alter table chat add column mine text", "create index my_index on chat (title)")
    for words in ["--dry-run"], []:
        said = replace(repository, now, *words).ok().err
        [named] = [line for line in said.splitlines() if "not Open WebUI's, and lost" in line]
        assert "column chat.mine" in named and "my_index" in named and "own" not in named.partition("too:")[2].split(", ")


@pytest.mark.parametrize("target", ENGINES)
def test_asks_and_changes_nothing_before(repository, filled, there, target):  # noqa: F811
    before, now = filled("small", "sqlite", {"uploads/one": b"1"}), there(target)
    repository.create(before)
    rows = exactly(now.url)
    said = repository.restore(now, "--replace").ended(64)
    assert "Their rows would be lost" in said.err
    assert repository.restore(now, "--replace", "--dry-run").ok().json()["outcome"] == "would restore"
    repository.restore(now, "--replace", "--files-only").ended(64)
    assert exactly(now.url) == rows and now.files() == {}


@pytest.mark.parametrize("target", ENGINES)
def test_not_beside_somebody_else(repository, filled, there, target):  # noqa: F811
    before, now = filled("small", "sqlite", {"uploads/one": b"1"}), there(target)
    repository.create(before)
    rows = exactly(now.url)
    with connected(now.url) as connection:
        connection.execute("select 1 from chat").fetchall()
        assert "is in use" in repository.restore(now, "--replace", "--yes").ended(75).err
    assert exactly(now.url) == rows and now.files() == {}


@pytest.mark.parametrize("target", ENGINES)
def test_revision_that_owctl_does_not_know(repository, filled, there, target):  # noqa: F811
    before, now = filled("small", "sqlite", {}), there(target)
    repository.create(before)
    run(now, "update alembic_version set version_num = 'ffffffffffff'")
    rows = exactly(now.url)
    assert "ffffffffffff" in replace(repository, now).ended(1).err
    assert exactly(now.url) == rows
    run(now, "delete from alembic_version")
    replace(repository, now).ok()


def test_row_that_is_refused_leaves_the_old_ones(repository, filled, there, tmp_path):  # noqa: F811
    before, now = filled("small", "sqlite", {}), there("postgresql")
    run(before, "update memory set content = 'a' || char(0)")
    repository.create(before)
    rows = exactly(now.url)
    assert "memory, id" in replace(repository, now).ended(65).err
    assert exactly(now.url) == rows
    replace(repository, now, "--set-aside", tmp_path / "aside").ended(2)
    assert ask(now, "select * from memory") == [] and ask(now, "select * from own") == [(1, "stays")]


@pytest.mark.parametrize("target", ENGINES)
def test_where_there_is_nothing_yet(repository, filled, place, target):  # noqa: F811
    before, now = filled("small", "sqlite", {}), place(target)
    repository.create(before)
    repository.restore(now, "--replace").ok()
    assert difference(meaning(before.url), meaning(now.url), ("before", "after")) == ""


@pytest.fixture
def source(request):
    return random.Random(f"{SEED} {request.node.name}")


def standing(place, folder):  # noqa: F811
    """As whoever opens it next finds it, who undoes on SQLite what was under way; in a copy, so that owctl itself may be that one."""
    if not place.url.startswith("sqlite"):
        return exactly(place.url)
    shutil.copytree(place.data, folder)
    url = f"sqlite:///{folder}/webui.db"
    with connected(url) as connection:
        connection.execute("select * from sqlite_master").fetchall()
    return exactly(url)


@pytest.mark.parametrize("how", ["killed", "torn"])
@pytest.mark.parametrize("mode", ["wal", "delete", "postgresql"])
def test_killed_anywhere_leaves_the_old_rows_or_the_new_ones(repository, filled, place, there, source, tmp_path, mode, how):  # noqa: F811
    target = "postgresql" if mode == "postgresql" else "sqlite"
    before, now = filled("small", target, {}), there(target)
    repository.create(before)
    cut, words = Cut(repository), ("restore", "--replace", "--database-only", "--yes")

    def again():
        made = place(target, now.url)
        if target == "sqlite":
            run(made, f"pragma journal_mode = {mode}")
        return made

    first, old = again(), exactly(now.url)
    calls = cut.count(first, *words)
    new = exactly(first.url)
    assert new != old
    for number, at in enumerate(points(source, calls)):
        made = again()
        done = cut.at(at, how, made, *words)
        assert done.rc in (0, KILLED), (at, done.err)
        found = standing(made, tmp_path / f"looked {number}")
        assert found in (old, new) and (done.rc or found == new), at
        replace(repository, made).ok()
        assert exactly(made.url) == new, at
