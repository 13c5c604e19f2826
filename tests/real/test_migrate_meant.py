"""Where upstream's migrations up to 3e0e00844bb0 abort on a row, lose it or damage it, `owctl migrate up` does what was meant, or
names the row before it changes anything. What upstream does there is in lab/hostile_aborts.py."""
import json

import pytest

from lab import old_database, rows
from lab.hostile_features import FEATURES
from lab.rows_difference import difference
from test_migrate_rows import IDS, everything, migrate, old  # noqa: F401 (fixtures)
from test_old_database import connected, copy, engine  # noqa: F401
from test_migrate_cut import HEAD, versions

# {feature: (revision it belongs to, what is asked of the end, its answer)}; ids stand as {table} of the hostile row.
ROW = 5
MEANT = {
    "document_list": ("6a39f3d8e55c", "select meta from knowledge where id = '{document}'",
                      {"legacy": True, "document": True, "tags": []}),
    "document_not_json": ("6a39f3d8e55c", "select meta from knowledge where id = '{document}'",
                          {"legacy": True, "document": True, "tags": []}),
    "document_without_title": ("6a39f3d8e55c", "select name is not null from knowledge where id = '{document}'", True),
    "chat_null": ("242a2047eae0", "select chat from chat where id = '{chat}'", None),
    "chat_not_json": ("242a2047eae0", "select chat from chat where id = '{chat}'", None),
    "chat_empty_text": ("242a2047eae0", "select chat from chat where id = '{chat}'", None),
    "chat_deep": ("242a2047eae0", "select length(cast(chat as text)) > 18000 from chat where id = '{chat}'", True),
    "tag_without_name": ("3ab32c4b8f59", "select count(*) from tag where id = '{tag}'", 1),
    "tag_normal_already": ("3ab32c4b8f59", "select count(*) from tag where id = 'two__blanks_5'", 0),
    "file_meta_null": ("c29facfe716b", "select path from file where id = '{file}'", None),
    "file_meta_number": ("c29facfe716b", "select path from file where id = '{file}'", None),
    "file_meta_not_json": ("c29facfe716b", "select meta from file where id = '{file}'", None),
    "file_path_list": ("c29facfe716b", "select path from file where id = '{file}'", None),
    "member_twice": ("37f288994c47", "select count(*) from group_member where group_id = '{group}'", 1),
    "member_null": ("37f288994c47", "select count(*) from group_member where group_id = '{group}'", 0),
    "member_unknown": ("37f288994c47", "select count(*) from group_member where group_id = '{group}'", 1),
    "member_number": ("37f288994c47", "select count(*) from group_member where group_id = '{group}'", 0),
    "channel_member_without_joined_at": ("2f1211949ecc", "select joined_at = created_at from channel_member", True),
    "settings_not_json": ("b10670c03dd5", "select settings from \"user\" where id = '{user}'", None),
    "settings_empty": ("b10670c03dd5", "select settings from \"user\" where id = '{user}'", None),
    "file_twice": ("3e0e00844bb0", "select count(*) from knowledge_file where knowledge_id = '{knowledge}'", 1),
    "file_ids_null": ("3e0e00844bb0", "select count(*) from knowledge_file where knowledge_id = '{knowledge}'", 0),
    "file_id_number": ("3e0e00844bb0", "select count(*) from knowledge_file where knowledge_id = '{knowledge}'", 0),
    "knowledge_other_keys": ("3e0e00844bb0", "select count(*) from knowledge where id = '{knowledge}'", 1),
}
# What the new column can't take: {feature: (table, column, value)}.
KEPT = {"chat_not_json": ("chat", "chat", "{bad"), "file_meta_not_json": ("file", "meta", "{bad"),
        "settings_not_json": ("user", "settings", "{bad"),
        "knowledge_other_keys": ("knowledge", "data", '{"file_ids": [], "own": 1}')}


# Which starts earlier than the revision before.
STARTS = {"3ab32c4b8f59": "242a2047eae0"}  # tags are looked at by two


def before(revision):
    return STARTS.get(revision) or IDS[IDS.index(revision) - 1]


def ids(table):
    world = old_database.World({}, "sqlite", 3, 20)
    return world.ids(table)[ROW]


def ask(url, sql):
    with connected(url) as connection:
        [[value]] = connection.execute(sql).fetchall()
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


