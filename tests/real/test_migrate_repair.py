"""`owctl migrate repair` finds the states in which upstream's migrations leave a database, or its bugs the rows, and what it has
mended ends as a database that was migrated undisturbed."""
import json
import time

import pytest

from lab import catalogue, old_database
from lab.examples import FACTOR
from lab.hostile_aborts import ABORTS
from lab.parts import RELEASES
from lab.rows_difference import difference
from test_migrate_rows import IDS, everything, migrate, old, read_catalogue  # noqa: F401 (fixtures)
from test_old_database import ENGINES, connected, copied, copy, engine, kept  # noqa: F401

HEAD = IDS[-1]
SINCE = time.time()  # when nothing was migrated yet
SQLITE_ONLY = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
KEYS = ("--only", "missing", "--only", "foreign-keys")
POSTGRESQL_ONLY = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


@pytest.fixture
def repair(owctl):
    """repair(url, ..): the rows of its answer."""
    def run(url, *more, code=0):
        return owctl("migrate", "repair", "--database", url, "--no-backup", "-o", "json", *more).ended(code).json()

    run.raw = lambda url, *more: owctl("migrate", "repair", "--database", url, "--no-backup", *more)
    run.find = lambda url, *more, code=2: run(url, "--dry-run", *more, code=code)
    return run


@pytest.fixture
def made(templates, engine, postgresql, tmp_path):  # noqa: F811
    """made(release, ..): the URL of a database that the release itself has made, with rows."""
    def make(release, **how):
        url = (templates.postgresql(postgresql, release, tmp_path) if engine == "postgresql"
               else f"sqlite:///{templates.sqlite(release, tmp_path)}")
        with connected(url) as connection:
            old_database.fill(connection, without=("migratehistory", "alembic_version"), **how)
        return url

    return make


def run(url, *statements):
    with connected(url) as connection:
        for sql in statements:
            connection.execute(sql)


def ask(url, sql):
    with connected(url) as connection:
        return [list(row) for row in connection.execute(sql).fetchall()]


def kinds(found):
    return {row["fault"] for row in found}


def check_same(theirs, ours, since, whole=None):
    """`whole`: the rows of theirs, where they were read already."""
    assert difference(whole or everything(theirs, since), everything(ours, since)) == ""
    assert catalogue.difference(read_catalogue(theirs), read_catalogue(ours), ("undisturbed", "mended")) == ""


# ---- nothing is broken ----


@pytest.mark.parametrize("release", RELEASES)
def test_a_database_that_a_release_has_made_has_no_fault(repair, templates, engine, release, postgresql, tmp_path):  # noqa: F811
    url = (templates.postgresql(postgresql, release, tmp_path) if engine == "postgresql"
           else f"sqlite:///{templates.sqlite(release, tmp_path)}")
    assert repair.find(url, code=0) == []
    assert repair(url, "--yes") == []
    assert "nothing of" in repair.raw(url, "--yes").ok().err


@pytest.mark.parametrize("revision", IDS[::6] + IDS[-1:])
def test_no_revision_of_the_chain_is_a_fault(repair, old, engine, revision):  # noqa: F811
    assert repair.find(old(revision, count=0), code=0) == []


# ---- what upstream leaves where it aborts ----

# {revision: (where it starts, feature of lab/hostile_features.py, what its owner does about that row)}
ABORTED = {
    "374d2f66af06": ("c440947495f3", "prompt_without_title", "update prompt set title = 'none' where title is null"),
    "8452d01d26d7": ("c440947495f3", "chat_list", "update chat set chat = '{}' where chat like '[%'"),
    "f1e2d3c4b5a6": ("374d2f66af06", "access_read_null",
                     "update note set access_control = '{}' where access_control = '{\"read\": null}'"),
    "4de81c2a3af1": ("56359461a091", "pinned_note_without_user", "update note set user_id = 'x' where user_id is null"),
    "3ff2c63645b8": ("461111b60977", "config_list", "update config set data = '{}' where data like '[%'"),
    "d4c1a8e37b62": ("c440947495f3", "chat_meta_empty", "update chat set meta = '{}' where meta = ''"),
    "d6a8c3f912ab": ("a7d3e9f2b641", "skill_meta_not_json", "update skill set meta = '{}' where not json_valid(meta)"),
    "e7b9d4a023bc": ("c440947495f3", "model_meta_null", "update model set meta = '{}' where meta = 'null'"),
    "f8c0e5b134cd": ("c440947495f3", "function_meta_null", "update function set meta = '{}' where meta = 'null'"),
}


