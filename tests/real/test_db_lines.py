"""Tables as lines of COPY text: whatever a row holds comes back, on the same engine and on the other one."""
import contextlib
import itertools
import sqlite3

import psycopg
import pytest

from lab.probe import Probe, Refused

COLUMNS = ["id", "note", "doc", "yes", "n", "r", "bytes", "day", "moment"]
SELECT = f"select {', '.join(COLUMNS)} from t order by id"
ON_SQLITE = ("create table t (id INTEGER PRIMARY KEY, note TEXT, doc JSON, yes BOOLEAN, n BIGINT, r FLOAT, bytes BLOB,"
             " day DATE, moment DATETIME)")
ON_POSTGRESQL = ("create table t (id bigint primary key, note text, doc json, yes boolean, n bigint, r double precision, bytes bytea,"
                 " day date, moment timestamp)")

TEXTS = ["", " ", "\\N", "\\\\N", "\\.", "\\", "\\\\", "tab\there", "new\nline", "carriage\rreturn", "\r\n", "\b\f\v\x01\x1b\x7f", "é😀\u2028", "t", "5",
         "\\x41", "\\101", "NULL", "'\"$1%s", "a" * 7 + "\n", "\n" * 100, "\\" * 70001, "x" * 300000, "mixed \\ \n \t" * 30000]
DOCS = ['{"a": "\\n\\u0000\\\\"}', "5", "1.5", "-7", '"5"', "null", "[1, 2]", "true", " {} ", '"\\\\N"']
NUMBERS = [0, -1, 2**63 - 1, -2**63, 2**53 + 1, 5 * 10**17]
REALS = [0.0, 0.1, -0.1, 5.0, 0.1 + 0.2, 1e15, 1e14, 123456.789, 1e300, 5e-324, 1.7976931348623157e308, 9007199254740993.0, 2.0**-44,
         float("inf"), float("-inf"), 1e-5, 1e-4]
BYTES = [b"", b"\0", bytes(range(256)), b"\\x41", b"\\N\t\n", b"text"]


def rows():
    """Both engines take them: one of each kind of value at least, and rows of none."""
    kinds = itertools.zip_longest(TEXTS, DOCS, [True, False], NUMBERS, REALS, BYTES, ["2026-11-29", "0001-01-01", "9999-12-31"],
                                  ["2026-11-29 12:34:56", "2026-11-29 12:34:56.123456", "1969-12-31 23:59:59.5"])
    return [(number, *values) for number, values in enumerate([*kinds, [None] * 8])]


@pytest.fixture
def path(tmp_path):
    """A SQLite database of these rows."""
    with database(tmp_path / "rows.db", ON_SQLITE) as connection:
        connection.executemany("insert into t values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows())
    return tmp_path / "rows.db"


@contextlib.contextmanager
def database(path, *statements):
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
        yield connection


@pytest.fixture
def url(each_postgresql):
    url = each_postgresql.create()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ON_POSTGRESQL)
    return url


def unload(lines, where, query=SELECT):
    """What the probe said; the file `lines` has the lines."""
    with Probe() as probe:
        probe.open(**where)
        probe.begin()
        return probe("unload", sql=query, path=str(lines))


def load(lines, where, odd=(), columns=COLUMNS):
    with Probe() as probe:
        probe.open(**where)
        probe.begin("write")
        taken = probe("load_lines", table="t", columns=columns, path=str(lines), odd=odd)["rows"]
        probe("commit")
        return taken


def kept(path):
    """What SQLite has, each value with its type."""
    with database(path) as connection:
        connection.text_factory = bytes
        columns = ", ".join(f"typeof({name}), {name}" for name in COLUMNS)
        return connection.execute(f"select {columns} from t order by id").fetchall()


def again(tmp_path, *statements):
    with database(tmp_path / "again.db", *statements):
        return tmp_path / "again.db"


def test_from_sqlite_to_sqlite(path, tmp_path):
    told = unload(tmp_path / "lines", {"sqlite": str(path)})
    assert not told["odd"]
    other = again(tmp_path, ON_SQLITE)
    assert load(tmp_path / "lines", {"sqlite": str(other)}) == len(rows())
    assert kept(other) == kept(path)


