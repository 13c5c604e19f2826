"""A repository of backups, and owctl pointed at it. What is in an installation can be read as plain values, and a repository as the
bytes of its objects."""
import contextlib
import datetime
import itertools
import json
import pathlib
import re
import sqlite3

import psycopg

from lab import damage, old_database, rows
from lab.rows import Json

_numbers = itertools.count(1)


class Keys:
    """A pair that owctl made."""

    def __init__(self, owctl, folder):
        self.file = folder / f"key-{next(_numbers)}.txt"
        self.recipient = owctl("repo", "keys", self.file, "-o", "json").ok().json()["recipient"]


class Place:
    """An installation: its database, and the folder of its files."""

    def __init__(self, url, data):
        self.url, self.data = url, pathlib.Path(data)
        self.where = {"DATABASE_URL": url, "DATA_DIR": self.data}

    def files(self):
        """{path: content} of uploads and vectors."""
        return {str(file.relative_to(self.data)): file.read_bytes() for root in ("uploads", "vector_db")
                for file in sorted((self.data / root).rglob("*")) if file.is_file()}

    def write(self, files):
        for name, content in files.items():
            (self.data / name).parent.mkdir(parents=True, exist_ok=True)
            (self.data / name).write_bytes(content)


class Repository:
    """Its settings are in the environment, as for cron; those in `environment` are the store's."""

    def __init__(self, owctl, location, keys, environment=None):
        self.owctl, self.location, self.keys = owctl, location, keys
        self.settings = {"OWCTL_REPOSITORY": location, "OWCTL_RECIPIENTS": keys.recipient, **(environment or {})}
        self.opened = {"OWCTL_IDENTITY_FILE": keys.file}

    def init(self):
        self.owctl("repo", "init", env=self.settings).ok()
        return self

    def __call__(self, *words, place=None, **environment):
        return self.owctl("backup", *words, env=self.settings | (place.where if place else {}) | environment, timeout=120)

    def create(self, place, *words, status=0):
        return self("create", "-o", "json", *words, place=place).ended(status).json()

    def list(self):
        return self("list", "-o", "json").ok().json()

    def verify(self, *words, status=0, opened=True):
        """[(object, what is wrong)]"""
        said = self("verify", *words, "-o", "json", **(self.opened if opened else {})).ended(status).json()
        return [(row["object"], row["fault"]) for row in said]

    def restore(self, place, *words):
        return self("restore", *words, "-o", "json", place=place, **self.opened)

    def objects(self):
        """{name: content} of one in a folder."""
        folder = pathlib.Path(self.location)
        return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}

    def records(self):
        return {name: json.loads(content.splitlines()[0]) for name, content in self.objects().items() if name.startswith("snapshots/") and name.endswith(".json")}


# --- rows

def _connect(url):
    path = url.removeprefix("sqlite:///")
    return contextlib.closing(psycopg.connect(url) if path == url else sqlite3.connect(f"file:{path}?mode=ro", uri=True))


def exactly(url):
    """{table: rows} with all that the engine tells of a value, for two databases of one engine."""
    found = {}
    with _connect(url) as connection:
        if isinstance(connection, sqlite3.Connection):
            connection.text_factory = lambda value: value.decode("utf-8", "surrogateescape")
        for table, columns in {"alembic_version": ["version_num"], **old_database.schema(connection)}.items():
            what = "typeof({0}), {0}" if isinstance(connection, sqlite3.Connection) else "{0}::text"
            names = ", ".join(what.format(f'"{name}"') for name in columns)
            found[table] = sorted(map(repr, connection.execute(f'select {names} from "{table}"').fetchall()))
    return found


def _meant(column, value):
    """SQLite has numbers where JSON has one, and for booleans; and writes times otherwise."""
    if column.is_json and isinstance(value, (int, float, Json)) and not isinstance(json.loads(str(value)), (str, list, dict, type(None), bool)):
        return float(str(value))
    if column.type.startswith("bool") and value in (0, 1):
        return bool(value)
    if column.type.startswith(("timestamp", "datetime")) and isinstance(value, str):
        return datetime.datetime.fromisoformat(value)
    return value


