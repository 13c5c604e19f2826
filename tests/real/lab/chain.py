"""owctl's chain of revisions as the tree has it, and how its SQL runs without owctl."""
import re
import typing

from lab.parts import TREE

FOLDER = TREE / "src/migrate/chain"
LIST = TREE / "src/openwebui/revisions.def"
LINE = re.compile(r'REVISION_(SHARED|BY_ENGINE)\((\d+), (\w+), "([^"]+)"\)')
FILES = {"SHARED": {"up.sql"}, "BY_ENGINE": {"sqlite.sql", "postgresql.sql"}}


class Revision(typing.NamedTuple):
    form: str
    number: str
    id: str
    title: str

    @property
    def folder(self):
        return FOLDER / f"{self.number}_{self.id}"

    def sql(self, engine):
        return (self.folder / ("up.sql" if self.form == "SHARED" else f"{engine}.sql")).read_text()


def revisions():
    """All of them, in order."""
    return [Revision(*LINE.fullmatch(line).groups()) for line in LIST.read_text().splitlines() if line.startswith("REVISION_")]


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
