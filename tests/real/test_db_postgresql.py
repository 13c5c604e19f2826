"""The PostgreSQL driver against real servers: values, bulk loading, time-outs, signals, and connections that end."""
import signal
import threading
import time

import psycopg
import pytest

from lab.probe import COLUMNS, TABLE, Refused

HOSTILE = ["tab\there", "new\nline", "carriage\rreturn", "back\\slash", "\\.", "\\N", "é", "😀", "", " ", "'\"$1%s", "\x01\x1b[31m", "a,b;c|d",
           "\u2028", "\\\n\\.\n", "x" * 300000]


@pytest.fixture
def database(each_postgresql):
    return each_postgresql.create()


@pytest.fixture
def debian(postgresql):
    return postgresql.create()


def connect(url):
    return psycopg.connect(url, autocommit=True)


def psql(url, statement, *parameters):
    with connect(url) as connection:
        cursor = connection.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else None


# ---- values

def test_values_of_all_types(database, probe):
    probe.open(postgresql=database)
    probe.begin("write")
    probe("script", sql='create table "user" ("order" text, big bigint, small smallint, plain integer, yes boolean, real double precision,'
                        ' document json, moment timestamp, bytes bytea, nothing text)')
    values = ["é😀\t\\", 2**63 - 1, -5, 7, True, 0.1, '{"a": 1}', "2026-11-24 10:49:41", {"blob": "hi"}, None]
    assert probe.run('insert into "user" values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)', *values) == 1
    expected = [*values[:4], 1, *values[5:8], "\\x6869", None]
    assert probe.rows('select * from "user"', 10) == [expected]
    texts = [None if value is None else str(value) for value in expected]
    assert probe.rows('select * from "user"', 10, as_text=True) == [texts]
    assert probe.rows('select "order" from "user" where big = $1 and yes = $2 and real = $3', 1, 2**63 - 1, True, 0.1) == [[values[0]]]
    types = "pg_typeof($1)::text, pg_typeof($2)::text, pg_typeof($3)::text, pg_typeof($4)::text"
    assert probe.rows(f"select {types}", 4, 5, True, 0.5, {"blob": "x"}) == [["bigint", "boolean", "double precision", "bytea"]]
    assert probe.rows("select $2::text || $1::text, $3::bigint", 2, "one", "two", None) == [["twoone", None]]


def test_rows_changed(database, probe):
    probe.open(postgresql=database)
    probe.begin("write")
    probe("script", sql="create table numbers (n bigint); insert into numbers select generate_series(1, 10)")
    assert probe.run("update numbers set n = n + 1 where n > $1", 4) == 6
    assert probe.run("delete from numbers where n > 100") == 0
    probe("commit")
    assert psql(database, "select count(*) from numbers") == [(10,)]


def test_single_precision(debian, probe):
    probe.open(postgresql=debian)
    probe.begin()
    assert probe.rows("select 0.5::real, -2::smallint, 'NaN'::float8::text", 3) == [[0.5, -2, "NaN"]]


def test_one_value_of_many_rows_leaves_the_transaction_usable(database, probe):
    probe.open(postgresql=database)
    probe.begin("write")
    assert probe("first", sql="select n from generate_series(1, 100000) n")["text"] == "1"
    assert probe("first", sql="select 1 where false") | {"peak_kb": 0} == {"found": False, "text": None, "peak_kb": 0}
    assert probe.run("select 1") == 1
    probe("commit")


def test_rollback_stops_a_query_that_goes_on(database, probe):
    probe.open(postgresql=database)
    for _ in range(2):
        probe.begin("write")
        start = time.monotonic()
        assert probe("abandon", sql="select n, pg_sleep(n / 1000 * 60) from generate_series(1, 1000000) n")["found"]
        assert time.monotonic() - start < 1.5
    probe.begin()
    assert probe.rows("select 1", 1) == [[1]]


def test_an_error_that_nobody_waited_for_keeps_the_commit_from_seeming_one(database, probe):
    """The one row that was asked for came before the statement failed: only the server knows."""
    psql(database, "create table numbers (n bigint)")
    probe.open(postgresql=database)
    probe.begin("write")
    assert probe.run("insert into numbers values (1)") == 1
    assert probe("first", sql="select 1 / (50000 - n) from generate_series(1, 100000) n")["text"] == "0"
    refusal, _ = probe.refused("commit")
    assert refusal.status == 1 and "rolled the transaction back" in refusal.message
    assert psql(database, "select count(*) from numbers") == [(0,)]


