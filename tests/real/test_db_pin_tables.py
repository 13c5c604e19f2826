"""Tables that stay what they are while a state of PostgreSQL is read."""
import psycopg
import pytest

CHANGES = ["truncate numbers", "alter table numbers alter n type text", "drop table numbers",
           "drop table numbers; create table numbers (n bigint)", "vacuum full numbers"]


@pytest.fixture
def numbers(each_postgresql):
    url = each_postgresql.create()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table numbers (n bigint)")
        connection.execute("insert into numbers values (1)")
        connection.execute("create table others (n bigint)")
    return url


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_since_is_told(numbers, probe, change):
    probe.open(postgresql=numbers)
    probe.begin()
    with psycopg.connect(numbers, autocommit=True) as connection:
        for statement in change.split("; "):
            connection.execute(statement)
    refusal, _ = probe.refused("pin")
    assert refusal.status == (1 if change == "drop table numbers" else 75)
    assert "numbers" in refusal.message


def test_nobody_changes_them_afterwards(numbers, probe):
    probe.open(postgresql=numbers)
    probe.begin()
    probe("pin")
    with psycopg.connect(numbers, autocommit=True) as connection:
        connection.execute("insert into numbers values (2)")
        connection.execute("set lock_timeout = '200ms'")
        for change in CHANGES[:3]:
            with pytest.raises(psycopg.errors.LockNotAvailable):
                connection.execute(change)
        assert probe.rows("select count(*) from numbers", 1) == [[1]]
        probe("rollback")
        connection.execute("truncate numbers")


def test_nothing_on_sqlite(probe, tmp_path):
    probe.open(sqlite=str(tmp_path / "a.db"), create=True)
    probe.begin()
    probe("pin")
