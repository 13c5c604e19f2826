"""owctl's chain of revisions as the tree has it, and how its SQL runs without owctl."""
import re
import typing

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


def version_table_sql():
    return (FOLDER / "00_alembic_version/up.sql").read_text()


def run(engine, connection, sql):
    """A whole text, as sqlite3_exec or PQexec take it; psycopg refuses one that holds comments only."""
    if engine == "sqlite":
        connection.executescript(sql)
    elif any(line and not line.startswith("--") for line in sql.splitlines()):
        connection.execute(sql)


def catalogues(engine, connection, read):
    """{id: what read(connection) tells after that revision}."""
    run(engine, connection, version_table_sql())
    found = {}
    for revision in revisions():
        run(engine, connection, revision.sql(engine))
        found[revision.id] = read(connection)
    return found
