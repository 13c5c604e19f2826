"""Hashes that took minutes are not thrown away because the database is busy or gone for a moment; what is refused is told from
what could not be written."""
import contextlib
import json
import sqlite3
import time

import pytest

from lab.owctl import check_sanitizers
from lab.wire import Wire

PEOPLE = "email,password\n" + "".join(f"u{number}@example.org,secret {number}\n" for number in range(3))
TRIED_AGAIN = b"the hashed passwords are kept, and writing is tried again (2 of 3)"


@pytest.fixture
def site(owctl, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE)

    def start(*words):
        return owctl.start("user", "import", people, "--timeout", "1", "-o", "json", *words, env={"OWCTL_AUDIT_LOG": tmp_path / "log"})

    def call(*words, stdin=""):
        return owctl(*words, "--audit-log", tmp_path / "audit", env={"DATA_DIR": tmp_path}, stdin=stdin)

    call.start, call.path, call.audit = start, tmp_path / "webui.db", tmp_path / "audit"
    call("migrate", "up").ok()
    return call


@contextlib.contextmanager
def writing(path):
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        yield other


def read_until(stream, piece):
    said = b""
    while piece not in said:
        line = stream.readline()
        assert line, said
        said += line
    return said


def test_a_busy_database_is_tried_again(site):
    with writing(site.path) as other:
        running = site.start("--data-dir", site.path.parent)
        said = read_until(running.stderr, TRIED_AGAIN)
        other.execute("rollback")
        out, err = running.communicate(timeout=60)
    check_sanitizers(running.args, said + err)
    assert running.returncode == 0 and {row["outcome"] for row in json.loads(out)} == {"created"}
    site("user", "check-password", "u2@example.org", "--password-stdin", stdin="secret 2").ok()


def test_a_database_that_stays_busy_is_given_up(site):
    with writing(site.path):
        running = site.start("--data-dir", site.path.parent)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 75 and not out
    assert err.count(b"writing is tried again") == 2 and b"(3 of 3)" in err


def test_a_signal_ends_the_pause(site):
    with writing(site.path):
        running = site.start("--data-dir", site.path.parent)
        read_until(running.stderr, b"tried again (3 of 3)")  # the longer pause
        started = time.monotonic()
        running.terminate()
        running.communicate(timeout=60)
    assert running.returncode == 130 and time.monotonic() - started < 1.5


def test_a_connection_that_is_lost_while_writing_is_made_again(site, owctl, postgresql):
    url = postgresql.create()
    owctl("migrate", "up", "--database", url).ok()
    with Wire(postgresql.port, b"COPY", "before") as wire:
        running = site.start("--database", wire.through(url))
        said = read_until(running.stderr, TRIED_AGAIN)
        wire.mend()
        out, err = running.communicate(timeout=60)
    check_sanitizers(running.args, said + err)
    assert running.returncode == 0 and {row["outcome"] for row in json.loads(out)} == {"created"}


def test_one_account_is_not_tried_again(site):
    with writing(site.path):
        done = site("user", "create", "a@example.org", "--password-stdin", "--timeout", "1", stdin="secret").ended(75)
    assert "tried again" not in done.err


def test_no_row_is_told_as_refused_when_the_database_is_none(owctl, site, tmp_path):
    """Both are bad input; the rows have no part in it."""
    other = tmp_path / "other.db"
    other.write_text("this is a text, and no database at all\n" * 100)
    done = owctl("user", "import", "-", "--database", other, "-o", "json", stdin="email\na@example.org\nb@example.org\n").ended(65)
    assert not done.out and "not an SQLite database" in done.err


def test_groups_that_are_made_are_named(site):
    rows = "email,groups\na@example.org,One;Two\nb@example.org,Two\n"
    dry = site("user", "import", "-", "--create-groups", "-n", stdin=rows).ok()
    assert 'groups that would be made: "One", "Two"' in dry.err and not site("group", "list", "-o", "json").ok().json()
    done = site("user", "import", "-", "--create-groups", stdin=rows).ok()
    assert 'groups made: "One", "Two"' in done.err
    assert json.loads(site.audit.read_text().splitlines()[-1])["details"]["groups"] == ["One", "Two"]
    again = site("user", "import", "-", "--create-groups", "--if-missing", stdin=rows + "c@example.org,One\n").ok()
    assert "groups made" not in again.err
    assert "groups" not in json.loads(site.audit.read_text().splitlines()[-1])["details"]
    one = site("user", "create", "d@example.org", "--no-password", "--create-groups", "--group", "Three").ok()
    assert 'groups made: "Three"' in one.err


def test_a_row_that_is_refused_makes_none_of_its_groups(site):
    rows = "email,groups\na@example.org,One\nb@example.org,Two;x\x1by\n"
    done = site("user", "import", "-", "--create-groups", "--skip-bad", stdin=rows).ended(65)
    assert 'groups made: "One"\n' in done.err
    assert [row["name"] for row in site("group", "list", "-o", "json").ok().json()] == ["One"]
