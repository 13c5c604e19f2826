"""Databases that are whole, and single damages to them. A damage is SQL that both engines take, or one for each; what
SQLite can't alter is a table made anew from a text in which something is replaced."""
import re
import sqlite3
import typing

from lab import old_database


class Damage(typing.NamedTuple):
    sqlite: object  # SQL, or (table, old, new); None: the engine does not let it happen
    postgresql: object
    found: list  # what verify says of it: (finding, place)

    def apply(self, connection):
        how = self.sqlite if isinstance(connection, sqlite3.Connection) else self.postgresql
        if isinstance(how, tuple):
            make_anew(connection, *how)
        elif isinstance(connection, sqlite3.Connection):
            connection.executescript(how)
        else:
            connection.execute(how)
        connection.commit()


def both(sql, *found):
    return Damage(sql, sql, list(found))


def make_anew(connection, table, old, new):
    """`old` is a regular expression in the table's text."""
    [[text]] = connection.execute("select sql from sqlite_master where type = 'table' and name = ?", [table])
    indexes = connection.execute("select sql from sqlite_master where type = 'index' and tbl_name = ? and sql is not null", [table])
    indexes = [sql for [sql] in indexes]
    changed, count = re.subn(old, new, text, count=1, flags=re.S)
    assert count == 1, (old, text)
    changed = re.sub(rf'^CREATE TABLE "?{table}"?', "CREATE TABLE made_anew", changed, flags=re.I)
    connection.executescript(f'{changed}; insert into made_anew select * from "{table}"; drop table "{table}";'
                             f'alter table made_anew rename to "{table}"; ' + ";".join(indexes))


def tidy(connection):
    """Takes out what the generator of old databases puts in that no healthy database has: an empty text for JSON, and on
    SQLite rows that refer to nothing. Before a migration, and after it: grants come out of one."""
    if "access_grant" in old_database.schema(connection):
        for kind, table in ("user", "user"), ("group", "group"):
            connection.execute(f"delete from access_grant where principal_type = '{kind}' and principal_id <> '*'"
                               f' and principal_id not in (select id from "{table}")')
    for column in "info", "settings", "oauth":
        if column in old_database.schema(connection)["user"]:
            connection.execute(f'update "user" set {column} = null where cast({column} as text) like \'"%\'')
    for table in "function", "tool":
        connection.execute(f"update {table} set meta = '{{}}' where meta = ''")
    if isinstance(connection, sqlite3.Connection):
        while orphans := connection.execute("pragma foreign_key_check").fetchall():
            for table, row, *_ in orphans:
                connection.execute(f'delete from "{table}" where rowid = ?', [row])
    connection.commit()


