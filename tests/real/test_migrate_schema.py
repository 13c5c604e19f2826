"""Migrations where DATABASE_SCHEMA says that Open WebUI's tables are in a schema of their own: all that is looked at and
changed is in there, whatever stands in public."""
import time

import psycopg
import pytest

from lab import catalogue, chain, old_database, openwebui
from lab.parts import NEWEST
from lab.rows_difference import difference
from lab.upgrades import Upgrades
from test_migrate_rows import everything, old, same_folders  # noqa: F401 (fixture)
from test_old_database import connected, copy  # noqa: F401 (fixture)

HEAD = chain.HEAD
SCHEMA = "Site 7"
# What would be a broken state, a run that was cut off, or a table too old, if it were looked at.
DECOYS = """
    insert into alembic_version values ('c440947495f3');
    create table _alembic_tmp_chat (id text);
    create table prompt_new (id text);
    create table migratehistory (id int, name text, migrated_at timestamp);
    insert into migratehistory values (1, '005_add_updated_at');
    create table owctl_migration (revision text primary key, started_at bigint, finished_at bigint, seen_rows bigint,
                                  pass integer, after_key text, owctl text);
    insert into owctl_migration values ('a7d3e9f2b641', 1, null, 0, 0, null, '0.1.0');
    create table owctl_kept (own text);
    alter table chat add old_chat text;
    alter table "group" add user_ids json;
    create view seen as select id from chat;
"""


@pytest.fixture
def engine():
    return "postgresql"


def decoys(connection):
    """A whole Open WebUI of the newest release in public, with rows of its own and broken states."""
    chain.run("postgresql", connection, chain.version_table_sql(),
              *(step.sql("postgresql") for step in chain.revisions()))
    connection.execute(f"insert into alembic_version values ('{HEAD}')")
    old_database.fill(connection, seed=99, count=3)
    connection.execute(DECOYS)


@pytest.fixture
def site(old):  # noqa: F811
    """site(revision, ..): as old(..), but in SCHEMA, and public is full of decoys."""
    def make(revision, **how):
        url = old(revision, **how)
        with connected(url) as connection:
            connection.execute(f'alter schema public rename to "{SCHEMA}"')
            connection.execute("create schema public")
            connection.commit()
            decoys(connection)
        return url

    return make


@pytest.fixture
def migrate(owctl):
    return lambda url, *words: owctl("--database", url, "-o", "json", "migrate", *words, env={"DATABASE_SCHEMA": SCHEMA})


@pytest.fixture(scope="session", params=[f"on {NEWEST} with a schema"])
def upgrade(request, tmp_path_factory):
    """upgrade(url): upstream's own migrations, in SCHEMA."""
    with Upgrades(NEWEST, tmp_path_factory.mktemp("upstream"), DATABASE_SCHEMA=SCHEMA) as upgrade:
        yield upgrade


def inside(url, schema=SCHEMA):
    """As a client that has no other schema."""
    return f'{url}?options=-csearch_path%3D"{schema.replace(" ", "%5C%20")}"'


def shape(url, schema):
    with connected(url) as connection:
        return catalogue.of_postgresql(connection, schema)


def public(url):
    return shape(url, "public"), everything(inside(url, "public"), time.time())


@pytest.mark.parametrize("start", ("7e5b5dc7342b", "c440947495f3", "d4c1a8e37b62"))
def test_up_ends_as_the_release_does_and_leaves_public_alone(upgrade, site, migrate, copy, start):  # noqa: F811
    ours = site(start, seed=5, count=10)
    theirs = copy(ours)
    before, since = public(ours), time.time()
    upgrade(theirs)
    assert migrate(ours, "plan").ok()
    assert migrate(ours, "up", "--no-backup").ok().json()["to"] == HEAD
    assert catalogue.difference(shape(theirs, SCHEMA), without_owctls(shape(ours, SCHEMA)), ("upstream", "owctl")) == ""
    assert difference(*same_folders(everything(inside(theirs), since), everything(inside(ours), since))) == ""
    assert public(ours) == before


def without_owctls(found):
    for name in [name for name in found["tables"] if name.startswith("owctl_")]:
        del found["tables"][name]
    return found


def test_new_database_is_the_one_that_the_release_makes_there(upgrade, migrate, postgresql):
    """The release itself wants an empty public for that."""
    ours, theirs = postgresql.create(), postgresql.create()
    for url in ours, theirs:
        with connected(url) as connection:
            connection.execute(f'create schema "{SCHEMA}"')
    upgrade(theirs)
    migrate(ours, "up").ok()
    assert catalogue.difference(shape(theirs, SCHEMA), shape(ours, SCHEMA), ("upstream", "owctl")) == ""
    assert shape(ours, "public")["tables"] == {}


