"""What `owctl migrate up` keeps of how far it is, and who is kept away meanwhile. It is cut off in test_migrate_kills.py."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import time

import psycopg
import pytest

from lab import rows
from lab.owctl import check_sanitizers
from lab.process import wait_until
from lab.rows_difference import difference
from test_migrate_failures import held
from test_migrate_kills import EVERY_PAGE
from test_migrate_rows import IDS, OLDEST, everything, migrate, old  # noqa: F401 (fixtures)
from test_old_database import connected, copy, engine  # noqa: F401

CHAIN = pathlib.Path(__file__).parents[2] / "src/migrate/chain"
HEAD = "0bd252b206fb"
BEFORE_OLDEST = IDS[IDS.index(OLDEST) - 1]


def versions(url):
    with connected(url) as connection:
        return [version for [version] in connection.execute("select version_num from alembic_version")]


def test_prompts_that_are_half_made_are_its_own(migrate, old, copy, engine):  # noqa: F811
    """The state after the first page of 374d2f66af06, the one revision whose other table has a name of upstream's."""
    template = old(OLDEST, seed=5)
    whole, url, since = copy(template), copy(template), time.time()
    migrate(whole, "--to", "374d2f66af06").ok()
    [folder] = CHAIN.glob("*_374d2f66af06")
    with connected(url) as connection:
        for statement in (folder / "up.sql").read_text().split(";\n"):
            connection.execute(statement)
        connection.execute("create table owctl_migration (revision text not null primary key, started_at bigint not null,"
                           " finished_at bigint, seen_rows bigint not null, pass integer not null, after_key text,"
                           " owctl text not null)")
        connection.execute("insert into owctl_migration values ('374d2f66af06', 1790000000, null, 0, 1, '', '0')")
        if engine == "postgresql":
            connection.execute("comment on table alembic_version is 'owctl_migration: 374d2f66af06, 1790000000'")
    said = migrate(url, "--to", "374d2f66af06").ok().err
    assert "going on with revision 374d2f66af06" in said and "not Open WebUI's" not in said
    assert difference(everything(whole, since), everything(url, since)) == ""


def test_what_was_done_is_kept_in_the_database(migrate, old, engine):  # noqa: F811
    url = old(OLDEST, seed=5)
    migrate(url, "--to", "8452d01d26d7").ok()
    with connected(url) as connection:
        found = connection.execute("select revision, finished_at - started_at, seen_rows from owctl_migration").fetchall()
        chats = connection.execute("select count(*) from chat where user_id not like 'shared-%'").fetchone()
    assert {revision: seen for revision, _, seen in found}["8452d01d26d7"] == chats[0]
    assert len(found) == 2 and all(0 <= seconds < 60 for _, seconds, _ in found)


def test_a_revision_that_was_taken_back_by_hand_is_done_anew(migrate, old, engine):  # noqa: F811
    url, since = old(OLDEST, seed=5), time.time()
    migrate(url, "--to", "8452d01d26d7").ok()
    made = everything(url, since)
    with connected(url) as connection:
        connection.execute("drop table chat_message")
        connection.execute("update alembic_version set version_num = '374d2f66af06'")
    assert "going on" not in migrate(url, "--to", "8452d01d26d7").ok().err
    assert difference(made, everything(url, since)) == ""


@pytest.mark.parametrize("table, status, told", [("alembic_version", 75, "no longer at revision c440947495f3"),
                                                 ("owctl_migration", 1, "does not keep what is written to it")])
def test_what_swallows_a_mark_keeps_the_revision_from_being_done(migrate, old, engine, table, status, told):  # noqa: F811
    url = old(BEFORE_OLDEST, seed=5)
    migrate(url, "--to", OLDEST).ok()
    with connected(url) as connection:
        connection.execute(f"create trigger swallow before update on {table} begin select raise(ignore); end" if engine == "sqlite"
                           else f"create rule swallow as on update to {table} do instead nothing")
    found = everything(url)
    assert told in migrate(url).ended(status).err
    assert versions(url) == [OLDEST] and difference(found, everything(url)) == ""


def test_history_tells_what_owctl_did_and_what_it_has_begun(migrate, old, engine, owctl):  # noqa: F811
    url = old(OLDEST, seed=5)
    migrate(url, "--to", "8452d01d26d7").ok()
    with connected(url) as connection:
        connection.execute("insert into owctl_migration (revision, started_at, seen_rows, pass, owctl)"
                           " values ('f1e2d3c4b5a6', 1790000000, 7, 1, '0')")
        if engine == "postgresql":
            connection.execute("comment on table alembic_version is 'owctl_migration: f1e2d3c4b5a6, 1790000000'")
    told = {row["revision"]: row for row in owctl("migrate", "history", "--database", url, "-o", "json").ok().json()}
    assert list(told)[0] == "7e5b5dc7342b" and list(told)[-1] == HEAD
    assert [told[id]["state"] for id in ("7e5b5dc7342b", OLDEST, "8452d01d26d7", "f1e2d3c4b5a6", HEAD)] == [
        "applied", "applied", "applied", "cut off", "pending"]
    assert told[OLDEST]["owctl"] is None and told["8452d01d26d7"]["owctl"] and told["8452d01d26d7"]["rows"] > 0
    assert told["f1e2d3c4b5a6"] | {"title": "", "releases": None} == {
        "revision": "f1e2d3c4b5a6", "title": "", "releases": None, "state": "cut off", "owctl": "0",
        "started_at": "2026-09-21T14:13:20Z", "seconds": None, "rows": 7}


