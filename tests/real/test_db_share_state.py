"""One state for several connections to PostgreSQL."""
import psycopg
import pytest

from lab.pgbouncer import pooled
from lab.postgresql import PostgreSQL
from lab.probe import Probe

COUNT = "select count(*) from numbers"


@pytest.fixture
def numbers(each_postgresql):
    """A database with a table of one number."""
    url = each_postgresql.create()
    execute(url, "create table numbers (n bigint)", "insert into numbers values (1)")
    return url


def execute(url, *statements):
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def share(probe, url):
    probe.open(postgresql=url)
    probe.begin()
    answer = probe("share")
    assert answer["can"]
    return answer["name"]


def test_others_see_what_the_first_one_sees(numbers, probe):
    name = share(probe, numbers)
    execute(numbers, "insert into numbers values (2)")
    with Probe() as second, Probe() as third:
        for other in (second, third):
            other.open(postgresql=numbers)
            other("begin_shared", name=name)
            assert other.rows(COUNT, 1) == [[1]]
        execute(numbers, "insert into numbers values (3)")
        assert second.rows(COUNT, 1) == [[1]]
        assert second("unload", sql="select * from numbers")["text"] == "1\n"
        second("commit")
        second.begin()
        assert second.rows(COUNT, 1) == [[3]]
    assert probe.rows(COUNT, 1) == [[1]]


def test_what_it_is_told_with_its_beginning_holds_as_well(numbers, probe):
    execute(numbers, "create schema own", "create table own.numbers (n bigint)", "alter role owner set datestyle to 'SQL, DMY'")
    try:
        name = share(probe, numbers)
        with Probe() as other:
            other.open(postgresql=numbers, schema="own", statement_timeout=7)
            other("begin_shared", name=name)
            assert other.rows(COUNT, 1) == [[0]]
            shown = "select current_setting('statement_timeout'), current_setting('datestyle'), current_setting('transaction_read_only')"
            assert other.rows(shown, 3) == [["7s", "ISO, DMY", "on"]]
            refusal, _ = other.refused("run", sql="insert into numbers values (1)")
            assert refusal.status == 77
    finally:
        execute(numbers, "alter role owner reset datestyle")


@pytest.mark.parametrize("name", (None, "00000003-7FFFFFFF-1", "", "../../../etc/passwd", "1'; drop table numbers; --"))
def test_a_state_that_is_no_more(numbers, probe, name):
    """None: that of a transaction which has ended."""
    gone = share(probe, numbers)
    probe("commit")
    with Probe() as other:
        other.open(postgresql=numbers)
        refusal, _ = other.refused("begin_shared", name=gone if name is None else name)
        assert refusal.status == 1 and "no more" in refusal.message and "run the command again" in refusal.hint
        other.begin()
        assert other.rows(COUNT, 1) == [[1]]


def test_only_readers_share(numbers, probe):
    probe.open(postgresql=numbers)
    assert probe.refused("share")[0].status == 1
    probe.begin("write")
    refusal, _ = probe.refused("share")
    assert "owctl has a defect" in refusal.message
    assert "inside a transaction" in probe.refused("begin_shared", name="1-1")[0].message


def test_through_a_pooler_that_lends_sessions(postgresql, probe):
    database = postgresql.create()
    execute(database, "create table numbers (n bigint)", "insert into numbers values (1)")
    with pooled(postgresql, "transaction", pool_size=3) as pooler:
        url = pooler.url(database.rsplit("/", 1)[1])
        name = share(probe, url)
        execute(database, "insert into numbers values (2)")
        with Probe() as other:
            other.open(postgresql=url)
            for _ in range(3):
                other("begin_shared", name=name)
                assert other.rows(COUNT, 1) == [[1]]
                other("commit")


def test_on_a_standby(probe):
    with PostgreSQL("debian") as primary, PostgreSQL("debian") as standby:
        primary.start("wal_level=replica", "hot_standby=on").wait()
        execute(primary.url("postgres"), "create table numbers (n bigint)", "insert into numbers values (1)")
        standby.start_as_standby_of(primary).wait()
        url = standby.url("postgres")
        name = share(probe, url)
        with Probe() as other:
            other.open(postgresql=url)
            other("begin_shared", name=name)
            assert other.rows("select count(*), bool_and(pg_is_in_recovery()) from numbers", 2) == [[1, 1]]
            assert other("unload", sql="select * from numbers")["text"] == "1\n"