FIRST = "(select min(id) from {})"
NAMED = {
    "an index": both("drop index ix_chat_message_chat_id", ("missing-index", "ix_chat_message_chat_id on chat_message")),
    "an index on other columns": both("drop index user_id_idx; create index user_id_idx on tag (name)",
                                      ("wrong-index", "user_id_idx on tag")),
    "a column": both("alter table chat drop column summary", ("missing-column", "chat.summary")),
    "a table": both("drop table calendar_event_attendee", ("missing-table", "calendar_event_attendee")),
    "a foreign key": Damage(("api_key", r",\s*(CONSTRAINT \w+ )?FOREIGN KEY\s*\(user_id\)[^,)]*\([^)]*\)( ON \w+ \w+)?", ""),
                            "alter table api_key drop constraint api_key_user_id_fkey",
                            [("missing-foreign-key", "api_key (user_id)")]),
    "a foreign key's action": Damage(("api_key", r" ON DELETE CASCADE", ""),
                                     "alter table api_key drop constraint api_key_user_id_fkey,"
                                     " add foreign key (user_id) references \"user\" (id)",
                                     [("wrong-foreign-key", "api_key (user_id)")]),
    "a unique key": Damage(("access_grant", r",\s*CONSTRAINT uq_access_grant_grant UNIQUE \([^)]*\)", ""),
                           "alter table access_grant drop constraint uq_access_grant_grant",
                           [("missing-unique-key",
                             "access_grant (resource_type, resource_id, principal_type, principal_id, permission)")]),
    "a primary key": Damage(("memory", r",\s*PRIMARY KEY \(id\)(,\s*UNIQUE \(id\))?", ""),
                            "alter table memory drop constraint memory_pkey", [("missing-primary-key", "memory (id)")]),
    "a type": Damage(("chat", r"tasks JSON", "tasks TEXT"), "alter table chat alter column tasks type text",
                     [("wrong-type", "chat.tasks")]),
    "jsonb": Damage(None, "alter table chat alter column tasks type jsonb", [("wrong-type", "chat.tasks")]),
    "NOT NULL": Damage(("memory", r"type VARCHAR (DEFAULT 'context' )?NOT NULL", r"type VARCHAR"),
                       "alter table memory alter column type drop not null", [("nullable", "memory.type")]),
    "NULL": Damage(("skill", r"description( +)TEXT", r"description TEXT NOT NULL"),
                   "alter table skill alter column description set not null", [("not-nullable", "skill.description")]),
    "a table that was to replace another": both("create table _alembic_tmp_chat (id text)", ("scratch-table", "_alembic_tmp_chat")),
    "messages": both("delete from chat_message where id in (select m.id from chat_message m, chat c where c.id = m.chat_id"
                     " and m.id <> c.id || '-' || c.current_message_id order by m.id limit 5)", ("messages", "database")),
    "settings that are encoded twice": both("update \"user\" set settings = '\"{\\\"ui\\\": {}}\"'"
                                            f" where id = {FIRST.format(chr(34) + 'user' + chr(34))}",
                                            ("encoded-twice", "settings")),
    "a column of access lists": both("alter table note add column access_control json", ("access-lists", "note")),
    "a current message": both("update chat set current_message_id = 'nowhere' where id = (select min(chat_id) from chat_message)",
                              ("no-current-message", "chat.current_message_id")),
    "an account's credentials": both("delete from auth where id = (select min(id) from \"user\")", ("no-credentials", "auth")),
    "a version": both(f"update tool set version_id = 'nowhere' where id = {FIRST.format('tool')}",
                      ("no-version", "tool.version_id")),
    "all versions": both("delete from prompt_history", ("no-version", "prompt.version_id")),
    "an address": both("drop index uq_user_email_lower; update \"user\" set email = (select upper(email) from \"user\""
                       f" where id = {FIRST.format(chr(34) + 'user' + chr(34))}) where id = (select max(id) from \"user\")",
                       ("missing-index", "uq_user_email_lower on user"), ("duplicate-address", "user.email")),
    "JSON in a text": both(f"update tool set meta = '{{' where id = {FIRST.format('tool')}", ("no-json", "tool.meta")),
    "JSON": Damage(f"update chat set meta = '' where id = {FIRST.format('chat')}", None, [("no-json", "chat.meta")]),
    "a group": Damage("delete from \"group\" where id = (select min(group_id) from group_member)", None,
                      [("orphans", "group_member.group_id"), ("orphan", "access_grant.principal_id")]),
    "a knowledge base": Damage("insert into knowledge_file (id, knowledge_id, file_id, user_id, created_at, updated_at)"
                               " select 'astray', 'nowhere', min(id), 'nobody', 1, 1 from file", None,
                               [("orphans", "knowledge_file.knowledge_id")]),
    "a grant's account": both("insert into access_grant (id, resource_type, resource_id, principal_type, principal_id,"
                              " permission, created_at) select 'astray', 'note', min(id), 'user', 'nobody', 'read', 1 from note",
                              ("orphan", "access_grant.principal_id")),
    "what is granted": both("insert into access_grant (id, resource_type, resource_id, principal_type, principal_id,"
                            " permission, created_at) values ('astray', 'prompt', 'nowhere', 'user', '*', 'read', 1)",
                            ("orphan", "access_grant.resource_id")),
    "a unique key, and two rows": Damage(None, "alter table tag drop constraint pk_id_user_id; insert into tag"
                                         " select * from tag order by id limit 1",
                                         [("missing-primary-key", "tag (id, user_id)"), ("duplicate", "tag (id, user_id)")]),
}
OWN = """
    create table own_table (id text primary key, note text);
    create view own_view as select id from own_table;
    create index own_index on chat (title, id);
    alter table chat add column own_column text;
"""
OWN_TRIGGER = {
    "sqlite": "create trigger own_trigger after delete on chat begin delete from own_table; end",
    "postgresql": "create function own_function() returns trigger language plpgsql as 'begin return null; end';"
                  "create trigger own_trigger after delete on chat execute function own_function()",
}
OWN_FOUND = {("table", "own_table"), ("other", "view own_view"), ("index", "own_index on chat"),
             ("column", "chat.own_column"), ("other", "trigger own_trigger on chat")}
