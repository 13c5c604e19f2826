"""Rows that SQLite has and PostgreSQL does not take: named, and nothing is loaded; or set aside into a file, and all else is there."""
import contextlib
import pathlib
import re
import sqlite3
import stat
import subprocess

import psycopg
import pytest

from lab import damage
from lab.backups import exactly, meaning
from lab.parts import part
from lab.rows_difference import difference
from test_backup import at_head, filled, keys, place, repository  # noqa: F401 (fixtures)
from test_old_database import connected

NUL = "'a' || char(0) || 'b'"
# What PostgreSQL refuses: the column, the value as SQL of SQLite, what is said of it, and what mends the line.
REFUSED = {
    "a NUL": ("chat", "title", NUL, "invalid byte sequence", (r"\\x00", "")),
    "bytes that are no UTF-8": ("memory", "content", "cast(x'61ff62' as text)", "invalid byte sequence", ("\udcff", "")),
    "no JSON": ("file", "meta", "'{bad'", "invalid input syntax for type json", (r"\{bad", "{}")),
    "JSON that is nested too deep": ("chat", "meta", f"'{'[' * 200_000}'", "stack depth", (r"\[{200000}", "{}")),
    "a text for a number": ("feedback", "updated_at", "'yes'", "invalid input syntax for type bigint", ("\tyes\n", "\t5\n")),
    "a number for no boolean": ("folder", "is_expanded", "7", "invalid input syntax for type boolean", ("\t7\t", "\tt\t")),
}


def spoil(place, which, rows=1):  # noqa: F811
    """The keys of the rows that it spoilt."""
    table, column, value, *_ = REFUSED[which]
    with connected(place.url) as connection:
        keys = [key for (key,) in connection.execute(f'select id from "{table}" order by id limit {rows}').fetchall()]  # noqa: F811
        for key in keys:
            connection.execute(f'update "{table}" set "{column}" = {value} where id = ?', [key])
        connection.commit()
    return keys


def count_of(place):  # noqa: F811
    return {table: len(rows) for table, rows in exactly(place.url).items()}


def tables_of(url):
    with psycopg.connect(url) as connection:
        return connection.execute("select table_name from information_schema.tables where table_schema = 'public'").fetchall()


def without(place, table, keys, copy):  # noqa: F811
    """What the installation means without these rows, and all that hangs on them."""
    with contextlib.closing(sqlite3.connect(copy)) as target:
        with connected(place.url) as connection:
            connection.backup(target)
        for key in keys:
            target.execute(f'delete from "{table}" where id = ?', [key])
        target.commit()
        damage.tidy(target)
    return f"sqlite:///{copy}"


def lines_of(file):
    """{table: its lines}"""
    text = pathlib.Path(file).read_text(errors="surrogateescape")
    blocks = re.findall(r'COPY "(\w+)" \([^\n]*\) FROM stdin;\n(.*?\n)\\\.\n\n', text, re.S)
    assert "".join(re.sub(r"(?s)COPY .*?\\\.\n\n", "", text)) == "" and len(dict(blocks)) == len({table for table, _ in blocks})
    found = {}
    for table, lines in blocks:
        found.setdefault(table, []).extend(lines.splitlines())
    return found


