"""`owctl migrate up` on an empty database makes the one that the release's own migrations make, and says where it stands."""
import contextlib
import sqlite3

import psycopg
import pytest

from lab import catalogue, upstream
from lab.parts import NEWEST

HEAD = "0bd252b206fb"


class SQLite:
    def __init__(self, folder):
        self.path = folder / "webui.db"
        self.url = f"sqlite:///{self.path}"

    def read(self, sql):
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(sql).fetchall()

    def catalogue(self):
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            return catalogue.of_sqlite(connection)


class PostgreSQL:
    def __init__(self, url):
        self.url = url

    def read(self, sql):
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql).fetchall()

    def catalogue(self):
        with psycopg.connect(self.url) as connection:
            return catalogue.of_postgresql(connection)


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


def test_up_makes_the_database_of_the_release(owctl, databases, tmp_path):
    ours, theirs = databases
    owctl("--database", ours.url, "migrate", "up").ok()
    expected = upstream.catalogues(NEWEST, theirs.url, tmp_path, "head")["head"]
    assert catalogue.difference(expected, ours.catalogue(), ("upstream", "owctl")) == ""
    assert ours.read("select version_num from alembic_version") == theirs.read("select version_num from alembic_version") == [(HEAD,)]


def test_up_again_has_nothing_to_do(owctl, databases):
    ours, _ = databases
    owctl("--database", ours.url, "migrate", "up").ok()
    before = ours.catalogue()
    assert "nothing to do" in owctl("--database", ours.url, "migrate", "up").ok().err
    assert ours.catalogue() == before
    assert ours.read("select version_num from alembic_version") == [(HEAD,)]


def test_status_after_up(owctl, databases):
    ours, _ = databases
    owctl("--database", ours.url, "migrate", "up").ok()
    status = owctl("--database", ours.url, "migrate", "status", "-o", "json").ok().json()
    assert status["revision"] == HEAD
    assert (status["first_release"], status["last_release"]) == ("0.12.1", NEWEST)
    assert status["pending"] == 0
    owctl("--database", ours.url, "migrate", "status", "--check").ok()


def test_release_accepts_the_database_without_migrating(owctl, databases, tmp_path):
    """Its own upgrade to head finds nothing to change either."""
    ours, _ = databases
    owctl("--database", ours.url, "migrate", "up").ok()
    before = ours.catalogue()
    assert catalogue.difference(before, upstream.catalogues(NEWEST, ours.url, tmp_path, "head")["head"]) == ""
    assert ours.read("select version_num from alembic_version") == [(HEAD,)]
