"""Every change is recorded once, as a JSON line without secrets; what only looks is not."""
import json
import os
import resource
import socket
import sqlite3
import subprocess

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
    assert process.returncode == 1 and b"the change was made, but the audit log" in err and b"No space left" in err
    assert b"hint: do not run the command again" in err
    assert [group["name"] for group in site("group", "list", "-o", "json", log="/dev/null").ok().json()] == ["Staff"]
    assert site.log.stat().st_size == size


def test_a_change_without_a_journal_says_that_it_is_not_recorded(owctl, tmp_path, site):
    """In a mount namespace of its own, whose /dev is empty but for a socket that may listen, and /dev/shm, where files of tests are."""
    script = 'mount --bind /dev/shm /mnt && mount -t tmpfs none /dev && mkdir /dev/shm && mount --bind /mnt /dev/shm && exec "$@"'
    words = ["group", "create", "Staff", "--if-missing", "-q", "--data-dir", tmp_path]
    inside = ["unshare", "--mount", "sh", "-c", script, "-"]
    listener = ["python3", "-c", "import socket,subprocess,sys;s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM);"
                "s.bind('/dev/log');r=subprocess.run(sys.argv[1:]);print(s.recv(65536).decode());sys.exit(r.returncode)"]
    if subprocess.run([*inside, "true"], capture_output=True).returncode:
        pytest.skip("needs the right to make a mount namespace")
    none = subprocess.run([*inside, *owctl.command(*words)], capture_output=True, env=owctl.environment(), text=True)
    assert none.returncode == 0 and "warning: the change is recorded nowhere" in none.stderr and "--audit-log" in none.stderr
    again = subprocess.run([*inside, *owctl.command(*words)], capture_output=True, env=owctl.environment(), text=True)
    assert again.returncode == 0 and not again.stderr, "nothing was changed"
    words[2] = "Others"
    there = subprocess.run([*inside, *listener, *owctl.command(*words)], capture_output=True, env=owctl.environment(), text=True)
    assert there.returncode == 0 and not there.stderr
    assert '"command":"group create"' in there.stdout


def test_the_installation_is_named_from_the_root_on(owctl, tmp_path, site):
    for number, database in enumerate(("webui.db", "sqlite:///webui.db", "../" + tmp_path.name)):
        owctl("group", "create", f"Staff {number}", "--database", database, "--audit-log", site.log, cwd=tmp_path).ok()
    named = {json.loads(line)["installation"].split(",")[0] for line in site.log.read_text().splitlines()}
    assert named == {f"SQLite {tmp_path.resolve()}/webui.db"}


def test_an_address_that_is_not_utf_8_is_escaped(tmp_path, site):
    site("user", "create", "bob@example.org", "--no-password").ok()
    with sqlite3.connect(tmp_path / "webui.db") as database:
        [[bob]] = database.execute("select id from user where email = 'bob@example.org'")
        database.execute("update user set email = cast(x'626f62ff1b40782e79' as text) where id = ?", [bob])
    for words in (["user", "update", bob, "--name", "B"], ["user", "passwd", bob, "--password-stdin"], ["user", "delete", bob, "--yes"]):
        site.log.unlink()
        site(*words).ok()
        details = json.loads(site.log.read_text())["details"]
        assert details["id"] == bob and details.get("email", "bob\\xff\\x1b@x.y") == "bob\\xff\\x1b@x.y"


def test_the_database_is_named_when_it_is_changed_and_only_then(site):
    for command, words, _ in CHANGES:
        for dry in ["--dry-run"], []:
            done = site(*command.split(), *words, *dry).ok()
            assert (" would change SQLite" if dry else " changing SQLite") in done.err, command
    site("group", "create", "Staff").ok()
    for words in (["group", "create", "Staff", "--if-missing"], ["group", "remove", "Staff", "ada@example.org"], ["migrate", "up"],
                  ["user", "create", "ada@example.org", "--if-missing", "--no-password"], ["user", "update", "ada@example.org", "--role", "admin"]):
        assert "chang" not in site(*words).ok().err.replace("unchanged", ""), words


