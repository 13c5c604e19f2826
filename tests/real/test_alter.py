"""What is its owner's outlives `owctl migrate up` where the chain changes a table that SQLite has to make anew."""
import contextlib
import sqlite3

import pytest

from lab import chain, old_database, probe
from lab.parts import TREE
from test_migrate_rows import connected, copied, copy, engine, migrate, old  # noqa: F401 (fixtures)

OLDEST = "3e0e00844bb0"
# The tables that revisions behind OLDEST change in a way that SQLite can't, and where those have them from.
TABLES = {"channel_file": "6283dc0e4d8d", "knowledge_file": OLDEST, "group": OLDEST, "channel_member": OLDEST}
OWN = """
    alter table "{table}" add column "own, ""(text)" varchar(255) default 'it''s, (mine)' check (length("own, ""(text)") < 99);
    alter table "{table}" add column "Check" integer default 7 not null;
    create index "own index {table}" on "{table}" ("Check", id) where "Check" > 5;
    create unique index "own unique {table}" on "{table}" (id, "Check");
    create view "own view {table}" as select id, "Check" from "{table}";
    """
OWN_OF_SQLITE = """
    alter table "{table}" add column [own made] text generated always as (id || ', (' || "Check") virtual;
    create table if not exists own_log (id);
    create table "own child {table}" (parent references "{table}" (id) on delete cascade);
    create trigger "own trigger {table}" after update on "{table}" begin
        insert into own_log values (new.id || '; '); delete from own_log where id is null; end;
    """
MADE_BY_SQLITE = "select type, name, sql from sqlite_master where name like 'own %' order by name"


def add_own(connection, engine, table):  # noqa: F811
    if engine == "sqlite":
        connection.executescript((OWN + OWN_OF_SQLITE).format(table=table))
    else:
        connection.execute(OWN.format(table=table))
    text = '"own, ""(text)"'
    connection.execute(f"""update "{table}" set {text} = 'of ' || id, "Check" = 8""")


def own_rows(connection, table, more=""):
    return sorted(connection.execute(f'select id, "own, ""(text)", "Check"{more} from "{table}"').fetchall())


@pytest.mark.parametrize("table", TABLES)
def test_what_is_its_owners_stays(migrate, old, engine, table):  # noqa: F811
    url = old(TABLES[table], seed=3)
    more = ", [own made]" if engine == "sqlite" else ""
    with connected(url) as connection:
        add_own(connection, engine, table)
        before = own_rows(connection, table, more)
        made = connection.execute(MADE_BY_SQLITE).fetchall() if engine == "sqlite" else None
    migrate(url).ok()
    with connected(url) as connection:
        assert own_rows(connection, table, more) == before != []
        assert connection.execute(f'select count(*) from "own view {table}"').fetchone() == (len(before),)
        with pytest.raises(Exception, match="(?i)check"):
            connection.execute(f"""update "{table}" set "own, ""(text)" = '{"x" * 100}'""")
        connection.rollback()
        if engine == "sqlite":
            assert connection.execute(MADE_BY_SQLITE).fetchall() == made
            connection.execute("delete from own_log")
            connection.execute(f'update "{table}" set "Check" = 9')
            assert connection.execute("select count(*) from own_log").fetchone() == (len(before),)
            assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]


# ---- scripts ----


@pytest.fixture
def altered(tmp_path):
    """altered(made, script): a connection to a database that the SQL `made` makes, after the script."""
    with contextlib.ExitStack() as stack:
        def alter(made, script):
            path = tmp_path / "alter.db"
            connection = stack.enter_context(contextlib.closing(sqlite3.connect(path)))
            connection.executescript(made)
            chain.run("sqlite", connection, script)
            return connection

        yield alter


def text_of(connection, table):
    [[sql]] = connection.execute("select sql from sqlite_master where name = ?", (table,))
    return " ".join(sql.split())


def test_every_action(altered):
    connection = altered(
        "create table t (a varchar(255) not null, b datetime default current_timestamp, c text unique, d int,"
        " constraint u unique (a, b), check (d <> 4));",
        """ALTER TABLE t DROP CONSTRAINT u; ALTER TABLE t DROP CONSTRAINT IF EXISTS v;
        ALTER TABLE t ALTER COLUMN a DROP NOT NULL; ALTER TABLE t ALTER COLUMN a TYPE JSON USING a::json;
        ALTER TABLE t ALTER COLUMN b DROP DEFAULT; ALTER TABLE t ALTER COLUMN d SET DEFAULT 5;
        ALTER TABLE t ALTER COLUMN d SET NOT NULL; ALTER TABLE t DROP COLUMN c; ALTER TABLE t ADD COLUMN e TEXT;
        ALTER TABLE t ADD CONSTRAINT p PRIMARY KEY (a);""")
    assert text_of(connection, "t") == ('CREATE TABLE "t" ( a JSON, b datetime, d int DEFAULT 5 NOT NULL, e TEXT,'
                                        " check (d <> 4), CONSTRAINT p PRIMARY KEY (a) )")


