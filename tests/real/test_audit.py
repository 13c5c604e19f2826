"""Every change is recorded once, as a JSON line without secrets; what only looks is not."""
import json
import resource

import pytest

SECRET = "correct horse battery"

CHANGES = [
    ("user create", ["bob@example.org", "--password-stdin"], {"email": "bob@example.org", "role": "user"}),
    ("user update", ["bob@example.org", "--name", "Robert"], {"name": {"before": "bob", "after": "Robert"}}),
    ("user passwd", ["bob@example.org", "--password-stdin"], {"email": "bob@example.org"}),
    ("group create", ["Staff"], {"name": "Staff"}),
    ("group add", ["Staff", "bob@example.org"], {"name": "Staff"}),
    ("group remove", ["Staff", "bob@example.org"], {"name": "Staff"}),
    ("group delete", ["Staff", "--yes"], {"name": "Staff", "members": 0}),
    ("user delete", ["bob@example.org", "--yes"], {"email": "bob@example.org"}),
]


@pytest.fixture
def site(owctl, tmp_path):
    log = tmp_path / "audit.jsonl"

    def call(*words):
        return owctl(*words, "--audit-log", log, env={"DATA_DIR": tmp_path}, stdin=SECRET)

    call("migrate", "up").ok()
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


def test_unwritable_log_stops_the_change(owctl, tmp_path, site):
    done = owctl("group", "create", "Staff", "--audit-log", tmp_path, env={"DATA_DIR": tmp_path})
    assert done.rc in (1, 77) and "nothing was changed" in done.err
    assert site("group", "list", "-o", "json").ok().json() == []


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
