"""Where upstream's migrations abort on a row, lose it or damage it, `owctl migrate up` does what was meant, or
names the row before it changes anything. What upstream does there is in lab/hostile_aborts.py."""
import json
import re
import time

import pytest

from lab import old_database, rows
from lab.hostile_features import FEATURES
from lab.rows_difference import difference
from test_migrate_rows import IDS, everything, migrate, old  # noqa: F401 (fixtures)
from test_old_database import connected, copy, engine  # noqa: F401
from test_migrate_cut import HEAD, versions

GRANTS_OF_NOTE = "select count(*) from access_grant where resource_id = '{note}'"
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
    "access_read_null": ("f1e2d3c4b5a6", GRANTS_OF_NOTE, 0),
    "access_ids_null": ("f1e2d3c4b5a6", GRANTS_OF_NOTE, 1),
    "access_ids_text": ("f1e2d3c4b5a6", GRANTS_OF_NOTE, 0),
    "access_id_number": ("f1e2d3c4b5a6", GRANTS_OF_NOTE, 0),
    "access_id_null": ("f1e2d3c4b5a6", GRANTS_OF_NOTE, 0),
    "access_encoded_twice": ("f1e2d3c4b5a6", "select principal_id from access_grant where resource_id = '{note}'", "a"),
    "config_list": ("3ff2c63645b8", "select count(*) from config", 0),
    "config_text_with_a_list": ("3ff2c63645b8", "select count(*) from config", 0),
    "config_same_key_twice": ("3ff2c63645b8", "select value from config where key = 'ui.enable_signup'", True),
    "config_same_path_twice": ("3ff2c63645b8", "select value from config where key = 'own.a'", 2),
    "list_times_mixed": ("9a1b2c3d4e5f", "select current_message_id is not null from chat where id = '{first}'", True),
    "list_parent_list": ("9a1b2c3d4e5f", "select current_message_id is not null from chat where id = '{first}'", True),
    "chat_meta_number": ("d4c1a8e37b62", "select timer_at from chat where id = '{chat}'", None),
    "chat_meta_nul": ("d4c1a8e37b62", "select timer_at from chat where id = '{chat}'", None),
    "timer_infinite": ("d4c1a8e37b62", "select timer_at from chat where id = '{chat}'", None),
    "timer_too_large": ("d4c1a8e37b62", "select timer_at from chat where id = '{chat}'", None),
    "timer_type_twice_reversed": ("d4c1a8e37b62", "select timer_at from chat where id = '{chat}'", 1),
}
# What the new column can't take: {feature: (table, column, value)}.
KEPT = {"chat_not_json": ("chat", "chat", "{bad"), "file_meta_not_json": ("file", "meta", "{bad"),
        "settings_not_json": ("user", "settings", "{bad"),
        "knowledge_other_keys": ("knowledge", "data", '{"file_ids": [], "own": 1}')}


# Which starts earlier than the revision before.
STARTS = {"3ab32c4b8f59": "242a2047eae0"}  # tags are looked at by two


def before(revision):
    return STARTS.get(revision) or IDS[IDS.index(revision) - 1]


WORLD = old_database.World({}, "sqlite", 3, 20)


def ids(table):
    return WORLD.ids(table)[ROW]


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
    names = {table: ids(table) for table in ("chat", "document", "file", "group", "knowledge", "note", "tag", "user")}
    names["first"] = WORLD.chats[0].id
    assert ask(url, sql.format(**names)) == answer, said
    assert feature != "chat_empty_text" or '"chat"."chat" of' not in said, "nothing is kept of it"
    if feature in KEPT:
        table, column, value = KEPT[feature]
        with connected(url) as connection:
            found = connection.execute(f"select column_name, value from owctl_kept where row_id = '{names[table]}'").fetchall()
        assert found == [(column, value)]
        assert f'"{table}"."{column}" of {names[table]}' in said and "owctl_kept" in said