@SQLITE_ONLY
@pytest.mark.parametrize("revision", ABORTED)
def test_a_revision_that_aborted(upgrade, repair, migrate, old, copy, engine, revision):  # noqa: F811
    """On SQLite it stands half done, and upstream's next try fails on that, or passes it over."""
    start, feature, cure = ABORTED[revision]
    since = time.time()
    ours = old(start, seed=3, hostile=[feature])
    theirs = copy(ours)
    assert ABORTS[revision][feature]["sqlite"] in upgrade.try_to(ours)
    assert ask(ours, "select * from alembic_version") == [[IDS[IDS.index(revision) - 1]]]
    run(theirs, cure)
    upgrade(theirs)
    found = repair.find(ours)
    assert [row for row in found if row["fault"] == "begun" and revision in row["what"]], found
    refused = migrate(ours).ended(1)
    assert "owctl migrate repair" in refused.err and "nothing was changed" in refused.err
    only = [word for name in ("scratch-table", "begun", "messages") for word in ("--only", name)]
    assert {row["state"] for row in repair(ours, "--yes", *only)} == {"mended"}
    run(ours, cure)
    migrate(ours).ok()
    check_same(theirs, ours, since)


@SQLITE_ONLY
def test_members_that_a_later_start_passed_over(upgrade, repair, old, copy, engine):  # noqa: F811
    since = time.time()
    ours = old("018012973d35", seed=3, hostile=["member_null"])
    theirs = copy(ours)
    assert ABORTS["37f288994c47"]["member_null"]["sqlite"] in upgrade.try_to(ours)
    upgrade(ours)  # takes the empty table for a complete one
    assert ask(ours, "select count(*) from group_member") == [[0]]
    run(theirs, "update \"group\" set user_ids = '[]' where user_ids like '%null%'")
    upgrade(theirs)
    assert kinds(repair.find(ours, "--only", "group-members")) == {"group-members"}
    repair(ours, "--yes", "--only", "group-members")
    check_same(theirs, ours, since)


# ---- what the facts describe, on both engines ----

# {name: (where it starts, kinds of faults, statements)}: broken there, then mended, then brought up.
BEFORE = {
    "two revisions": ("f1e2d3c4b5a6", {"two-revisions"}, ["insert into alembic_version values ('374d2f66af06')"]),
    "a scratch table": ("f1e2d3c4b5a6", {"scratch-table"}, ["create table _alembic_tmp_chat (id text)"]),
    "a table by its scratch name": ("f1e2d3c4b5a6", {"scratch-table"}, ["alter table tag rename to _alembic_tmp_tag"]),
    "stamped past": ("c440947495f3", {"stamped-past"}, ["update alembic_version set version_num = 'b2c3d4e5f6a7'"]),
    "stamped to the head": ("9a1b2c3d4e5f", {"stamped-past"}, [f"update alembic_version set version_num = '{HEAD}'"]),
    "json columns of 0.9.6": ("2f1211949ecc", {"user-json", "begun"}, [
        *(f'alter table "user" add column {name}' for name in (
            "profile_banner_image_url text", "timezone varchar", "presence_state varchar", "status_emoji varchar",
            "status_message text", "status_expires_at bigint", "oauth json", "info_json json"))]),
    "a column that nobody recorded": ("42e2978c7933", {"begun"}, ["alter table chat_message add column meta json"]),
}


@pytest.mark.parametrize("start, recorded", [("8452d01d26d7", "c440947495f3"), (HEAD, "018012973d35"), (HEAD, IDS[-4])])
def test_an_earlier_revision_was_stamped(repair, migrate, owctl, old, copy, engine, start, recorded):  # noqa: F811
    ours = old(start, seed=5, count=6)
    theirs = copy(ours)
    start = "c92da83b017f" if start == HEAD else start  # the last one that makes more than rows
    run(ours, f"update alembic_version set version_num = '{recorded}'")
    assert "stamped-back" in migrate(ours).ended(1).err
    [found] = repair.find(ours)
    assert (found["fault"], found["state"]) == ("stamped-back", "found") and start in found["mending"]
    [told] = owctl("migrate", "verify", "--database", ours, "-o", "json").ended(2).json()
    assert (told["finding"], told["place"]) == ("stamped-back", start)
    refused = repair.raw(ours, "--yes", "--only", "messages").ended(1)
    assert f"records {recorded}, but is at {start}" in refused.err and "--only stamped-back" in refused.err
    [mended] = repair(ours, "--yes", "--only", "stamped-back")
    assert mended["state"] == "mended"
    assert ask(ours, "select * from alembic_version") == [[start]]
    check_same(theirs, ours, SINCE)
    migrate(ours).ok()