def meaning(url, since=10**15):
    """What lab.rows reads, alike for both engines. Times from `since` on are those of a migration; else none is told apart."""
    with _connect(url) as connection:
        schema = old_database.schema(connection)
        found = rows.read(connection, since=since)
    return {table: {key: {name: _meant(schema[table][name], value) for name, value in row.items()} for key, row in listed.items()}
            for table, listed in found.items()}


def tidy(connection):
    """Takes out what one engine or the other does not take, of what the generator of old databases puts in."""
    damage.tidy(connection)
    for table, columns in old_database.schema(connection).items() if isinstance(connection, sqlite3.Connection) else ():
        for column in columns.values():
            if column.is_json:
                connection.execute(f'update "{table}" set {column.name} = \'{{}}\' where not json_valid({column.name})')
    connection.commit()


DEEP = "[" * 900 + "]" * 900
JSON = ["null", "[]", "5", "-0", "1.50", "1e3", "12345678901234567890123", '"text"', '{"a": 1, "a": 2}', DEEP, '  {"a" :1 } ', "true", "1e300", "[1.0, \t-0.0]", '"\\\\N"', " 7 ", "0.1", '"5"', "{}"]
TEXTS = ["", "\\N", "\\", "\\.", "tab\tnew\nreturn\r", "\\t\\n", "NULL", "5", "1.0", "'", '"', "\U0001f600\u2028\ufeff", "t", "\\x41", " blank ",
         "null", "\b\f\v\x01\x7f", "a" * 100_000]
NUMBERS = [0, -1, 2**63 - 1, -2**63]
# What SQLite takes in any column, as SQL.
ODD = ["cast(x'ff00fe' as text)", "'a' || char(0) || 'b'", "x'00ff'", "5", "2.5", "1.0", "-0.0", "9e999", "5e-324", "'yes'", "'5'", "'1.0'", "''", "'NaN'",
       "2", "9223372036854775807", "'{bad'", "'{\"a\": \"\\u0000\"}'", "'\"\\ud83d\"'", "x''", "'t'", "1e15", "123456789012345678.0", "'\\x41'"]


def _wanted(column, odd):
    if odd:
        return ODD
    if column.is_json:
        return [f"'{text}'" for text in JSON]
    if column.type.startswith(("text", "varchar", "character varying")):
        longest = int((re.findall(r"\((\d+)\)", column.type) or ["1000000"])[0])
        return ["'" + text.replace("'", "''") + "'" for text in TEXTS if len(text) <= longest]
    if column.type == "bigint":
        return map(str, NUMBERS)
    return []


def make_hostile(connection, odd=False):
    """Puts such values into the columns that take them, each into another row, as far as the rows go. `odd`: what only SQLite takes."""
    for table, columns in old_database.schema(connection).items():
        key = next((name for name, column in columns.items() if column.key), None)
        keys = [found for (found,) in connection.execute(f'select distinct "{key}" from "{table}" order by 1').fetchall()] if key else []
        for number, column in enumerate(columns.values() if keys else ()):
            if column.key or column.refers:
                continue
            for offset, value in enumerate(_wanted(column, odd)):
                _update(connection, f'update "{table}" set "{column.name}" = {value} where "{key}" = ', keys[(offset + number) % len(keys)])
    connection.commit()


def _update(connection, sql, key):
    """Where a constraint is against it, the row stays."""
    if isinstance(connection, sqlite3.Connection):
        with contextlib.suppress(sqlite3.IntegrityError):
            connection.execute(f"{sql}?", [key])
    else:
        with contextlib.suppress(psycopg.errors.IntegrityError), connection.transaction():
            connection.execute(f"{sql.replace('%', '%%')}%s", [key])