NOW = int(time.time())
# Of a message, {what its JSON has: what its row has}; None: it has none. "now" is when it was made.
MESSAGES = {
    "list": ({"role": ["user"]}, None), "object": ({"role": {}}, None), "none": ({"role": ""}, None), "number": ({"role": 5}, {"role": "5"}),
    "half \ud83d": ({}, None),
    "parent number": ({"parentId": 5}, {"parent_id": "5"}), "parent list": ({"parentId": ["a"]}, {"parent_id": None}),
    "parent half": ({"parentId": "\ud83d"}, {"parent_id": None}),
    "model object": ({"model": {"id": "a"}}, {"model_id": None}), "model text": ({"model": "a"}, {"model_id": "a"}),
    "done text": ({"done": "true"}, {"done": False}), "done null": ({"done": None}, {"done": None}), "done": ({}, {"done": True}),
    "done 0": ({"done": 0}, {"done": False}), "done 1": ({"done": 1}, {"done": True}),
    "2019": ({"timestamp": 1577836799}, {"created_at": "now"}), "2020": ({"timestamp": 1577836800}, {"created_at": 1577836800}),
    "later today": ({"timestamp": NOW + 80000}, {"created_at": NOW + 80000}),
    "in three days": ({"timestamp": NOW + 3 * 86400}, {"created_at": "now"}),
    "milliseconds": ({"timestamp": 1760000000999}, {"created_at": 1760000000}),
    "text": ({"timestamp": "1760000000.5"}, {"created_at": 1760000000}), "truth": ({"timestamp": True}, {"created_at": "now"}),
}


def test_messages(migrate, old, engine):  # noqa: F811
    url = old("374d2f66af06", seed=3, count=5)
    # SQLite takes a NUL.
    messages = MESSAGES | ({"nul \0": ({}, None), "role": ({"role": "a\0b"}, None)} if engine == "postgresql" else {})
    texts = [f'{json.dumps(key)}: {json.dumps({"role": "user", "content": "c"} | message)}' for key, (message, _) in messages.items()]
    texts += ['"twice": {"role": "user", "content": "first"}', '"twice": {"role": "user", "content": "second"}',
              '"gone": {"role": "user"}', '"gone": null']
    whole = '{"history": {"messages": {%s}}}' % ", ".join(texts)
    chats = {"whole": whole, "in a text": json.dumps(whole)} | ({"cut": whole[:-1]} if engine == "sqlite" else {})
    with connected(url) as connection:
        for id, text in chats.items():
            connection.execute("insert into chat (id, user_id, title, chat, created_at, updated_at, archived, meta) values ('%s', 'u',"
                               " 't', '%s', 1, 1, false, '{}')" % (id, text))
    began = int(time.time())
    migrate(url, "--to", "8452d01d26d7").ok()
    columns = ["role", "parent_id", "model_id", "done", "created_at"]
    expected = {key: {"role": "user", "parent_id": None, "model_id": None, "done": True, "created_at": "now"} | row
                for key, (_, row) in MESSAGES.items() if row is not None}
    for chat in chats:
        with connected(url) as connection:
            found = connection.execute(f"select id, cast(content as text), {', '.join(columns)} from chat_message"
                                       f" where chat_id = '{chat}'").fetchall()
        found = {id.removeprefix(f"{chat}-"): (content, dict(zip(columns, row))) for id, content, *row in found}
        if chat == "cut":
            assert not found
            continue
        assert found.pop("twice")[0] == '"second"'
        for _, row in found.values():
            row["created_at"] = "now" if began <= row["created_at"] <= time.time() else row["created_at"]
        assert {key: row for key, (_, row) in found.items()} == expected


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("revision", ["c29facfe716b", "b8f2c6d91a04"])
def test_the_remedy_for_a_nul_takes_it_out_and_nothing_else(migrate, old, engine, revision):  # noqa: F811
    """As it is printed. A backslash before u0000 that stands for itself stays with it. In the first revisions there is no data."""
    url = old(before(revision), seed=3, count=5)
    text, clean = '{"a": "b\\u0000\\\\u0000\\\\\\u0000c\\u0000\\u0000"}', '{"a": "b\\\\u0000\\\\c"}'
    with connected(url) as connection:
        [[columns]] = connection.execute("select count(*) from information_schema.columns where table_name = 'file' and column_name = 'data'")
        names = ["data", "meta"] if columns else ["meta"]
        [[file]] = connection.execute("select min(id) from file").fetchall()
        connection.execute(f"update file set {', '.join(f'{name} = %s' for name in names)} where id = %s", [text] * len(names) + [file])
    said = migrate(url).ended(1).err
    assert f"of the file {file} has a \\u0000" in said
    [remedy] = re.findall(r"take it out: (UPDATE file SET .* WHERE id = '\.\.')", said)
    with connected(url) as connection:
        assert connection.execute(remedy.replace("'..'", f"'{file}'")).rowcount == 1
        assert connection.execute(f"select {', '.join(f'{name}::text' for name in names)} from file where id = '{file}'").fetchall() == [
            (clean,) * len(names)]
    migrate(url).ok()


