"""A snapshot comes back without owctl: by restore.sh, which stands in the repository, with nothing but common programs; and by
a reader that was written from docs/backup-format.md alone."""
import contextlib
import os
import shutil
import sqlite3
import struct
import subprocess

import psycopg
import pytest

from lab import backup_reader, catalogue, chain, old_database
from lab.parts import part
from test_old_database import connected

MIB = 1 << 20
# All that restore.sh may call, besides one of sqlite3 and psql.
PROGRAMS = ("age", "tar", "zstd", "b2sum", "awk", "sed", "xargs", "basename", "cat", "cp", "dirname", "grep", "head", "ls", "mkdir",
            "mktemp", "mv", "rm", "sort", "sync", "touch", "tr", "wc")

NAMES = ("a b.txt", "ünï 😀.pdf", "q'uo\"te`$x.txt", "tab\there", "back\\slash", "a\\tb", "new\nline", "return\rhere", "-rf", " lead",
         "trail ", "%s%n", "*?[a]", "sub/dir/deep.bin", "sub/.hidden", "empty", "large")
CONTENTS = {"empty": b"", "large": os.urandom(9 * MIB) + bytes(MIB)}

ODD_TABLE = 'odd \'quoted "Ünï\tcode\\n'
ODD_VALUES = ("plain", "", None, "a\tb\nc\rd\\e\\N\\.", "\\N", "nul\0in", "\0", "\x01\n", 1, 0, -2**63, 2**63 - 1, 1.0, 0.1, 1e300,
              -2.2606631148481385e-299, 1708670149.354231, float("inf"), float("-inf"), -0.0, 5e-324, b"", b"\0\xff", b"abc", "1.0", "1e3",
              " 12 ", "true", "t", "\x1e\x1f", "\x7f\x01\b\v\f", "ü€😀", "'--;\"`", "\\x41", "x'00'", True, "it's\n'';\n.quit\n\\.\n")
NO_UTF8 = (b"\xff\xfe", b"ok\xc3", b"a\0\xff'", b"\n\x01\xe9")
ODD_COLUMNS = ("text", "integer", "blob", "real", "numeric", "boolean", "", "json", "bytea", "datetime", "double precision", "varchar(9)")


def backed_up(owctl, tmp_path, url, data):
    """A repository with a snapshot, and the identity."""
    identity, folder = tmp_path / "key.txt", tmp_path / "repository"
    owctl("repo", "keys", identity).ok()
    recipient = subprocess.run(["age-keygen", "-y", identity], capture_output=True, text=True, check=True).stdout.strip()
    owctl("repo", "init", folder).ok()
    done = owctl("backup", "create", "-r", folder, "--recipient", recipient, "--database", url, env={"DATA_DIR": data})
    assert done.rc in (0, 2), done.err  # 2: the rows name files that are not there
    return backup_reader.Repository(folder, identity)


def fill(url):
    """The tables of the newest revision, with the rows of its generator."""
    with connected(url) as connection:
        engine = old_database.engine_of(connection)
        steps = chain.revisions()
        chain.run(engine, connection, chain.version_table_sql(), *(step.sql(engine) for step in steps))
        connection.execute(f"insert into alembic_version values ('{steps[-1].id}')")
        connection.commit()
        old_database.fill(connection)


def make_files(data):
    for name in NAMES:
        path = data / "uploads" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CONTENTS.get(name, os.fsencode(name) * 10))
    (data / "vector_db").mkdir()
    (data / "vector_db/x y.bin").write_bytes(b"\0\1\2" * 1000)