@pytest.mark.parametrize("feature", MEANT)
def test_what_was_meant_is_there(migrate, old, engine, feature):  # noqa: F811
    revision, sql, answer = MEANT[feature]
    url = old(before(revision), seed=3, count=20, hostile=[feature])
    said = migrate(url, "--to", revision).ok().err
    names = {table: ids(table) for table in ("chat", "document", "file", "group", "knowledge", "tag", "user")}
    assert ask(url, sql.format(**names)) == answer, said
    if feature in KEPT:
        table, column, value = KEPT[feature]
        with connected(url) as connection:
            found = connection.execute(f"select column_name, value from owctl_kept where row_id = '{names[table]}'").fetchall()
        assert found == [(column, value)]
        assert f'"{table}"."{column}" of {names[table]}' in said and "owctl_kept" in said


@pytest.mark.parametrize("change, named", [
    ("update document set user_id = null where collection_name = '{document}'", "the document {document} is nobody's"),
    ("update tag set user_id = null where id = '{tag}'", "the tag {tag} is nobody's"),
])
def test_what_can_not_be_meant_is_named(migrate, old, engine, change, named):  # noqa: F811
    """SQLite's keys take NULL: there a tag of nobody stays one."""
    url = old("c0fbf31ca0db", seed=3, count=20)
    names = {table: ids(table) for table in ("document", "tag")}
    with connected(url) as connection:
        connection.execute(change.format(**names))
    found = everything(url)
    if engine == "sqlite" and "tag" in change:
        migrate(url, "--to", "3ab32c4b8f59").ok()
        return
    done = migrate(url).ended(1)
    assert named.format(**names) in done.err and "nothing was changed" in done.err
    assert versions(url) == ["c0fbf31ca0db"] and everything(url) == found


def test_numbers_that_json_does_not_have_become_null_where_they_have_to(migrate, old, engine):  # noqa: F811
    url = old("6a39f3d8e55c", seed=3, count=20, hostile=["chat_nan"])
    migrate(url, "--to", "242a2047eae0").ok()
    usage = ask(url, f"select chat from chat where id = '{ids('chat')}'")["history"]["messages"]["m"]["usage"]
    if engine == "postgresql":
        assert usage == {"nan": None, "up": None, "down": None}
        assert ask(url, f"select value like '%Infinity%' from owctl_kept where row_id = '{ids('chat')}'") is True
    else:
        assert usage["up"] == float("inf") and usage["nan"] != usage["nan"]


def test_everybodys_tags_survive(migrate, old, engine):  # noqa: F811
    """Upstream keeps one account's tag of a name, and loses one whose id is its name already."""
    url = old("242a2047eae0", seed=3, count=20)
    tags = [("a", "My Tag", "ada"), ("b", "my tag", "bob"), ("c", "MY TAG", "ada"), ("my_tag", "My_Tag", "cy"), ("e", "Pinned", "ada"),
            ("first", "Second", "ada"), ("second", "Third", "ada"), ("\u0130", "\u0130\u03a3", "ada")]
    with connected(url) as connection:
        connection.execute("delete from tag")
        for tag in tags:
            connection.execute("insert into tag (id, name, user_id) values ('%s', '%s', '%s')" % tag)
    migrate(url, "--to", "3ab32c4b8f59").ok()
    with connected(url) as connection:
        found = connection.execute("select id, user_id from tag").fetchall()
    assert sorted(found) == sorted([("my_tag", "ada"), ("my_tag", "bob"), ("my_tag", "cy"), ("second", "ada"), ("third", "ada"),
                                    ("i\u0307\u03c2", "ada")])


def test_conversations_that_a_server_left_half_way_are_brought_to_the_end(migrate, old, engine):  # noqa: F811
    """With the text in old_chat, and with what a server has written to the new column since."""
    url = old("6a39f3d8e55c", seed=3, count=20)
    with connected(url) as connection:
        connection.execute("alter table chat rename column chat to old_chat")
        connection.execute("alter table chat add column chat json")
        connection.execute(f"update chat set chat = '{{\"new\": 1}}' where id = '{ids('chat')}'")
        texts = dict(connection.execute("select id, old_chat from chat").fetchall())
    migrate(url, "--to", "242a2047eae0").ok()
    with connected(url) as connection:
        found = {id: rows.as_json(text) for id, text in connection.execute("select id, cast(chat as text) from chat").fetchall()}
    expected = {id: rows.as_json(text) for id, text in texts.items()}
    assert found == expected | {ids("chat"): rows.as_json('{"new": 1}')}
    assert "old_chat" not in old_database_columns(url)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_the_owner_has_added_to_conversations_stays_where_the_table_is_made_anew(migrate, old, engine):  # noqa: F811
    url = old("6a39f3d8e55c", seed=3, count=20)
    with connected(url) as connection:
        connection.executescript("""
            alter table chat add column mine text default 'x';
            create index mine_idx on chat (mine) where mine is not null;
            create view titles as select id, title from chat;
            create trigger guard after delete on chat begin select 1; end;
            update chat set mine = 'kept';""")
    migrate(url, "--to", "242a2047eae0").ok()
    with connected(url) as connection:
        assert connection.execute("select distinct mine from chat").fetchall() == [("kept",)]
        assert connection.execute("select count(*) from titles").fetchone() == (23,)
        names = {name for [name] in connection.execute("select name from sqlite_master where type in ('index', 'trigger', 'view')")}
        assert {"mine_idx", "titles", "guard"} <= names and not [name for name in names if "owctl_chat" in name]


