"""`owctl migrate stamp` records a revision that the catalogue agrees with, or what somebody says he knows better."""
import json

import pytest

from lab import chain, damage
from lab.owctl import check_sanitizers
from test_migrate_rows import old  # noqa: F401 (fixture)
from test_old_database import connected, copied, copy, engine  # noqa: F401 (fixtures)

HEAD = chain.HEAD
BEFORE = "c92da83b017f"  # has the same tables
OLDER = "d4c1a8e37b62"


@pytest.fixture
def url(old):  # noqa: F811
    return old(HEAD, count=3)


@pytest.fixture
def stamp(owctl, url, tmp_path):
    def run(*words):
        return owctl("--database", url, "--audit-log", tmp_path / "audit", "-o", "json", "migrate", "stamp", *words)

    return run


def recorded(url):
    with connected(url) as connection:
        return [id for [id] in connection.execute("select version_num from alembic_version order by version_num")]


def audit(tmp_path):
    return [json.loads(line) for line in (tmp_path / "audit").read_text().splitlines()]


def test_what_is_so_is_recorded_and_audited(stamp, url, tmp_path):
    said = stamp(BEFORE, "--yes").ok().json()
    assert (said["from"], said["to"], said["faults"], said["outcome"]) == (HEAD, BEFORE, 0, "recorded")
    assert recorded(url) == [BEFORE]
    [record] = audit(tmp_path)
    assert (record["command"], record["outcome"]) == ("migrate stamp", "made")
    assert record["details"] == {"from": HEAD, "to": BEFORE, "faults": 0, "forced": False, "reason": None}


def test_release_is_taken_for_its_revision(stamp, url):
    with connected(url) as connection:
        connection.execute(f"update alembic_version set version_num = '{BEFORE}'")
    assert stamp("0.12.4", "--yes").ok().json()["to"] == HEAD
    assert recorded(url) == [HEAD]


def test_revision_that_is_recorded_is_nothing_to_do(stamp, url):
    assert stamp(HEAD).ok().json()["outcome"] == "nothing to do"


def test_dry_run_changes_nothing_and_asks_nothing(stamp, url, tmp_path):
    assert stamp(BEFORE, "--dry-run").ok().json()["outcome"] == "would record"
    assert recorded(url) == [HEAD] and not (tmp_path / "audit").exists()


def test_without_a_terminal_it_needs_yes(stamp, url):
    assert "--yes" in stamp(BEFORE).ended(64).err
    assert recorded(url) == [HEAD]


def test_what_is_not_so_is_refused_and_each_finding_told(stamp, url):
    with connected(url) as connection:
        damage.NAMED["an index"].apply(connection)
        damage.NAMED["a column"].apply(connection)
        connection.execute("create table somebodys (id text)")
    said = stamp(BEFORE, "--yes").ended(1)
    assert "somebodys" not in said.err, "it speaks against nothing"
    assert "2 findings; nothing was changed" in said.err and "--force --reason" in said.err
    assert "missing-index: ix_chat_message_chat_id on chat_message" in said.err
    assert "missing-column: chat.summary" in said.err
    assert recorded(url) == [HEAD]


def test_older_revision_is_refused_where_later_ones_have_left_their_tables(stamp, url):
    said = stamp(OLDER, "--yes").ended(1)
    assert "of-later-revision: app: a table" in said.err and "of-later-revision: auth.mfa: a column" in said.err
    assert recorded(url) == [HEAD]


def test_force_needs_a_reason_and_the_reason_is_in_the_record(stamp, url, tmp_path):
    assert "--reason" in stamp(OLDER, "--yes", "--force").ended(64).err
    assert recorded(url) == [HEAD]
    said = stamp(OLDER, "--yes", "--force", "--reason", "restored by hand").ok().json()
    assert said["outcome"] == "recorded" and said["faults"] > 0
    assert recorded(url) == [OLDER]
    [record] = audit(tmp_path)
    assert (record["details"]["reason"], record["details"]["forced"]) == ("restored by hand", True)
    assert record["details"]["faults"] == said["faults"]


def test_two_rows_become_one(stamp, owctl, url):
    with connected(url) as connection:
        connection.execute(f"insert into alembic_version values ('{OLDER}')")
    said = owctl("--database", url, "-o", "json", "migrate", "status").ok()
    assert (said.json()["state"], said.json()["broken"]) == ("conflict", "two-revisions")
    assert f"only {HEAD}, the latest of them" in said.err
    assert "`owctl migrate repair` tells which" in owctl("--database", url, "migrate", "up").ended(1).err
    assert stamp(HEAD, "--yes").ok().json()["from"] == f"{HEAD},{OLDER}"
    assert recorded(url) == [HEAD]


def test_who_has_lost_the_record_is_told_how_to_find_it(stamp, owctl, url):
    with connected(url) as connection:
        connection.execute("delete from alembic_version")
    assert "`owctl migrate stamp RELEASE --dry-run`" in owctl("--database", url, "migrate", "up").ended(1).err
    assert stamp("0.12.4", "--dry-run").ok().json()["outcome"] == "would record"


def test_table_is_made_where_there_is_none(stamp, url):
    with connected(url) as connection:
        connection.execute("drop table alembic_version")
    assert stamp(HEAD, "--yes").ok().json()["from"] is None
    assert recorded(url) == [HEAD]


def test_database_that_somebody_is_connected_to_is_left_alone(stamp, url):
    with connected(url) as connection:
        connection.execute("select 1").fetchall()
        connection.commit()
        assert "is in use" in stamp(BEFORE, "--yes").ended(75).err
        assert recorded(url) == [HEAD]
        stamp(BEFORE, "--yes", "--online").ok()
    assert recorded(url) == [BEFORE]


def test_it_looks_again_once_it_has_the_database(owctl, url, held_for_migrations):
    """What the one has done that it waited for is part of it."""
    with held_for_migrations(url) as release:
        process = owctl.start("--database", url, "migrate", "stamp", BEFORE, "--yes", "--online", "--wait", "1m")
        assert b"waiting for owctl pid" in process.stderr.readline()
        with connected(url) as connection:
            damage.NAMED["an index"].apply(connection)
        release()
        said = process.communicate(timeout=60)[1]
    check_sanitizers(process.args, said)
    assert process.returncode == 1 and b"1 finding; nothing was changed" in said, said
    assert recorded(url) == [HEAD]


def test_unknown_revision_is_refused(stamp, url):
    assert "neither a revision nor a release" in stamp("0.99.0", "--yes").ended(65).err


def test_write_that_is_swallowed_is_told(stamp, url, engine):  # noqa: F811
    with connected(url) as connection:
        if engine == "sqlite":
            connection.execute("create trigger keep before insert on alembic_version begin select raise(ignore); end")
        else:
            connection.execute("create rule keep as on insert to alembic_version do instead nothing")
    assert "nothing was changed" in stamp(BEFORE, "--yes").ended(1).err
    assert recorded(url) == [HEAD]