def test_from_sqlite_to_postgresql_and_back(path, url, tmp_path):
    """And both write the same lines."""
    unload(tmp_path / "lines", {"sqlite": str(path)})
    assert load(tmp_path / "lines", {"postgresql": url}) == len(rows())
    with psycopg.connect(url) as connection:
        taken = connection.execute("select id, note, doc::text, yes, n, r, bytes, day::text, moment::text from t order by id").fetchall()
    assert taken == rows()

    unload(tmp_path / "back", {"postgresql": url})
    assert (tmp_path / "back").read_bytes() == (tmp_path / "lines").read_bytes()
    other = again(tmp_path, ON_SQLITE)
    load(tmp_path / "back", {"sqlite": str(other)})
    assert kept(other) == kept(path)


def test_from_postgresql_to_postgresql(path, url, each_postgresql, tmp_path):
    unload(tmp_path / "lines", {"sqlite": str(path)})
    load(tmp_path / "lines", {"postgresql": url})
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("insert into t (id, r, n) values (1000, 'NaN', 1)")
    unload(tmp_path / "first", {"postgresql": url})
    other = each_postgresql.create()
    with psycopg.connect(other, autocommit=True) as connection:
        connection.execute(ON_POSTGRESQL)
    load(tmp_path / "first", {"postgresql": other})
    unload(tmp_path / "second", {"postgresql": other})
    assert (tmp_path / "second").read_bytes() == (tmp_path / "first").read_bytes()
    last = again(tmp_path, ON_SQLITE)
    load(tmp_path / "first", {"sqlite": str(last)})
    assert kept(last)[-1][10:12] == (b"text", b"NaN")  # SQLite has no such number


ODD = ["insert into t (id, note) values (1, cast('bytes' as blob)), (2, x'00ff')", "insert into t (id, doc) values (3, cast('{}' as blob)), (4, 9e999)",
       "insert into t (id, yes) values (5, 'abc'), (6, 't'), (7, 5), (8, 0.5), (9, x'01')", "insert into t (id, n) values (10, 'abc'), (11, 1.5), (12, x'41')",
       "insert into t (id, r) values (13, 'Infinity'), (14, 'abc'), (15, x'')", "insert into t (id, bytes) values (16, 'text'), (17, '\\x41'), (18, 5), (19, 1.5)",
       "insert into t (id, note) values (20, cast(x'ff80fe' as text)), (21, cast(x'610062' as text)), (22, cast(x'00' as text))",
       "insert into t (id, day, moment) values (23, 20261129, 1.5), (24, 'soon', x'00')"]
TOLD = [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 3), (7, 3), (8, 3), (11, 4), (12, 5), (14, 5), (15, 6), (16, 6), (17, 6), (18, 6), (23, 8)]


def test_values_that_sqlite_keeps_in_columns_of_another_kind(tmp_path):
    with database(tmp_path / "odd.db", ON_SQLITE, *ODD):
        pass
    told = unload(tmp_path / "lines", {"sqlite": str(tmp_path / "odd.db")})
    assert [(row, column) for row, column, _ in told["odd"]] == TOLD
    other = again(tmp_path, ON_SQLITE)
    load(tmp_path / "lines", {"sqlite": str(other)}, told["odd"])
    assert kept(other) == kept(tmp_path / "odd.db")


@pytest.mark.parametrize("value", ("x'610062'", "x'ff80fe'"), ids=("NUL", "not UTF-8"))
def test_a_text_that_postgresql_cannot_store(postgresql, tmp_path, value):
    with database(tmp_path / "odd.db", ON_SQLITE, f"insert into t (id, note) values (1, 'good'), (2, cast({value} as text)), (3, 'good')"):
        pass
    unload(tmp_path / "lines", {"sqlite": str(tmp_path / "odd.db")})
    url = postgresql.create()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ON_POSTGRESQL)
    with pytest.raises(Refused, match="row 2.*encoding") as refusal:
        load(tmp_path / "lines", {"postgresql": url})
    assert refusal.value.status == 65