def pages_done(url):
    with contextlib.suppress(sqlite3.OperationalError, psycopg.Error), connected(url) as connection:
        return connection.execute("select after_key from owctl_migration where finished_at is null and after_key is not null").fetchall()


def test_pages_of_a_revision_that_was_not_ended_are_on_record(migrate, old, engine, tmp_path):  # noqa: F811
    url, log = old("374d2f66af06", seed=5, count=100), tmp_path / "audit"
    process = migrate.start(url, "--online", "--audit-log", log, **{**EVERY_PAGE, "OWCTL_MIGRATE_PAGE_ROWS": "1"})
    wait_until(lambda: pages_done(url), 60, "the first page")
    process.terminate()
    said = process.communicate(timeout=60)[1]
    check_sanitizers(process.args, said)
    assert process.returncode == 130, said
    [record] = [json.loads(line) for line in log.read_text().splitlines()]
    assert (record["details"]["applied"], record["details"]["begun"]) == (0, "8452d01d26d7")
    migrate(url, "--audit-log", log, **EVERY_PAGE).ok()
    record = json.loads(log.read_text().splitlines()[1])
    assert record["details"]["applied"] > 30 and record["details"]["begun"] is None


def test_one_at_a_time_and_the_other_is_told_who(migrate, old, engine):  # noqa: F811
    """A writer keeps the first one where it is: in the midst, with the lock."""
    url = old(OLDEST, seed=5)
    with held(url, "begin", "update chat set title = title") as let_go:
        first = migrate.start(url, "--online", "--timeout", "1")
        while b"waiting for a lock" not in (line := first.stderr.readline()):
            assert line, "it waited for nobody"
        assert f"is being migrated by owctl pid {first.pid} on host" in migrate(url).ended(75).err
        let_go()
        said = first.communicate(timeout=60)[1]
    check_sanitizers(first.args, said)
    assert first.returncode == 0 and versions(url) == [HEAD], said


def test_twenty_at_once(migrate, old, engine):  # noqa: F811
    url = old(OLDEST, seed=2)
    running = [migrate.start(url, wait="60") for _ in range(20)]
    outcomes = []
    for process in running:
        out, said = process.communicate(timeout=120)
        check_sanitizers(process.args, said)
        assert process.returncode == 0, said
        outcomes.append(re.search(rb"outcome +(.+)", out)[1])
    assert sorted(outcomes) == [b"migrated"] + [b"nothing to do"] * 19


def test_a_database_in_use_is_left_alone(migrate, old, engine, tmp_path):  # noqa: F811
    url = old(OLDEST, seed=2)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(contextlib.closing(
            psycopg.connect(url) if engine == "postgresql" else sqlite3.connect(url.removeprefix("sqlite:///"))))
        server.execute("select count(*) from chat").fetchall()
        server.rollback()
        done = migrate(url).ended(75)
        assert "is in use" in done.err and "--online" in done.err
        assert "would be refused" in (said := migrate(url, "--dry-run").ok().err) and "is in use" in said
        assert "would be refused" not in migrate(url, "--dry-run", "--online").ok().err
        assert versions(url) == [OLDEST]
        migrate(url, "--online").ok()
    assert versions(url) == [HEAD]


def test_a_backup_is_made_or_asked_for(migrate, old, engine):  # noqa: F811
    url = old(OLDEST, seed=2)
    before = everything(url)
    assert ("would be refused" in migrate(url, "--dry-run", backup=True).ok().err) == (engine == "postgresql")
    if engine == "postgresql":
        assert "--no-backup" in migrate(url, backup=True).ended(64).err
        assert versions(url) == [OLDEST]
        return
    done = migrate(url, "-o", "json", backup=True).ok()
    backup = done.json()["backup"]
    assert difference(before, rows.of(f"sqlite:///{backup}")) == ""
    assert f"mv {backup} " in done.err


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["webui.db", "ada's $HOME; webui.db"])
def test_the_way_back_is_a_command_for_the_shell_and_ends_with_the_file_as_it_was(migrate, old, engine, tmp_path, name):  # noqa: F811
    path = tmp_path / name
    shutil.copy(old(OLDEST, count=3).removeprefix("sqlite:///"), path)
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 1234, 2345)  # that of a server
    before, whose = everything(f"sqlite:///{path}"), path.stat()
    said = migrate(str(path), backup=True).ok().err
    subprocess.run(re.search(r"to go back: stop the servers, (rm .*), and (mv .*)", said).expand(r"\1 && \2"), shell=True, check=True)
    after = path.stat()
    assert difference(before, everything(f"sqlite:///{path}")) == ""
    assert (after.st_mode, after.st_uid, after.st_gid) == (whose.st_mode, whose.st_uid, whose.st_gid)
