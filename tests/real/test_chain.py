"""owctl's chain against Open WebUI's own migrations: the same catalogue after every revision, on every engine."""
import contextlib
import sqlite3

import psycopg
import pytest

from lab import catalogue, chain, upstream
from lab.parts import NEWEST


def assert_same(theirs, ours):
    different = {id: catalogue.difference(theirs[id], ours[id], ("upstream", "owctl")) for id in theirs}
    assert not any(different.values()), "\n\n".join(f"{id}\n{text}" for id, text in different.items() if text)
    assert len(ours[chain.revisions()[-1].id]["tables"]) >= 48


def assert_same_all_along(theirs, ours):
    assert list(theirs) == list(ours) == [revision.id for revision in chain.revisions()]
    assert_same(theirs, ours)


@pytest.mark.quick
def test_every_revision_has_its_folder_and_files():
    revisions = chain.revisions()
    folders = sorted(path.name for path in chain.FOLDER.iterdir() if path.is_dir())
    assert folders == ["00_alembic_version", *(revision.folder.name for revision in revisions)]
    assert [int(revision.number) for revision in revisions] == list(range(1, len(revisions) + 1))
    for revision in revisions:
        files = {path.name for path in revision.folder.iterdir() if path.suffix == ".sql" or path.name == "code.c"}
        files -= {"after.sql", "after_sqlite.sql", "after_postgresql.sql"} if revision.code == "CODE" else set()
        assert files == chain.FILES[revision.form] | ({"code.c"} if revision.code == "CODE" else set()), revision.id


def test_sqlite(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "chain.db")) as connection:
        ours = chain.catalogues("sqlite", connection, catalogue.of_sqlite)
    assert_same_all_along(upstream.catalogues(NEWEST, f"sqlite:///{tmp_path}/upstream.db", tmp_path), ours)


def test_postgresql(each_postgresql, tmp_path):
    with psycopg.connect(each_postgresql.create()) as connection:
        ours = chain.catalogues("postgresql", connection, catalogue.of_postgresql)
    assert_same_all_along(upstream.catalogues(NEWEST, each_postgresql.create(), tmp_path), ours)


def test_postgresql_in_a_schema_of_its_own(postgresql, tmp_path):
    schema = "Open WebUI"
    urls = [postgresql.create(), postgresql.create()]
    for url in urls:
        with psycopg.connect(url) as connection:
            connection.execute(f'create schema "{schema}"')
    with psycopg.connect(urls[0]) as connection:
        connection.execute(f'set search_path to "{schema}"')
        ours = chain.catalogues("postgresql", connection, lambda connection: catalogue.of_postgresql(connection, schema))
        assert not catalogue.of_postgresql(connection)["tables"]
    head = chain.revisions()[-1].id
    assert_same(upstream.catalogues(NEWEST, urls[1], tmp_path, head, DATABASE_SCHEMA=schema), ours)