@pytest.mark.parametrize("state", BEFORE)
def test_a_broken_state_on_the_way(upgrade, repair, migrate, old, copy, engine, state):  # noqa: F811
    start, faults, statements = BEFORE[state]
    since = time.time()
    ours = old(start, seed=5)
    theirs = upgrade(copy(ours))
    run(ours, *statements)
    refused = migrate(ours).ended(1)
    assert "nothing was changed" in refused.err or state == "two revisions"
    found = repair.find(ours)
    assert faults <= kinds(found) or state == "two revisions"
    only = [word for name in faults for word in ("--only", name)]
    assert {row["state"] for row in repair(ours, "--yes", *only)} == {"mended"}
    assert not faults & kinds(repair.find(ours, *only, code=0))
    migrate(ours).ok()
    check_same(theirs, ours, since)


TWICE = {
    "sqlite": "update \"user\" set {0} = json_quote({0}) where {0} like '{{%'",
    "postgresql": "update \"user\" set {0} = to_json({0}::text) where {0}::text like '{{%'",
}
TEXT = {"sqlite": "chat", "postgresql": "chat::text"}
LIST = {"sqlite": "json_group_array(user_id)", "postgresql": "json_agg(user_id)"}
SOME = "substr(id, 1, 1) in ('0', '1', '2', '3', '4', '5', '6', '7')"  # chats, by chance


def at_head(engine):  # noqa: F811
    """{name: (kind, statements)}: how a database at the head is broken."""
    of_some = f"chat_id in (select id from chat where {SOME})"
    with_rows = "exists (select 1 from chat_message m where m.chat_id = chat.id)"
    return {
        "messages": ("messages", [f"delete from chat_message where {of_some} and substr(id, length(id)) in ('0', '2', '3', '5')"]),
        "all messages": ("messages", [f"update chat set current_message_id = null where {with_rows}", "delete from chat_message"]),
        "old_chat": ("old-chat", ["alter table chat add column old_chat text",
                                  f"update chat set old_chat = {TEXT[engine]}, chat = null where {SOME}",
                                  f"delete from chat_message where {of_some}",
                                  f"update chat set current_message_id = null where {SOME}"]),
        "settings": ("encoded-twice", [TWICE[engine].format("settings"), TWICE[engine].format("info")]),
        "oauth": ("encoded-twice", [TWICE[engine].format("oauth")]),
        "user_ids": ("group-members", [
            'alter table "group" add column user_ids json',
            f'update "group" set user_ids = (select {LIST[engine]} from group_member m where m.group_id = "group".id)',
            "delete from group_member where user_id > '8'"]),
        "access_control": ("access-lists", ["alter table model add column access_control json",
                                            "update model set access_control = '{}'"]),
        "a table": ("missing", ["drop table calendar_event_attendee"]),
        "histories": ("missing", ["drop table model_history", "alter table model drop column version_id"]),
    }


# Of tables that are dropped: what is said where they are not simply empty, and a few that are.
DROPPED = {"chat_message": "`messages` gives it the rows", "knowledge": "the rows that can be made of what is there",
           "shared_chat": "the rows that can be made of what is there",
           **{table: "its tables are empty: their rows are lost" for table in ("access_grant", "group_member", "pinned_note")}}
LEFT_BEHIND = {"document", "chatidtag", "config_old"}  # nothing reads them any more


@pytest.fixture
def migrated(upgrade, repair, old, copy, kept, engine, postgresql, tmp_path_factory):  # noqa: F811
    """(since, an undisturbed database at the head, a copy to break). What the generator encodes twice is mended in both."""
    if engine not in kept:
        made = upgrade(old("018012973d35", seed=6))
        repair(made, "--yes", "--only", "encoded-twice")
        kept[engine] = copied(made, tmp_path_factory.mktemp("kept") / "webui.db", postgresql)
    return SINCE, copy(kept[engine]), copy(kept[engine])


