"""Each exit status that `owctl help exit-status` promises, made to happen by what it stands for."""
import os
import re
import signal
import sqlite3
import time

import pytest
from bad_input.case import statuses
from lab.process import free_port
from test_bad_input import CASES

CREATE = ("user", "create", "bob@example.org", "--no-password")


@pytest.fixture
def site(owctl, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    where = {"DATA_DIR": folder}

    def call(*words, stdin=b"", **more):
        return owctl(*words, env=where | more, stdin=stdin)

    call.where = where
    call("migrate", "up").ok()
    call("user", "create", "ada@example.org", "--role", "admin", "--password-stdin", stdin="secret").ok()
    return call


@pytest.mark.quick
def test_each_status_of_the_man_page_is_made_to_happen():
    """By the bad input tables, or, where it is not about bad input, by a test of this file."""
    by_hand = {int(number[1]) for name in globals() if (number := re.match(r"test_(\d+)_", name))}
    assert by_hand == statuses()[""]
    in_tables = {case.status for case in CASES}
    assert in_tables == statuses()[""] - {0, 130, 141}, "done, interrupted and a closed pipe are about no input"


@pytest.mark.quick
def test_141_is_a_reader_that_went_away(site, owctl):
    reading, writing = os.pipe()
    os.close(reading)
    running = owctl.start("user", "list", env=site.where, stdout=writing)
    os.close(writing)
    running.communicate(timeout=20)
    assert running.returncode == 141


@pytest.mark.quick
def test_0_is_done(site):
    site("user", "show", "ada@example.org").ended(0)


@pytest.mark.quick
def test_1_is_failed_for_a_database_of_an_unknown_revision(site):
    with sqlite3.connect(site.where["DATA_DIR"] / "webui.db") as database:
        database.execute("update alembic_version set version_num = 'from_the_future'")
    assert "does not know" in site(*CREATE).ended(1).err


@pytest.mark.quick
def test_2_is_no_for_another_password_and_for_pending_migrations(site, owctl, tmp_path):
    site("user", "check-password", "ada@example.org", "--password-stdin", stdin="other").ended(2)
    (tmp_path / "old").mkdir()
    owctl("migrate", "up", "--to", "0.8.12", env={"DATA_DIR": tmp_path / "old"}).ok()
    owctl("migrate", "status", "--check", env={"DATA_DIR": tmp_path / "old"}).ended(2)


@pytest.mark.quick
def test_64_is_usage_for_an_unknown_option(site):
    site("user", "list", "--bogus").ended(64)


@pytest.mark.quick
def test_65_is_bad_input_for_an_account_that_is_not_there(site):
    site("user", "show", "nobody@example.org").ended(65)


@pytest.mark.quick
def test_69_is_unreachable_for_a_server_that_does_not_listen(owctl):
    owctl("user", "list", env={"DATABASE_URL": f"postgresql://me@127.0.0.1:{free_port()}/db"}).ended(69)


@pytest.mark.quick
def test_75_is_busy_while_somebody_else_writes(site):
    with sqlite3.connect(site.where["DATA_DIR"] / "webui.db", isolation_level=None) as database:
        database.execute("begin immediate")
        site(*CREATE, "--timeout", "1").ended(75)
        database.execute("rollback")
    site(*CREATE).ended(0)


@pytest.mark.quick
def test_77_is_not_permitted_for_the_primary_administrator(site):
    site("user", "delete", "ada@example.org", "--yes").ended(77)


def test_77_is_not_permitted_for_a_role_of_postgresql_that_may_only_read(owctl, make_postgresql, postgresql):
    url = make_postgresql()
    owctl("migrate", "up", env={"DATABASE_URL": url}).ok()
    database = url.rpartition("/")[2]
    with postgresql.connect(database) as connection:
        connection.execute(f"create role reader_{database} login")
        connection.execute(f"grant select on all tables in schema public to reader_{database}")
    reader = {"DATABASE_URL": postgresql.url(database, f"reader_{database}")}
    owctl("user", "list", env=reader).ended(0)
    owctl(*CREATE, env=reader).ended(77)
    assert owctl("user", "list", "-o", "json", env=reader).ok().json() == []


@pytest.mark.quick
def test_78_is_bad_settings_for_no_database_at_all(owctl):
    owctl("user", "list").ended(78)


@pytest.mark.quick
def test_130_is_interrupted_while_it_waits_for_input(site, owctl):
    reading, writing = os.pipe()
    running = owctl.start("user", "import", "-", env=site.where, stdin=reading)
    os.write(writing, b"email\n")
    time.sleep(1)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=20)
    os.close(reading)
    os.close(writing)
    assert running.returncode == 130
