"""What a change prints is never lost: what would keep it from being shown is refused before the change, or told after it."""
import os
import sqlite3
import subprocess

import pytest

from lab.owctl import check_sanitizers

PEOPLE = "email\neve@example.org\n"

CHANGES = {
    "user create": ["eve@example.org", "--no-password"],
    "user import": ["-"],
    "user update": ["bob@example.org", "--name", "Robert"],
    "user passwd": ["bob@example.org", "--password-stdin"],
    "user delete": ["bob@example.org", "--yes"],
    "group create": ["Others"],
    "group add": ["Staff", "ada@example.org"],
    "group remove": ["Staff", "bob@example.org"],
    "group delete": ["Staff", "--yes"],
}
GENERATING = {
    "user create": ["eve@example.org", "--generate"],
    "user import": ["-", "--generate"],
    "user passwd": ["bob@example.org", "--generate"],
}


@pytest.fixture
def site(owctl, tmp_path):
    def call(command, *words, stdin=PEOPLE):
        return owctl(*command.split(), *words, env={"DATA_DIR": tmp_path, "OWCTL_AUDIT_LOG": tmp_path / "log"}, stdin=stdin)

    def into(where, command, *words):
        """stdout is what bash makes of `where`."""
        line = ["bash", "-c", f'"$0" "$@" {where}', *owctl.command(*command.split(), *words)]
        done = subprocess.run(line, input=(PEOPLE if "-" in words else "another password\n").encode(), capture_output=True, timeout=60,
                              env=owctl.environment(DATA_DIR=tmp_path, OWCTL_AUDIT_LOG=tmp_path / "log"))
        check_sanitizers(line, done.stderr)
        return done.returncode, done.stderr.decode()

    def dump():
        with sqlite3.connect(f"file:{tmp_path}/webui.db?mode=ro", uri=True) as database:
            return list(database.iterdump())

    call.into, call.dump = into, dump
    call("migrate up").ok()
    call("user create", "ada@example.org", "--role", "admin", "--no-password").ok()
    call("group create", "Staff").ok()
    call("user create", "bob@example.org", "--no-password", "--group", "Staff").ok()
    return call


@pytest.mark.parametrize("command", CHANGES)
def test_a_column_that_is_not_there_is_told_before_the_change(site, command):
    before = site.dump()
    for columns in "outcom", "outcome,nonsense":
        done = site(command, *CHANGES[command], "--columns", columns).ended(64)
        assert "there is no column" in done.err and "the columns are" in done.err.lower() and "chang" not in done.err
    assert site.dump() == before


def test_a_column_that_is_not_there_is_told_before_the_settings(owctl):
    assert "there is no column" in owctl("user", "list", "--columns", "emial", "--profile", "missing").ended(64).err


@pytest.mark.parametrize("command", CHANGES)
def test_a_closed_stdout_is_told_before_the_change(site, command):
    before = site.dump()
    for closed in ">&-", "1</dev/null":
        status, err = site.into(closed, command, *CHANGES[command])
        assert status == 1 and "cannot write to standard output: Bad file descriptor" in err and "chang" not in err
        assert "hint: standard output is closed" in err
    assert site.dump() == before


@pytest.mark.parametrize("command", GENERATING)
def test_columns_that_leave_out_a_generated_password_are_refused(site, command):
    before = site.dump()
    for more in [], ["-o", "json"], ["--dry-run"]:
        done = site(command, *GENERATING[command], "--columns", "email,outcome", *more).ended(64)
        assert "--columns leaves out the password that --generate makes" in done.err and "add the column password" in done.err
    assert site.dump() == before
    shown = site(command, *GENERATING[command], "--columns", "PASSWORD,email", "-o", "csv").ok().out
    password, email = shown.splitlines()[1].split(",")
    site("user check-password", email, "--password-stdin", stdin=password).ok()


@pytest.mark.parametrize("command", GENERATING)
def test_a_full_stdout_tells_that_the_password_is_lost(site, command):
    status, err = site.into(">/dev/full", command, *GENERATING[command])
    assert status == 1
    assert "the change was made, but the generated password could not be shown: cannot write to standard output" in err
    assert "hint: nobody knows what was made: `owctl user passwd` sets another one" in err


@pytest.mark.parametrize("command", CHANGES)
def test_a_full_stdout_tells_that_the_change_was_made(site, command):
    before = site.dump()
    status, err = site.into(">/dev/full", command, *CHANGES[command])
    assert status == 1 and site.dump() != before
    assert "the change was made, but could not be shown: cannot write to standard output" in err
    assert "shows what is there" in err and "run the command again" not in err


def test_a_reader_that_went_away_is_told_that_the_change_was_made(site, owctl, tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    running = owctl.start("user", "create", "eve@example.org", "--generate", env={"DATA_DIR": tmp_path}, stdout=writing)
    os.close(writing)
    _, err = running.communicate(timeout=20)
    assert running.returncode == 141 and b"the generated password could not be shown: the reader of the output went away" in err
    site("user show", "eve@example.org").ok()


@pytest.mark.quick
def test_quiet_prints_nothing_of_what_went_well_and_all_that_was_asked_for(site):
    assert "would create" in site("user create", *CHANGES["user create"], "-q", "--dry-run").ok().out
    for command, words in sorted(CHANGES.items(), key=lambda change: change[0] == "user delete"):
        done = site(command, *words, "-q", stdin="email\nfred@example.org\n" if command == "user import" else "another password\n").ok()
        assert (done.out, done.err) == ("", ""), command
    for words in ["migrate up"], ["migrate status", "--check"], ["migrate verify"], ["user conflicts"], ["user list", "--role", "pending"], \
            ["migrate repair"], ["user update", "ada@example.org", "--name", "ada"]:
        done = site(*words, "-q").ok()
        assert (done.out, done.err) == ("", ""), words
    assert "refused" in site("user import", "-", "-q", stdin="email\nfred@example.org\nx\n").ended(65).out
    assert len(site("user passwd", "ada@example.org", "-q", "--generate", "-o", "table", "--columns", "password").ok().out.split()[1]) == 20
    assert site("group create", "Third", "-q", "-o", "json").ok().json()["outcome"] == "created"
    assert site("group create", "Fourth", "-q", "--columns", "name").ok().out.split() == ["name", "Fourth"]
    assert site("user list", "-q", "--columns", "email", "--sort", "email").ok().out.split() == ["EMAIL", "ada@example.org", "eve@example.org", "fred@example.org"]
