"""Rows that did not change since the last snapshot are not stored again; every snapshot is whole for all that, and is what the
database had at its moment."""
import contextlib
import os
import random
import signal
import subprocess

import psycopg
import pytest

from lab import backup_reader
from lab.backups import Place, Repository, exactly
from lab.postgresql import PostgreSQL
from lab.process import Process, wait_until
from test_backup import at_head, filled, keys, place  # noqa: F811, F401 (fixtures)
from test_backup_unchanged import added, forget, stored
from test_backup_without_owctl import fill
from test_old_database import connected

ENGINES = ["sqlite", "postgresql"]
ROWS = 3000
SIZE = 2000


@pytest.fixture
def repository(owctl, keys, tmp_path):  # noqa: F811
    return Repository(owctl, tmp_path / "repository", keys).init()


class Site:
    """An installation with a table of its owner's, large enough for several segments, which is changed at random."""

    def __init__(self, place, seed=0):  # noqa: F811
        self.url, self.where, self.data, self.files = place.url, place.where, place.data, place.files
        self.random = random.Random(seed)
        self.is_sqlite = self.url.startswith("sqlite:")
        self.next = 0
        self.run("create table bulk (id integer primary key, t text, n integer)")
        self.insert(ROWS)

    def run(self, *statements, many=None):
        with connected(self.url) as connection:
            if not self.is_sqlite:
                connection.autocommit = many is None
            for sql in statements:
                sql = sql if self.is_sqlite else sql.replace("?", "%s")
                if many is None:
                    connection.execute(sql)
                else:
                    connection.cursor().executemany(sql, many)
            if self.is_sqlite or many is not None:
                connection.commit()

    def text(self):
        return self.random.randbytes(SIZE // 2).hex()

    def insert(self, count):
        self.run("insert into bulk values (?, ?, 0)", many=[(self.next + number, self.text()) for number in range(count)])
        self.next += count

    def some(self, count):
        return [(number,) for number in self.random.sample(range(self.next), count)]

    def update(self, count):
        self.run("update bulk set t = ? where id = ?", many=[(self.text(), *id) for id in self.some(count)])

    def delete(self, count):
        self.run("delete from bulk where id = ?", many=self.some(count))

    def vacuum(self):
        if not self.is_sqlite:
            self.run("vacuum bulk")

    def contents(self):
        return exactly(self.url) | {"bulk": self.bulk()}

    def bulk(self, url=None):
        with connected(url or self.url) as connection:
            return sorted(connection.execute("select * from bulk").fetchall())


@pytest.fixture
def site(filled):  # noqa: F811
    return lambda engine, seed=0: Site(filled("small", engine, {}), seed)


def restored(repository, place, site, snapshot):  # noqa: F811
    target = place("sqlite" if site.is_sqlite else "postgresql")
    repository.restore(target, snapshot).ok()
    return exactly(target.url) | {"bulk": site.bulk(target.url)}


def assert_comes_back(repository, place, site, snapshot="latest"):  # noqa: F811
    assert restored(repository, place, site, snapshot) == site.contents()
    assert repository.verify("--read-data") == []


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_that_are_as_they_were_are_not_stored_again(repository, site, place, engine):  # noqa: F811
    here = site(engine)
    first = added(repository, here)
    before = sum(map(len, repository.objects().values()))
    said, after = repository.create(here)["added"], repository.objects()
    record = max(name for name in after if name.startswith("snapshots/"))
    assert sum(map(len, after.values())) - before == said + len(after[record])
    assert added(repository, here) == 0 and first > ROWS * SIZE // 2
    one, two, three = repository.list()
    assert (one["rows"], one["bytes"]) == (two["rows"], two["bytes"]) == (three["rows"], three["bytes"])
    forget(repository, one["snapshot"])
    assert_comes_back(repository, place, here)


CHANGES = {
    "update": lambda site: site.update(30),
    "delete": lambda site: site.delete(30),
    "insert": lambda site: site.insert(30),
    # another row is where one was
    "replace": lambda site: (site.delete(300), site.vacuum(), site.insert(30)),
    "one row": lambda site: site.run("update bulk set n = n + 1 where id = 7"),
    "another table": lambda site: site.run("update \"user\" set name = 'other'"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("engine", ENGINES)
def test_what_changed_is_stored_alone(repository, site, place, engine, change):  # noqa: F811
    here = site(engine)
    added(repository, here)
    before = here.contents()
    CHANGES[change](here)
    assert 0 < added(repository, here) < 60 * SIZE or change == "delete"
    assert_comes_back(repository, place, here)
    assert restored(repository, place, here, repository.list()[0]["snapshot"]) == before
    backup_reader.Repository(repository.location, repository.keys.file).snapshot().check_all()


WHOLE = {
    "made anew": {"postgresql": ["vacuum full bulk"], "sqlite": []},
    "in another order": {"postgresql": ["cluster bulk using bulk_pkey"], "sqlite": []},
    "emptied and filled": {"postgresql": ["create table other as select * from bulk", "truncate bulk", "insert into bulk select * from other",
                                          "drop table other"],
                           "sqlite": []},
    "a column more": {"postgresql": ["alter table bulk add more integer default 7"], "sqlite": ["alter table bulk add more integer default 7"]},
    "another type": {"postgresql": ["alter table bulk alter n type bigint"], "sqlite": []},
    "a column less, and more": {engine: ["alter table bulk drop column n", "alter table bulk add n integer default 9"] for engine in ENGINES},
}


@pytest.mark.parametrize("engine, how", [(engine, how) for how in WHOLE for engine in ENGINES if WHOLE[how][engine]])
def test_a_table_is_read_as_a_whole_where_places_tell_nothing(repository, site, place, engine, how):  # noqa: F811
    here = site(engine)
    first = added(repository, here)
    here.run(*WHOLE[how][engine])
    assert added(repository, here) > first // 2
    assert_comes_back(repository, place, here)
    assert added(repository, here) == 0
    assert_comes_back(repository, place, here)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(2))
def test_any_changes_one_after_the_other(repository, site, place, engine, seed):  # noqa: F811
    here = site(engine, seed)
    expected, sizes = [], []
    for _ in range(10):
        for change in here.random.sample(list(CHANGES), 2):
            CHANGES[change](here)
        if not here.random.randrange(3):
            here.vacuum()
        sizes.append(added(repository, here))
        expected.append(here.contents())
    assert sizes[0] == max(sizes) and sorted(sizes)[len(sizes) // 2] < sizes[0] // 5
    snapshots = [row["snapshot"] for row in repository.list()]
    for number in here.random.sample(range(len(snapshots)), 4):
        assert restored(repository, place, here, snapshots[number]) == expected[number], number
    assert repository.verify("--read-data") == []


@pytest.mark.parametrize("engine", ENGINES)
def test_a_table_is_stored_as_a_whole_again_before_it_falls_to_pieces(repository, site, place, engine):  # noqa: F811
    here = site(engine)
    sizes = [added(repository, here)]
    for _ in range(18):
        here.update(30)
        sizes.append(added(repository, here))
    first, again = (number for number, size in enumerate(sizes) if size > sizes[0] // 2)
    assert first == 0 and 17 <= again <= 18
    assert_comes_back(repository, place, here)
    here.delete(ROWS * 3 // 5)
    assert added(repository, here) < sizes[0] // 10
    assert_comes_back(repository, place, here)
    here.update(1)
    assert sizes[0] // 5 < added(repository, here) < sizes[0] // 2  # what is left of it
    assert_comes_back(repository, place, here)


@pytest.mark.parametrize("engine", ENGINES)
def test_without_owctl(repository, site, place, engine):  # noqa: F811
    here = site(engine)
    added(repository, here)
    for change in "update", "replace", "one row":
        CHANGES[change](here)
        added(repository, here)
    target = place(engine)
    subprocess.run(["sh", repository.location / "restore.sh", repository.keys.file, "latest", target.url], check=True, capture_output=True)
    assert exactly(target.url) | {"bulk": here.bulk(target.url)} == here.contents()


ODD = {"update": "update bulk set t = x'00ff' where id = 5", "delete": "delete from bulk where id = 4", "change": "update bulk set n = 'five' where id = 5",
       "class": "update bulk set n = cast(n as text) || 'x' where id = 6"}


def test_values_that_are_odd_stay_with_their_rows(repository, site, place):  # noqa: F811
    here = site("sqlite")
    here.run("update bulk set t = cast(t as blob) where id % 3 = 0", "update bulk set n = 1.5 where id % 2 = 0")
    added(repository, here)
    for sql in ODD.values():
        here.run(sql)
        assert 0 <= added(repository, here) < 20 * SIZE
        assert_comes_back(repository, place, here)


@pytest.mark.parametrize("engine", ENGINES)
def test_another_kind_of_the_same_text_is_a_change(repository, site, place, engine):  # noqa: F811
    """A text and bytes, NULL and an empty text: what an index that looked at lines alone would take for the same."""
    here = site(engine)
    here.run("update bulk set t = '' where id = 1")
    added(repository, here)
    here.run("update bulk set t = null where id = 1", *(["update bulk set t = cast(t as blob) where id = 2"] if here.is_sqlite else []))
    assert added(repository, here) > 0
    assert_comes_back(repository, place, here)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_pack_that_is_gone_is_not_relied_upon(repository, site, place, engine):  # noqa: F811
    here = site(engine)
    first = added(repository, here)
    for pack in (repository.location / "packs").rglob("*.age"):
        pack.unlink()
    assert added(repository, here) > first // 2
    assert_comes_back_alone(repository, place, here)


def assert_comes_back_alone(repository, place, site):  # noqa: F811
    forget(repository, repository.list()[0]["snapshot"])
    assert_comes_back(repository, place, site)


@pytest.mark.parametrize("engine", ENGINES)
def test_everything_is_read_where_that_is_asked_for(repository, site, place, engine):  # noqa: F811
    here = site(engine)
    first = added(repository, here)
    assert added(repository, here, "--read-all") > first // 2
    assert added(repository, here) == 0
    assert_comes_back(repository, place, here)


@pytest.mark.parametrize("engine", ENGINES)
def test_another_database_under_the_same_label(repository, site, place, engine):  # noqa: F811
    one, other = site(engine), site(engine, 1)
    first = added(repository, one)
    assert added(repository, other) > first // 2
    assert_comes_back(repository, place, other)


def test_rows_without_a_number(repository, site, place):  # noqa: F811
    here = site("sqlite")
    here.run("create table keyed (k text primary key, v text) without rowid", "create table shadowed (_rowid_ text, v text)",
             "create table below (id integer primary key, v text)")
    for table in "keyed", "shadowed":
        here.run(f"insert into {table} values (?, ?)", many=[(f"k{number}", here.text()) for number in range(50)])
    here.run("insert into below values (?, ?)", many=[(number, here.text()) for number in range(-40, 40)])
    added(repository, here)
    here.run("update keyed set v = 'x' where k = 'k7'", "update shadowed set v = 'x' where _rowid_ = 'k7'", "update below set v = 'x' where id = -7",
             "delete from below where id = 3")
    assert added(repository, here) < 250 * SIZE
    assert_comes_back(repository, place, here)


def test_a_row_that_comes_before_all_others(repository, site, place):  # noqa: F811
    """Below 0 rowids are not in the order of slots: what was known of the table is of no use then."""
    here = site("sqlite")
    first = added(repository, here)
    here.run("insert into bulk values (-1, 'x', 0)", "update bulk set t = 'y' where id = 5")
    assert added(repository, here) > first // 2
    assert_comes_back(repository, place, here)
    here.run("delete from bulk where id = -1")
    assert added(repository, here) > first // 2  # it was not in the index
    assert added(repository, here) == 0
    assert_comes_back(repository, place, here)


class Server(PostgreSQL):
    def crash(self):
        """One process of the server dies, and all others are started anew; the server goes on."""
        with contextlib.closing(psycopg.connect(self.url("postgres"))) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            with pytest.raises(psycopg.OperationalError):
                connection.execute("select pg_sleep(10)")
        self.wait()

    def restart(self):
        Process.stop(self)
        self._prepare = lambda: None
        self.start().wait()


@pytest.mark.parametrize("how", ["restart", "crash"])
def test_a_server_that_came_up_anew(repository, place, how):  # noqa: F811
    with Server("debian") as server:
        server.start().wait()
        url = server.create()
        fill(url)
        with connected(url) as connection:
            connection.execute("update file set path = null")
        here = Site(Place(url, place("sqlite").data))
        first = added(repository, here)
        assert added(repository, here) == 0
        getattr(server, how)()
        assert added(repository, here) > first // 2
        assert added(repository, here) == 0
        assert_comes_back(repository, place, here)


def test_a_standby_knows_its_rows_again(repository, place):  # noqa: F811
    with Server("debian") as primary, PostgreSQL("debian") as standby:
        primary.start("wal_level=replica", "hot_standby=on").wait()
        url = primary.create()
        fill(url)
        with connected(url) as connection:
            connection.execute("update file set path = null")
        data = place("sqlite").data
        here, there = Site(Place(url, data)), Place(standby.url(url.rpartition("/")[2]), data)
        standby.start_as_standby_of(primary).wait()
        first = added(repository, there)
        assert added(repository, there) == 0
        here.update(20)
        with psycopg.connect(url) as connection:
            end = connection.execute("select pg_current_wal_insert_lsn()").fetchone()[0]
        with psycopg.connect(there.url, autocommit=True) as connection:
            wait_until(lambda: connection.execute("select pg_last_wal_replay_lsn() >= %s::pg_lsn", [end]).fetchone()[0], 30, "the standby")
        assert 0 < added(repository, there) < 60 * SIZE
        assert_comes_back(repository, place, here)
        assert added(repository, here) > first // 2  # the primary is another server: places are the same, and yet not relied upon


def test_a_table_that_a_crash_empties_and_others(repository, site, place):  # noqa: F811
    here = site("postgresql")
    here.run("create unlogged table quick (id integer, v text)", "insert into quick select g, repeat('x', 500) from generate_series(1, 500) g",
             "create type mood as enum ('good', 'bad')")
    here.run("drop type mood", "create table named (id integer, v regclass)", "insert into named values (1, 'bulk'::regclass)")
    added(repository, here)
    here.run("update named set v = 'chat'::regclass")
    added(repository, here)
    assert_comes_back(repository, place, here)


@pytest.mark.parametrize("engine", ENGINES)
def test_pruned_away_beside_it(repository, site, place, engine):  # noqa: F811
    here = site(engine)
    for _ in range(3):
        added(repository, here)
        here.update(20)
    added(repository, here)
    with contextlib.suppress(AssertionError):
        repository("prune", "--keep-last", "1", "--yes", "--grace", "0").ok()
    assert len(repository.list()) == 1
    assert_comes_back(repository, place, here)
    assert stored(repository) > 0
