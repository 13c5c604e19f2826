"""`owctl migrate status` tells what is broken from the catalogue alone, whatever the size of the tables."""
import sqlite3

import psycopg
import pytest

from lab import chain
from test_migrate_rows import migrate, old  # noqa: F401 (fixtures)
from test_old_database import connected, copied, copy, engine  # noqa: F401 (fixtures)

HEAD = chain.HEAD


@pytest.fixture
def status(owctl):
    def run(url, *words):
        return owctl("--database", url, "-o", "json", "migrate", "status", *words)

    return run


def test_recorded_revision_whose_tables_are_not_there(status, old):  # noqa: F811
    url = old("b2c3d4e5f6a7", count=0)
    assert status(url).ok().json()["broken"] is None
    with connected(url) as connection:
        connection.execute(f"update alembic_version set version_num = '{HEAD}'")
    said = status(url).ok()
    assert (said.json()["state"], said.json()["broken"]) == ("current", "stamped-past")
    assert f"stamped-past: revision {HEAD} is recorded, but what came after b2c3d4e5f6a7 is not there" in said.err
    assert "`owctl migrate repair`: b2c3d4e5f6a7 is recorded" in said.err


def test_broken_database_is_no_current_one_for_ci_nor_for_a_plan(status, old, owctl):  # noqa: F811
    url = old(HEAD, count=0)
    status(url, "--check").ok()
    with connected(url) as connection:
        connection.execute("drop table shared_chat")
    said = status(url, "--check").ended(2)
    assert said.json()["state"] == "current"
    assert "broken, though it records" in said.err and "`owctl migrate repair --dry-run` tells" in said.err
    said = owctl("--database", url, "migrate", "plan").ended(1)
    assert "is broken, nothing was changed" in said.err and "nothing is pending" not in said.err


def test_run_that_was_cut_off(status, old, owctl, engine):  # noqa: F811
    url = old("c440947495f3", count=3)
    with connected(url) as connection:
        connection.execute("create table owctl_migration (revision text not null primary key, started_at bigint not null,"
                           " finished_at bigint, seen_rows bigint not null, pass integer not null, after_key text,"
                           " owctl text not null)")
        connection.execute("insert into owctl_migration values ('374d2f66af06', 1, null, 0, 0, null, '0')")
        if engine == "postgresql":
            connection.execute("comment on table alembic_version is 'owctl_migration: 374d2f66af06, 1'")
    said = status(url).ok()
    assert (said.json()["cut_off"], said.json()["broken"]) == ("374d2f66af06", None)
    assert "`owctl migrate up` goes on" in said.err
    [row] = owctl("--database", url, "-o", "json", "migrate", "verify").ended(2).json()
    assert (row["finding"], row["place"], row["mend"]) == ("cut-off", "374d2f66af06", "owctl migrate up")


def test_run_that_is_done_is_not_cut_off(status, old, migrate):  # noqa: F811
    url = old("c440947495f3", count=3)
    migrate(url).ok()
    said = status(url).ok()
    assert (said.json()["state"], said.json()["cut_off"], said.json()["broken"]) == ("current", None, None)
    assert said.err == ""


def make_unreadable(path):
    """Overwrites the first page of every table and index of a SQLite file but for what is recorded."""
    with sqlite3.connect(path) as connection:
        [[size]] = connection.execute("pragma page_size")
        pages = [page for [page] in connection.execute("select rootpage from sqlite_master where rootpage > 0"
                                                       " and tbl_name <> 'alembic_version'")]
    with open(path, "r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)


def test_no_table_is_read(status, old, engine):  # noqa: F811
    """So it is as quick on a large database: here no table can be read but for the one with the revision."""
    url = old(HEAD, count=3)
    before = status(url).ok().json()
    if engine == "sqlite":
        path = url.removeprefix("sqlite:///")
        make_unreadable(path)
        with sqlite3.connect(path) as connection, pytest.raises(sqlite3.DatabaseError, match="malformed"):
            connection.execute("select count(*) from note")
    else:
        with connected(url) as connection:
            if not connection.execute("select from pg_roles where rolname = 'stranger'").fetchone():
                connection.execute("create role stranger login")
            connection.execute("grant select on alembic_version to stranger")
        url = url.replace("owner@", "stranger@")
        with connected(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select count(*) from note")
    after = status(url).ok().json()
    assert {**after, "database": ""} == {**before, "database": ""}
