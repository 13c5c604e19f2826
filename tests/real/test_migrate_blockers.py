"""What would stop a migration in the middle of the chain, or be damaged by it, is named before anything is changed."""
import re

import pytest

from lab.parts import TREE
from test_migrate_plan import plan  # noqa: F401 (a fixture)
from test_migrate_rows import IDS, migrate, old  # noqa: F401 (fixtures)
from test_old_database import connected, engine  # noqa: F401 (fixtures)

START = "c440947495f3"


def check(plan, migrate, url, revision, *what, remedy):  # noqa: F811
    """The revision alone is blocked, by these; `up` says the same and changes nothing."""
    start = recorded(url)
    blocked = {row["revision"]: row["blockers"] for row in plan(url).ended(2).json() if row["blockers"]}
    assert blocked == {revision: list(what)}
    refused = migrate(url).ended(1).err
    assert "nothing was changed" in refused and remedy in refused
    assert all(text in refused for text in what) and recorded(url) == start


def recorded(url):
    with connected(url) as connection:
        return connection.execute("select version_num from alembic_version").fetchall()


def change(url, *statements):
    with connected(url) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


# ---- keys that are no texts

NO_TEXTS = [(START, *case) for case in (
    ("chat", "id", "8452d01d26d7"), ("user", "id", "6d09d1bf1f23"), ("file", "id", "f1e2d3c4b5a6"),
    ("prompt", "command", "374d2f66af06"), ("function", "id", "f8c0e5b134cd"))] + [
    ("7e5b5dc7342b", "document", "collection_name", "6a39f3d8e55c"), ("ca81bd47c050", "tag", "user_id", "3ab32c4b8f59"),
    ("d31026856c01", "group", "id", "37f288994c47"), ("374d2f66af06", "prompt", "id", "f1e2d3c4b5a6"),
    ("4de81c2a3af1", "skill", "id", "d6a8c3f912ab")]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("start, table, key, revision", NO_TEXTS)
def test_keys_that_are_no_texts(plan, migrate, old, engine, start, table, key, revision):  # noqa: F811
    url = old(start, seed=3, count=6)
    change(url, "pragma ignore_check_constraints = on", f"""update "{table}" set {key} = x'ff61' where rowid = 2""",
           f"""update "{table}" set {key} = 'a' || char(0) || 'b' where rowid = 3""")
    check(plan, migrate, url, revision, f"{table}.{key} of a row has a NUL in it: a\\x00b (CAST(X'610062' AS TEXT))",
          f"{table}.{key} of a row is no text but of type blob: \\xffa (X'FF61')", remedy="give it a text of its own")
    change(url, f"""update "{table}" set {key} = 'mended 1' where {key} = X'FF61'""",
           f"""update "{table}" set {key} = 'mended 2' where {key} = CAST(X'610062' AS TEXT)""")
    plan(url).ok()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_key_that_no_pending_revision_reads_is_in_nobodys_way(plan, old, engine):  # noqa: F811
    url = old(START, seed=3, count=6)
    change(url, "update chat set id = cast(id as blob)")
    plan(url, "--to", "374d2f66af06").ok()


@pytest.mark.quick
def test_keys_of_all_passes_are_looked_at():
    listed = (TREE / "src/migrate/text_keys.c").read_text()
    listed = re.sub(r"\s+", " ", listed[listed.index("all[]"):])
    for path in (TREE / "src/migrate/chain").glob("*/*.c"):
        text, revision = path.read_text(), path.parent.name.partition("_")[2]
        tables = re.findall(r"\(struct pass\)\s*{\s*\.table = \"(\w+)\"", text)
        tables += re.findall(r"struct history \w+ = {\s*\.table = \"(\w+)\"", text)
        for table in tables:
            assert re.search(rf'{{"{table}", "\w+", REVISION_\w+, {{[^}}]*REVISION_{revision}', listed), (table, revision)


# ---- what of its owner's hangs on rows that go

@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("start, action", [(START, "restrict"), ("e1f2a3b4c5d6", "no action"), ("e1f2a3b4c5d6", "set null")])
def test_foreign_keys_that_hold_shared_copies(plan, migrate, old, engine, start, action):  # noqa: F811
    url = old(start, seed=3, count=6)
    change(url, "create schema other",
           f'create table other."Own" (id text not null constraint "own key" references chat (id) on delete {action})',
           """insert into other."Own" select id from chat""", "create table own (id text references chat (id) on delete cascade)",
           "insert into own select id from chat", "create table own_twin (id text references chat (id))",
           "insert into own_twin select id from chat where user_id not like 'shared-%'")
    with connected(url) as connection:
        copies, = connection.execute("select count(*) from chat where user_id like 'shared-%'").fetchone()
    check(plan, migrate, url, "c1d2e3f4a5b6",
          f'the foreign key own key of the table other."Own": {copies} of its rows refer to rows of chat that are deleted',
          remedy="to the original")
    change(url, """delete from other."Own" where id in (select id from chat where user_id like 'shared-%')""")
    plan(url).ok()
    migrate(url).ok()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_foreign_key_that_holds_messages_of_a_shared_copy(plan, migrate, old, engine):  # noqa: F811
    url = old("e1f2a3b4c5d6", seed=3, count=6)
    change(url, "create table own (id text references chat_message (id))", "insert into own select id from chat_message",
           "insert into chat_message (id, chat_id, user_id, role, created_at, updated_at)"
           " select 'own', id, 'u', 'user', 1, 1 from chat where user_id like 'shared-%' limit 1", "insert into own values ('own')",
           "delete from own where id in (select m.id from chat_message m join chat c on c.id = m.chat_id"
           " where c.user_id like 'shared-%' and m.id <> 'own')")
    check(plan, migrate, url, "c1d2e3f4a5b6",
          "the foreign key own_id_fkey of the table own: 1 of its rows refer to rows of chat_message that are deleted",
          remedy="drop the foreign key")


# ---- tables that inherit

@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_table_that_inherits(plan, migrate, old, engine):  # noqa: F811
    url = old(START, seed=3, count=6)
    change(url, "create table own () inherits (chat)", "insert into own select * from chat", "create table own_note () inherits (note)",
           "create table own_heir () inherits (own)", "create table own_alone (id text)", "create table own_child () inherits (own_alone)")
    check(plan, migrate, url, "374d2f66af06", *(f"the table {heir} inherits from {table}: its rows would be taken for rows of that"
                                                for heir, table in (("own", "chat"), ("own_note", "note"))), remedy="NO INHERIT")
    change(url, "alter table own no inherit chat", "alter table own_note no inherit note")
    migrate(url).ok()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_partitions_are_in_nobodys_way(migrate, old, engine):  # noqa: F811
    url = old(START, seed=3, count=6)
    change(url, "alter table memory rename to whole", "create table memory (like whole including all) partition by hash (id)",
           "create table own_part partition of memory for values with (modulus 1, remainder 0)",
           "insert into memory select * from whole", "drop table whole")
    migrate(url).ok()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_foreign_key_on_a_key_that_becomes_another(plan, migrate, old, engine):  # noqa: F811
    url = old("1af9b942657b", seed=3, count=6)
    change(url, "create table own (id text references tag (id))", "alter table memory add constraint own check (id <> '')",
           """alter table "user" add constraint own check (info <> 'own')""")
    check(plan, migrate, url, "3ab32c4b8f59", "constraint own_id_fkey on table own needs tag_pkey as it was before",
          remedy="make it again after the migration")