@pytest.mark.parametrize("state", at_head("sqlite"))
def test_a_broken_state_at_the_head(repair, migrated, engine, state):  # noqa: F811
    since, theirs, ours = migrated
    kind, statements = at_head(engine)[state]
    run(ours, *statements)
    whole = everything(theirs, since)
    assert difference(whole, everything(ours, since)) != "" or state == "access_control"
    assert kinds(repair.find(ours, "--only", kind)) == {kind}
    more = ["--only", "messages"] if state == "old_chat" else []
    mended = repair(ours, "--yes", "--only", kind, *more)
    assert {row["state"] for row in mended} == {"mended"} and kinds(mended) == {kind, *more[1:]}
    assert repair.find(ours, "--only", kind, *more, code=0) == []
    check_same(theirs, ours, since, whole)


def test_a_table_that_somebody_dropped_is_made_again_and_its_rows_are_said_to_be_lost(repair, old, copy, engine):  # noqa: F811
    """Of whatever revision, by no step that reads what a later one took away. Tables that are like all others are dropped on one
    of the engines in turn; `EXAMPLES=2 scripts/check -k somebody_dropped` drops all on both."""
    whole = old(HEAD, seed=6, count=5)
    shape = read_catalogue(whole)["tables"]
    plain = sorted(set(shape) - {"alembic_version", *LEFT_BEHIND} - DROPPED.keys())
    for table in [*DROPPED, *(plain if FACTOR > 1 else plain[ENGINES.index(engine)::2])]:
        url = copy(whole)
        run(url, f'drop table "{table}"' + (" cascade" if engine == "postgresql" else ""))
        [found] = repair.find(url, "--only", "missing") if table in DROPPED else [None]
        [mended] = repair(url, "--yes", "--only", "missing")
        assert found in (None, mended | {"state": "found"}) and mended["state"] == "mended", table
        assert f"the table {table} is missing" in mended["what"]
        assert DROPPED.get(table, "its tables are empty: their rows are lost, take them from a backup") in mended["mending"], table
        assert ask(url, f'select count(*) from "{table}"') == [[0]] or table == "knowledge", table
        assert catalogue.difference({"t": read_catalogue(url)["tables"][table]}, {"t": shape[table]}, ("again", "before")) == "", table


@pytest.mark.parametrize("revision, table", (("37f288994c47", "group_member"), ("3e0e00844bb0", "knowledge_file")))
def test_the_one_table_of_the_recorded_revision_is_dropped(upgrade, repair, migrate, old, copy, engine, revision, table):  # noqa: F811
    """That is no stamp: what the revision made it of is gone."""
    since = time.time()
    ours = old(revision, seed=6, count=5)
    run(theirs := copy(ours), f"delete from {table}")
    upgrade(theirs)
    run(ours, f"drop table {table}")
    [mended] = repair(ours, "--yes", "--only", "stamped-past", "--only", "missing")
    assert mended["fault"] == "missing" and "their rows are lost" in mended["mending"]
    migrate(ours).ok()
    check_same(theirs, ours, since)


def test_a_table_that_a_revision_has_not_made_gets_its_rows_from_where_they_are(repair, old, engine):  # noqa: F811
    url = old(HEAD, seed=6, count=20)
    run(url, "drop table pinned_note", "alter table note add column is_pinned boolean",
        "update note set is_pinned = (substr(id, 1, 1) < '8' and user_id is not null)")
    pinned = ask(url, "select id, user_id from note where is_pinned order by id")
    assert "the rows that can be made of what is there" in repair(url, "--yes", "--only", "missing")[0]["mending"]
    assert pinned and ask(url, "select note_id, user_id from pinned_note order by note_id") == pinned
    assert "is_pinned" not in str(read_catalogue(url)["tables"]["note"])


@POSTGRESQL_ONLY
def test_a_file_that_keeps_the_index_away_is_cleaned(repair, migrated, owctl, engine):  # noqa: F811
    """What stands for a backslash and the letters u0000 stays."""
    since, theirs, ours = migrated
    text = '{"content": "a\\u0000\\\\u0000\\\\\\u0000b"}'
    clean = '{"content": "a\\\\u0000\\\\b"}'
    run(ours, "drop index file_pending_knowledge_idx")
    for url, value in (theirs, clean), (ours, text):
        run(url, f"update file set data = '{value}' where id = (select min(id) from file)")
    [found] = repair.find(ours, "--only", "pending-index")
    assert found["state"] == "found"
    assert owctl("migrate", "status", "-o", "json", "--database", ours).ok().json()["broken"] == "pending-index"
    owctl("migrate", "up", "--database", ours).ok()  # servers are slow without it, and no more
    repair(ours, "--yes", "--only", "pending-index")
    check_same(theirs, ours, since)


