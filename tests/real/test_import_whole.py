"""An import on either engine is written whole or not at all, however large it is and however it ends."""
import contextlib
import os
import random
import signal
import sqlite3
import time

import psycopg
import pytest
from lab.installation import Installation

MANY = 10_000
HASH = "$2b$12$" + "abcdefghijklmnopqrstuu" + "J8zJq0u8yPzv6vF0Yc1C0Hq5vJkq8mG"


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def site(request, owctl, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    where = {"DATA_DIR": folder}
    if request.param == "PostgreSQL":
        where = {"DATABASE_URL": request.getfixturevalue("make_postgresql")()}
    site = Installation(owctl, where)
    site("migrate", "up").ok()
    return site


def rows(count):
    return [f"p{number}@example.org,Person {number},{HASH},Group {number % 7}" for number in range(count)]


def file_of(lines, folder):
    file = folder / "people.csv"
    file.write_text("\n".join(["email,name,password_hash,groups", *lines, ""]))
    return file


def everything(site):
    """Every row of every table."""
    return {table: sorted(map(repr, site.query(f'select * from "{table}"'))) for table in site.tables()}


def test_ten_thousand_rows_with_groups_are_all_there(site, tmp_path):
    done = site("user", "import", file_of(rows(MANY), tmp_path), "--create-groups", "-o", "json").ok().json()
    assert [row["line"] for row in done] == list(range(2, MANY + 2))
    assert {row["outcome"] for row in done} == {"created"}
    found = site.query('select u.email, u.name, a.password, g.name from "user" u join auth a on a.id = u.id and a.email = u.email'
                       ' join group_member m on m.user_id = u.id join "group" g on g.id = m.group_id')
    assert sorted(",".join(row) for row in found) == sorted(rows(MANY))
    again = site("user", "import", file_of(rows(MANY), tmp_path), "--if-missing", "-o", "json").ok().json()
    assert {row["outcome"] for row in again} == {"exists"}
    assert [row["id"] for row in again] == [row["id"] for row in done]


def test_bytes_that_are_no_text_are_the_fault_of_their_line_alone(site):
    file = b"email,name,groups\n\xff@example.org,A,\nb@example.org,\xff,\nc@example.org,C,\xff\nd@example.org,D,\n"
    for options in ((), ("--skip-bad", "--create-groups")):
        done = site("user", "import", "-", *options, "-o", "json", stdin=file).ended(65)
        assert {row["line"] for row in done.json() if row["outcome"] == "refused"} == {2, 3, 4}
    assert site.query('select email from "user"') == [("d@example.org",)]


def test_one_bad_row_among_ten_thousand_leaves_every_table_as_it_was(site, tmp_path):
    lines = rows(MANY)
    at = random.randrange(MANY)
    lines[at] = "not an address,,,"
    before = everything(site)
    done = site("user", "import", file_of(lines, tmp_path), "--create-groups", "-o", "json").ended(65)
    assert [row["line"] for row in done.json() if row["outcome"] == "refused"] == [at + 2]
    assert everything(site) == before


def test_dry_run_leaves_every_table_as_it_was(site, tmp_path):
    before = everything(site)
    done = site("user", "import", file_of(rows(100), tmp_path), "--create-groups", "-n", "-o", "json").ok().json()
    assert {row["outcome"] for row in done} == {"would create"}
    assert everything(site) == before


@pytest.mark.parametrize("table, name", [("user", "new.email"), ("auth", "new.email"), ("group_member", "(select email from \"user\" where id = new.user_id)")])
def test_a_row_that_the_database_refuses_leaves_every_table_as_it_was(site, tmp_path, table, name):
    """In the middle of the load; no row of the file is told as refused, since the file is not at fault."""
    site("group", "create", "Group 1").ok()
    refuse(site, table, name + " like 'p1234@%'")
    before = everything(site)
    done = site("user", "import", file_of(rows(2000), tmp_path), "--create-groups", "-o", "json").ended(65)
    assert "not today" in done.err and not done.out
    assert everything(site) == before
    site("user", "import", file_of(rows(100), tmp_path), "--create-groups").ok()


def refuse(site, table, condition):
    if url := site.where.get("DATABASE_URL"):
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(f"""create function refuse() returns trigger language plpgsql as $$ begin
                if {condition} then raise exception 'not today' using errcode = 'check_violation'; end if; return new; end $$""")
            database.execute(f'create trigger refuses before insert on "{table}" for each row execute function refuse()')
    else:
        with contextlib.closing(sqlite3.connect(site.where["DATA_DIR"] / "webui.db")) as database:
            database.execute(f"""create trigger refuses before insert on "{table}" when {condition}
                                 begin select raise(abort, 'not today'); end""")


def is_writing(site):
    """Its transaction has begun: it holds SQLite's only lock for writers, or PostgreSQL is at its COPY."""
    if "DATABASE_URL" in site.where:
        return bool(site.query("select 1 from pg_stat_activity where datname = current_database() and lower(left(query, 4)) = 'copy'"))
    with contextlib.closing(sqlite3.connect(site.where["DATA_DIR"] / "webui.db", timeout=0, isolation_level=None)) as database:
        try:
            database.execute("begin immediate")
        except sqlite3.OperationalError:
            return True
        database.execute("rollback")
        return False


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_import_that_ends_while_it_writes_leaves_every_table_as_it_was(site, owctl, tmp_path, how):
    people = file_of(rows(30_000), tmp_path)
    before = everything(site)
    running = owctl.start("user", "import", people, "--create-groups", env=site.where, stdout=open(os.devnull, "w"))
    limit = time.monotonic() + 60
    while not is_writing(site):
        assert running.poll() is None and time.monotonic() < limit
        time.sleep(0.005)
    running.send_signal(how)
    running.communicate(timeout=30)
    assert running.returncode == (130 if how == signal.SIGINT else -how)
    for words in (["create", "X"], ["delete", "X", "--yes"]):  # what a killed writer left half done, the next one undoes
        site("group", *words).ok()
    assert everything(site) == before
    site("user", "import", people, "--create-groups", "-q", timeout=120).ok()
    assert site.query('select count(*) from "user"') == [(30_000,)]
