"""Every change is recorded once, as a JSON line without secrets; what only looks is not."""
import json
import resource

import pytest

SECRET = "correct horse battery"
HASH = "$2b$12$" + "abcdefghijklmnopqrstuu" + "J8zJq0u8yPzv6vF0Yc1C0Hq5vJkq8mG"

CHANGES = [
    ("user create", ["bob@example.org", "--password-stdin"], {"email": "bob@example.org", "role": "user"}),
    ("user update", ["bob@example.org", "--name", "Robert"], {"name": {"before": "bob", "after": "Robert"}}),
    ("user passwd", ["bob@example.org", "--password-stdin"], {"email": "bob@example.org"}),
    ("user import", ["{people}"], {"created": 2, "existed": 0, "refused": 0}),
    ("group create", ["Staff"], {"name": "Staff"}),
    ("group add", ["Staff", "bob@example.org"], {"name": "Staff"}),
    ("group remove", ["Staff", "bob@example.org"], {"name": "Staff"}),
    ("group delete", ["Staff", "--yes"], {"name": "Staff", "members": 0}),
    ("user delete", ["bob@example.org", "--yes"], {"email": "bob@example.org"}),
]


@pytest.fixture
def site(owctl, tmp_path):
    log = tmp_path / "audit.jsonl"

    def call(*words, log=log):
        words = [word.format(people=tmp_path / "people.csv") for word in words]
        return owctl(*words, "--audit-log", log, env={"DATA_DIR": tmp_path}, stdin=SECRET)

    people = tmp_path / "people.csv"
    people.write_text(f"email,password,password_hash\neve@example.org,{SECRET},\nzoe@example.org,,{HASH}\n")
    call("migrate", "up").ok()
    call.migration = log.read_text()
    call("user", "create", "ada@example.org", "--role", "admin", "--no-password").ok()
    log.unlink()
    call.log = log
    return call


@pytest.mark.quick
def test_each_change_is_one_line(site):
    for number, (command, words, details) in enumerate(CHANGES, 1):
        site(*command.split(), *words, "--dry-run").ok()
        site(*command.split(), *words).ok()
        lines = site.log.read_text().splitlines()
        assert len(lines) == number
        record = json.loads(lines[-1])
        assert record["command"] == command
        assert details.items() <= record["details"].items()
        assert record["uid"] == 0 or record["user"]
        assert str(site.log.parent) in record["installation"]
    text = site.log.read_text()
    assert SECRET not in text and "$2b$" not in text


def test_making_the_schema_is_one_line(site):
    [line] = site.migration.splitlines()
    assert json.loads(line)["command"] == "migrate up"


def test_unwritable_log_stops_every_change(tmp_path, site):
    site("group", "create", "Staff").ok()
    site("user", "create", "bob@example.org", "--no-password").ok()
    for command, words, _ in CHANGES:
        before = (tmp_path / "webui.db").read_bytes()
        done = site(*command.split(), *words, log=tmp_path)
        assert done.rc in (1, 77) and "nothing was changed" in done.err, command
        assert (tmp_path / "webui.db").read_bytes() == before, command


def test_a_full_disk_leaves_no_half_line(site, owctl):
    """A limit on the size of files stands for the disk; the log is far larger than the database, so that it alone meets it."""
    size = 16 << 20
    site.log.write_bytes(b" " * (size - 1) + b"\n")
    process = owctl.start("group", "create", "Staff", "--audit-log", str(site.log), env={"DATA_DIR": site.log.parent},
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100,) * 2))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0 and b"the change was made, but the audit log" in err and b"No space left" in err
    assert site.log.stat().st_size == size


def test_output_that_cannot_be_written_does_not_hide_the_change(site, owctl):
    with open("/dev/full", "w") as full:
        process = owctl.start("user", "create", "bob@example.org", "--generate", env={"DATA_DIR": site.log.parent}, stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and b"hint: the change was made all the same" in err
    site("user", "show", "bob@example.org").ok()


def test_looking_is_not_recorded(site):
    for words in (["user", "list"], ["group", "list"], ["migrate", "status"], ["user", "show", "ada@example.org"]):
        site(*words).ok()
    site("migrate", "up").ok()  # nothing to do
    assert not site.log.exists() or not site.log.read_text()