READ = [b"1\t\\q\\ \\N!\\101\\1011\\7\\x41\\x4g\\xg\\x\n", b"2\t\\\\N\\\\.\\v\\b\\f\\8\\\"\n", b"3\ta.b\\\\\\\\.\x0b\x08\x7f\n", b"4\t\n", b"5\t\\N\n"]


def test_both_engines_read_the_same_in_a_line(url, tmp_path):
    (tmp_path / "lines").write_bytes(b"".join(READ))
    other = again(tmp_path, ON_SQLITE)
    for where in ({"sqlite": str(other)}, {"postgresql": url}):
        assert load(tmp_path / "lines", where, columns=["id", "note"]) == len(READ)
    with psycopg.connect(url) as connection:
        expected = connection.execute("select id, note from t order by id").fetchall()
    with database(other) as connection:
        assert connection.execute("select id, note from t order by id").fetchall() == expected


BAD = {"too few": (b"1\ta\n2\n3\tc\n", 2), "too many": (b"1\ta\n2\tb\tc\n", 2), "no number": (b"1\ta\n2\tb\nthree\tc\n", 3), "end mark": (b"1\ta\n\\.\n3\tc\n", 2),
       "end mark in a field": (b"1\ta\n2\tb\\.\n3\tc\n", 2), "carriage return": (b"1\ta\n2\tb\r\n", 2), "no end": (b"1\ta\n2\tb", 2), "twice": (b"1\ta\n1\tb\n", 2),
       "NUL": (b"1\ta\n2\t\0\n", 2)}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_line_is_refused_by_its_number_and_nothing_is_loaded(postgresql, tmp_path, probe, what):
    content, row = BAD[what]
    (tmp_path / "lines").write_bytes(content)
    url = postgresql.create()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ON_POSTGRESQL)
    for where in ({"sqlite": str(again(tmp_path, ON_SQLITE))}, {"postgresql": url}):
        if what == "no number" and "sqlite" in where:
            continue  # a text is as good there, but in the primary key
        probe.open(**where)
        probe.begin("write")
        refusal, _ = probe.refused("load_lines", table="t", columns=["id", "note"], path=str(tmp_path / "lines"))
        assert refusal.status == 65, refusal.message
        assert f"row {row}" in refusal.message or (what == "no end" and "sqlite" not in where), refusal.message
        assert probe.refused("commit")[0].status == 1
        probe.begin()
        assert probe.rows("select count(*) from t", 1) == [[0]]
        probe("close")


def test_a_bad_line_far_behind(postgresql, tmp_path, probe):
    """In another COPY than the first, of lines that came in two calls and beside rows."""
    url = postgresql.create()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table t (id bigint, note text)")
    line = b"1\t" + b"x" * 997 + b"\n"
    (tmp_path / "good").write_bytes(line * 40000)
    (tmp_path / "bad").write_bytes(line * 40000 + b"none\t\n")
    assert load(tmp_path / "good", {"postgresql": url}, columns=["id", "note"]) == 40000
    probe.open(postgresql=url)
    probe.begin("write")
    refusal, _ = probe.refused("load_lines", table="t", columns=["id", "note"], path=str(tmp_path / "bad"))
    assert refusal.status == 65 and "row 40001" in refusal.message