def test_nul_is_refused_before_it_is_sent(debian, probe):
    probe.open(postgresql=debian)
    probe.begin()
    with pytest.raises(Refused, match="NUL") as refusal:
        probe.run("select $1::text", "a\0b")
    assert refusal.value.status == 65


def test_catalogue(database, probe):
    probe.open(postgresql=database)
    probe.begin("write")
    probe("script", sql='create table "group" (id text, "user" text); create view seen as select 1; create schema other;'
                        " create table other.elsewhere (id text); create table parted (n bigint) partition by range (n);"
                        ' alter table "group" add column gone text; alter table "group" drop column gone')
    assert probe("tables")["tables"] == ["group", "parted"]
    assert probe("has", table="parted")["exists"] and not probe("has", table="group", column="........pg.dropped.3........")["exists"]
    assert probe("has", table="group")["exists"] and probe("has", table="group", column="user")["exists"]
    assert not probe("has", table="seen")["exists"] and not probe("has", table="elsewhere")["exists"]
    assert not probe("has", table="group", column="name")["exists"]
    assert not probe("has", table="group", column="ctid")["exists"]


# ---- bulk

def test_hostile_text_survives_copy_both_ways(database, probe):
    probe.open(postgresql=database)
    probe.begin("write")
    probe("script", sql='create table "user" (id bigint, "select" text)')
    rows = [[number, text] for number, text in enumerate([*HOSTILE, None])]
    assert probe("load", table="user", columns=["id", "select"], rows=rows)["rows"] == len(rows)
    stream = probe("unload", sql='select * from "user"')["text"]
    probe("commit")
    assert psql(database, 'select * from "user" order by id') == [tuple(row) for row in rows]
    with connect(database) as connection:
        connection.execute('create table again (id bigint, "select" text)')
        with connection.cursor().copy("copy again from stdin") as copy:
            copy.write(stream)
        assert connection.execute("select * from again order by id").fetchall() == [tuple(row) for row in rows]


def test_copy_is_cut_into_pieces_unseen(database, probe):
    probe.open(postgresql=database)
    probe.begin("write")
    probe("script", sql=TABLE)
    assert probe("generate", table="people", columns=COLUMNS, count=500000)["rows"] == 500000  # 55 MB
    probe("commit")
    assert psql(database, "select count(*), count(distinct id), min(first), max(first) from people") == \
        [(500000, 500000, 1700000000, 1700499999)]


def test_a_bad_row_is_named_and_its_values_are_not(database, probe):
    probe.open(postgresql=database)
    for rows, words in (([["a", 1], ["secret", 2], ["secret", 3]], "row 3: duplicate key"), ([["a", 1], ["secret", None]], "row 2: null value")):
        probe.begin("write")
        probe("script", sql="create table keys (id text primary key, n bigint not null)")
        with pytest.raises(Refused, match=words) as refusal:
            probe("load", table="keys", columns=["id", "n"], rows=rows)
        assert refusal.value.status == 65 and "secret" not in refusal.value.message
        assert "duplicate" not in words or refusal.value.message.endswith(": Key (id)")
        with pytest.raises(Refused, match="nothing was written"):
            probe("commit")


def test_a_bad_row_in_a_later_piece_has_its_number_in_the_whole(debian, probe):
    probe.open(postgresql=debian)
    probe.begin("write")
    probe("script", sql=TABLE.replace("first bigint", "first bigint check (first <> 1700400000)"))
    refusal, _ = probe.refused("generate", table="people", columns=COLUMNS, count=500000)
    assert refusal.status == 65 and refusal.message.startswith("row 400001: new row")


def test_a_server_that_talks_while_it_is_loaded_is_heard(debian, probe):
    """20 MB each way, more than all buffers between: who only sends and never reads would wait for ever."""
    probe.open(postgresql=debian)
    probe.begin("write")
    probe("script", sql="create table loud (id bigint, text text); create function loud() returns trigger language plpgsql as"
                        " $$begin raise notice E'a\\n%', repeat('x', 20000); return new; end$$;"
                        " create trigger loud before insert on loud for each row execute function loud()")
    assert probe("load", table="loud", columns=["id", "text"], rows=[[n, "y" * 20000] for n in range(1000)])["rows"] == 1000


def test_an_early_error_ends_a_long_load_early(debian, probe):
    probe.open(postgresql=debian)
    probe.begin("write")
    probe("script", sql=TABLE.replace("id text primary key", "id varchar(3)"))
    refusal, seconds = probe.refused("generate", table="people", columns=COLUMNS, count=20000000)
    assert refusal.status == 65 and "row 1: value too long" in refusal.message
    assert seconds < 10


