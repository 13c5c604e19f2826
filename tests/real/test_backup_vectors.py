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
from test_backup_without_owctl import restore  # noqa: F401 (fixture)

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
                                     " where attnum > 0 and not attisdropped and attrelid::regclass::text = any(%s) order by 1, attnum", [tables]).fetchall()
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


def test_only_what_changed_is_stored_again(repository, site, vectors):
    first = repository("create", "-o", "json", place=site, **settings_of(vectors)).ok().json()
    repository("create", "--database-only", place=site, **settings_of(vectors)).ok()  # knows nothing of vectors
    second = repository("create", "-o", "json", place=site, **settings_of(vectors)).ok().json()
    assert second["rows"] == first["rows"]
    with psycopg.connect(vectors) as connection:
        connection.execute("update document_chunk set text = 'another one' where id = 'chunk-3'")
        connection.execute("delete from document_chunk where id = 'chunk-4'")
    third = repository("create", "-o", "json", place=site, **settings_of(vectors)).ok().json()
    assert third["rows"] == first["rows"] - 1

    snapshots = {made["snapshot"]: reader(repository).snapshot(made["snapshot"]) for made in (first, second, third)}
    stored = {name: {segment[2] for table in snapshot.tables("vectors") for segment in table.segments} for name, snapshot in snapshots.items()}
    assert stored[second["snapshot"]] == stored[first["snapshot"]]
    [news] = stored[third["snapshot"]] - stored[first["snapshot"]]
    assert b"another one" in snapshots[third["snapshot"]].at(news).split(b"\n")[0] and snapshots[third["snapshot"]].at(news).count(b"\n") == 1
    for snapshot in snapshots.values():
        snapshot.check_all()
    assert repository.verify("--read-data") == []


def reader(repository):
    return backup_reader.Repository(repository.location, repository.keys.file)


def test_without_owctl(repository, site, vectors, empty, server, restore, tmp_path):  # noqa: F811
    repository("create", place=site, **settings_of(vectors)).ok()
    independent = server.create()
    with psycopg.connect(independent) as connection:
        reader(repository).snapshot().restore_postgresql(connection, "vectors")
    assert whole(independent) == whole(vectors)
    server.drop(independent)

    status, said = restore(reader(repository), tmp_path / "new.db", "", empty)
    assert status == 0, said
    assert whole(empty) == whole(vectors) and exactly(f"sqlite:///{tmp_path}/new.db") == exactly(site.url)
    status, said = restore(reader(repository), tmp_path / "other.db", "", empty)
    assert status != 0 and "tables or views already" in said and not (tmp_path / "other.db").exists()
    status, said = restore(reader(repository), tmp_path / "other.db")
    assert status == 0 and "vectors is left out" in said and exactly(f"sqlite:///{tmp_path}/other.db") == exactly(site.url)


def test_what_can_be_seen_of_it(repository, site, vectors):
    made = repository("create", "-o", "json", place=site, **settings_of(vectors)).ok().json()
    chunks = [row for row in repository("show", "-o", "json", **repository.opened).ok().json() if row["name"] == "document_chunk"]
    assert [(row["rows"], row["database"]) for row in chunks] == [(len(ITEMS), "vectors")]
    drilled = repository("drill", "-o", "json", **repository.opened).ok()
    assert drilled.json()["rows"] == made["rows"] and "vectors' database are as they were written" in drilled.err
    pack = max((path for path in (repository.location / "packs").rglob("*.age")), key=lambda path: path.stat().st_size)
    pack.write_bytes(pack.read_bytes()[:-100] + bytes(100))
    assert repository("drill", "-o", "json", **repository.opened).ended(2).json()["failed"] in ("files", "rows")


def test_replaced_together_or_not_at_all(repository, site, vectors, empty, client, written):
    repository("create", place=site, **settings_of(vectors)).ok()
    before = whole(vectors)
    with psycopg.connect(vectors) as connection:
        connection.execute("delete from document_chunk where id < 'chunk-5'")
        connection.execute("create table own (n int)")
        connection.execute("create view shown as select id from encrypted")
    changed = whole(vectors)
    with contextlib.closing(sqlite3.connect(site.url.removeprefix("sqlite:///"))) as db:
        db.execute("delete from knowledge")
        db.commit()
    says = {**repository.opened, **settings_of(vectors)}
    assert "tables already" in repository("restore", place=site, **says).ended(2).err
    said = repository("restore", place=site, **says | settings_of(empty)).ended(2).err  # the vectors are loaded by then
    assert "changing" in said and "webui.db has tables already" in said and whole(empty)[0] == {}
    assert "view shown" in repository("restore", "--replace", "--yes", place=site, **says).ended(2).err
    with psycopg.connect(vectors) as connection:
        connection.execute("drop view shown")
    with contextlib.closing(sqlite3.connect(site.url.removeprefix("sqlite:///"))) as db:
        db.execute("create view mine as select * from user")
        db.commit()
    assert "view mine" in repository("restore", "--replace", "--yes", place=site, **says).ended(2).err
    assert whole(vectors) == changed
    with contextlib.closing(sqlite3.connect(site.url.removeprefix("sqlite:///"))) as db:
        db.execute("drop view mine")
        db.commit()
    repository("restore", "--replace", "--dry-run", place=site, **says).ok()
    assert whole(vectors) == changed
    repository("restore", "--replace", "--yes", place=site, **says).ok()
    rows, columns, indexes = whole(vectors)
    assert rows.pop("own") == [] and rows == before[0] and indexes == before[2]
    assert client(vectors, search=SEARCHES) == written[1]
    repository("restore", "--replace", "--yes", "--tables", "knowledge", place=site, **says).ok()