def test_output_that_cannot_be_written_does_not_hide_the_change(site, owctl):
    with open("/dev/full", "w") as full:
        process = owctl.start("user", "create", "bob@example.org", "--generate", env={"DATA_DIR": site.log.parent}, stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and b"the change was made, but the generated password could not be shown: cannot write to standard output" in err
    assert b"hint: nobody knows what was made: `owctl user passwd` sets another one" in err
    site("user", "show", "bob@example.org").ok()


def test_looking_is_not_recorded(site):
    for words in (["user", "list"], ["group", "list"], ["migrate", "status"], ["user", "show", "ada@example.org"]):
        site(*words).ok()
    site("migrate", "up").ok()  # nothing to do
    assert not site.log.exists() or not site.log.read_text()


def kinds_of_file(folder):
    os.mkfifo(folder / "fifo")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(folder / "socket"))
    (folder / "link").symlink_to(folder / "fifo")
    return [folder / "fifo", folder / "socket", folder / "link", "/dev/full", "/dev/tty"]


def test_the_log_is_a_regular_file(owctl, site, tmp_path):
    """A pipe that nobody reads would be waited for, and a device may do anything."""
    kinds = kinds_of_file(tmp_path)
    with open(os.open(tmp_path / "fifo", os.O_RDWR), "rb", closefd=True):  # also with a reader it is none
        site("group", "create", "Staff", log=tmp_path / "fifo").ended(1)
    for dry in [], ["-n"]:
        for kind in kinds:
            done = owctl("group", "create", "Staff", *dry, "--audit-log", kind, env={"DATA_DIR": tmp_path}, timeout=10).ended(1)
            assert f"cannot write the audit log {kind}; nothing was changed: it is no regular file" in done.err
    assert site("group", "list", "-o", "json").ok().json() == []


def test_the_log_is_not_what_is_changed(owctl, tmp_path, site):
    before = (tmp_path / "webui.db").read_bytes()
    (tmp_path / "hard").hardlink_to(tmp_path / "webui.db")
    for name in "webui.db", "hard", "webui.db-wal", "webui.db-shm", "webui.db-journal":
        err = site("group", "create", "Staff", log=tmp_path / name).ended(1).err
        assert "is what is to be changed; nothing was" in err and "changing" not in err
    assert (tmp_path / "webui.db").read_bytes() == before
    assert "is what is to be changed" in owctl("migrate", "up", "--database", "new.db", "--audit-log", "new.db", cwd=tmp_path).ended(1).err
    path = owctl.home / ".config/owctl/config.yaml"
    owctl("profile", "add", "p", "--set", "DATA_DIR=/x").ok()
    assert "is a file that this command reads" in owctl("profile", "use", "p", "--audit-log", path).ended(1).err


def test_the_log_is_not_what_is_read(owctl, tmp_path, site):
    texts = {"e.env": "A=1\n", "people.csv": "email\na@example.org\n", "password": "Sesame-1234\n"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    owctl("profile", "add", "p", "--set", "DATA_DIR=/x").ok()
    config = owctl.home / ".config/owctl/config.yaml"
    profiles = config.read_text()
    site("group", "create", "Staff", "--env-file", str(tmp_path / "e.env"), log=tmp_path / "e.env").ended(1)
    site("group", "create", "Staff", log=config).ended(1)
    site("user", "import", str(tmp_path / "people.csv"), log=tmp_path / "people.csv").ended(1)
    done = site("user", "create", "a@example.org", "--password-file", str(tmp_path / "password"), log=tmp_path / "password").ended(1)
    assert "password is a file that this command reads; nothing was changed" in done.err
    assert {name: (tmp_path / name).read_text() for name in texts} == texts and config.read_text() == profiles
    site("user", "import", "/dev/null", log="/dev/null").ended(65)


def test_the_log_is_not_for_everybody(owctl, site, tmp_path):
    """It names accounts; whoever wants others to read it makes the file."""
    where = {"DATA_DIR": tmp_path, "OWCTL_AUDIT_LOG": site.log}
    owctl.start("group", "create", "Staff", env=where, preexec_fn=lambda: os.umask(0)).communicate(timeout=60)
    assert site.log.stat().st_mode & 0o777 == 0o640
    site.log.chmod(0o644)
    site("group", "create", "Others").ok()
    assert site.log.stat().st_mode & 0o777 == 0o644


def test_who_called_sudo_is_named(owctl, site, tmp_path):
    owctl("group", "create", "Staff", "--audit-log", site.log, env={"DATA_DIR": tmp_path, "SUDO_USER": "grace"}).ok()
    assert json.loads(site.log.read_text())["for"] == "grace"


def test_neither_of_two_failures_after_a_change_is_lost(site, owctl):
    """The change could not be shown, and not be recorded."""
    size = 16 << 20
    site.log.write_bytes(b" " * (size - 1) + b"\n")
    with open("/dev/full", "w") as full:
        process = owctl.start("group", "create", "Staff", "--audit-log", site.log, env={"DATA_DIR": site.log.parent}, stdout=full,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100,) * 2))
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and b"the change was made, but could not be shown" in err
    assert b"warning: the change was made, but the audit log" in err


