"""Fills a database that stands at any revision of Open WebUI's chain with rows, the same ones for the same seed.

The columns come from the database's own catalogue, so one generator serves every revision and family; what a column
holds comes from the table in old_values.py, or else from its name and type. Rows hang together, but for some orphans
where no constraint is enforced.
Without hostile features (hostile_features.py) there is nothing that upstream's migrations abort on or lose.
"""
import dataclasses
import sqlite3
import uuid
from random import Random

from lab import hostile_features, old_chats, old_columns

# Tables that others refer to come first: PostgreSQL enforces it.
FIRST = ("user", "group", "chat", "file", "knowledge", "knowledge_directory", "channel", "message", "note")
NO_ROWS = ("alembic_version", "migratehistory")

SQLITE_COLUMNS = """
    select c.name, lower(c.type), c."notnull" or c.pk > 0, c.pk > 0,
           (select "table" from pragma_foreign_key_list(t.name) where "from" = c.name)
    from pragma_table_list t, pragma_table_xinfo(t.name) c
    where t.schema = 'main' and t.name = ? and not c.hidden order by c.cid"""
POSTGRESQL_COLUMNS = """
    select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
           exists (select from pg_constraint where conrelid = a.attrelid and contype = 'p' and a.attnum = any(conkey)),
           (select r.relname from pg_constraint k join pg_class r on r.oid = k.confrelid
            where k.conrelid = a.attrelid and k.contype = 'f' and k.conkey = array[a.attnum])
    from pg_attribute a where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum"""


@dataclasses.dataclass(frozen=True)
class Column:
    table: str
    name: str
    type: str
    needed: bool
    key: bool
    refers: str | None  # the table of an enforced or declared foreign key

    def __str__(self):
        return f"{self.table}.{self.name}"

    @property
    def is_json(self):
        return "json" in self.type


def engine_of(connection):
    return "sqlite" if isinstance(connection, sqlite3.Connection) else "postgresql"


def schema(connection):
    """{table: {name: Column}}, in an order in which rows can be inserted."""
    def rows(sql, *values):
        return connection.execute(sql, values).fetchall()

    if engine_of(connection) == "sqlite":
        tables = rows("select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name")
        columns = lambda table: rows(SQLITE_COLUMNS, table)
    else:
        tables = rows("select tablename from pg_tables where schemaname = current_schema()"
                      ' order by tablename collate "C"')
        columns = lambda table: rows(POSTGRESQL_COLUMNS, f'"{table}"')
    names = [name for (name,) in tables if name not in NO_ROWS and not name.startswith("owctl_")]
    names.sort(key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    return {table: {name: Column(table, name, kind, bool(needed), bool(key), refers)
                    for name, kind, needed, key, refers in columns(table)} for table in names}


class World:
    """What rows of different tables know of each other. Every part has a source of chance of its own, so that a column
    more at the next revision changes nothing else."""

    def __init__(self, schema, engine, seed, count):
        self.schema = schema
        self.engine = engine
        self.seed = seed
        self.count = count
        self._ids = {}
        users = self.ids("user")
        # Shared copies are rows of chat until c1d2e3f4a5b6.
        plain = [old_chats.make(self.random("chat", number), number, id, users[number % len(users)])
                 for number, id in enumerate(self.ids("chat"))]
        copied = plain[::7] if "shared_chat" not in schema else []
        self.shares = {chat.id: self.id(f"share of {chat.id}") for chat in copied}
        self.chats = plain + [dataclasses.replace(chat, id=self.shares[chat.id], user_id=f"shared-{chat.id}",
                                                  messages={}) for chat in copied]

    def random(self, *names):
        return Random(repr((self.seed, *names)))

    def id(self, *names):
        """A UUID that is not of version 4: rows.py tells those that a migration made by that."""
        return str(uuid.UUID(int=self.random("id", *names).getrandbits(128), version=5))

    def ids(self, table):
        """Those of a table, whether it is there or not."""
        if table not in self._ids:
            self._ids[table] = [self.id(table, number) for number in range(self.count)]
        return self._ids[table]

    def has(self, column):
        table, name = column.split(".")
        return name in self.schema.get(table, {})

    def rows_of(self, table):
        columns = self.schema[table]
        if table == "chat_message":
            return [{name: row.get(name) for name in columns} for chat in self.chats for row in old_chats.as_rows(chat)]
        count = old_columns.COUNTS.get(table, lambda world: world.count)(self)
        made = ({name: old_columns.value(self, column, number) for name, column in columns.items()}
                for number in range(count))
        return [{name: value for name, value in row.items() if value is not old_columns.OMIT} for row in made]


def make(schema, engine, seed=0, count=30, hostile=()):
    """{table: [{column: value}]}; JSON is text. `hostile` names features of hostile_features.FEATURES."""
    world = World(schema, engine, seed, count)
    rows = {table: world.rows_of(table) for table in schema}
    for name in hostile:
        hostile_features.FEATURES[name].apply(world, rows)
    return rows


def insert(connection, rows):
    mark = "?" if engine_of(connection) == "sqlite" else "%s"
    cursor = connection.cursor()
    for table, listed in rows.items():
        for names in dict.fromkeys(map(tuple, listed)):
            columns = ", ".join(f'"{name}"' for name in names)
            values = [list(row.values()) for row in listed if tuple(row) == names]
            cursor.executemany(f'insert into "{table}" ({columns}) values ({", ".join([mark] * len(names))})', values)
    connection.commit()


def fill(connection, seed=0, count=30, hostile=(), without=()):
    """Makes the rows and inserts them, but for the tables in `without`; what was inserted. Takes an open connection of
    sqlite3 or psycopg; rows of hostile features may break foreign keys only where their engine lets them."""
    found = schema(connection)
    rows = make(found, engine_of(connection), seed, count, hostile)
    rows = {table: listed for table, listed in rows.items() if table not in without}
    insert(connection, rows)
    return rows
