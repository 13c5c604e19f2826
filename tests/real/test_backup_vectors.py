"""Vectors in PostgreSQL (pgvector): in a database of their own (PGVECTOR_DB_URL), and in the one that has all else. They are
written, and found again, by the newest release's own class."""
import contextlib
import json
import random
import sqlite3
import subprocess

import psycopg
import pytest

from lab import backup_reader
from lab.backups import Place, Repository, exactly
from lab.openwebui import environment, python
from lab.parts import NEWEST, TREE
from test_backup import keys  # noqa: F401 (fixture)

LENGTH = 8
DRAWN = random.Random(7)
ITEMS = [[f"chunk-{number}", f"text {number} of \\ ünï\t'one'\nmore", [DRAWN.uniform(-1, 1) for _ in range(LENGTH)]] for number in range(120)]
SEARCHES = [["knowledge-1", ITEMS[5][2]], ["knowledge-1", ITEMS[77][2]]]
OF_VECTORS = "POST /api/v1/knowledge/reindex"


@pytest.fixture(scope="module")
def server(postgresql_clusters):
    return postgresql_clusters("pgvector")


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """client(url, insert={..}, search=[..]): by the release's own class."""
    def ask(url, **wanted):
        folder = tmp_path_factory.mktemp("client")
        own = environment(NEWEST, folder, ENABLE_DB_MIGRATIONS="false", **settings_of(url),
                          PGVECTOR_INITIALIZE_MAX_VECTOR_LENGTH=LENGTH, PGVECTOR_IVFFLAT_LISTS=2)
        done = subprocess.run([python(NEWEST), TREE / "tests/real/lab/run_pgvector.py"], input=json.dumps(wanted), cwd=folder, env=own,
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return ask


def settings_of(url):
    return {"VECTOR_DB": "pgvector", "PGVECTOR_DB_URL": url}


@pytest.fixture(scope="module")
def written(server, client):
    """The URL of a database that the release has filled, and what it finds there; not to be written to. Beside its table are
    ones as PGVECTOR_PGCRYPTO and PGVECTOR_USE_HALFVEC make them."""
    url = server.create()
    client(url, insert={"knowledge-1": ITEMS[:100], "file-1": ITEMS[100:]})
    with psycopg.connect(url) as connection:
        connection.execute("create table encrypted (id text primary key, vector halfvec(4), text bytea, vmetadata bytea)")
        connection.execute("create index on encrypted using hnsw (vector halfvec_cosine_ops) with (m = 8, ef_construction = 32)")
        for number in range(40):
            half = [DRAWN.uniform(-1, 1) for _ in range(4)]
            connection.execute("insert into encrypted values (%s, %s::float8[]::halfvec, %s, %s)",
                               [f"e{number}", half, DRAWN.randbytes(300), bytes(range(256))])
    found = client(url, search=SEARCHES)
    assert [rows[0][0] for rows in found] == ["chunk-5", "chunk-77"]
    return url, found


@pytest.fixture
def vectors(server, written):
    """A copy of that database, which ends with the test."""
    url = server.create(written[0].rsplit("/", 1)[1])
    yield url
    server.drop(url)


@pytest.fixture
def empty(server):
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
def site(make_sqlite):
    database = make_sqlite(NEWEST)
    with contextlib.closing(sqlite3.connect(database)) as db:
        db.execute("insert into knowledge (id, user_id, name, description, created_at, updated_at) values ('knowledge-1', 'u', 'k', '', 1, 1)")
        db.commit()
    return Place(f"sqlite:///{database}", database.parent)


@pytest.fixture
def other_place(tmp_path):
    (tmp_path / "other").mkdir()
    return Place(f"sqlite:///{tmp_path}/other/webui.db", tmp_path / "other")


@pytest.fixture
def repository(owctl, keys, tmp_path):  # noqa: F811
    return Repository(owctl, tmp_path / "repository", keys).init()


def whole(url):
    """All that is in a database of vectors: rows as texts, columns, and what makes its indexes."""
    with psycopg.connect(url) as connection:
        tables = [name for (name,) in connection.execute("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")]
        rows = {name: sorted(connection.execute(f'select t::text from "{name}" t').fetchall()) for name in tables}
        columns = connection.execute("select attrelid::regclass::text, attname, format_type(atttypid, atttypmod) from pg_attribute"
                                     " where attnum > 0 and attrelid::regclass::text = any(%s) order by 1, attnum", [tables]).fetchall()
        indexes = connection.execute("select indexdef from pg_indexes where schemaname = 'public' order by 1").fetchall()
        return rows, columns, indexes


def test_a_database_of_vectors_comes_back(repository, site, vectors, other_place, empty, written, client):
    methods = [definition.split("USING ")[1].split()[0] for (definition,) in whole(vectors)[2]]
    assert {"ivfflat", "hnsw", "gin"} <= set(methods)
    made = repository("create", "-o", "json", place=site, **settings_of(vectors)).ok()
    assert OF_VECTORS not in made.err and made.json()["vectors_database"].endswith(vectors.rsplit("/", 1)[1])
    said = repository("restore", "-o", "json", place=other_place, **repository.opened, **settings_of(empty)).ok()
    assert said.json()["rows"] == made.json()["rows"] and OF_VECTORS not in said.err
    assert whole(empty) == whole(vectors)
    assert exactly(other_place.url) == exactly(site.url)
    assert client(empty, search=SEARCHES) == written[1]