def test_unload_that_fails_leaves_the_connection_usable(debian, probe):
    probe.open(postgresql=debian)
    probe.begin()
    with pytest.raises(Refused, match="division by zero"):
        probe("unload", sql="select 1 / (5000 - n) from generate_series(1, 10000) n")
    probe("rollback")
    probe.begin()
    assert probe.rows("select 1", 1) == [[1]]


def test_a_million_rows_take_no_memory(database, probe):
    probe.open(postgresql=database)
    probe.begin()
    sql = "select n::text || repeat('x', 60), n, n from generate_series(1, {}::bigint) n"
    little = probe("stream", sql=sql.format(1000), columns=3)
    much = probe("stream", sql=sql.format(1000000), columns=3)
    assert much["rows"] == 1000000 and much["bytes"] > 60000000
    assert much["peak_kb"] - little["peak_kb"] < 8 * 1024


# ---- transactions

def test_read_transaction_sees_one_state_and_writes_nothing(database, probe):
    psql(database, "create table numbers (n bigint)")
    probe.open(postgresql=database)
    probe.begin()
    assert probe.rows("select count(*) from numbers", 1) == [[0]]
    psql(database, "insert into numbers values (1)")
    assert probe.rows("select count(*) from numbers", 1) == [[0]]
    refusal, _ = probe.refused("run", sql="insert into numbers values (2)")
    assert refusal.status == 77 and refusal.hint
    probe("rollback")


def test_failed_statement_spoils_the_transaction(database, probe):
    probe.open(postgresql=database)
    probe.begin("write")
    probe("script", sql="create table numbers (n bigint)")
    with pytest.raises(Refused, match="does not exist"):
        probe.run("select * from nowhere")
    with pytest.raises(Refused, match="earlier statement"):
        probe.run("select 1")
    with pytest.raises(Refused, match="nothing was written"):
        probe("commit")
    assert psql(database, "select to_regclass('numbers')") == [(None,)]
    probe.begin()
    assert probe.rows("select 1", 1) == [[1]]


def test_settings_last_only_as_long_as_the_transaction(debian, probe):
    psql(debian, "create schema own")
    psql(debian, "create table own.inside (n bigint)")
    probe.open(postgresql=debian, schema="own", statement_timeout=30, lock_timeout=5)
    probe.begin()
    assert probe("tables")["tables"] == ["inside"]
    shown = [probe("first", sql=f"show {name}")["text"] for name in ("statement_timeout", "lock_timeout", "search_path")]
    assert shown == ["30s", "5s", "own"]
    assert probe("first", sql="show transaction_isolation")["text"] == "repeatable read"
    probe("commit")


def test_what_the_role_has_set_does_not_cut_a_transaction_short(database, probe):
    name = database.rpartition("/")[2]
    [(version,)] = psql(database, "select current_setting('server_version_num')::int")
    names = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", *(["transaction_timeout"] if version >= 170000 else [])]
    for setting in names:
        psql(database, f'alter database "{name}" set {setting} = 77')
    probe.open(postgresql=database)
    probe.begin()
    shown = [probe("first", sql=f"show {setting}")["text"] for setting in names]
    assert shown == ["0", "10s", "15min", "0"][:len(names)]


@pytest.mark.parametrize("schema", ("Odd \"Schema\"; --", "user"))
def test_schema_is_quoted(debian, probe, schema):
    with connect(debian) as connection:
        connection.execute(psycopg.sql.SQL("create schema {}").format(psycopg.sql.Identifier(schema)))
    probe.open(postgresql=debian, schema=schema)
    probe.begin("write")
    probe("script", sql="create table mine (n bigint)")
    probe("commit")
    assert psql(debian, "select schemaname from pg_tables where tablename = 'mine'") == [(schema,)]


def test_schema_that_is_not_there(debian, probe):
    probe.open(postgresql=debian, schema="nowhere")
    refusal, _ = probe.refused("begin")
    assert refusal.status == 78 and "nowhere" in refusal.message and "DATABASE_SCHEMA" in refusal.hint
    assert psql(debian, "select state from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()") == [("idle",)]


# ---- waiting, and not waiting