@SQLITE_ONLY
def test_rows_that_refer_to_nothing_are_deleted_or_refer_to_nothing(repair, migrated, engine):  # noqa: F811
    since, theirs, ours = migrated
    for url in theirs, ours:
        repair(url, "--yes", "--only", "orphans")  # the generator's own
    run(theirs, "update knowledge_file set directory_id = null")
    run(ours, "insert into chat_file (id, user_id, chat_id, file_id, created_at, updated_at)"
              " values ('orphan', 'u', 'gone', (select min(id) from file), 1, 1)",
        "update knowledge_file set directory_id = null",
        "update knowledge_file set directory_id = 'gone' where id = (select min(id) from knowledge_file)")
    found = {row["what"].split(" have ")[0]: row for row in repair.find(ours, "--only", "orphans")}
    assert set(found) == {"1 rows of chat_file", "1 rows of knowledge_file"}
    assert "orphan" in found["1 rows of chat_file"]["what"] and found["1 rows of knowledge_file"]["mending"] == "it becomes NULL"
    repair(ours, "--yes", "--only", "orphans")
    check_same(theirs, ours, since)


@SQLITE_ONLY
def test_rows_are_not_deleted_that_the_plan_did_not_name(repair, migrated, engine):  # noqa: F811
    """A table that is made again is empty, so what refers to its rows refers to nothing."""
    _, _, url = migrated
    repair(url, "--yes", "--only", "orphans")  # the generator's own
    members = ask(url, "select count(*) from group_member")
    run(url, 'drop table "group"')
    assert "orphans" not in kinds(repair.find(url)) and members != [[0]]
    told = [row for row in repair(url, "--yes", code=1) if row["fault"] == "orphans"]
    assert {row["state"] for row in told} == {"found"} and ask(url, "select count(*) from group_member") == members
    repair.raw(url, "--yes")
    assert ask(url, "select count(*) from group_member") == [[0]]


@POSTGRESQL_ONLY
def test_a_table_without_its_key_gets_it_back(upgrade, repair, migrate, old, copy, engine):  # noqa: F811
    """Copies of tables lose it; then nothing can refer to them (OVINC-CN/OpenWebUI #228)."""
    since = time.time()
    ours = old("018012973d35", seed=5)
    theirs = upgrade(copy(ours))
    run(ours, *(f'alter table "{table}" drop constraint {table}_pkey cascade' for table in ("group", "user", "note", "message")))
    assert "no-key" in migrate(ours).ended(1).err
    assert [row["state"] for row in repair(ours, "--yes", "--only", "no-key")] == 4 * ["mended"]
    migrate(ours).ok()
    check_same(theirs, ours, since)


@POSTGRESQL_ONLY
def test_ids_that_stand_twice_are_left_to_their_owner(repair, old, engine):  # noqa: F811
    url = old("018012973d35", seed=5)
    run(url, 'alter table "group" drop constraint group_pkey cascade', 'insert into "group" select * from "group"')
    [row] = repair(url, "--yes", "--only", "no-key", code=1)
    assert row["state"] == "by hand" and row["rows"] > 0


@POSTGRESQL_ONLY
def test_lost_foreign_keys_are_made_again(owctl, repair, old, copy, engine):  # noqa: F811
    """As of tables that refer to one that somebody dropped with CASCADE, and that repair has made again."""
    url = old(HEAD, seed=5)
    before = read_catalogue(url)
    run(url, "delete from chat_file", 'drop table "file" cascade')
    states = {(row["fault"], row["what"].split(",")[0], row["state"]) for row in repair(url, "--yes", *KEYS, code=1)}
    assert {("missing", "mended"), ("foreign-keys", "by hand")} <= {(fault, state) for fault, _, state in states}
    assert ("foreign-keys", "chat_file.file_id has no foreign key to file", "mended") in states
    assert owctl("migrate", "up", "--no-backup", "--database", url).ok()  # it does not keep anybody from migrating
    left = {row["what"]: row["rows"] for row in repair(url, "--yes", *KEYS, code=1)}
    assert left["knowledge_file.file_id has no foreign key to file, and rows that lead to nothing"] == ask(
        url, "select count(*) from knowledge_file where file_id is not null")[0][0] > 0
    run(url, "delete from knowledge_file", "delete from channel_file")
    repair(url, "--yes", *KEYS)
    assert catalogue.difference(before, read_catalogue(url), ("before", "repaired")) == ""


