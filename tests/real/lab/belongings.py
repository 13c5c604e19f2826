"""Everything that can belong to an account, so that a deletion has something to remove and something to leave."""
import contextlib
import itertools
import sqlite3
import time
import uuid

import psycopg

# Made by the server itself, so that rows hang together; the account's own row and credentials are there already.
NOT_BY_ROWS = {"user", "auth", "chat", "chat_message", "chat_file", "shared_chat", "group_member"}

# What the server can't do without, though the table can: the lists of everybody's groups would fail.
MORE = {"group": {"name": "Owned", "description": "", "created_at": 1, "updated_at": 1}}
_apart = itertools.count()


def through_the_server(site, email, password="a password of some length"):
    """A chat with a message and a tag, and the membership of a group."""
    token = site.server.token(email, password)
    message = {"id": "m1", "role": "user", "content": "Hello", "parentId": None, "childrenIds": [], "timestamp": int(time.time())}
    chat = {"title": "Hello", "models": ["none"], "messages": [message], "history": {"messages": {"m1": message}, "currentId": "m1"}}
    answer = site.server.post("/api/v1/chats/new", {"chat": chat}, token)
    assert answer.status == 200, answer.body
    site("group", "create", "Owners", "--if-missing").ok()
    site("group", "add", "Owners", email).ok()


def tables_with_an_owner(site):
    """Those whose rows have a user_id; "group" and "channel" count: their makers own them."""
    with site.database() as connection:
        return [table for table in site.tables() if "user_id" in columns_of(connection, table)]


def columns_of(connection, table):
    """{name: (type, must be given)}"""
    if isinstance(connection, psycopg.Connection):
        rows = connection.execute("select column_name, data_type, is_nullable = 'NO' and column_default is null"
                                  " from information_schema.columns where table_schema = 'public' and table_name = %s", [table])
        return {name: (kind, needed) for name, kind, needed in rows}
    rows = connection.execute(f'pragma table_info("{table}")')
    return {name: (kind.lower(), bool(key or (not_null and default is None))) for _, name, kind, not_null, default, key in rows}


def value_for(kind):
    if "json" in kind:
        return "{}"
    if "bool" in kind:
        return False
    if "int" in kind or "numeric" in kind:
        return int(time.time()) + next(_apart)  # an id of the oldest databases is a number as well
    if "timestamp" in kind or "date" in kind:
        return "2026-01-01 00:00:00"
    return str(uuid.uuid4())


def insert(connection, table, **given):
    mark = "%s" if isinstance(connection, psycopg.Connection) else "?"
    row = {name: value_for(kind) for name, (kind, needed) in columns_of(connection, table).items() if needed} | given
    names = ", ".join(f'"{name}"' for name in row)
    connection.execute(f'insert into "{table}" ({names}) values ({", ".join([mark] * len(row))})', list(row.values()))


@contextlib.contextmanager
def writable(site):
    """A transaction in which rows may point to nothing, as upstream's SQLite always lets them."""
    if url := site.where.get("DATABASE_URL"):
        with psycopg.connect(url) as connection:
            connection.execute("set session_replication_role = replica")
            yield connection
    else:
        with contextlib.closing(sqlite3.connect(site.where["DATA_DIR"] / "webui.db", timeout=30)) as connection, connection:
            yield connection


def by_rows(site, id):
    """A row of every table that can belong to the account."""
    tables = [table for table in tables_with_an_owner(site) if table not in NOT_BY_ROWS]
    with writable(site) as connection:
        for table in tables:
            insert(connection, table, user_id=id, **MORE.get(table, {}))
        if "access_grant" in site.tables():
            insert(connection, "access_grant", principal_type="user", principal_id=id, permission="read")
