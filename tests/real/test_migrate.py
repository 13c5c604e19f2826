"""`owctl migrate up` on an empty database makes the one that the release's own migrations make, and says where it stands."""
import concurrent.futures
import contextlib
import sqlite3
import time

import psycopg
import pytest

from lab import catalogue, chain, upstream
from lab.parts import NEWEST

HEAD = chain.HEAD


class Database:
    """An empty database; on SQLite not even a file until create()."""

    def create(self, *statements):
        with self.connect() as connection:
            for sql in ("create table scratch (id text)", "drop table scratch", *statements):
                connection.execute(sql)
            connection.commit()

    def versions(self):
        with self.connect() as connection:
            return [version for [version] in connection.execute("select version_num from alembic_version")]

    def catalogue(self):
        with self.connect() as connection:
            return self.read_catalogue(connection)


class SQLite(Database):
    def __init__(self, folder):
        self.path = folder / "webui.db"
        self.url = f"sqlite:///{self.path}"

    def connect(self):
        return contextlib.closing(sqlite3.connect(self.path))

    read_catalogue = staticmethod(catalogue.of_sqlite)


class PostgreSQL(Database):
    def __init__(self, url):
        self.url = url

    def connect(self):
        return psycopg.connect(self.url)

    read_catalogue = staticmethod(catalogue.of_postgresql)


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request, tmp_path):
    """Two empty databases on the same engine, one for owctl and one for Open WebUI."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql")
        return [PostgreSQL(server.create()) for _ in range(2)]
    folders = [tmp_path / "ours", tmp_path / "theirs"]
    for folder in folders:
        folder.mkdir()
    return [SQLite(folder) for folder in folders]


def migrate(owctl, database, *words):
    return owctl("--database", database.url, "-o", "json", "migrate", *words).ok().json()


def test_up_makes_the_database_of_the_release(owctl, databases, tmp_path):
    ours, theirs = databases
    said = migrate(owctl, ours, "up")
    assert (said["from"], said["to"], said["applied"], said["outcome"]) == (None, HEAD, len(chain.revisions()), "migrated")
    expected = upstream.catalogues(NEWEST, theirs.url, tmp_path, "head")["head"]
    assert catalogue.difference(expected, ours.catalogue(), ("upstream", "owctl")) == ""
    assert ours.versions() == theirs.versions() == [HEAD]


def test_release_finds_nothing_to_migrate_after_up(owctl, databases, tmp_path):
    ours, _ = databases
    migrate(owctl, ours, "up")
    before = ours.catalogue()
    assert catalogue.difference(before, upstream.catalogues(NEWEST, ours.url, tmp_path, "head")["head"]) == ""
    assert ours.versions() == [HEAD]


def test_up_again_has_nothing_to_do(owctl, databases):
    ours, _ = databases
    migrate(owctl, ours, "up")
    before = ours.catalogue()
    said = migrate(owctl, ours, "up")
    assert (said["from"], said["applied"], said["outcome"]) == (HEAD, 0, "nothing to do")
    assert ours.catalogue() == before
    assert ours.versions() == [HEAD]


def test_up_to_a_release_makes_the_database_of_its_revision(owctl, databases, tmp_path):
    ours, theirs = databases
    assert migrate(owctl, ours, "up", "--to", "0.8.12")["to"] == "b2c3d4e5f6a7"
    expected = upstream.catalogues(NEWEST, theirs.url, tmp_path, "b2c3d4e5f6a7")["b2c3d4e5f6a7"]
    assert catalogue.difference(expected, ours.catalogue(), ("upstream", "owctl")) == ""
    status = migrate(owctl, ours, "status")
    assert (status["state"], status["releases"], status["pending"]) == ("behind", "0.8.1 to 0.8.12", len(chain.revisions()) - 34)


def test_status(owctl, databases):
    ours, _ = databases
    ours.create()
    status = migrate(owctl, ours, "status")
    assert (status["state"], status["revision"], status["releases"], status["pending"]) == ("empty", None, None, len(chain.revisions()))
    owctl("--database", ours.url, "migrate", "status", "--check").ended(2)
    migrate(owctl, ours, "up")
    status = migrate(owctl, ours, "status")
    assert (status["state"], status["revision"], status["pending"]) == ("current", HEAD, 0)
    assert status["releases"] == status["head_releases"] == f"0.12.1 to {NEWEST}"
    owctl("--database", ours.url, "migrate", "status", "--check").ok()


def test_status_tells_an_empty_database_from_one_of_another_program(owctl, databases):
    ours, _ = databases
    ours.create("create table document_chunk (id text primary key)")
    assert migrate(owctl, ours, "status")["state"] == "empty"
    ours.create("create table inventory (mine text)")
    status = migrate(owctl, ours, "status")
    assert (status["state"], status["revision"], status["pending"]) == ("foreign", None, None)


def test_a_file_of_no_bytes_is_empty(owctl, tmp_path):
    """As a `migrate up` leaves it that was cut off."""
    ours = SQLite(tmp_path)
    ours.path.touch()
    assert migrate(owctl, ours, "status")["state"] == "empty"
    assert migrate(owctl, ours, "up", "--dry-run")["outcome"] == "would migrate"
    assert ours.path.stat().st_size == 0
    assert migrate(owctl, ours, "up")["outcome"] == "migrated"


def test_dry_run_changes_nothing(owctl, databases):
    ours, _ = databases
    ours.create()
    assert migrate(owctl, ours, "up", "--dry-run")["outcome"] == "would migrate"
    assert ours.catalogue()["tables"] == {}


def test_dry_run_makes_no_file_and_looks_into_one_that_is_there(owctl, tmp_path):
    def dry():
        done = owctl("migrate", "up", "-n", "--database", tmp_path / "new.db", "-o", "json").ok()
        return "would make SQLite" in done.err, done.json()["outcome"]

    assert dry() == (True, "would migrate") and not (tmp_path / "new.db").exists()
    owctl("migrate", "up", "--database", tmp_path / "new.db").ok()
    assert dry() == (False, "nothing to do")


def test_up_beside_somebody_who_makes_the_same_tables(owctl, postgresql):
    """A server that starts on the same empty database takes no lock: whoever comes second finds names that are taken."""
    ours = PostgreSQL(postgresql.create())
    with ours.connect() as connection, concurrent.futures.ThreadPoolExecutor() as pool:
        connection.execute("create table chatidtag (id text)")
        running = pool.submit(owctl, "--database", ours.url, "migrate", "up")
        with ours.connect() as other:
            while other.execute("select count(*) from pg_locks where not granted").fetchone() == (0,):
                time.sleep(0.05)
        connection.commit()
        refused = running.result().ended(75)
    assert "somebody else makes tables there" in refused.err and "is Open WebUI starting on it?" in refused.err
    assert list(ours.catalogue()["tables"]) == ["chatidtag"]


@pytest.mark.parametrize("tables", [["file"], ["inventory"], ["a", "b", "c", "d", "document_chunk"]])
def test_up_refuses_a_database_that_is_not_empty(owctl, databases, tables):
    """Whether or not Open WebUI would use the names; nothing is made at all."""
    ours, _ = databases
    ours.create(*(f"create table {table} (mine text)" for table in tables))
    before = ours.catalogue()
    for words in (), ("--dry-run",):
        refused = owctl("--database", ours.url, "migrate", "up", *words).ended(1)
        assert ", ".join(f'"{table}"' for table in tables[:3]) + (" and 1 more" if len(tables) > 3 else "") in refused.err
        assert ("DATABASE_SCHEMA" in refused.err) == isinstance(ours, PostgreSQL) and "of its own" in refused.err
    assert ours.catalogue() == before


def test_up_lives_beside_the_vectors_of_open_webui(owctl, databases):
    """pgvector's table may be in the same database, and is there before a server has migrated it."""
    ours, _ = databases
    ours.create("create table document_chunk (id text primary key)")
    before = ours.catalogue()["tables"]["document_chunk"]
    migrate(owctl, ours, "up")
    assert ours.catalogue()["tables"]["document_chunk"] == before


def test_up_lives_beside_tables_of_extensions(owctl, make_postgresql):
    """PostGIS has spatial_ref_sys in the schema that it was made in; here any extension owns a table."""
    ours = PostgreSQL(make_postgresql())
    ours.create("create table spatial_ref_sys (srid integer)", "alter extension plpgsql add table spatial_ref_sys")
    migrate(owctl, ours, "up")
    assert ours.versions() == [HEAD]


def test_up_fills_a_schema_of_its_own(owctl, make_postgresql):
    ours = PostgreSQL(make_postgresql())
    ours.create("create table inventory (mine text)", "create schema owui")
    owctl("--database", ours.url, "migrate", "up", env={"DATABASE_SCHEMA": "owui"}).ok()
    with ours.connect() as connection:
        assert connection.execute("select count(*) from owui.alembic_version").fetchone() == (1,)
