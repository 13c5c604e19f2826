"""`owctl backup`: what goes into a snapshot comes back, on the engine that it was made of and on the other one."""
import json
import random
import sqlite3

import pytest

from lab import catalogue, chain, damage, old_database
from lab.backups import Keys, Place, Repository, exactly, make_hostile, meaning
from lab.owctl import Owctl
from lab.rows_difference import difference
from lab.store import HARD_NAMES
from test_migrate_rows import read_catalogue
from test_old_database import connected, copied, copy, engine  # noqa: F401 (fixtures)

START = "c440947495f3"
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}
LARGE = bytes(range(256)) * 28672  # 7 MiB: more than one piece
FILES = {f"uploads/{name}": name.encode() * 3 for name in HARD_NAMES} | {
    "uploads/nothing": b"", "uploads/large": LARGE, "uploads/noise": random.Random(1).randbytes(100_000),
    "vector_db/0a1b/data_level0.bin": b"\0\1\2" * 1000, "vector_db/0a1b/header.bin": b""}


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    return Keys(Owctl(folder), folder)


@pytest.fixture
def repository(owctl, keys, tmp_path):
    return Repository(owctl, tmp_path / "repository", keys).init()


def put_large(connection):
    """A chat that is more than a piece of rows, and one that is just less, with much to escape."""
    for which, size in ("min", 9 << 20), ("max", 4_150_000):
        text = json.dumps({"title": "\t\n\\\\" * (size // 8)})
        mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
        connection.execute(f"update chat set chat = {mark} where id = (select {which}(id) from chat)", [text])
    connection.commit()


def no_empty_json(connection):
    """Nor anything else in a column of JSON that is none: PostgreSQL takes it neither."""
    for table, columns in old_database.schema(connection).items() if isinstance(connection, sqlite3.Connection) else ():
        for column in columns.values():
            if column.is_json:
                connection.execute(f'update "{table}" set {column.name} = \'{{}}\' where not json_valid({column.name})')


@pytest.fixture(scope="session")
def at_head(postgresql, tmp_path_factory):
    """at_head(engine, name): the URL of a database at the newest revision, with rows; not to be written to. "healthy" was brought
    there by owctl, "hostile" has all values that both engines take and that somebody has found in one, "odd" what only this one
    takes."""
    made = {}

    def fill(connection, engine, name):
        steps = chain.revisions()
        last = START if name == "healthy" else chain.HEAD
        chain.run(engine, connection, chain.version_table_sql())
        for step in steps[:[step.id for step in steps].index(last) + 1]:
            chain.run(engine, connection, step.sql(engine))
        connection.execute(f"insert into alembic_version values ('{last}')")
        connection.commit()
        old_database.fill(connection)
        if name == "healthy":
            damage.tidy(connection)
        else:
            no_empty_json(connection)
            make_hostile(connection)
            put_large(connection)
        if name == "hostile":
            damage.tidy(connection)
        if name == "odd" and engine == "sqlite":
            make_hostile(connection, odd=True)

    def make(engine, name="healthy"):  # noqa: F811
        if (engine, name) not in made:
            folder = tmp_path_factory.mktemp("at-head")
            url = f"sqlite:///{folder}/webui.db" if engine == "sqlite" else postgresql.create()
            with connected(url) as connection:
                fill(connection, engine, name)
            if name == "healthy":
                Owctl(folder)("migrate", "up", "--no-backup", "--database", url).ok()
                with connected(url) as connection:
                    damage.tidy(connection)
                    no_empty_json(connection)
            made[engine, name] = url
        return made[engine, name]

    return make


@pytest.fixture
def place(postgresql, tmp_path):
    """place(engine): an installation of its own without a database yet; place(engine, url) has a copy of that one. Its
    database ends with the test."""
    made = []

    def make(engine, url=None, data=None):  # noqa: F811
        folder = tmp_path / f"place-{len(made)}"
        data = data or folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        if url:
            here = copied(url, data / "webui.db", postgresql)
        else:
            here = postgresql.create() if engine == "postgresql" else f"sqlite:///{data}/webui.db"
        made.append(here)
        return Place(here, data)

    yield make
    postgresql.drop(*(url for url in made if url.startswith("postgresql:")))


@pytest.fixture
def filled(at_head, place, engine):  # noqa: F811
    """filled(name): an installation with a copy of at_head's and FILES."""
    def make(name="healthy", engine=engine, files=FILES):  # noqa: F811
        made = place(engine, at_head(engine, name))
        with connected(made.url) as connection:
            connection.execute("update file set path = null")
        made.write(files)
        return made

    return make


def assert_same_rows(one, other):
    assert difference(meaning(one), meaning(other), ("before", "after")) == ""


def assert_healthy(owctl, url):
    assert owctl("--database", url, "-o", "json", "migrate", "verify").json() == []


# --- there and back

@pytest.mark.parametrize("name", ["healthy", "hostile", "odd"])
def test_comes_back_as_it_was(repository, owctl, filled, place, engine, name):  # noqa: F811
    before = filled(name)
    made = repository.create(before)
    assert (made["outcome"], made["missing"], made["files"]) == ("created", [], len(FILES))
    assert repository.verify("--read-data") == []
    after = place(engine)
    said = repository.restore(after).ok().json()
    assert (said["outcome"], said["rows"], said["files"], said["left_out"]) == ("restored", made["rows"], len(FILES), [])
    assert exactly(before.url) == exactly(after.url)
    assert after.files() == FILES
    assert catalogue.difference(read_catalogue(before.url), read_catalogue(after.url), ("before", "after")) == ""
    if name == "healthy":
        assert_healthy(owctl, after.url)


@pytest.mark.parametrize("name", ["healthy", "hostile"])
def test_comes_back_on_the_other_engine_and_from_there(repository, owctl, filled, place, at_head, engine, name):  # noqa: F811
    before = filled(name)
    repository.create(before)
    between, after = place(OTHER[engine]), place(engine)
    assert repository.restore(between).ok().json()["left_out"] == []
    assert_same_rows(before.url, between.url)
    assert between.files() == FILES
    made_there = read_catalogue(at_head(OTHER[engine], "hostile"))
    assert catalogue.difference(made_there, read_catalogue(between.url), ("the chain", "restored")) == ""
    repository.create(between)
    assert repository.verify("--read-data") == []
    repository.restore(after).ok()
    assert_same_rows(before.url, after.url)
    if name == "healthy":
        assert_healthy(owctl, between.url)
        assert_healthy(owctl, after.url)