def test_addresses_that_stand_twice_are_left_to_their_owner(repair, old, engine):  # noqa: F811
    url = old("959eaac8f909", seed=5, hostile=["email_twice"])
    [row] = repair(url, "--yes", "--only", "emails", code=1)
    assert row["state"] == "by hand" and "owctl user conflicts" in row["mending"] and row["rows"] == 2


def test_lists_that_never_became_grants(upgrade, repair, old, copy, engine):  # noqa: F811
    """As 0.8.12 swallowed that it could not read them."""
    since = time.time()
    before = old("8452d01d26d7", seed=5)
    run(before, "update note set access_control = '{}' where access_control is null")
    lists = ask(before, "select id, cast(access_control as text) from note")
    theirs = upgrade(copy(before))
    ours = copy(theirs)
    run(ours, "delete from access_grant where resource_type = 'note'", "alter table note add column access_control json",
        *(f"update note set access_control = '{text}' where id = '{id}'" for id, text in lists))
    assert kinds(repair.find(ours, "--only", "access-lists")) == {"access-lists"}
    repair(ours, "--yes", "--only", "access-lists")
    check_same(theirs, ours, since)


# ---- what is not mended, and how it is done ----


def test_what_holds_values_is_not_dropped(repair, old, engine):  # noqa: F811
    url = old("42e2978c7933", seed=5)
    run(url, "alter table chat_message add column meta json", "update chat_message set meta = '{}'")
    refused = repair.raw(url, "--yes", "--only", "begun").ended(1)
    assert "chat_message.meta holds values" in refused.err
    assert ask(url, "select count(*) from chat_message where meta is null") == [[0]]


def test_a_missing_column_of_a_table_made_anew_is_told_only(repair, old, engine):  # noqa: F811
    url = old(HEAD, count=0)
    run(url, "alter table chat drop column summary")
    assert [row["state"] for row in repair(url, "--yes", "--only", "missing")] == ["mended"]
    run(url, "alter table skill drop column version_id")
    [row] = repair(url, "--yes", "--only", "missing", code=1)
    assert row["state"] == "by hand" and "backup" in row["mending"]


def test_a_plan_changes_nothing_and_names_must_be_known(repair, old, engine):  # noqa: F811
    url = old("f1e2d3c4b5a6", count=3)
    run(url, "create table _alembic_tmp_chat (id text)")
    [row] = repair.find(url, "--only", "scratch-table")
    assert (row["fault"], row["state"]) == ("scratch-table", "found")
    assert repair.find(url, "--only", "begun", code=0) == []
    assert "scratch-table" in repair.raw(url, "--only", "scratch").ended(64).err
    assert "--yes" in repair.raw(url).ended(64).err
    assert "scratch-table" in kinds(repair.find(url))


def test_others_at_the_database_keep_it_from_being_mended(repair, old, engine):  # noqa: F811
    url = old("f1e2d3c4b5a6", count=3)
    run(url, "create table _alembic_tmp_chat (id text)")
    with connected(url) as connection:
        connection.execute("select 1")
        if engine == "postgresql":
            connection.commit()
        assert "in use" in repair.raw(url, "--yes").ended(75).err
        repair(url, "--yes", "--online", "--only", "scratch-table")


def test_it_is_recorded_and_copied_before(owctl, old, engine, tmp_path):  # noqa: F811
    url = old("f1e2d3c4b5a6", count=3)
    run(url, "create table _alembic_tmp_chat (id text)")
    words = ["migrate", "repair", "--database", url, "--yes", "--only", "scratch-table", "--audit-log", tmp_path / "audit"]
    if engine == "postgresql":
        assert "--no-backup" in owctl(*words).ended(64).err
        words.append("--no-backup")
    done = owctl(*words).ok()
    record = json.loads((tmp_path / "audit").read_text())
    assert record["command"] == "migrate repair" and record["details"]["mended"][0]["fault"] == "scratch-table"
    if engine == "sqlite":
        assert "to go back" in done.err
        assert ask(f"sqlite:///{record['details']['backup']}", "select count(*) from _alembic_tmp_chat") == [[0]]