def test_shared_chats(migrate, old, engine):  # noqa: F811
    """Shared twice, without a time, with rows of the copy's messages, and what only looks like a share."""
    url = old(before("c1d2e3f4a5b6"), seed=3, count=5)
    chats = [("a", "ada", 5), ("b", "bob", 5), ("c", "cy", 5), ("a1", "shared-a", 300), ("a2", "shared-a", 200), ("b1", "shared-b", "null"),
             ("c1", "SHARED-c", 7)]
    with connected(url) as connection:
        for sql in ("delete from chat_message", "delete from chat", *(
                "insert into chat (id, user_id, title, chat, created_at, updated_at, archived, meta) values"
                f" ('{id}', '{user}', 't', '{{}}', {time}, {time}, false, '{{}}')" for id, user, time in chats),
                "insert into chat_message (id, chat_id, user_id, role) values ('a1-m', 'a1', 'shared-a', 'user'), ('a-m', 'a', 'ada', 'user')"):
            connection.execute(sql)
    began = int(time.time())
    migrate(url, "--to", "c1d2e3f4a5b6").ok()
    with connected(url) as connection:
        shared = connection.execute("select id, chat_id, user_id, created_at from shared_chat order by id").fetchall()
        grants = connection.execute("select resource_id, principal_type, principal_id, permission, created_at from access_grant"
                                    " where resource_type = 'shared_chat' order by resource_id").fetchall()
        messages = connection.execute("select id from chat_message").fetchall()
    assert shared == [("a1", "a", "ada", 300), ("a2", "a", "ada", 200), ("b1", "b", "bob", None)]
    [first, (*second, at)] = grants
    assert first == ("a", "user", "*", "read", 200) and second == ["b", "user", "*", "read"] and began <= at <= time.time()
    assert messages == [("a-m",)]


def test_pinned_notes(migrate, old, engine):  # noqa: F811
    url = old(before("4de81c2a3af1"), seed=3, count=6)
    with connected(url) as connection:
        ids = [id for [id] in connection.execute("select id from note order by id")]
        connection.execute("update note set is_pinned = null")
        connection.execute(f"update note set is_pinned = true, user_id = 'ada' where id = '{ids[0]}'")
        connection.execute(f"update note set is_pinned = false where id = '{ids[1]}'")
    began = time.time_ns() // 10 ** 9 * 10 ** 9
    migrate(url, "--to", "4de81c2a3af1").ok()
    with connected(url) as connection:
        [(note, user, at)] = connection.execute("select note_id, user_id, created_at from pinned_note").fetchall()
    assert (note, user) == (ids[0], "ada") and began <= at <= time.time_ns()