def test_an_index_goes_with_its_column_and_others_stay(altered):
    connection = altered("create table t (a, b, c); create index x on t (a, b); create index y on t (c); insert into t values (1, 2, 3)",
                         "ALTER TABLE t DROP COLUMN b;")
    assert connection.execute("select name from sqlite_master where type = 'index'").fetchall() == [("y",)]
    assert connection.execute("select * from t").fetchall() == [(1, 3)]


def test_who_names_the_table_still_does(altered):
    connection = altered(
        "create table t (id text, up references t (id)); create table child (t references t (id));"
        "create view v as select * from t; create trigger r after insert on child begin update t set up = 1; end;"
        "create table _alembic_tmp_t (left_over)",
        "ALTER TABLE t ADD CONSTRAINT p PRIMARY KEY (id);")
    assert text_of(connection, "child").endswith("(t references t (id))")
    assert "up references t (id)" in text_of(connection, "t")
    assert text_of(connection, "v") == "CREATE VIEW v as select * from t"
    connection.execute("insert into t (id) values (1)")
    connection.execute("insert into child values (1)")
    assert connection.execute("select * from v").fetchall() == [("1", 1)]
    assert not connection.execute("select * from sqlite_master where name like '%alembic%'").fetchall()


def test_statements_on_one_table_copy_its_rows_once(altered):
    """What the rows break would end the copy between the statements, if there were one."""
    made = "create table t (a, b); create table other (a); insert into t values (1, 2)"
    script = "ALTER TABLE t ADD CONSTRAINT broken CHECK (a > 1);%s ALTER TABLE t ADD COLUMN c; ALTER TABLE t DROP CONSTRAINT broken;"
    with pytest.raises(probe.Refused, match="CHECK"):
        altered(made, script % " ALTER TABLE other ADD COLUMN b;")
    connection = altered(made.replace("create table", "drop table if exists t; create table", 1).replace("create table other (a);", ""),
                         script % "")
    assert connection.execute("select * from t").fetchall() == [(1, 2, None)]


@pytest.mark.parametrize("script, said", [
    ("ALTER TABLE none ADD CONSTRAINT p PRIMARY KEY (a)", "no such table: none"),
    ("ALTER TABLE t DROP CONSTRAINT q", 'no constraint "q"'),
    ("ALTER TABLE t ALTER COLUMN z DROP NOT NULL", 'no column "z"'),
    ("ALTER TABLE t ALTER COLUMN a SET STORAGE plain", "can't be understood"),
    ("ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)", "UNIQUE"),
])
def test_what_can_not_be_done_is_told(altered, script, said):
    with pytest.raises(probe.Refused, match=said):
        altered("create table t (a, b); insert into t values (1, 1), (1, 2)", script)


@pytest.mark.quick
def test_no_script_makes_a_table_anew_by_itself_that_needs_not():
    """But for the users, whose columns move."""
    known = {"24_b10670c03dd5"}
    assert {path.parent.name for path in (TREE / "src/migrate/chain").glob("*/*.sql")
            if "_alembic_tmp_" in path.read_text()} <= known


# Over the whole chain: something on every table that the first revisions make, and tables that refer to them.
WHOLE = """
    create table own_note (id integer primary key, user_id text, chat_id text, about text default 'it''s');
    insert into own_note (id, user_id, chat_id, about) values (1, 'u', 'c', 'é; "x"'), (2, null, null, null);
    create index own_note_about on own_note (about);
    create view own_notes as select id, about from own_note;
"""
ON_EACH = """
    alter table "{table}" add column "own {table}" integer default 7 not null;
    create index "own index {table}" on "{table}" ("own {table}");
    create view "own view {table}" as select "own {table}" from "{table}";
"""
TRIGGERS = {
    "sqlite": """create trigger "own trigger {table}" before update on "{table}" when new."own {table}" = 9 begin
                     select raise(abort, 'own'); end;""",
    "postgresql": """create trigger "own trigger {table}" before update on "{table}" for each row
                     when (new."own {table}" = 9) execute function own_refuse();""",
}
REFUSE = "create function own_refuse() returns trigger language plpgsql as $$ begin raise exception 'own'; end $$;"
OWN_OBJECTS = {
    "sqlite": MADE_BY_SQLITE.replace("'own %'", "'own%'"),
    "postgresql": """
        select 'column', attrelid::regclass::text, attname || format_type(atttypid, atttypmod) || attnotnull::text
            || pg_get_expr(adbin, adrelid)
        from pg_attribute join pg_attrdef on adrelid = attrelid and adnum = attnum where attname like 'own %'
        union all select 'index', indexname, indexdef from pg_indexes where indexname like 'own%'
        union all select 'view', viewname, definition from pg_views where viewname like 'own%'
        union all select 'trigger', tgname, pg_get_triggerdef(oid) from pg_trigger where tgname like 'own%'
        order by 1, 2, 3""",
}


