"""What is said when the line breaks or a signal comes after the commit: the change is there, and nobody is told otherwise."""
import json

import pytest

from lab.wire import Wire

PEOPLE = "email,name\n" + "".join(f"u{number}@example.org,User {number}\n" for number in range(3))


@pytest.fixture
def cut_off(postgresql, owctl, tmp_path):
    """Runs owctl on a fresh database over a line that breaks with the answer to COMMIT; the audit record, or None."""
    log = tmp_path / "audit.jsonl"
    url = postgresql.create()

    def call(*words, stdin="", up=True):
        if up:
            owctl("migrate", "up", "--database", url).ok()
        with Wire(postgresql.port, cut_after=b"COMMIT") as wire:
            done = owctl(*words, "--database", wire.through(url), "--audit-log", log, stdin=stdin).ended(69)
        records = log.read_text().splitlines()
        return done, json.loads(records[0]) if records else None

    call.url = url
    return call


def matches(owctl, url, email, password):
    return owctl("user", "check-password", email, "--password-stdin", "--database", url, stdin=password).rc == 0


def test_import_is_reported_though_it_cannot_be_read_back(cut_off, owctl):
    done, record = cut_off("user", "import", "-", "--generate", "-o", "json", "--columns", "email,outcome,password",
                           stdin=PEOPLE)
    assert "the change was made, but could not be read back" in done.err
    assert "run the command again when" not in done.err
    assert record["details"]["created"] == 3
    rows = done.json()
    assert [row["outcome"] for row in rows] == ["created"] * 3
    assert matches(owctl, cut_off.url, rows[0]["email"], rows[0]["password"])


def test_create_shows_the_password_though_it_cannot_be_read_back(cut_off, owctl):
    done, record = cut_off("user", "create", "a@example.org", "--generate", "-o", "json")
    assert "the change was made" in done.err and record["details"]["email"] == "a@example.org"
    assert matches(owctl, cut_off.url, "a@example.org", done.json()["password"])


def test_migration_is_reported_though_it_cannot_be_read_back(cut_off, owctl):
    done, record = cut_off("migrate", "up", up=False)
    assert "was brought to 0bd252b206fb, but that could not be read back" in done.err
    assert record["details"]["to"] == "0bd252b206fb"
    assert owctl("migrate", "status", "--database", cut_off.url, "-o", "json").ok().json()["revision"] == "0bd252b206fb"


def test_passwd_shows_the_password_though_sessions_go_on(owctl, make_sqlite):
    database = make_sqlite("0.10.2")
    call = lambda *words, **more: owctl(*words, "--database", database, **more)
    call("user", "create", "a@example.org", "--generate").ok()
    done = call("user", "passwd", "a@example.org", "--generate", "-o", "json", env={"REDIS_URL": "redis://127.0.0.1:1/0"})
    assert done.ended(69).json()["sessions"] == "kept"
    assert "the password is changed, but the sessions of the account go on" in done.err
    assert matches(owctl, database, "a@example.org", done.json()["password"])