def make_odd_table(connection):
    columns = ", ".join(f'"c{number} \'\\" {kind}' for number, kind in enumerate(ODD_COLUMNS))
    name = backup_reader.quoted(ODD_TABLE)
    connection.execute(f"create table {name} ({columns})")
    rows = [[ODD_VALUES[(first + number) % len(ODD_VALUES)] for number in range(len(ODD_COLUMNS))] for first in range(len(ODD_VALUES))]
    connection.executemany(f"insert into {name} values ({', '.join('?' * len(ODD_COLUMNS))})", rows)
    for text in NO_UTF8:
        connection.execute(f"insert into {name} values ({', '.join(['cast(?1 as text)'] * len(ODD_COLUMNS))})", [text])
    connection.execute("create table \"none\" (x)")
    connection.execute("create table single (x text)")
    connection.executemany("insert into single values (?)", [[value] for value in ("", None, "x", "\\", "\n")])
    connection.execute("create table large (id integer primary key, x text, y text, z blob)")
    connection.execute("insert into large values (1, ?, ?, null)", ["{\"x\n'\\\t;" * (20 * MIB // 9), "\0\x01\n'\\" * 100000])
    connection.execute("insert into large values (2, 'y', ?, ?)", [b"\0\xff" * MIB, os.urandom(2 * MIB)])
    connection.execute("create view seen as select id, x from large")
    connection.execute("create trigger told after update on single begin insert into \"none\" values (1); delete from \"none\"; end")
    connection.execute("create table \"check\" (b boolean not null check (b in (0, 1)), d text default 'a;\n.quit\n''')")
    connection.execute("insert into \"check\" values (1, 'x')")
    connection.commit()


@pytest.fixture(scope="module")
def sqlite_source(tmp_path_factory):
    data = tmp_path_factory.mktemp("sqlite-source")
    fill(f"sqlite:///{data}/webui.db")
    with connected(f"sqlite:///{data}/webui.db") as connection:
        make_odd_table(connection)
    make_files(data)
    return data


@pytest.fixture
def of_sqlite(owctl, tmp_path, sqlite_source):
    return backed_up(owctl, tmp_path, f"sqlite:///{sqlite_source}/webui.db", sqlite_source)


@pytest.fixture
def of_postgresql(owctl, tmp_path, postgresql):
    url, data = postgresql.create(), tmp_path / "data"
    fill(url)
    with connected(url) as connection:
        connection.execute('create table "it\'s 1\\n" (id bigserial primary key, t text, b bytea, f double precision, a text[])')
        connection.execute('insert into "it\'s 1\\n" (t, b, f, a) values (%s, %s, %s, %s)',
                           ["{\"x\n'\\\t;" * (20 * MIB // 9), os.urandom(MIB), float("-inf"), ["a\n", None, "\\."]])
        connection.execute('insert into "it\'s 1\\n" (t) values (\'\\.\'), (\'\'), (null), (\'\\N\')')
    make_files(data)
    yield url, data, backed_up(owctl, tmp_path, url, data)
    postgresql.drop(url)


@pytest.fixture
def restore(tmp_path):
    """restore(repository, target, ..): restore.sh as it stands there, with the programs that it may call and no others."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in (*PROGRAMS, "sqlite3"):
        (programs / name).symlink_to(shutil.which(name))
    (programs / "psql").symlink_to(part("postgresql", "debian") / "bin/psql")
    (tmp_path / "tmp").mkdir()

    def run(repository, *words, identity=None, snapshot="latest", **environment):
        done = subprocess.run([shutil.which("dash"), repository.folder / "restore.sh", identity or repository.identity, snapshot, *words],
                              stdin=subprocess.DEVNULL, capture_output=True, cwd=tmp_path,
                              env={"PATH": str(programs), "TMPDIR": str(tmp_path / "tmp"), **environment})
        assert list((tmp_path / "tmp").iterdir()) == []
        return done.returncode, done.stderr.decode(errors="replace")

    run.programs = programs
    return run


def cells_of_sqlite(path):
    """Of each table every value, with its class, and reals by their bits; and what made it all."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        assert connection.execute("pragma integrity_check").fetchone() == (b"ok",)
        found = {"": sorted(connection.execute("select type, name, tbl_name, sql from sqlite_master").fetchall(), key=repr)}
        for name, in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
            table = backup_reader.quoted(name.decode())
            columns = [backup_reader.quoted(row[1].decode()) for row in connection.execute(f"pragma table_info({table})")]
            cells = connection.execute(f"select {', '.join(f'typeof({column}), {column}' for column in columns)} from {table}")
            found[name] = sorted(([struct.pack(">d", cell) if isinstance(cell, float) else cell for cell in row] for row in cells), key=repr)
    return found


def cells_of_postgresql(url):
    with connected(url) as connection:
        tables = connection.execute("select tablename from pg_tables where schemaname = current_schema()").fetchall()
        rows = {table: connection.execute(f"select t::text from {backup_reader.quoted(table)} t order by t::text collate \"C\"").fetchall()
                for table, in tables}
        sequences = connection.execute("select sequencename, last_value from pg_sequences order by 1").fetchall()
        return rows, sequences, catalogue.of_postgresql(connection)


def files_below(folder):
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def check_same_files(data, restored, times):
    for root, theirs in ("uploads", "uploads"), ("vectors", "vector_db"):
        expected, found = files_below(data / theirs), files_below(restored / root)
        assert found.keys() == expected.keys()
        for name, (content, time) in expected.items():
            assert found[name][0] == content, name
            assert not times or found[name][1] == time, name


def check_same_cells(found, expected):
    assert found.keys() == expected.keys()
    for table, rows in expected.items():
        assert len(found[table]) == len(rows), table
        for one, other in zip(found[table], rows):
            assert one == other, table


def test_sqlite_comes_back_by_the_script(of_sqlite, restore, sqlite_source, tmp_path):
    code, said = restore(of_sqlite, tmp_path / "new one's.db", tmp_path / "new files")
    assert code == 0, said
    check_same_cells(cells_of_sqlite(tmp_path / "new one's.db"), cells_of_sqlite(sqlite_source / "webui.db"))
    check_same_files(sqlite_source, tmp_path / "new files", times=True)


def test_sqlite_comes_back_by_the_reader(of_sqlite, sqlite_source, tmp_path):
    snapshot = of_sqlite.snapshot()
    snapshot.check_all()
    snapshot.restore_sqlite(tmp_path / "new.db")
    check_same_cells(cells_of_sqlite(tmp_path / "new.db"), cells_of_sqlite(sqlite_source / "webui.db"))
    snapshot.restore_files(tmp_path / "new")
    check_same_files(sqlite_source, tmp_path / "new", times=False)


def test_postgresql_comes_back_by_both(of_postgresql, restore, postgresql, tmp_path):
    url, data, repository = of_postgresql
    by_script, by_reader = postgresql.create(), postgresql.create()
    code, said = restore(repository, by_script, tmp_path / "new")
    assert code == 0, said
    check_same_files(data, tmp_path / "new", times=True)
    snapshot = repository.snapshot()
    snapshot.check_all()
    with psycopg.connect(by_reader) as connection:
        snapshot.restore_postgresql(connection)
    expected = cells_of_postgresql(url)
    for restored in by_script, by_reader:
        rows, *rest = cells_of_postgresql(restored)
        check_same_cells(rows, expected[0])
        assert rest == [*expected[1:]]
    postgresql.drop(by_script, by_reader)


def flipped(path, at):
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 1
    path.write_bytes(data)


def test_a_flipped_byte_is_told_by_both(of_sqlite, restore, tmp_path):
    objects = [path for path in of_sqlite.folder.glob("[mp]a[nc]*/**/*.age")]
    assert {path.parts[len(of_sqlite.folder.parts)] for path in objects} == {"manifests", "packs"}
    for path in objects:
        whole = path.read_bytes()
        for at in 0, len(whole) // 2, -1:
            flipped(path, at)
            with pytest.raises(backup_reader.Damaged):
                of_sqlite.snapshot().check_all()
            code, said = restore(of_sqlite, tmp_path / "new.db", tmp_path / "new")
            assert code == 1 and path.name in said and "damaged" in said
            path.write_bytes(whole)
        path.rename(tmp_path / "away")
        code, said = restore(of_sqlite, tmp_path / "new.db")
        assert code == 1 and path.name in said
        (tmp_path / "away").rename(path)
    assert not (tmp_path / "new.db").exists() and not (tmp_path / "new").exists()


def test_a_record_that_somebody_else_wrote_is_told_by_both(of_sqlite, restore, tmp_path):
    [record] = of_sqlite.folder.glob("snapshots/*.json")
    record.write_bytes(record.read_bytes().replace(b'"missing"', b'"mislead"', 1))
    with pytest.raises(backup_reader.Damaged, match="MAC"):
        of_sqlite.snapshot()
    code, said = restore(of_sqlite, tmp_path / "unlooked.db")
    assert code == 0 and "not looked whether" in said
    (restore.programs / "openssl").symlink_to(shutil.which("openssl"))
    code, said = restore(of_sqlite, tmp_path / "new.db")
    assert code == 1 and "was changed" in said and not (tmp_path / "new.db").exists()


def test_nothing_is_overwritten(of_sqlite, restore, postgresql, tmp_path):
    for name in "there.db", "other.db-wal":
        (tmp_path / name).write_bytes(b"x")
        code, said = restore(of_sqlite, tmp_path / name.removesuffix("-wal"))
        assert code == 1 and "is there already" in said and (tmp_path / name).read_bytes() == b"x"
    (tmp_path / "files/uploads").mkdir(parents=True)
    (tmp_path / "files/uploads/mine").touch()
    code, said = restore(of_sqlite, tmp_path / "new.db", tmp_path / "files")
    assert code == 1 and "has files already" in said and not (tmp_path / "new.db").exists()
    code, said = restore(of_sqlite, postgresql.url("postgres"))
    assert code == 1 and "of SQLite" in said and "owctl backup restore" in said


def test_a_database_of_postgresql_is_not_overwritten(of_postgresql, restore, tmp_path):
    url, _, repository = of_postgresql
    before = cells_of_postgresql(url)
    code, said = restore(repository, url)
    assert code == 1 and "already" in said and cells_of_postgresql(url) == before
    code, said = restore(repository, tmp_path / "new.db")
    assert code == 1 and "of PostgreSQL" in said and "owctl backup restore" in said and not (tmp_path / "new.db").exists()


def test_what_goes_wrong_leaves_no_database(of_sqlite, restore, tmp_path):
    other = tmp_path / "other.txt"
    subprocess.run(["age-keygen", "-o", other], capture_output=True, check=True)
    code, said = restore(of_sqlite, tmp_path / "new.db", identity=other)
    assert code == 1 and "does not open" in said
    code, said = restore(of_sqlite, tmp_path / "new.db", snapshot="2099")
    assert code == 1 and "--list" in said
    (restore.programs / "sqlite3").unlink()
    code, said = restore(of_sqlite, tmp_path / "new.db")
    assert code == 1 and "sqlite3 is needed" in said
    (restore.programs / "sqlite3").write_text(f"#!{shutil.which('dash')}\nhead -n 300 | {shutil.which('sqlite3')} \"$@\"\nexit 1\n")
    (restore.programs / "sqlite3").chmod(0o755)
    code, said = restore(of_sqlite, tmp_path / "new.db")
    assert code == 1 and "did not take it" in said
    assert list(tmp_path.glob("new.db*")) == []


def test_snapshots_are_listed(of_sqlite):
    done = subprocess.run([shutil.which("dash"), of_sqlite.folder / "restore.sh", "--list"], capture_output=True, text=True, check=True)
    [line] = done.stdout.splitlines()
    assert line.startswith(of_sqlite.ids()[0]) and f"rows {of_sqlite.snapshot().record['rows']} " in line
