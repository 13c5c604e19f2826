"""What is said when the line breaks or a signal comes after the commit: the change is there, and nobody is told otherwise."""
import json
import signal

import pytest

from lab.owctl import check_sanitizers
from lab.wire import Wire

PEOPLE = "email,name\n" + "".join(f"u{number}@example.org,User {number}\n" for number in range(3))

# Every command that changes something: its words, the word for the outcome, and the command that shows what is there.
CHANGES = {
    "user create": (["eve@example.org", "--generate"], "created", "user show eve@example.org"),
    "user import": (["-", "--generate"], "created", "user list"),
    "user update": (["bob@example.org", "--name", "Robert"], "updated", "user show"),
    "user passwd": (["bob@example.org", "--generate"], "changed", "user show"),
    "user delete": (["bob@example.org", "--yes"], "deleted", "user list"),
    "group create": (["Others"], "created", "group list"),
    "group add": (["Staff", "ada@example.org"], "added", "group show"),
    "group remove": (["Staff", "bob@example.org"], "removed", "group show"),
    "group delete": (["Staff", "--yes"], "deleted", "group list"),
    "migrate up": ([], "migrated", "migrate status"),
}


class Site:
    def __init__(self, owctl, postgresql, folder, command):
        self.owctl, self.postgresql, self.log = owctl, postgresql, folder / "audit.jsonl"
        self.command, (self.words, self.outcome, self.look) = command, CHANGES[command]
        self.url = postgresql.create()
        if command != "migrate up":
            self.prepare()

    def prepare(self):
        self("migrate", "up").ok()
        self("user", "create", "ada@example.org", "--role", "admin", "--no-password").ok()
        self("group", "create", "Staff").ok()
        self("user", "create", "bob@example.org", "--no-password", "--group", "Staff").ok()

    def __call__(self, *words, stdin=""):
        return self.owctl(*words, "--database", self.url, stdin=stdin)

    def line(self, wire):
        return [*self.command.split(), *self.words, "-o", "json", "--database", wire.through(self.url), "--audit-log", self.log]

    def cut(self, how):
        """Runs the command over a line that breaks at COMMIT; what it did, and the audit record."""
        with Wire(self.postgresql.port, b"COMMIT", how) as wire:
            done = self.owctl(*self.line(wire), stdin=PEOPLE)
        return done, self.record()

    def record(self):
        [record] = self.log.read_text().splitlines()
        return json.loads(record)

    def outcomes(self, printed):
        rows = printed if isinstance(printed, list) else [printed]
        return {row["outcome"] for row in rows}

    def matches(self, email, password):
        return self("user", "check-password", email, "--password-stdin", stdin=password).rc == 0


@pytest.fixture(params=CHANGES)
def site(request, owctl, postgresql, tmp_path):
    return Site(owctl, postgresql, tmp_path, request.param)


def error_of(err):
    return json.loads(err.splitlines()[-1])["error"]


def check_read_back(site, error):
    assert error["message"].startswith("the change was made, but could not be read back: ")
    assert error["hint"].startswith(f"`owctl {site.look}") and error["hint"].endswith(" shows what is there")


def check_made(site, printed):
    """The outcome was printed, with what only it knows, and the change is there."""
    assert site.outcomes(printed) == {site.outcome}
    assert site.record()["command"] == site.command and site.record()["outcome"] == "made"
    check_passwords(site, printed)
    if site.command != "migrate up":
        again = site(*site.command.split(), *site.words, "--dry-run", "-o", "json", stdin=PEOPLE)
        made_twice = "user passwd", "group create"
        assert again.rc != 0 or site.command in made_twice or site.outcomes(again.json()) == {"unchanged"}


def check_passwords(site, printed):
    if "--generate" in site.words:
        for row in printed if isinstance(printed, list) else [printed]:
            assert site.matches(row["email"], row["password"])


def test_a_line_that_breaks_after_the_commit(site):
    done, _ = site.cut("after")
    check_read_back(site, error_of(done.ended(69).err))
    check_made(site, done.json())


def test_a_signal_after_the_commit(site, tmp_path):
    """The outcome is printed before the change is read back, which is what the signal stops."""
    output, people = tmp_path / "output", tmp_path / "people.csv"
    people.write_text(PEOPLE)
    with Wire(site.postgresql.port, b"COMMIT", "silent") as wire:
        running = site.owctl.start(*site.line(wire), stdin=people.open(), stdout=output.open("w"))
        while not output.stat().st_size:
            assert running.poll() is None
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=20)
    check_sanitizers(site.command, err)
    assert running.returncode == 130
    check_read_back(site, error_of(err))
    assert "interrupted" in error_of(err)["message"]
    check_made(site, json.loads(output.read_text()))


def test_an_answer_to_commit_that_is_lost(site):
    """It is not known whether the change was made; what is printed and recorded says so, passwords included."""
    done, record = site.cut("before")
    error = error_of(done.ended(69).err)
    assert "it is not known whether the changes were made" in error["message"]
    assert "look before you run the command again: `owctl " in error["hint"]
    assert site.outcomes(done.json()) == {"unknown"}
    assert (record["command"], record["outcome"]) == (site.command, "unknown")
    check_passwords(site, done.json())  # it was made, though owctl can't know


def test_passwd_shows_the_password_though_sessions_go_on(owctl, make_sqlite):
    database = make_sqlite("0.10.2")
    call = lambda *words, **more: owctl(*words, "--database", database, **more)
    call("user", "create", "a@example.org", "--generate").ok()
    done = call("user", "passwd", "a@example.org", "--generate", "-o", "json", env={"REDIS_URL": "redis://127.0.0.1:1/0"})
    assert done.ended(69).json()["sessions"] == "kept"
    assert "the password is changed, but the sessions of the account go on" in done.err
    assert "run the command again" not in done.err
    call("user", "check-password", "a@example.org", "--password-stdin", stdin=done.json()["password"]).ok()