def add_owns(connection, engine, tables):  # noqa: F811
    run = connection.executescript if engine == "sqlite" else connection.execute
    run(WHOLE if engine == "sqlite" else WHOLE + REFUSE)
    for table in tables:
        run((ON_EACH + TRIGGERS[engine]).format(table=table))
        connection.execute(f"""update "{table}" set "own {table}" = 8""")
    connection.commit()


def eights(connection, source, table=None):
    """The rows that have the owner's value, not its default."""
    return connection.execute(f'select count(*) from "{source}" where "own {table or source}" = 8').fetchone()[0]


def test_what_is_its_owners_stays_over_the_whole_chain(owctl, migrate, old, engine):  # noqa: F811
    url = old("7e5b5dc7342b", seed=3, count=6)
    with connected(url) as connection:
        tables = [name for name in old_database.schema(connection) if name not in GOES]
        add_owns(connection, engine, tables)
        made = connection.execute(OWN_OBJECTS[engine]).fetchall()
        kept = {table: eights(connection, table) for table in tables}
        # c1d2e3f4a5b6: copies that were shared go to a table of their own.
        kept["chat"] -= connection.execute("select count(*) from chat where user_id like 'shared-%'").fetchone()[0]
    plan = owctl("--database", url, "-o", "json", "migrate", "plan").ok()
    done = migrate(url).ok()
    for said in plan.err, done.err:
        assert "not Open WebUI's, and left untouched: " in said and "table own_note" in said
    told = {what for row in plan.json() for what in row["own"]}
    assert {"column chat.own chat", "index own index chat on chat", "trigger own trigger chat on chat"} <= told
    assert not any("own_note" in what for what in told), "no revision works on that table"
    with connected(url) as connection:
        assert connection.execute(OWN_OBJECTS[engine]).fetchall() == made
        assert connection.execute("select * from own_note order by id").fetchall() == [(1, "u", "c", 'é; "x"'), (2, None, None, None)]
        assert connection.execute("select count(*) from own_notes").fetchone() == (2,)
        for table in tables:
            assert eights(connection, table) == eights(connection, f"own view {table}", table) == kept[table]
            with pytest.raises(Exception, match="own"):
                connection.execute(f'update "{table}" set "own {table}" = 9')
            connection.rollback()


# Another table takes its place; and 1af9b942657b takes tags of it that were pins.
GOES = ("prompt", "tag")

# What a revision takes the ground from: (SQL, what is said of it, the revision).
IN_THE_WAY = {
    "a view on a table that goes": ("create view own as select user_id from prompt", "view own needs prompt as it was before",
                                    "374d2f66af06"),
    "a view on a column that goes": ('create view own as select id, "user".api_key from "user"',
                                     "view own needs user.api_key as it was before", "b10670c03dd5"),
    "a column of a table that goes": ("alter table prompt add column own text",
                                      "column prompt.own would be lost: another table takes the place of prompt", "374d2f66af06"),
    "an index on a table that goes": ("create index own on prompt (title)", "index own on prompt would be lost", "374d2f66af06"),
    "a foreign key on a table that goes": ("create table own (own text references prompt (command))",
                                           "needs prompt as it was before", "374d2f66af06"),
    "a foreign key on a column that goes": ('create table own (own text references "user" (api_key))',
                                            "needs user.api_key as it was before", "b10670c03dd5"),
}


@pytest.mark.parametrize("case", IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_what_can_not_stay_keeps_the_migration_from_being_begun(owctl, migrate, old, engine, case):  # noqa: F811
    sql, what, revision = case
    url = old("ca81bd47c050", seed=3, count=4)
    with connected(url) as connection:
        connection.execute(sql)
    plan = owctl("--database", url, "-o", "json", "migrate", "plan").ended(2)
    [blocked] = [row for row in plan.json() if row["blockers"]]
    assert blocked["revision"] == revision and len(blocked["blockers"]) == 1 and what in blocked["blockers"][0]
    refused = migrate(url).ended(1).err
    assert "nothing was changed" in refused and what in refused and "make it again after the migration" in refused
    with connected(url) as connection:
        assert connection.execute("select version_num from alembic_version").fetchone() == ("ca81bd47c050",)
        connection.execute("drop table own" if "create table" in sql else "alter table prompt drop column own" if "alter table" in sql else
                           f"drop {what.split()[0]} own")
    migrate(url).ok()


def test_view_that_only_stands_beside_what_goes_is_in_nobodys_way(migrate, old, engine):  # noqa: F811
    url = old("ca81bd47c050", seed=3, count=4)
    with connected(url) as connection:
        connection.execute('create view own as select id, email from "user"')
    migrate(url).ok()
    with connected(url) as connection:
        assert connection.execute("select count(email) from own").fetchone()[0] > 0