JSON_COLUMNS = ("chat.chat", "chat.meta", "document.content", "file.meta", "file.data", "group.user_ids", "group.permissions", "knowledge.data",
                "knowledge.access_control", "model.access_control", "model.params", "model.meta", "prompt.access_control",
                "tool.access_control", "user.settings", "user.info", "user.oauth")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("start", [IDS[0], IDS[20], "c440947495f3"])
def test_json_that_is_stored_as_bytes_is_read_as_that_in_texts(migrate, old, copy, engine, start):  # noqa: F811
    """SQLite keeps what a tool has given it, in a column of any type; Python reads JSON from bytes too."""
    texts = old(start, seed=7)
    bytes = copy(texts)
    changed = 0
    with connected(bytes) as connection:
        there = {f"{table}.{column}" for table, columns in old_database.schema(connection).items() for column in columns}
        for table, column in (name.split(".") for name in JSON_COLUMNS if name in there):
            changed += connection.execute(f'update "{table}" set {column} = cast({column} as blob) where typeof({column}) = \'text\'').rowcount
    assert changed
    for url in (texts, bytes):
        migrate(url).ok()
    with connected(bytes) as connection:
        for table, columns in old_database.schema(connection).items():
            for column in columns:
                connection.execute(f'update "{table}" set "{column}" = cast("{column}" as text) where typeof("{column}") = \'blob\'')
    assert difference(everything(texts), everything(bytes)) == ""


def test_times_of_folders_are_seconds(migrate, old, engine):  # noqa: F811
    """Upstream leaves the year on SQLite."""
    url = old("c69f45358db4", seed=3, count=20)
    with connected(url) as connection:
        connection.execute("update folder set created_at = '2024-10-21 12:34:56.000123', updated_at = '2024-10-21 12:34:57'")
    migrate(url, "--to", "4ace53fd72c8").ok()
    with connected(url) as connection:
        assert connection.execute("select distinct created_at, updated_at from folder").fetchall() == [(1729514096, 1729514097)]


def old_database_columns(url):
    with connected(url) as connection:
        return old_database.schema(connection)["chat"]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("revision, table", [("6a39f3d8e55c", "knowledge"), ("37f288994c47", "group_member"),
                                             ("3e0e00844bb0", "knowledge_file")])
def test_a_table_that_was_begun_is_not_taken_for_complete(migrate, old, copy, engine, revision, table):  # noqa: F811
    """As upstream leaves it behind when a row makes it abort; the next time it goes past it, and all is lost. PostgreSQL takes
    back what was begun."""
    url = old(before(revision), seed=3, count=20)
    whole = copy(url)
    migrate(whole, "--to", revision).ok()
    with connected(whole) as connection:
        [[made]] = connection.execute(f"select sql from sqlite_master where name = '{table}'").fetchall()
    with connected(url) as connection:
        connection.execute(made)
    migrate(url, "--to", revision).ok()
    assert len(everything(url)[table]) == len(everything(whole)[table]) > 0


@pytest.mark.parametrize("last, refused", [("005_add_updated_at", True), ("018_add_function_is_global", False)])
def test_tables_that_are_older_than_all_revisions_are_told_the_way_out(migrate, old, engine, last, refused):  # noqa: F811
    url = old("c440947495f3", seed=3, count=20)
    with connected(url) as connection:
        connection.execute("create table migratehistory (id integer primary key, name varchar(255), migrated_at timestamp)")
        connection.execute(f"insert into migratehistory values (1, '001_initial_schema', null), (2, '{last}', null)")
    if not refused:
        migrate(url).ok()
        assert versions(url) == [HEAD]
        return
    done = migrate(url).ended(1)
    assert last in done.err and "best 0.8.12" in done.err and "start that on it once" in done.err and versions(url) == ["c440947495f3"]


def test_every_case_is_a_hostile_feature():
    assert not MEANT.keys() - FEATURES.keys()
