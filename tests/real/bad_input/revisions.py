"""Databases that are not at a revision that owctl works on, or are not Open WebUI's."""
import contextlib
import sqlite3

from bad_input.case import Case

WRITER = "user create a@example.org --no-password --database {db}"


def after(*statements):
    def setup(world):
        with contextlib.closing(sqlite3.connect(world.db)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    return setup


def at(*revisions):
    return after("delete from alembic_version", *(f"insert into alembic_version values ('{revision}')" for revision in revisions))


def of_something_else(*statements):
    def setup(world):
        with contextlib.closing(sqlite3.connect(world.folder / "x.db")) as connection, connection:
            for statement in ("create table album (id integer primary key, title text)", *statements):
                connection.execute(statement)

    return setup


TWO = at("0bd252b206fb", "7e5b5dc7342b")
NAMELESS = after("create table other as select * from user", "insert into other (email, name, role) values ('n@example.org', 'N', 'user')",
                 "drop table user", "alter table other rename to user")
GROUPS_NAMELESS = after('create table other as select * from "group"', "insert into other (name) values ('Ng')", 'drop table "group"',
                        'alter table other rename to "group"')
CUT = "insert into user (id, email, name, role, profile_image_url, last_active_at, created_at, updated_at) values ({}, {}, 'N', 'user', '', 9e9, 9e9, 9e9)"
TWINS = after(CUT.format("'vic' || char(0) || 'y'", "'nul@example.org'"), CUT.format("'vic'", "'victim@example.org'"))
UNKNOWN = at("ffffffffffff")
OTHER = "check that this is the right database"

CASES = [
    Case("two revisions: list", "user list --database {db}", 1, "records 2 revisions: 0bd252b206fb, 7e5b5dc7342b",
         "owctl migrate repair", setup=TWO),
    Case("two revisions: create", WRITER, 1, "records 2 revisions", "owctl migrate repair", setup=TWO),
    Case("two revisions: migrate", "migrate up --database {db}", 1, "records 2 revisions", "owctl migrate repair", setup=TWO),
    Case("unknown revision: create", WRITER, 1, "revision ffffffffffff, which this owctl does not know", "newer owctl", setup=UNKNOWN),
    Case("unknown revision: migrate", "migrate up --database {db}", 1, "which this owctl does not know", "the newest that it knows is", setup=UNKNOWN),
    Case("unknown revision: create, a dry run", WRITER + " -n", 1, "revision ffffffffffff, which this owctl does not know", "newer owctl", setup=UNKNOWN),
    Case("a revision with an escape sequence", WRITER, 1, "\\x1b[2J", "newer owctl", setup=at("\x1b[2J\x07")),
    Case("a revision of 1 MB", WRITER, 1, "which this owctl does not know", "newer owctl", setup=at("x" * 1_000_000)),
    Case("no revision", "user list --database {db}", 78, "holds no Open WebUI database", OTHER, setup=at()),
    Case("a revision that is NULL", "user list --database {db}", 78, "holds no Open WebUI database", OTHER,
         setup=after("drop table alembic_version", "create table alembic_version (version_num text)", "insert into alembic_version values (null)")),
    Case("too old: list", "user list --database {db}", 1, "too old for this command", "`owctl migrate up`", setup=at("7e5b5dc7342b")),
    Case("stamped back: migrate", "migrate up --database {db}", 1, "what comes after it up to c92da83b017f is there", "owctl migrate repair",
         setup=at("7e5b5dc7342b")),
    Case("migrate to an earlier one", "migrate up --to 0.10.2 --database {db}", 1, "is later than", "no way back but a backup"),
    Case("migrate to one that nobody knows", "migrate up --to 99.1 --database {db}", 65, "99.1 is neither a revision nor a release", "the newest release it knows"),
    Case("migrate where there is no folder, a dry run", "migrate up -n --database {folder}/none/x.db", 78, "there is no folder", "create it first"),
    Case("migrate where tables are and no revision", "migrate up --database {db}", 1, "but no recorded revision", "older than 0.3.35 or damaged",
         setup=after("drop table alembic_version")),
    Case("a group without an id: show", "group show Ng --database {db}", 65, '"Ng" has no id', "mend it by hand", setup=GROUPS_NAMELESS),
    Case("a group without an id: create", "user create x@example.org --no-password --group Ng --database {db}", 65, 'there is no group "Ng"',
         "owctl group list", setup=GROUPS_NAMELESS),
    Case("an id that is another one's with a NUL behind it: update", "user update nul@example.org --role admin --database {db}", 1, "nothing was",
         "look for a trigger", setup=TWINS),
    Case("an id that is another one's with a NUL behind it: delete", "user delete nul@example.org --yes --database {db}", 1, "nothing was",
         "look for a trigger", setup=TWINS),
    Case("a database of something else", "user list --database {folder}/x.db", 78, "holds no Open WebUI database", OTHER, setup=of_something_else()),
    Case("a database of something else with Alembic: list", "user list --database {folder}/x.db", 78, "holds no Open WebUI database", OTHER,
         setup=of_something_else("create table alembic_version (version_num text)", "insert into alembic_version values ('0123456789ab')")),
    Case("a database of something else: migrate", "migrate up --database {folder}/x.db", 1, 'has tables ("album") but no recorded revision',
         "a new Open WebUI database needs a file of its own", setup=of_something_else()),
    Case("a database of something else with Alembic: migrate", "migrate up --database {folder}/x.db", 1, "which this owctl does not know", "the newest that it knows is",
         setup=of_something_else("create table alembic_version (version_num text)", "insert into alembic_version values ('0123456789ab')")),
    Case("a table is missing", "user list --database {db}", 1, "no such table: user", None, setup=after('drop table "user"')),
    Case("alembic_version has other columns", "user list --database {db}", 1, "no such column", None,
         setup=after("drop table alembic_version", "create table alembic_version (number integer)")),
    Case("an account without an id: update", "user update n@example.org --name X --database {db}", 65, "n@example.org has no id", "remove its row", setup=NAMELESS),
    Case("an account without an id: passwd", "user passwd n@example.org --generate --database {db}", 65, "n@example.org has no id", "remove its row", setup=NAMELESS),
    Case("an account without an id: delete", "user delete n@example.org --yes --database {db}", 65, "n@example.org has no id", "remove its row", setup=NAMELESS),
]