def test_status_verify_and_stamp_look_into_the_schema_alone(site, migrate):
    url = site(HEAD, count=2)
    before = public(url)
    status = migrate(url, "status").ok()
    row = status.json()
    assert (row["state"], row["revision"], row["family"], row["cut_off"], row["broken"]) == ("current", HEAD, "alembic", None, None)
    assert migrate(url, "verify", "--catalogue-only").ok().json() == []
    assert migrate(url, "stamp", "c92da83b017f", "--yes").ok().json()["outcome"] == "recorded"
    assert migrate(url, "history").ok()
    with psycopg.connect(inside(url)) as connection:
        assert connection.execute("select version_num from alembic_version").fetchall() == [("c92da83b017f",)]
    assert public(url) == before


def test_repair_mends_in_the_schema_alone(site, migrate):
    url = site(HEAD, count=2)
    with psycopg.connect(inside(url)) as connection:
        connection.execute("create table _alembic_tmp_file (id text)")
        connection.execute("drop index ix_message_app")
        connection.execute("alter table chat drop summary")
    before = public(url)
    assert f', schema "{SCHEMA}", revision' in migrate(url, "repair", "--dry-run", "-v").err
    found = lambda: {row["finding"] for row in migrate(url, "verify", "--catalogue-only").ended(2).json()}
    assert found() == {"missing-column", "missing-index", "scratch-table"}
    migrate(url, "repair", "--yes", "--no-backup").ok()
    assert found() == {"missing-index"}, "which verify says how to make"
    assert public(url) == before


def test_upstreams_own_engine_goes_there_too_or_says_that_it_can_not(site, migrate):
    url = site("c440947495f3", count=2)
    before = public(url)
    words = "up", "--engine", "upstream", "--no-backup", "--python"
    refused = migrate(url, *words, openwebui.python("0.10.2")).ended(1)
    assert "do not look at DATABASE_SCHEMA" in refused.err and "0.12.0 or later" in refused.err
    assert migrate(url, *words, openwebui.python(NEWEST)).ok().json()["to"] == HEAD
    assert migrate(url, "verify", "--catalogue-only").ok().json() == []
    assert public(url) == before


def test_new_database_beside_one_in_public_is_told(postgresql, migrate):
    """The release would refuse; a schema that was forgotten in the settings looks the same."""
    url = postgresql.create()
    with connected(url) as connection:
        decoys(connection)
        connection.execute(f'create schema "{SCHEMA}"')
    said = migrate(url, "up").ok()
    assert f'in the schema "{SCHEMA}"' in said.err and "are left alone" in said.err


@pytest.fixture
def strayed(old, postgresql):  # noqa: F811
    """strayed(): an Open WebUI in public, that the database's search_path does not begin with."""
    def make():
        url = old("c440947495f3", count=2)
        with connected(url) as connection:
            connection.execute("create schema aside")
            connection.commit()
        postgresql.execute("alter database {} set search_path = aside, public", url.rsplit("/", 1)[1])
        return url

    return make


@pytest.mark.parametrize("words", ("plan", "up", "up --dry-run", f"up --engine upstream --no-backup --python {openwebui.python(NEWEST)}"))
def test_no_second_installation_is_made_beside_one_that_the_search_path_misses(owctl, strayed, words):
    url = strayed()
    before = public(url)
    refused = owctl("--database", url, "migrate", *words.split()).ended(78)
    assert 'in the schema "aside"' in refused.err and 'but in "public"' in refused.err and "DATABASE_SCHEMA=public" in refused.err
    assert shape(url, "aside")["tables"] == {} and public(url) == before


def test_status_tells_of_the_other_schema_and_what_is_said_explicitly_counts(owctl, strayed):
    url = strayed()
    status = owctl("--database", url, "-o", "json", "migrate", "status").ok()
    assert status.json()["state"] == "empty" and 'schema "aside"' in status.err and 'one in "public"' in status.err, status.err
    explicitly = lambda schema, *words: owctl("--database", url, "migrate", *words, env={"DATABASE_SCHEMA": schema})
    assert "as DATABASE_SCHEMA says" in explicitly("aside", "status").ok().err
    assert explicitly("public", "up", "--no-backup").ok().err.count("aside") == 0
    assert "are left alone" in explicitly("aside", "up").ok().err
    assert owctl("--database", url, "-o", "json", "migrate", "status").ok().json()["revision"] == HEAD


def test_schemas_of_other_people_and_of_other_programs_are_no_open_webui(owctl, strayed, postgresql):
    """Another program that uses Alembic; one that this role may not look into; and the site of another DATABASE_SCHEMA."""
    url, name = strayed(), "owctl tenant"
    role = postgresql.url(url.rsplit("/", 1)[1], name.replace(" ", "%20"))
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone():
            connection.execute(f'create role "{name}" login')
        connection.execute(f'grant usage, create on schema aside to "{name}"; revoke usage on schema public from public')
        connection.execute("create schema crm; create table crm.alembic_version (version_num text); grant usage on schema crm to public")
    owctl("--database", role, "migrate", "up", "--dry-run").ok()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop schema crm cascade; alter schema public rename to site; create schema public")
    said = owctl("--database", url, "migrate", "up", env={"DATABASE_SCHEMA": "aside"}).ok().err
    assert "left alone" not in said