def test_a_role_that_may_not_make_the_extension(repository, site, vectors, other_place, empty, server):
    repository("create", place=site, **settings_of(vectors)).ok()
    server.execute("create role plain login")
    server.execute("alter database {} owner to plain", empty.rsplit("/", 1)[1])
    says = {**repository.opened, **settings_of(empty.replace(server.owner + "@", "plain@"))}
    said = repository("restore", place=other_place, **says).ended(77).err
    assert 'permission denied to create extension "vector"' in said and "CREATE EXTENSION IF NOT EXISTS vector" in said
    assert not (other_place.data / "webui.db").exists() and whole(empty)[0] == {}
    with psycopg.connect(empty) as connection:
        connection.execute("create extension vector")
    repository("restore", place=other_place, **says).ok()
    assert whole(empty) == whole(vectors)


def test_the_key_of_its_texts_goes_with_the_secret_keys(repository, site, vectors, other_place, empty, tmp_path):
    keys = {"WEBUI_SECRET_KEY": "one", "PGVECTOR_PGCRYPTO_KEY": "the key of texts"}  # noqa: F811
    said = repository("create", "--include-secrets", place=site, **settings_of(vectors), **keys).ok()
    says = {**repository.opened, **settings_of(empty), **keys, "PGVECTOR_PGCRYPTO_KEY": "another"}
    restored = repository("restore", "--secrets", tmp_path / "env", place=other_place, **says).ok()
    assert "PGVECTOR_PGCRYPTO_KEY=" in (tmp_path / "env").read_text() and "the key of texts" in (tmp_path / "env").read_text()
    assert "nobody can read the texts of the vectors" in restored.err and "the key of texts" not in said.err + restored.err


def test_settings_without_that_database(repository, site, vectors, other_place, postgresql):
    repository("create", place=site, **settings_of(vectors)).ok()
    said = repository("restore", place=other_place, **repository.opened).ok().err
    assert "a database of vectors, which was not restored" in said and OF_VECTORS in said
    main = postgresql.create()
    said = repository("restore", place=Place(main, other_place.data), **repository.opened, VECTOR_DB="pgvector").ok().err
    assert "a database of vectors, which was not restored" in said and OF_VECTORS in said
    with psycopg.connect(main) as connection:
        assert connection.execute("select to_regclass('document_chunk'), count(*) from knowledge").fetchone() == (None, 1)
    postgresql.drop(main)


def test_a_database_that_is_not_there(repository, site, server, vectors):
    host = "127.0.0.1:1"
    for url, status in ((f"postgresql://u:geheim@{host}/v", 69), (vectors.rsplit("/", 1)[0] + "/no-such", 78), ("mysql://u:geheim@h/v", 78),
                        ("sqlite:///v.db", 78)):
        said = repository("create", "--timeout", "1", place=site, **settings_of(url)).ended(status).err
        assert "PGVECTOR_DB_URL (environment)" in said and "geheim" not in said
    assert repository.list() == []
    repository("create", "--database-only", place=site, **settings_of(f"postgresql://u:geheim@{host}/v")).ok()
    assert [database["name"] for database in reader(repository).snapshot().manifest["databases"]] == ["main"]


def test_vectors_in_the_main_database(repository, owctl, server, client, other_place, tmp_path):
    main, restored, by_several = server.create(), server.create(), server.create()
    owctl("--database", main, "migrate", "up", "--yes").ok()
    with psycopg.connect(main) as connection:  # this server was built without XML, by which states of sequences are read
        for (name,) in connection.execute("select oid::regclass::text from pg_class where relkind = 'S'").fetchall():
            connection.execute(f"drop sequence {name} cascade")
    client(main, insert={"knowledge-1": ITEMS[:100], "file-1": ITEMS[100:]})
    settings = {"VECTOR_DB": "pgvector"}
    for named in {}, {"PGVECTOR_DB_URL": main.replace("127.0.0.1", "localhost")}:
        made = repository("create", "-o", "json", place=Place(main, other_place.data), **settings, **named).ok()
        assert made.json()["vectors_database"] is None and OF_VECTORS not in made.err
    said = repository("restore", place=Place(restored, other_place.data), **repository.opened, **settings).ok().err
    assert OF_VECTORS not in said and whole(restored) == whole(main)
    said = repository("restore", "--jobs", "2", "-v", place=Place(by_several, other_place.data), **repository.opened, **settings).ok().err
    assert "into the schema owctl_restore_" in said and whole(by_several) == whole(main)
    found = client(restored, search=SEARCHES)
    assert found == client(main, search=SEARCHES) and found[0][0][0] == "chunk-5"
    server.drop(main, restored, by_several)