def test_a_long_load_is_cut_into_several_statements(postgresql, tmp_path):
    """An error is known after each of them. They end where a line does, however long that is."""
    url = postgresql.create()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table t (id bigint, note text); create table statements (n int);"
                           " create function counted() returns trigger language plpgsql as 'begin insert into statements values (1); return null; end';"
                           " create trigger counted after insert on t for each statement execute function counted()")
        (tmp_path / "lines").write_bytes(b"".join(b"%d\t%s\n" % (i, b"x" * (i % 300_000)) for i in range(0, 3_000_000, 4321)))
        rows = load(tmp_path / "lines", {"postgresql": url}, columns=["id", "note"])
        assert connection.execute("select count(*), count(*) filter (where length(note) = id % 300000) from t").fetchone() == (rows, rows)
        assert connection.execute("select count(*) from statements").fetchone() == (-(-(tmp_path / "lines").stat().st_size // (32 << 20)),)


def test_what_a_role_or_a_database_has_set_does_not_show_in_lines(each_postgresql, tmp_path):
    url = each_postgresql.create()
    name = url.rsplit("/", 1)[1]
    odd = {"timezone": "Asia/Tokyo", "intervalstyle": "iso_8601", "datestyle": "SQL, DMY", "bytea_output": "escape", "extra_float_digits": "-3",
           "standard_conforming_strings": "off", "lc_monetary": "C"}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table t (a timestamptz, b interval, c date, d bytea, e float8, f float4)")
        connection.execute("insert into t values ('2026-11-29 12:00:00+00', '1 day 02:03', '2026-11-29', '\\x00ff', 0.1, 0.3)")
        for setting, value in odd.items():
            connection.execute(f"alter database {name} set {setting} = '{value}'")
    unload(tmp_path / "lines", {"postgresql": url}, "select * from t")
    assert (tmp_path / "lines").read_text() == "2026-11-29 12:00:00+00\t1 day 02:03:00\t2026-11-29\t\\\\x00ff\t0.1\t0.3\n"


def test_rows_come_in_the_order_in_which_they_stand(postgresql, tmp_path):
    """Whatever else is reading the table, which would have this one begin in its midst, and without parallel workers."""
    url = postgresql.create()
    with psycopg.connect(url, autocommit=True) as connection, Probe() as probe:
        connection.execute("create table t (id bigint, note text)")
        connection.execute("insert into t select i, repeat('x', 1000) from generate_series(1, 40000) i")
        for setting in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
            connection.execute(f"alter role owner in database {url.rsplit('/', 1)[1]} set {setting} = 0")
        connection.execute("vacuum analyze t")
        with connection.cursor().copy("copy (select id, note from t) to stdout") as copy:
            for _ in range(15000):
                copy.read()
            probe.open(postgresql=url)
            probe.begin()
            probe("unload", sql="select id from t where note > ''", path=str(tmp_path / "lines"))
            for _ in copy:
                pass
    assert (tmp_path / "lines").read_text() == "".join(f"{i}\n" for i in range(1, 40001))


@pytest.mark.parametrize("engine", ("sqlite", "postgresql"))
def test_a_value_of_20_mb(postgresql, tmp_path, engine):
    """Its line comes in pieces, and memory does not hold it several times."""
    text = ("wide \\ \n" * 2_500_000)
    where, target = {"sqlite": str(tmp_path / "large.db")}, {"sqlite": str(again(tmp_path, ON_SQLITE))}
    with database(tmp_path / "large.db", ON_SQLITE) as connection:
        connection.execute("insert into t (id, note, bytes) values (1, ?, ?)", (text, b"\0\xff" * 5_000_000))
    if engine == "postgresql":
        target = {"postgresql": postgresql.create()}
        with psycopg.connect(target["postgresql"], autocommit=True) as connection:
            connection.execute(ON_POSTGRESQL)
    told = unload(tmp_path / "lines", where)
    assert told["longest"] < 200_000 and told["cut"] > 100
    assert load(tmp_path / "lines", target) == 1
    unload(tmp_path / "back", target)
    assert (tmp_path / "back").read_bytes() == (tmp_path / "lines").read_bytes()


def test_a_value_of_300_mb_takes_no_more_memory_than_a_small_one(tmp_path):
    text = "wide \\ \n" * 1000
    with database(tmp_path / "large.db", ON_SQLITE) as connection:
        connection.execute("insert into t (id, note) values (1, replace(printf('%.*c', 37500, 'x'), 'x', ?))", [text])
    with Probe() as probe:
        probe.open(sqlite=str(tmp_path / "large.db"), large_values=True)
        probe.begin()
        before = probe("drain", sql="select 1")["peak_kb"]
        after = probe("drain", sql=SELECT)
    assert after["bytes"] > 370_000_000 and after["cut"] > 1000
    assert after["peak_kb"] - before < 64 * 1024
