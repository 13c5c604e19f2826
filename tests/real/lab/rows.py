"""All rows of a database as values that can be compared, so that two ways of migrating the same database can be held
against each other. What upstream itself makes differently every time is told apart here, each by a rule with its
reason; everything else counts, storage classes and the difference of 1, 1.0 and true included."""
import contextlib
import json
import re
import sqlite3
import time

from lab import old_database
from lab.old_columns import JSON_IN_TEXT

# Ids that migrations draw by chance, named by what the row belongs to. In this order: a name can stand in a later one.
RANDOM_IDS = {
    "prompt": ("command",),  # 374d2f66af06
    "prompt_history": ("prompt_id",),
    "group_member": ("group_id", "user_id"),  # 37f288994c47
    "knowledge_file": ("knowledge_id", "file_id"),  # 3e0e00844bb0
    # f1e2d3c4b5a6, c1d2e3f4a5b6
    "access_grant": ("resource_type", "resource_id", "principal_type", "principal_id", "permission"),
    "pinned_note": ("user_id", "note_id"),  # 4de81c2a3af1
    "skill_history": ("skill_id",),  # d6a8c3f912ab
    "model_history": ("model_id",),  # e7b9d4a023bc
    "tool_history": ("tool_id",),  # f8c0e5b134cd
    "function_history": ("function_id",),
}
# old_database.py makes no ids of version 4, so that only those of a migration are taken for random.
RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

# The time of the migration, in units of the table.
NOW = {
    "group_member.created_at": 1, "group_member.updated_at": 1,  # 37f288994c47
    "api_key.created_at": 1, "api_key.updated_at": 1,  # b10670c03dd5
    "knowledge_file.created_at": 1, "knowledge_file.updated_at": 1,  # 3e0e00844bb0
    "chat_message.created_at": 1, "chat_message.updated_at": 1,  # 8452d01d26d7, of messages without a good time
    "access_grant.created_at": 1,  # f1e2d3c4b5a6; c1d2e3f4a5b6 of chats without a time
    "pinned_note.created_at": 10**9,  # 4de81c2a3af1
    "config.updated_at": 1,  # 3ff2c63645b8
}

# Lists that upstream makes of sets: 1af9b942657b.
SETS = {"chat.meta": "tags"}


class Json(str):
    """JSON in one spelling for equal values: last of duplicate keys, sorted keys, numbers as Python's json has them."""


def as_json(text, set_at=None):
    try:
        value = json.loads(text)
        if set_at and isinstance(value, dict) and isinstance(value.get(set_at), list):
            value[set_at].sort(key=repr)
        return Json(json.dumps(value, sort_keys=True))
    except (ValueError, RecursionError):
        return text  # compared as it is


def _cell(column, value, since):
    if value is None or isinstance(value, bool):
        return value
    path = str(column)
    if isinstance(value, str) and (column.is_json or path in JSON_IN_TEXT):
        return as_json(value, SETS.get(path))
    unit = NOW.get(path)
    if unit and isinstance(value, int) and since * unit <= value <= (time.time() + 1) * unit:
        return "now"
    return value


def _raw(connection, table, columns):
    """Times and numbers as Python has them, all else as text; JSON as it is stored."""
    if isinstance(connection, sqlite3.Connection):
        names = ", ".join(f'"{name}"' for name in columns)
    else:
        plain = ("int", "bool", "double")
        names = ", ".join(f'"{name}"' if any(word in column.type for word in plain) else f'"{name}"::text'
                          for name, column in columns.items())
    return connection.execute(f'select {names} from "{table}"').fetchall()


def _name_random_ids(tables):
    """Replaces them in every cell that holds one, so that what refers to a row names it as well."""
    names = {}
    for table, parts in RANDOM_IDS.items():
        for row in tables.get(table, ()):
            if isinstance(row.get("id"), str) and RANDOM.fullmatch(row["id"]) and all(part in row for part in parts):
                known = [str(names.get(row[part], row[part])) for part in parts]
                names[row["id"]] = f"<{table} of {', '.join(known)}>"
    for rows in tables.values():
        for row in rows:
            row |= {name: names[value] for name, value in row.items() if type(value) is str and value in names}


def _by_key(rows, columns):
    """{key: row}, in the order of the keys; rows that share one, as in tables without a primary key, are numbered."""
    keys = [name for name, column in columns.items() if column.key] or ["id"]
    keys = keys if all(name in columns for name in keys) else list(columns)
    found = {}
    for row in sorted(rows, key=lambda row: repr([row[name] for name in keys]) + repr(row)):
        key = ", ".join(str(row[name]) for name in keys)
        number = 1
        while (numbered := key if number == 1 else f"{key} #{number}") in found:
            number += 1
        found[numbered] = row
    return found


def read(connection, since=None):
    """{table: {key: {column: value}}} of an open connection of sqlite3 or psycopg. A time from `since` (default: an
    hour ago) to now is "now" in the columns that a migration fills with it. alembic_version and owctl's own tables are
    left out."""
    since = int(time.time() - 3600 if since is None else since)
    schema = old_database.schema(connection)
    if isinstance(connection, sqlite3.Connection):
        connection.text_factory = lambda value: value.decode("utf-8", "surrogateescape")
    tables = {table: [{name: _cell(column, value, since) for (name, column), value in zip(columns.items(), row)}
                      for row in _raw(connection, table, columns)] for table, columns in schema.items()}
    _name_random_ids(tables)
    return {table: _by_key(rows, schema[table]) for table, rows in sorted(tables.items())}


def of(url, since=None):
    """read() of the database at a URL."""
    import psycopg

    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(f"file:{url.removeprefix('sqlite:///')}?mode=ro", uri=True)
    else:
        connection = psycopg.connect(url)
    with contextlib.closing(connection):
        return read(connection, since)
