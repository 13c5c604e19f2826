"""PostgreSQL: a role that lacks rights on some of the tables, or on the schema, is told so before the first change."""
import psycopg
import pytest

from lab import openwebui
from lab.parts import NEWEST
from test_migrate_rows import OLDEST, everything, old, read_catalogue  # noqa: F401 (fixture)

OTHER, OWNER = "owctl site", "owctl keeper"
TABLES = "select tablename from pg_tables where schemaname = 'public'"


@pytest.fixture
def engine():
    return "postgresql"


@pytest.fixture
def roles(postgresql):
    with postgresql.connect("postgres") as connection:
        for role in OTHER, OWNER:
            if not connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                connection.execute(f'create role "{role}" login')


@pytest.fixture
def site(old, roles):  # noqa: F811
    """site(owner, revision): the URL of a database whose tables are OWNER's, where both roles may do with rows what they like."""
    def make(revision=OLDEST):
        url = old(revision)
        run(url, f'grant usage on schema public to "{OTHER}"; grant usage, create on schema public to "{OWNER}"')
        for table in tables(url):
            run(url, f'alter table "{table}" owner to "{OWNER}"; grant all on "{table}" to "{OTHER}"')
        return url

    return make


def run(url, sql):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql)


def tables(url):
    with psycopg.connect(url) as connection:
        return [table for [table] in connection.execute(TABLES).fetchall()]


@pytest.fixture
def as_role(postgresql):
    return lambda url, role: url.replace(postgresql.owner + "@", role.replace(" ", "%20") + "@")


def state(url):
    return read_catalogue(url), everything(url)


def names_all(said, create=True):
    assert f'role "{OTHER}" lacks rights' in said and '"chat"' in said and f'of role "{OWNER}"' in said, said
    assert f'REASSIGN OWNED BY "{OWNER}" TO "{OTHER}"' in said, said
    assert ('GRANT CREATE ON SCHEMA "public"' in said) == create, said


def test_another_roles_tables_are_not_begun_with(owctl, site, as_role):
    url = site()
    other, before = as_role(url, OTHER), state(url)
    words = "--database", other, "migrate", "up", "--no-backup"
    names_all(owctl("--database", other, "migrate", "plan").ok().err)
    said = owctl(*words, "--dry-run").ok().err
    assert "as it is now, it would be refused" in said
    names_all(said)
    refused = owctl(*words).ended(77)
    names_all(refused.err)
    assert "changing" not in refused.err and state(url) == before


def test_tables_of_several_owners_are_no_way_to_stop_half_way(owctl, site, as_role):
    """The third revision alters `knowledge`."""
    url = site()
    run(url, f'grant create on schema public to "{OTHER}"')
    for table in tables(url):
        if table != "knowledge":
            run(url, f'alter table "{table}" owner to "{OTHER}"')
    before = state(url)
    refused = owctl("--database", as_role(url, OTHER), "migrate", "up", "--no-backup").ended(77)
    assert f'of role "{OWNER}" are the tables "knowledge"; nothing was changed' in refused.err and state(url) == before, refused.err


def test_the_schema_is_looked_at_alone_too(owctl, site, as_role, postgresql):
    url = site()
    run(url, f'revoke create on schema public from "{OWNER}", public')
    refused = owctl("--database", as_role(url, OWNER), "migrate", "up", "--no-backup").ended(77)
    assert f'GRANT CREATE ON SCHEMA "public" TO "{OWNER}"' in refused.err and "are the tables" not in refused.err, refused.err
    empty = postgresql.create()
    run(empty, "revoke create on schema public from public")
    words = "--database", as_role(empty, OWNER), "migrate", "up"
    assert "GRANT CREATE" in owctl(*words, "--dry-run").ok().err
    assert "GRANT CREATE" in owctl(*words).ended(77).err
    postgresql.drop(empty)


def test_who_needs_no_more_goes_on(owctl, site, as_role, postgresql):
    """What a member of the owner inherits are its rights; and `auth`, whose rows alone are written, may be another's."""
    url = site("c92da83b017f")
    run(url, f'alter table auth owner to "{postgresql.owner}"; grant select, update, delete on auth to "{OWNER}"')
    assert "refused" in owctl("--database", as_role(url, OWNER), "migrate", "plan").ok().err
    run(url, f'grant insert on auth to "{OWNER}"')
    assert "refused" not in owctl("--database", as_role(url, OWNER), "migrate", "plan").ok().err
    run(url, f'grant "{OWNER}" to "{OTHER}"; grant create on schema public to "{OTHER}"')
    try:
        assert "refused" not in owctl("--database", as_role(url, OTHER), "migrate", "up", "--no-backup", "--dry-run").ok().err
        owctl("--database", as_role(url, OTHER), "migrate", "up", "--no-backup").ok()
    finally:
        run(url, f'revoke "{OWNER}" from "{OTHER}"')


def test_upstreams_engine_is_not_let_loose_without_them(owctl, site, as_role):
    url = site()
    before = state(url)
    words = ("--database", as_role(url, OTHER), "migrate", "up", "--no-backup", "--engine", "upstream", "--python",
             openwebui.python(NEWEST))
    names_all(owctl(*words, "--dry-run").ok().err)
    names_all(owctl(*words).ended(77).err)
    assert state(url) == before


def test_repair_does_not_begin_either(owctl, site, as_role):
    url = site()
    run(url, "create table _alembic_tmp_file (id text); drop index if exists folder_id_idx")
    before = state(url)
    words = "--database", as_role(url, OTHER), "migrate", "repair"
    names_all(owctl(*words, "--dry-run").ended(2).err)
    names_all(owctl(*words, "--yes", "--no-backup").ended(77).err)
    assert state(url) == before
