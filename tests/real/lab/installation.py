"""A running server, and owctl pointed at its database: what the server says and what lies in the rows can be compared."""
import contextlib
import itertools
import pathlib
import sqlite3

import psycopg

from lab import catalogue

ADMIN = ("ada@example.org", "correct horse battery")
_numbers = itertools.count(1)


def people(count=1):
    """Addresses that no other test has, since they share the installation."""
    fresh = [f"person{next(_numbers)}@example.org" for _ in range(count)]
    return fresh[0] if count == 1 else fresh


class Installation:
    """`where` has DATABASE_URL or DATA_DIR; `server` is started by who makes it."""

    def __init__(self, owctl, where):
        self.owctl = owctl
        self.where = where
        self.server = None
        self._token = None

    def __call__(self, *words, stdin=b"", env=None, **options):
        return self.owctl(*words, env=self.where | (env or {}), stdin=stdin, **options)

    @property
    def release(self):
        return self.server.release

    @property
    def admin(self):
        """A token of the first administrator."""
        self._token = self._token or self.server.token(*ADMIN)
        return self._token

    def create(self, email, *words, password="a password of some length"):
        return self("user", "create", email, "--password-stdin", "-o", "json", *words, stdin=password).ok().json()

    def show(self, email):
        return self("user", "show", email, "-o", "json").ok().json()

    def seen_by_server(self, email):
        """In one answer: the pages are in order of created_at alone, so accounts of one second may stand on none."""
        answer = self.server.get("/api/v1/users/all", self.admin)
        assert answer.status == 200, answer.body
        return next((user for user in answer.json()["users"] if user["email"] == email), None)

    @contextlib.contextmanager
    def database(self):
        """For reading. A second reader in this process does not disturb the server's locks, which are in its own."""
        if url := self.where.get("DATABASE_URL"):
            with psycopg.connect(url, autocommit=True) as connection:
                yield connection
        else:
            file = pathlib.Path(self.where["DATA_DIR"]) / "webui.db"
            with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
                yield connection

    def query(self, text, *values):
        """`?` stands for a value on both engines."""
        with self.database() as connection:
            if isinstance(connection, psycopg.Connection):
                text = text.replace("?", "%s")
            return connection.execute(text, values).fetchall()

    def catalogue(self):
        with self.database() as connection:
            postgresql = isinstance(connection, psycopg.Connection)
            return (catalogue.of_postgresql if postgresql else catalogue.of_sqlite)(connection)

    def tables(self):
        if "DATABASE_URL" in self.where:
            found = self.query("select tablename from pg_tables where schemaname = 'public' order by 1")
        else:
            found = self.query("select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by 1")
        return [name for [name] in found]

    def row_counts(self):
        counts = {}
        for table in self.tables():
            [[counts[table]]] = self.query(f'select count(*) from "{table}"')
        return counts
