"""PostgreSQL: what other roles have put beside Open WebUI's tables is not run with owctl's rights, and rows that a policy hides are
not taken for rows that are not there."""
import psycopg
import pytest

from test_migrate_rows import OLDEST, old  # noqa: F401 (fixture)

STRANGER = "owctl stranger"
NOTE = f"""create table public.heard (who text);
grant insert on public.heard to public;
grant usage, create on schema public to "{STRANGER}";
set role "{STRANGER}";
"""
BODY = "begin insert into public.heard values (current_user); return {}; end"
# What the stranger makes, by name.
TRAPS = {
    "operator =(character varying,character varying)":
        f"create function public.same(varchar, varchar) returns boolean language plpgsql as $${BODY.format('$1::text = $2::text')}$$;"
        "create operator public.= (function = public.same, leftarg = varchar, rightarg = varchar)",
    "function lower(character varying)":
        f"create function public.lower(varchar) returns text language plpgsql as $${BODY.format('pg_catalog.lower($1::text)')}$$",
    "function owctl_watch()":
        f"create function public.owctl_watch() returns trigger language plpgsql as $${BODY.format('null')}$$",
    "table owctl_migration":
        "create table public.owctl_migration (revision text primary key, started_at bigint, finished_at bigint, seen_rows bigint,"
        " pass integer, after_key text, owctl text);"
        f"create function public.trap() returns trigger language plpgsql as $${BODY.format('new')}$$;"
        "create trigger trap before insert on public.owctl_migration for each row execute procedure public.trap()",
}


@pytest.fixture
def engine():
    return "postgresql"


@pytest.fixture
def stranger(postgresql):
    with postgresql.connect("postgres") as connection:
        if not connection.execute("select 1 from pg_roles where rolname = %s", [STRANGER]).fetchone():
            connection.execute(f'create role "{STRANGER}"')


def run(url, sql):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql)


def heard(url):
    with psycopg.connect(url) as connection:
        return connection.execute("select * from heard").fetchall()


@pytest.mark.parametrize("words", ["migrate up --no-backup --online", "migrate plan", "user list", "user create eve@x.org --no-password"])
@pytest.mark.parametrize("trap", TRAPS)
def test_what_a_stranger_made_is_named_and_not_run(owctl, old, stranger, trap, words):  # noqa: F811
    url = old(OLDEST)
    run(url, NOTE + TRAPS[trap])
    done = owctl("--database", url, *words.split()).ended(1)
    assert f'{trap} of role "{STRANGER}"' in done.err and "hint: " in done.err, done.err
    assert heard(url) == [] and not done.out


def test_what_superusers_and_the_owners_made_is_no_strangers(owctl, old, stranger):  # noqa: F811
    url = old(OLDEST)
    run(url, "create function lower(varchar) returns text language sql as 'select pg_catalog.lower($1::text)'")
    owctl("--database", url, "migrate", "up", "--no-backup").ok()
    run(url, f'{NOTE} create function own(varchar) returns text language sql as $$select $1$$; reset role;'
             f' create function upper(varchar) returns text language sql as $$select $1$$; alter table alembic_version owner to "{STRANGER}";'
             f' alter function upper(varchar) owner to "{STRANGER}"')
    owctl("--database", url, "user", "list").ok()


def test_backslashes_in_texts_are_backslashes(owctl, old, postgresql):  # noqa: F811
    url = old(OLDEST)
    postgresql.execute("alter database {} set standard_conforming_strings = off", url.rsplit("/", 1)[1])
    owctl("--database", url, "migrate", "plan").ok()
    owctl("--database", url, "migrate", "up", "--no-backup").ok()


def test_rows_that_a_policy_hides_are_not_left_behind(owctl, old, postgresql, stranger):  # noqa: F811
    url = old(OLDEST)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'alter role "{STRANGER}" login')
        connection.execute(f'grant usage, create on schema public to "{STRANGER}"')
        for [table] in connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall():
            connection.execute(f'alter table "{table}" owner to "{STRANGER}"')
        connection.execute("alter table chat enable row level security")
        connection.execute("alter table chat force row level security")
        connection.execute("create policy hidden on chat using (id > '8')")
    own = url.replace(postgresql.owner + "@", STRANGER.replace(" ", "%20") + "@")
    done = owctl("--database", own, "migrate", "up", "--no-backup").ended(77)
    assert "row-level security" in done.err and "hint: " in done.err and "changing" not in done.err, done.err
    run(url, f'alter role "{STRANGER}" bypassrls')
    try:
        owctl("--database", own, "migrate", "up", "--no-backup").ok()
    finally:
        run(url, f'alter role "{STRANGER}" nobypassrls')
