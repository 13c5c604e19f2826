"""The statements that stand outside of a transaction, which only a holder may run (db_alone)."""
import signal
import socket
import time

import psycopg
import pytest

from lab.probe import COLUMNS, TABLE, Refused
from lab.sqlite import Holder, inodes, names_in
from test_db_hold import debian, path, place, probes  # noqa: F401 (fixtures)

ENDLESS = {"sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n",
           "postgresql": "select pg_sleep(60)"}


def test_what_belongs_outside_of_transactions(place, probes):  # noqa: F811
    probe = probes(**place)
    with pytest.raises(Refused, match="while nothing is held"):
        probe("alone", sql="vacuum")
    probe.hold()
    with pytest.raises(Refused, match="a second lock"):
        probe.hold(8)
    probe.begin()
    for do in ("hold", "alone", "others", "copy"):
        with pytest.raises(Refused, match="outside of one"):
            probe(do, number=7, sql="vacuum", path="nowhere")
    assert probe.rows("select 1", 1) == [[1]]
    probe("release", number=7)
    with pytest.raises(Refused, match="outside a transaction"):
        probe.rows("select 1", 1)


def test_statement_alone(place, probes):  # noqa: F811
    probe = probes(**place)
    probe.begin("write")
    probe("script", sql=TABLE.replace("create table", "create table if not exists"))
    probe("generate", table="people", columns=COLUMNS, count=1000)
    probe("commit")
    probe.hold()
    probe("alone", sql="vacuum")
    probe("alone", sql="select * from people")  # its rows are dropped
    with pytest.raises(Refused, match="syntax|near"):
        probe("alone", sql="nonsense")
    with pytest.raises(Refused, match="more than one statement|multiple commands"):
        probe("alone", sql="delete from people; delete from people")
    probe("alone", sql="begin")
    probe("alone", sql="vacuum")
    probe.begin()
    assert probe.rows("select count(*) from people", 1) == [[1000]]


@pytest.mark.quick
def test_vacuum_beside_a_server(path, probes):  # noqa: F811
    server = Holder(path, "wal")
    server("insert into people(id) values ('server')")
    before, content = inodes(path), path.read_bytes()
    probe = probes(sqlite=str(path))
    probe.hold()
    probe("alone", sql="vacuum", long=True)
    for sql in ("pragma journal_mode = delete", "pragma wal_checkpoint", "attach '/tmp/other.db' as other", "vacuum into '/tmp/other.db'"):
        with pytest.raises(Refused, match="can't stand"):
            probe("alone", sql=sql)
    probe("close")
    assert inodes(path) == before and path.read_bytes() == content
    server("insert into people(id) values ('server, later')")
    server.kill()
    assert names_in(path) == ["server", "server, later"]


def test_long_work_is_given_its_time(place, probes):  # noqa: F811
    sql = ENDLESS[next(iter(place))]
    probe = probes(**place, silence_timeout=1)
    probe.hold()
    refusal, seconds = probe.refused("alone", sql=sql)
    assert refusal.status == 75 and seconds < 4
    probe.send("alone", sql=sql, long=True)
    time.sleep(3)
    assert probe.interrupted(signal.SIGTERM) < 1.5


def session_of(probe):
    """What the session, and not the transaction, was told."""
    probe.begin()
    shown = probe.rows("select name, setting from pg_settings where setting <> reset_val and name in"
                       " ('application_name', 'idle_session_timeout', 'tcp_keepalives_idle', 'default_transaction_read_only')", 2)
    probe("rollback")
    return dict(shown)


def test_index_concurrently_and_vacuum_in_a_schema(each_postgresql, probes):  # noqa: F811
    place = {"postgresql": each_postgresql.create()}
    with psycopg.connect(place["postgresql"], autocommit=True) as other:
        other.execute("create schema own")
        other.execute(TABLE.replace("people", "own.people"))
    probe = probes(**place, schema="own")
    before = session_of(probe)
    probe.hold()
    assert session_of(probe)["application_name"] == f"owctl pid {probe.popen.pid} on host {socket.gethostname()}"
    probe("alone", sql="create index concurrently by_email on people (email)", long=True)
    probe("alone", sql="vacuum analyze people", long=True)
    with psycopg.connect(place["postgresql"]) as other:
        assert other.execute("select schemaname from pg_indexes where indexname = 'by_email'").fetchall() == [("own",)]
    probe("release", number=7)
    assert session_of(probe) == before


def test_statement_alone_is_told_what_a_transaction_is(debian, probes):  # noqa: F811
    with psycopg.connect(debian, autocommit=True) as other:
        other.execute("create table told (statement_timeout text, lock_timeout text, search_path text)")
        other.execute("create schema own")
        ask = "insert into public.told select " + ", ".join(f"current_setting('{name}')" for name in ("statement_timeout", "lock_timeout", "search_path"))
        probe = probes(postgresql=debian, schema="own", statement_timeout=20, lock_timeout=3)
        probe.hold()
        for long in (False, True):
            probe("alone", sql=ask, long=long)
        assert other.execute("select * from told").fetchall() == [("20s", "3s", "own"), ("0", "3s", "own")]
    with psycopg.connect(debian) as blocker:
        blocker.execute("lock table told in access exclusive mode")
        refusal, seconds = probe.refused("alone", sql=ask, long=True)
        assert refusal.status == 75 and 2 < seconds < 6


def test_statement_alone_leaves_nothing_in_the_session(debian, probes):  # noqa: F811
    probe = probes(postgresql=debian, read_only=True, statement_timeout=20)
    probe.hold()
    with pytest.raises(Refused):
        probe("alone", sql="nonsense")
    probe("alone", sql="select set_config('owctl.seen', concat_ws(' ', current_setting('statement_timeout'),"
                       " current_setting('default_transaction_read_only')), false)")
    probe.begin()
    assert probe.rows("select current_setting('owctl.seen'), current_setting('default_transaction_read_only')", 2) == [["20s on", "off"]]


def test_schema_that_is_not_there(debian, probes):  # noqa: F811
    probe = probes(postgresql=debian, schema="nowhere")
    probe.hold()
    refusal, _ = probe.refused("alone", sql="select 1")
    assert refusal.status == 78 and "DATABASE_SCHEMA" in refusal.hint