@pytest.mark.parametrize("which", REFUSED)
def test_row_that_is_refused(repository, filled, place, tmp_path, which):  # noqa: F811
    table, column, value, why, (wrong, right) = REFUSED[which]
    before, after, file = filled("small", "sqlite", {"uploads/one": b"1"}), place("postgresql"), tmp_path / "aside"
    total = sum(count_of(before).values())
    [key] = spoil(before, which)
    repository.create(before)

    said = repository.restore(after)
    assert said.rc == 65 and "--set-aside" in said.err and f"{table}, id {key}: {why}" in said.err, said.err
    assert tables_of(after.url) == [] and "none was loaded" in said.err

    said = repository.restore(after, "--set-aside", file)
    told = said.ended(2).json()
    assert f"{table}, id {key}: {why}" in said.err and f"{told['set_aside']} rows were set aside, in {file}" in said.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rest = without(before, table, [key], tmp_path / "rest.db")
    assert difference(meaning(rest), meaning(after.url), ("the rest", "restored")) == ""
    aside = lines_of(file)
    assert len(aside[table]) == 1 and any(key in line for line in aside[table])
    assert sum(map(len, aside.values())) == told["set_aside"] == total - told["rows"] == total - sum(count_of(after).values())
    assert after.files() == {"uploads/one": b"1"}

    text = file.read_text(errors="surrogateescape")
    mended = re.sub(wrong, lambda _: right, text)
    assert mended != text
    file.write_text(mended, errors="surrogateescape")
    subprocess.run([part("postgresql", "debian") / "bin/psql", "-qX", "-v", "ON_ERROR_STOP=1", "-f", file, after.url], check=True)
    assert sum(count_of(after).values()) == total


def test_ten_are_named_and_all_are_counted(repository, filled, place, tmp_path):  # noqa: F811
    """Rows in a row, all of a table, and what hangs on them."""
    before, after, file = filled("healthy", "sqlite", {}), place("postgresql"), tmp_path / "aside"
    keys = spoil(before, "a NUL", rows=23)  # noqa: F811
    rest = without(before, "chat", keys, tmp_path / "rest.db")
    repository.create(before)
    said = repository.restore(after)
    count = sum(count_of(before).values()) - sum(len(rows) for rows in exactly(rest).values())
    assert said.rc == 65 and f"{count} rows of the snapshot can't be in PostgreSQL" in said.err
    assert len(re.findall(r"^owctl: .*chat, id ", said.err, re.M)) == 10 and f"and {count - 10} more" in said.err
    assert repository.restore(after, "--set-aside", file).ended(2).json()["set_aside"] == count
    assert difference(meaning(rest), meaning(after.url), ("the rest", "restored")) == ""
    aside = lines_of(file)
    assert len(aside["chat"]) >= 23 and len(aside["chat_message"]) > 0


def test_row_that_hangs_on_none(repository, filled, place, tmp_path):  # noqa: F811
    before, after, file = filled("healthy", "sqlite", {}), place("postgresql"), tmp_path / "aside"
    with connected(before.url) as connection:
        connection.execute("pragma foreign_keys = off")
        connection.execute("delete from chat where id = (select min(chat_id) from chat_message)")
        connection.commit()
    repository.create(before)
    said = repository.restore(after)
    assert said.rc == 65 and "its row of the table chat is missing" in said.err and tables_of(after.url) == []
    repository.restore(after, "--set-aside", file).ended(2)
    rest = without(before, "chat", [], tmp_path / "rest.db")
    assert difference(meaning(rest), meaning(after.url), ("the rest", "restored")) == ""


def test_file_is_made_where_there_is_something_to_set_aside(repository, filled, place, tmp_path):  # noqa: F811
    before, file = filled("small", "sqlite", {}), tmp_path / "aside"
    repository.create(before)
    assert repository.restore(place("postgresql"), "--set-aside", file).ok().json()["set_aside"] == 0
    assert not file.exists()
    file.write_text("what is there")
    after = place("postgresql")
    said = repository.restore(after, "--set-aside", file)
    assert said.rc == 65 and "is there already" in said.err and tables_of(after.url) == []
    assert file.read_text() == "what is there"


def test_file_goes_with_a_restore_that_fails(repository, filled, place, tmp_path):  # noqa: F811
    before, after, file = filled("small", "sqlite", {}), place("postgresql"), tmp_path / "aside"
    spoil(before, "a NUL")
    with connected(before.url) as connection:
        connection.execute("create table zzz (id integer)")
        connection.execute("alter table user add column own text")
        connection.commit()
    repository.create(before)
    said = repository.restore(after, "--set-aside", file)
    assert said.rc == 1 and "column own of table user" in said.err
    assert not file.exists() and tables_of(after.url) == []
