"""Who else is at a database (db_others)."""
import contextlib
import os
import re
import sqlite3
import subprocess

import psycopg
import pytest

from lab.probe import Probe
from lab.process import wait_until
from lab.sqlite import Holder, beside, unprivileged, wal_database


@pytest.fixture
def path(tmp_path):
    wal_database(tmp_path / "webui.db")
    return tmp_path / "webui.db"


@pytest.fixture
def database(each_postgresql):
    return each_postgresql.create()


# ---- SQLite

def name_of(pid):
    with open(f"/proc/{pid}/comm") as file:
        return f"pid {pid} ({file.read().strip()})"


@pytest.mark.quick
def test_processes_that_have_the_file_open(path, probe):
    probe.open(sqlite=str(path), read_only=True)
    assert probe.others() == []
    first, second = Holder(path, "wal"), Holder(path, "wal")
    for holder in (first, second):
        holder("select * from people")
    assert sorted(probe.others()) == sorted(map(name_of, (first.popen.pid, second.popen.pid)))
    first.kill()
    assert probe.others() == [name_of(second.popen.pid)]
    second("drop")
    assert probe.others() == [name_of(second.popen.pid)]
    second.kill()
    assert probe.others() == []


@pytest.mark.quick
@pytest.mark.parametrize("suffix", ("", "-wal", "-shm"))
def test_each_of_its_files_counts(path, probe, suffix):
    keeper = Holder(path, "wal")
    keeper("create table there (n)")
    link = path.parent / "by another name"
    link.hardlink_to(beside(path, suffix))
    probe.open(sqlite=str(path), read_only=True)
    with link.open("rb"), open(path.parent / "else", "wb"):
        assert sorted(probe.others()) == sorted(map(name_of, (keeper.popen.pid, os.getpid())))
    assert probe.others() == [name_of(keeper.popen.pid)]
    keeper.kill()


@pytest.mark.quick
def test_other_databases_and_a_deleted_one_do_not_count(path, probe):
    other = path.parent / "other.db"
    wal_database(other)
    before = Holder(path, "delete")
    before("create table there (n)")
    path.unlink()
    wal_database(path)
    elsewhere = Holder(other, "wal")
    elsewhere("select * from people")
    probe.open(sqlite=str(path), read_only=True)
    assert probe.others() == []
    before.kill()
    elsewhere.kill()


@pytest.mark.quick
def test_owctl_is_none_of_the_others(path, probe):
    with Probe() as other:
        other.open(sqlite=str(path)).begin("write")
        probe.open(sqlite=str(path), read_only=True)
        assert probe.others() == []


@pytest.mark.quick
def test_looking_lets_go_of_no_lock(path, probe):
    """To open and close one of the files would."""
    probe.open(sqlite=str(path))
    probe.hold()
    keeper = Holder(path, "wal")
    probe.others()
    probe.begin("write")
    with contextlib.closing(sqlite3.connect(path, timeout=0)) as database, pytest.raises(sqlite3.OperationalError, match="locked"):
        database.execute("begin immediate")
    keeper.kill()


def test_processes_of_other_users_are_not_seen():
    with unprivileged() as (folder, probe):
        wal_database(folder / "webui.db")
        (folder / "webui.db").chmod(0o666)
        folder.chmod(0o777)
        with contextlib.closing(sqlite3.connect(folder / "webui.db")) as database:
            database.execute("pragma journal_mode = delete")
        foreign = Holder(folder / "webui.db", "delete")
        foreign("select * from people")
        probe.open(sqlite=str(folder / "webui.db"))
        assert probe.others() == []
        own = subprocess.Popen(["/bin/sh", "-c", 'exec 3<"$1"; echo; read -r line', "sh", folder / "webui.db"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, user=65534, group=65534, extra_groups=[])
        own.stdout.readline()
        assert probe.others() == [name_of(own.pid)]
        own.communicate(b"\n")
        foreign.kill()


# ---- PostgreSQL

SINCE = r"since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def test_connections_to_the_database(each_postgresql, database, probe):
    probe.open(postgresql=database)
    assert probe.others() == []
    with psycopg.connect(database, application_name='web "ui"') as first:
        one, = probe.others()
        assert re.fullmatch(rf'"web "ui"" of role "owner" from 127.0.0.1, {SINCE} \(server pid {first.info.backend_pid}\)', one), one
        with psycopg.connect(database, host=str(each_postgresql.folder)) as second:
            _, two = probe.others()
            assert re.fullmatch(rf'a program without a name of role "owner", {SINCE} \(server pid {second.info.backend_pid}\)', two), two
    wait_until(lambda: probe.others() == [], 5, "the end of both connections")


def test_what_does_not_count(each_postgresql, database, probe):
    elsewhere = each_postgresql.create()
    with Probe() as owctl, Probe() as holder, psycopg.connect(elsewhere):
        owctl.open(postgresql=database + "?fallback_application_name=owctl").begin()
        holder.open(postgresql=database).hold()
        probe.open(postgresql=database)
        assert probe.others() == []


def test_a_role_that_may_not_see_details(each_postgresql, probe):
    database = each_postgresql.create()
    each_postgresql.execute("create role watcher login")
    try:
        with psycopg.connect(database, application_name="uvicorn") as first:
            probe.open(postgresql=database.replace("owner@", "watcher@"))
            assert probe.others() == [f'"uvicorn" of role "owner" (server pid {first.info.backend_pid})']
        probe("close")
    finally:
        each_postgresql.execute("drop role watcher")


def test_the_picture_is_a_new_one_each_time(database, probe):
    probe.open(postgresql=database)
    for number in range(5):
        with psycopg.connect(database, application_name=f"number {number}") as connection:
            assert any(f'"number {number}"' in words for words in probe.others())
            pid = connection.info.backend_pid
        wait_until(lambda: not any(f"pid {pid}" in words for words in probe.others()), 5, "the end of a connection")
