"""The generator of old databases, upstream's own Alembic on what it makes, and the comparison of two results."""
import contextlib
import itertools
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time

import psycopg
import pytest

from lab import chain, hostile_features, old_chats, old_database, rows
from lab.examples import FACTOR
from lab.hostile_aborts import after
from lab.parts import TREE
from lab.rows_difference import difference

# The newest before the messages of chats become rows, before config does, and before chats and histories are read.
STARTS = ("c440947495f3", "f1e2d3c4b5a6", "42e2978c7933", "1ce6ade7d93b")
ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def schemas(upgrade, postgresql, tmp_path_factory):
    """schemas(engine, revision): the URL of an empty database that upstream brought there; not to be written to."""
    made = {}

    def schema(engine, wanted):
        if (engine, wanted) not in made:
            folder = tmp_path_factory.mktemp("schemas")
            url = f"sqlite:///{folder}/webui.db" if engine == "sqlite" else postgresql.create()
            for revision in STARTS:
                made[engine, revision] = copied(upgrade(url, revision), folder / f"{revision}.db", postgresql)
        return made[engine, wanted]

    return schema


def copied(url, target, postgresql):
    """The URL of a copy of a database to which nobody is connected."""
    if url.startswith("postgresql://"):
        return postgresql.create(url.rsplit("/", 1)[1])
    return f"sqlite:///{shutil.copy(url.removeprefix('sqlite:///'), target)}"


def in_turn(items, both=FACTOR > 1):
    """(engine, item): each on one of the engines in turn, or on both."""
    return [(engine, item) for number, item in enumerate(items) for engine in (ENGINES if both else [ENGINES[number % 2]])]


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture
def copy(postgresql, tmp_path):
    """copy(url): the URL of a copy, which ends with the test: hundreds would fill the memory in which the cluster is."""
    number, made = itertools.count(), []

    def make(url):
        made.append(copied(url, tmp_path / f"copy{next(number)}.db", postgresql))
        return made[-1]

    yield make
    postgresql.drop(*(url for url in made if url.startswith("postgresql:")))


@pytest.fixture(scope="module")
def kept(postgresql):
    """{what is made once: its URL}; nobody writes to it."""
    made = {}
    yield made
    postgresql.drop(*(url for url in made.values() if url.startswith("postgresql:")))


@pytest.fixture
def filled(engine, schemas, copy):
    """filled(revision, ..): the URL of a database at a revision with the rows that old_database.fill(..) makes."""
    def fill(revision, **how):
        url = copy(schemas(engine, revision))
        with connected(url) as connection:
            old_database.fill(connection, **how)
        return url

    return fill


@contextlib.contextmanager
def connected(url):
    path = url.removeprefix("sqlite:///")
    with contextlib.closing(psycopg.connect(url) if path == url else sqlite3.connect(path)) as connection:
        yield connection
        connection.commit()


DIGEST = """
import hashlib, sqlite3
from lab import chain, old_database
connection, texts = sqlite3.connect(":memory:"), []
for revision in chain.revisions():
    texts.append(revision.sql("sqlite"))
    if revision.id in %r:
        chain.run("sqlite", connection, *texts)
        texts.clear()
        schema = old_database.schema(connection)
        for seed in 0, 0, 1:
            print(hashlib.sha256(repr(old_database.make(schema, "sqlite", seed)).encode()).hexdigest())
"""


@pytest.mark.quick
def test_rows_are_the_same_ones_for_the_same_seed_in_every_process():
    def digests(**environment):
        done = subprocess.run([sys.executable, "-c", DIGEST % (STARTS,)], env={**os.environ, **environment}, cwd=TREE / "tests/real",
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
        return done.stdout.split()

    first = digests(PYTHONHASHSEED="1")
    assert first == digests(PYTHONHASHSEED="2")
    assert len(set(first)) == 2 * len(STARTS) and first[::3] == first[1::3]


@pytest.mark.parametrize("start", STARTS)
def test_every_table_has_rows_and_upstream_makes_the_same_of_them_twice(upgrade, filled, copy, start):
    """With enough rows for every shape of a chat."""
    first = filled(start, count=len(old_chats.SHAPES) + 1)
    assert not [table for table, found in rows.of(first).items() if not found]
    second = copy(first)
    since = time.time()
    results = [rows.of(upgrade(url), since) for url in (first, second)]
    assert difference(*results) == ""


# A row each, in tables where some of what upstream writes is masked.
BROKEN = {
    "access_grant": "delete from access_grant where id = (select min(id) from access_grant)",
    "chat": "update chat set meta = '{\"tags\": []}' where id = (select min(id) from chat)",
    "chat_message": "update chat_message set created_at = created_at - 100000"
                    " where id = (select min(id) from chat_message where created_at > 1760000000)",
    "config": "update config set value = '4.5' where key = 'rag.top_k'",
    "function_history": "update function_history set snapshot = '{}' where id = (select min(id) from function_history)",
    "group_member": "delete from group_member where id = (select min(id) from group_member)",
    "prompt": "update prompt set version_id = (select max(id) from chat) where id = (select min(id) from prompt)",
    "user": "update \"user\" set oauth = 'null' where id = (select min(id) from \"user\" where oauth is null)",
}


def test_a_row_that_is_broken_on_purpose_is_a_difference(upgrade, filled, copy):
    theirs = upgrade(filled("c440947495f3"))
    ours = copy(theirs)
    with connected(ours) as connection:
        for sql in BROKEN.values():
            assert connection.execute(sql).rowcount == 1
    lines = difference(rows.of(theirs), rows.of(ours)).splitlines()
    assert {re.match(r"\w+", line)[0] for line in lines} == BROKEN.keys(), lines
    assert len({line.partition("]")[0] for line in lines}) == len(BROKEN), lines


@pytest.mark.parametrize("start", STARTS[::2])
def test_upstream_aborts_on_hostile_features(upgrade, schemas, filled, engine, start):
    """`EXAMPLES=2 scripts/check -k hostile` tries them all."""
    with connected(schemas(engine, start)) as connection:
        schema = old_database.schema(connection)
    known = after(start, engine, [revision.id for revision in chain.revisions()])
    possible = [name for name in known if hostile_features.FEATURES[name].possible(schema, engine)]
    for feature in possible[::1 if FACTOR > 1 else 35]:
        error = known[feature]
        said = upgrade.try_to(filled(start, hostile=[feature]))
        assert said and error in said, (feature, said)


@pytest.mark.quick
def test_hostile_features_name_columns_of_the_chain():
    """In whatever revision they are."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        schemas = chain.catalogues("sqlite", connection, old_database.schema).values()
    for name, feature in hostile_features.FEATURES.items():
        assert any(feature.possible(schema, engine) for schema in schemas for engine in ENGINES), name