@pytest.mark.parametrize("change, named", [
    ("update document set user_id = null where collection_name = '{document}'", "the document {document} is nobody's"),
    ("update tag set user_id = null where id = '{tag}'", "the tag {tag} is nobody's"),
    ("update prompt set command = case command when (select min(command) from prompt) then 'same' else '/same' end"
     " where command in (select command from prompt order by command limit 2)", "the prompts same and /same would have the same name"),
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


def test_tags_of_a_chat_and_documents_without_a_time(migrate, old, engine):  # noqa: F811
    url = old(before("6a39f3d8e55c"), seed=3, count=20)
    with connected(url) as connection:
        connection.execute("delete from chatidtag")
        for id, name in enumerate(("My Tag", "my tag", "Pinned", "b")):
            connection.execute(f"insert into chatidtag (id, tag_name, chat_id, user_id) values ('{id}', '{name}', '{ids('chat')}', 'u')")
        connection.execute("update document set timestamp = null")
    began = int(time.time())
    migrate(url, "--to", "1af9b942657b").ok()
    assert sorted(ask(url, f"select meta from chat where id = '{ids('chat')}'")["tags"]) == ["b", "my_tag"]
    assert ask(url, f"select pinned from chat where id = '{ids('chat')}'")
    assert began <= ask(url, "select min(created_at) from knowledge") <= time.time()


@pytest.mark.parametrize("type", ("json", "text"))
def test_conversations_that_a_server_left_half_way_are_brought_to_the_end(migrate, old, engine, type):  # noqa: F811
    """With the text in old_chat, and with what a server has written to the new column since."""
    url = old("6a39f3d8e55c", seed=3, count=20)
    with connected(url) as connection:
        connection.execute("alter table chat rename column chat to old_chat")
        connection.execute(f"alter table chat add column chat {type}")
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
@pytest.mark.parametrize("some", (False, True))
@pytest.mark.parametrize("revision, table", [("6a39f3d8e55c", "knowledge"), ("37f288994c47", "group_member"),
                                             ("3e0e00844bb0", "knowledge_file")])
def test_a_table_that_was_begun_is_not_taken_for_complete(migrate, old, copy, engine, revision, table, some):  # noqa: F811
    """As upstream leaves it behind when a row makes it abort; the next time it goes past it, and all is lost. PostgreSQL takes
    back what was begun."""
    url = old(before(revision), seed=3, count=20)
    whole = copy(url)
    migrate(whole, "--to", revision).ok()
    with connected(whole) as connection:
        [[made]] = connection.execute(f"select sql from sqlite_master where name = '{table}'").fetchall()
    with connected(url) as connection:
        connection.execute(made)
        if some:
            connection.execute("attach ? as whole", [whole.removeprefix("sqlite:///")])
            connection.execute(f"insert into {table} select * from whole.{table} limit 1")
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


def test_members_that_are_no_users_are_named(migrate, old, engine):  # noqa: F811
    url = old(before("37f288994c47"), seed=3, count=5)
    strangers = [f"stranger-{number:02}" for number in range(12)]
    [(group, user), *_] = rows_of(url, 'select g.id, u.id from "group" g, "user" u order by 1, 2')
    with connected(url) as connection:
        connection.execute('update "group" set user_ids = null')
        connection.execute(f"update \"group\" set user_ids = '{json.dumps([*strangers, user, *strangers])}' where id = '{group}'")
    few = migrate(url, "--to", "37f288994c47").ok().err
    assert re.findall(rf"the member (\S+) of the group \".*\" \({group}\)", few) == strangers[:10] and "in all 12 members" in few
    assert rows_of(url, "select group_id, user_id from group_member") == [(group, user)]


def test_every_case_is_a_hostile_feature():
    assert not MEANT.keys() - FEATURES.keys()


def test_of_rows_that_are_told_there_are_a_few_and_the_rest_is_named_elsewhere(migrate, owctl, old, engine):  # noqa: F811
    url = old("374d2f66af06", seed=3, count=30)
    shown = [id for [id] in rows_of(url, "select id from chat where user_id not like 'shared-%' order by id")]
    with connected(url) as connection:
        connection.execute("update chat set meta = '{\"type\": \"timer\", \"status\": \"pending\", \"timer_at\": \"soon\"}',"
                           " chat = '{\"history\": {\"messages\": {\"half \\ud83d\": {\"role\": \"user\"}}}}'")
    said = migrate(url).ok().err
    timers = rows_of(url, "select row_id, value from owctl_kept where table_name = 'chat' and column_name = 'timer_at'")
    assert sorted(timers) == [(id, '"soon"') for [id] in rows_of(url, "select id from chat order by id")] and len(shown) > 12
    for told, total in ("its timer will not go off", len(timers)), ("id or a role that can't be stored", len(shown)):
        assert said.count(told) == 10 and f"in all {total} " in said, said
    [hint] = re.findall("`owctl (.*)`", next(line for line in said.splitlines() if f"in all {len(shown)} messages" in line))
    named = owctl(*hint.split(), "--database", url).err
    assert sorted(re.findall("a message of chat (.*) has an id", named)) == shown


@pytest.mark.parametrize("end", ("half \\ud83d", "nul \\u0000"))
def test_a_message_whose_id_no_column_can_hold_is_not_the_current_one(migrate, old, engine, end):  # noqa: F811
    url = old("856c5b02fb54", seed=3, count=5)
    chat = '{"history": {"currentId": "%s", "messages": {"first": {"role": "user", "timestamp": 1}, "%s": {"role": "user",' \
           ' "parentId": "first", "timestamp": 2}}}}' % (end, end)
    with connected(url) as connection:
        connection.execute("delete from chat_message")
        connection.execute(f"update chat set chat = '{chat}'")
    migrate(url).ok()
    assert set(rows_of(url, "select current_message_id from chat")) == {("first",)}


def rows_of(url, sql):
    with connected(url) as connection:
        return [tuple(row) for row in connection.execute(sql).fetchall()]