def test_a_dry_run_makes_no_log(site, tmp_path):
    site("group", "create", "Staff", "-n").ok()
    assert not site.log.exists()
    assert "No such file or directory" in site("group", "create", "Staff", "-n", log=tmp_path / "none/log").ended(1).err


def test_standard_error_takes_the_record_in_a_container(owctl, site, tmp_path):
    """Where it is a pipe, and where it is a socket, which can't be opened by that name."""
    err = site("group", "create", "Staff", "-q", log="/dev/stderr").ok().err
    assert json.loads(err)["command"] == "group create"
    ours, theirs = socket.socketpair()
    process = owctl.start("group", "create", "Others", "-q", "--audit-log", "/dev/stderr", env={"DATA_DIR": tmp_path}, stderr=theirs)
    process.communicate(timeout=60)
    theirs.close()
    assert process.returncode == 0 and json.loads(ours.recv(65536))["command"] == "group create"


def test_changes_to_the_profiles_are_recorded(owctl, tmp_path):
    log, path = tmp_path / "audit", owctl.home / ".config/owctl/config.yaml"
    owctl("profile", "add", "p", "--set-env", "WEBUI_SECRET_KEY=MINE", "--audit-log", log, "-n").ok()
    owctl("profile", "add", "p", "--set-env", "WEBUI_SECRET_KEY=MINE", "--audit-log", log).ok()
    owctl("profile", "use", "p", env={"OWCTL_AUDIT_LOG": log}).ok()
    owctl("profile", "remove", "p", "-n", "--audit-log", log).ok()
    owctl("profile", "remove", "p", "--yes", "--audit-log", log).ok()
    records = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(record["command"], record["installation"], record["details"]) for record in records] == [
        ("profile add", str(path), {"profile": "p", "env_file": None, "settings": ["WEBUI_SECRET_KEY"]}),
        ("profile use", str(path), {"default": "p"}),
        ("profile remove", str(path), {"profile": "p", "was_default": True})]
    before = path.read_bytes()
    assert "nothing was changed" in owctl("profile", "add", "q", "--set", "DATA_DIR=/x", "--audit-log", tmp_path).ended(1).err
    assert path.read_bytes() == before


def test_a_migration_in_a_folder_whose_name_is_no_text_is_recorded_whole(owctl, tmp_path):
    folder, log = os.fsencode(tmp_path) + b"/site-\xff", tmp_path / "audit.log"
    os.mkdir(folder)
    for release in ("0.7.2", "0.8.12"):
        owctl("migrate", "up", "--to", release, "--database", "webui.db", "--audit-log", log, cwd=folder).ok()
    details = json.loads(log.read_text().splitlines()[-1])["details"]
    assert (details["from"], details["to"], details["applied"]) == ("c440947495f3", "b2c3d4e5f6a7", 5)
    assert details["backup"].startswith(f"{tmp_path}/site-\\xff/webui.db.c440947495f3.")
