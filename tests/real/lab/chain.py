"""owctl's chain of revisions as the tree has it, and how its SQL runs without owctl."""
import contextlib
import re
import sqlite3
import tempfile
import typing

from lab import probe
from lab.parts import TREE

FOLDER = TREE / "src/migrate/chain"
LIST = TREE / "src/openwebui/revisions.def"
LINE = re.compile(r'REVISION\((\d+), (\w+), "([^"]+)", (SHARED|BY_ENGINE), (NO_CODE|CODE)\)')
FILES = {"SHARED": {"up.sql"}, "BY_ENGINE": {"sqlite.sql", "postgresql.sql"}}


class Revision(typing.NamedTuple):
    number: str
    id: str
    title: str
    form: str
    code: str

    @property
    def folder(self):
        return FOLDER / f"{self.number}_{self.id}"

    def sql(self, engine):
        """All of it, as for a database without rows: what comes before the code, and what comes after it."""
        names = ("up.sql" if self.form == "SHARED" else f"{engine}.sql", "after.sql", f"after_{engine}.sql")
        return "".join((self.folder / name).read_text() for name in names if (self.folder / name).exists())


def revisions():
    """All of them, in order."""
    return [Revision(*LINE.fullmatch(line).groups()) for line in LIST.read_text().splitlines() if line.startswith("REVISION(")]


HEAD = revisions()[-1].id


def version_table_sql():
    return (FOLDER / "00_alembic_version/up.sql").read_text()


def run(engine, connection, *texts):
    """Whole texts, as owctl's alter_script takes them; psycopg refuses one that holds comments only."""
    if engine == "sqlite":
        run_sqlite(connection, "\n".join(texts))
    for sql in texts if engine == "postgresql" else ():
        if any(line and not line.startswith("--") for line in sql.splitlines()):
            connection.execute(sql)


def run_sqlite(connection, sql):
    """On a copy, so that it can be a database in memory."""
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(sqlite3.connect(f"{folder}/chain.db")) as copy:
        connection.commit()
        connection.backup(copy)
        with probe.Probe() as owctl:
            owctl.open(sqlite=f"{folder}/chain.db")
            owctl.begin("write")
            owctl("alter", sql=sql)
            owctl("commit")
        copy.backup(connection)


def catalogues(engine, connection, read):
    """{id: what read(connection) tells after that revision}."""
    run(engine, connection, version_table_sql())
    found = {}
    for revision in revisions():
        run(engine, connection, revision.sql(engine))
        found[revision.id] = read(connection)
    return found
