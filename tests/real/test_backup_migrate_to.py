"""A snapshot of an old release comes back for a newer one: as if the database had been migrated where it was."""
import time

import pytest

from lab import chain, old_database
from lab.backups import meaning
from lab.rows_difference import difference
from test_backup import keys, place, repository, tidy  # noqa: F401 (fixtures)
from test_old_database import connected

ENGINES = ["sqlite", "postgresql"]
OLD, HEAD = "c440947495f3", chain.HEAD  # of 0.7.2: chats have no rows for their messages yet


@pytest.fixture(scope="module", params=ENGINES)
def before(request, postgresql, tmp_path_factory):
    """(the URL of a database of OLD with rows, which is not to be written to; its engine)"""
    engine = request.param
    url = postgresql.create() if engine == "postgresql" else f"sqlite:///{tmp_path_factory.mktemp('old')}/webui.db"
    with connected(url) as connection:
        chain.run(engine, connection, chain.version_table_sql())
        steps = chain.revisions()
        for step in steps[:[step.id for step in steps].index(OLD) + 1]:
            chain.run(engine, connection, step.sql(engine))
        connection.execute(f"insert into alembic_version values ('{OLD}')")
        connection.commit()
        old_database.fill(connection, count=8)
        tidy(connection)
        connection.execute("update file set path = null")
        connection.commit()
    yield url, engine
    if engine == "postgresql":
        postgresql.drop(url)


@pytest.mark.parametrize("target", ["the same", "the other"])
def test_comes_back_for_a_newer_release(repository, owctl, place, before, target):  # noqa: F811
    url, engine = before
    other = next(name for name in ENGINES if name != engine)
    here, begun = place(engine, url), int(time.time())
    snapshot = repository.create(here)["snapshot"]
    there = place(engine if target == "the same" else other)
    said = repository.restore(there, "--migrate-to", "0.12.4").ok()
    assert (said.json()["snapshot"], said.json()["revision"], said.json()["outcome"]) == (snapshot, HEAD, "restored")
    owctl("--database", here.url, "migrate", "up", "--no-backup").ok()
    assert difference(meaning(there.url, begun), meaning(here.url, begun), ("restored", "where it was")) == ""
    assert owctl("--database", there.url, "-o", "json", "migrate", "verify", "--catalogue-only").ok().json() == []
    with connected(there.url) as connection:
        assert connection.execute("select count(*) from chat_message").fetchone()[0] > 8


def test_over_a_database_that_is_there(repository, place, before):  # noqa: F811
    url, engine = before
    here = place(engine, url)
    repository.create(here)
    later = chain.revisions()[-6].id
    assert repository.restore(here, "--replace", "--yes", "--migrate-to", later).ok().json()["revision"] == later
    assert repository.restore(here, "--replace", "--yes").ok().json()["revision"] == OLD


def test_what_can_not_be(repository, place, before):  # noqa: F811
    url, engine = before
    here = place(engine, url)
    repository.create(here)
    empty = place(engine)
    for words, status in {("--migrate-to", "0.6.18"): 65, ("--migrate-to", "0.99"): 65, ("--migrate-to", "0.12.4", "--files-only"): 64,
                          ("--migrate-to", "0.12.4", "--user", "a@example.org"): 64,
                          ("--migrate-to", "0.12.4", "--replace", "--tables", "chat"): 64}.items():
        repository.restore(empty, *words).ended(status)
    said = repository.restore(empty, "--migrate-to", HEAD, "--dry-run").ok().json()
    assert (said["revision"], said["outcome"]) == (HEAD, "would restore")
    assert repository.restore(empty).ok().json()["revision"] == OLD


def test_what_stops_the_migration_leaves_what_was_restored(repository, owctl, place, before):  # noqa: F811
    url, engine = before
    here, there = place(engine, url), place(engine)
    with connected(here.url) as connection:
        one, other = (id for id, in connection.execute('select id from "user" order by id limit 2').fetchall())
        mark = "?" if engine == "sqlite" else "%s"
        connection.execute(f'update "user" set email = {mark} where id in ({mark}, {mark})', ["twice@example.org", one, other])
        connection.commit()
    repository.create(here)
    said = repository.restore(there, "--migrate-to", HEAD).ended(1)
    assert f"the snapshot is restored, at its revision {OLD}" in said.err and "owctl user" in said.err
    assert owctl("--database", there.url, "-o", "json", "migrate", "status").json()["revision"] == OLD
