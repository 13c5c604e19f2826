"""The comparison that other tests rest on sees every difference, and no more than that."""
import sqlite3

import psycopg
import pytest

from lab import catalogue

BASE = """
create table parent (id text not null, primary key (id), unique (id));
create table child (
    id text not null, parent_id text, name varchar(50) default 'x', done boolean default 1 not null,
    primary key (id),
    constraint uq_name unique (name),
    constraint ck_name check (name <> ''),
    constraint fk_parent foreign key (parent_id) references parent (id) on delete cascade
);
create index ix_done on child (done);
create index ix_part on child (name) where parent_id is not null;
create index ix_lower on child (lower(name));
"""

# The same by other words: quotes, white space, letter case, order of constraints and of indexes, place of a default.
SAME = """
CREATE TABLE "parent" ("id" text NOT NULL, UNIQUE ("id"), PRIMARY KEY (id));
CREATE TABLE "child" (id text NOT NULL, parent_id text, name varchar(50) DEFAULT 'x', -- a comment
    done boolean NOT NULL DEFAULT 1,
    CONSTRAINT fk_parent FOREIGN KEY(parent_id) REFERENCES "parent"(id) ON DELETE CASCADE,
    CONSTRAINT ck_name CHECK (name <> ''), CONSTRAINT uq_name UNIQUE ("name"), PRIMARY KEY (id));
CREATE INDEX ix_lower ON "child" (lower("name"));
CREATE INDEX ix_part ON child ("name") WHERE parent_id IS NOT NULL;
CREATE INDEX ix_done ON child (done);
"""

CHANGES = {
    "table": ("create table parent", "create table other (id text); create table parent"),
    "type": ("varchar(50)", "varchar(51)"),
    "default": ("default 'x'", "default 'y'"),
    "nullability": ("parent_id text", "parent_id text not null"),
    "order of columns": ("id text not null, parent_id text", "parent_id text, id text not null"),
    "key": ("primary key (id),\n    constraint uq", "primary key (id, name),\n    constraint uq"),
    "unique of the key": ("primary key (id), unique (id)", "primary key (id)"),
    "name of a unique": ("uq_name", "uq_other"),
    "columns of a unique": ("unique (name)", "unique (name, done)"),
    "check": ("name <> ''", "name <> 'a'"),
    "name of a check": ("ck_name", "ck_other"),
    "name of a foreign key": ("fk_parent", "fk_other"),
    "action of a foreign key": ("on delete cascade", "on delete set null"),
    "name of an index": ("ix_done", "ix_other"),
    "columns of an index": ("child (done)", "child (done, name)"),
    "direction of an index": ("child (done)", "child (done desc)"),
    "unique index": ("create index ix_done", "create unique index ix_done"),
    "condition of an index": ("parent_id is not null", "parent_id is null"),
    "expression of an index": ("lower(name)", "upper(name)"),
    "view": ("create index ix_done", "create view v as select 1 as one; create index ix_done"),
}


def of_sqlite(sql):
    connection = sqlite3.connect(":memory:")
    connection.executescript(sql)
    return catalogue.of_sqlite(connection)


def changed(name):
    old, new = CHANGES[name]
    assert old in BASE
    return BASE.replace(old, new, 1)


@pytest.mark.quick
def test_the_same_by_other_words():
    assert catalogue.difference(of_sqlite(BASE), of_sqlite(SAME)) == ""


@pytest.mark.quick
@pytest.mark.parametrize("change", CHANGES)
def test_sees_on_sqlite(change):
    assert catalogue.difference(of_sqlite(BASE), of_sqlite(changed(change)))
    assert catalogue.difference(of_sqlite(changed(change)), of_sqlite(changed(change))) == ""


@pytest.mark.quick
def test_tells_what_and_where():
    found = catalogue.difference(of_sqlite(BASE), of_sqlite(changed("type")), ("base", "changed"))
    assert "/tables/child/columns/2 name/type: base 'varchar(50)', changed 'varchar(51)'" in found.splitlines()


def test_sees_on_postgresql(each_postgresql):
    """All changes in one database, each in a schema of its own, whose name must not count."""
    with psycopg.connect(each_postgresql.create()) as connection:

        def of_schema(schema, sql):
            connection.execute(f'create schema "{schema}"')
            connection.execute(f'set search_path to "{schema}"')
            connection.execute(sql.replace("default 1", "default true"))
            return catalogue.of_postgresql(connection, schema)

        base = of_schema("base", BASE)
        assert catalogue.difference(base, of_schema("A copy", BASE)) == ""
        missed = [name for name in CHANGES if not catalogue.difference(base, of_schema(name, changed(name)))]
        # PostgreSQL itself makes one index and one constraint of these.
        assert missed == ["unique of the key"]
