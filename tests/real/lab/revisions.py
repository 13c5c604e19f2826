"""Databases at a revision of owctl's chain, with the rows of old_database.py: each is made once, and every test works on its own copy.

Files are made once a run, databases of PostgreSQL once a cluster."""
import collections
import contextlib
import hashlib
import shutil
import sqlite3

import psycopg

from lab import chain, old_database

IDS = [revision.id for revision in chain.revisions()]
MOST = 24  # that a cluster keeps, which is in memory: those that were asked for last
EMPTY = None


class Revisions:
    """`rows`: what old_database.fill(..) is told, or EMPTY."""

    def __init__(self, once):
        self.once = once
        self.kept, self.asked = collections.OrderedDict(), set()

    def sqlite(self, path, revision, rows=EMPTY):
        """Puts it there."""
        def make(home):
            if rows is not EMPTY:
                self.sqlite(home / "webui.db", revision)
            with contextlib.closing(sqlite3.connect(home / "webui.db")) as connection:
                _make(connection, revision, rows)

        shutil.copyfile(self.once(f"revision-{_name(revision, rows)}", make) / "webui.db", path)

    def postgresql(self, server, revision, rows=EMPTY):
        """Its URL. What is asked for once, as rows that are hostile are, becomes no template."""
        name = _name(revision, rows)
        if rows is EMPTY or (server, name) in self.asked:
            return server.create(self._template(server, revision, rows))
        self.asked.add((server, name))
        url = self.postgresql(server, revision)
        self._fill(url, revision, rows)
        return url

    def _template(self, server, revision, rows):
        name = _name(revision, rows)
        if (server, name) not in self.kept:
            template = "template0" if rows is EMPTY else self._template(server, revision, EMPTY)
            server.execute("create database {} template {}", name, template)
            self._fill(server.url(name), revision, rows)
            self.kept[server, name] = True
        self.kept.move_to_end((server, name))
        while len(self.kept) > MOST:
            (where, oldest), _ = self.kept.popitem(last=False)
            where.drop(where.url(oldest))
        return name

    @staticmethod
    def _fill(url, revision, rows):
        with contextlib.closing(psycopg.connect(url)) as connection:
            _make(connection, revision, rows)


def _name(revision, rows):
    digest = hashlib.sha256(repr(rows and sorted(rows.items())).encode()).hexdigest()[:12]
    return f"{revision}-{digest}"


def _make(connection, revision, rows):
    """Rows, where the tables are there already."""
    if rows is not EMPTY:
        old_database.fill(connection, **rows)
        return
    engine = old_database.engine_of(connection)
    steps = chain.revisions()[:IDS.index(revision) + 1]
    chain.run(engine, connection, chain.version_table_sql(), *(step.sql(engine) for step in steps))
    connection.execute(f"insert into alembic_version values ('{revision}')")
    connection.commit()