def test_lock_is_waited_for_and_then_told(database, probe):
    psql(database, "create table numbers (n bigint)")
    probe.open(postgresql=database, lock_timeout=1)
    with psycopg.connect(database) as other:
        other.execute("lock table numbers")
        probe.begin("write")
        refusal, seconds = probe.refused("run", sql="insert into numbers values (1)")
        assert refusal.status == 75 and refusal.hint and 0.9 < seconds < 3
    probe("rollback")
    probe.begin("write")
    assert probe.run("insert into numbers values (1)") == 1


def test_deadlock_is_told(debian, probe):
    psql(debian, "create table first (n bigint)")
    psql(debian, "create table second (n bigint)")
    probe.open(postgresql=debian, lock_timeout=30)
    with psycopg.connect(debian) as other:
        other.execute("set deadlock_timeout = '60s'")
        other.execute("lock table first")
        probe.begin("write")
        probe("script", sql="lock table second")
        thread = threading.Thread(target=other.execute, args=("lock table second",))
        thread.start()
        refusal, _ = probe.refused("script", sql="lock table first")
        assert refusal.status == 75 and "deadlock" in refusal.message and refusal.hint
        probe("rollback")
        thread.join()


def test_long_statement_is_stopped(database, probe):
    probe.open(postgresql=database, statement_timeout=1)
    probe.begin()
    refusal, seconds = probe.refused("run", sql="select pg_sleep(60)")
    assert refusal.status == 75 and refusal.hint and seconds < 3


def sleeping(url):
    return psql(url, "select count(*) from pg_stat_activity where query like '%%sleep(61)%%' and state = 'active'"
                     " and pid <> pg_backend_pid()") != [(0,)]


def wait_until(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("number", (signal.SIGINT, signal.SIGTERM))
def test_signal_stops_a_statement_here_and_at_the_server(database, probe, number):
    probe.open(postgresql=database)
    probe.begin("write")
    probe.send("run", sql="select pg_sleep(61)")
    wait_until(lambda: sleeping(database))
    assert probe.interrupted(number) < 1
    wait_until(lambda: not sleeping(database), 1)
    refusal, _ = probe.refused("commit")
    assert "nothing was written" in refusal.message


@pytest.mark.parametrize("do, values", (
    ("stream", {"sql": "select n, pg_sleep(0.001) from generate_series(1, 1000000) n", "columns": 1}),
    ("unload", {"sql": "select generate_series(1, 1000000000)"}),
    ("generate", {"table": "people", "columns": COLUMNS, "count": 100000000}),
    ("script", {"sql": "select pg_sleep(61); select pg_sleep(61)"})))
def test_signal_stops_streams(debian, probe, do, values):
    psql(debian, TABLE)
    probe.open(postgresql=debian)
    probe.begin("write")
    if do == "script":
        probe.send(do, **values)
        wait_until(lambda: sleeping(debian))
    else:
        probe.send_and_see_at_work(do, **values)
    assert probe.interrupted() < 1
    wait_until(lambda: psql(debian, "select count(*) from pg_stat_activity where state = 'active' and pid <> pg_backend_pid()"
                                    " and datname = current_database()") == [(0,)], 2)
    assert psql(debian, "select count(*) from people") == [(0,)]


# ---- servers that go away, roles that may not

def test_server_ends_the_connection_in_the_middle(database, probe):
    probe.open(postgresql=database)
    probe.begin("write")
    probe.send("run", sql="select pg_sleep(61)")
    wait_until(lambda: sleeping(database))
    psql(database, "select pg_terminate_backend(pid) from pg_stat_activity where query like '%%sleep(61)%%' and pid <> pg_backend_pid()")
    with pytest.raises(Refused) as refusal:
        probe.answer()
    assert refusal.value.status == 69 and refusal.value.hint
    probe("rollback")
    refusal, _ = probe.refused("begin")
    assert refusal.status == 69 and "lost" in refusal.message


def test_server_ends_the_connection_in_the_middle_of_a_load(debian, probe):
    probe.open(postgresql=debian)
    probe.begin("write")
    probe("script", sql=TABLE)
    probe.send_and_see_at_work("generate", table="people", columns=COLUMNS, count=100000000)
    psql(debian, "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()")
    with pytest.raises(Refused, match="connection was lost|administrator command") as refusal:
        probe.answer()
    assert refusal.value.status == 69 and refusal.value.hint


def test_role_without_rights(debian, probe):
    psql(debian, "create table mine (n bigint)")
    psql(debian, "drop role if exists guest")
    psql(debian, "create role guest login")
    probe.open(postgresql=debian.replace("owner@", "guest@"))
    probe.begin("write")
    refusal, _ = probe.refused("run", sql="select * from mine")
    assert refusal.status == 77 and refusal.hint
