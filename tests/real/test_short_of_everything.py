"""No room, no streams, no home, no rights, few files, little memory, strange locales: said with the documented status, and
nothing half done."""
import contextlib
import os
import pathlib
import resource
import shutil
import signal
import sqlite3
import subprocess
import tempfile

import pytest

from bad_input.case import check_stderr
from bad_input.world import World
from lab.owctl import check_sanitizers
from lab.parts import TREE

HASH = "$2b$12$" + "x" * 53
CREATE = ["user", "create", "a@example.org", "--no-password", "--database", "{db}"]
LIST = ["user", "list", "-o", "json", "--database", "{db}"]


@pytest.fixture
def world():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="owctl-short-"))
    folder.chmod(0o755)
    world = World(folder)
    world.db
    yield world
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def plain():
    """Without sanitizers, which need address space by the terabyte."""
    program = TREE / "build/owctl"
    if not program.exists():
        pytest.skip("build/owctl is not built")
    return program


@pytest.fixture
def small_disk(world):
    folder = world.folder / "small"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("needs the right to mount a small file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


def users(path):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        return connection.execute('select count(*) from "user"').fetchone()[0]


# ---- no room

def test_no_room_for_the_database(world, small_disk):
    path = shutil.copy(world.db, small_disk / "webui.db")
    rows = "".join(f"u{n}@example.org,{HASH}\n" for n in range(5000))
    file = world.write("in.csv", "email,password_hash\n" + rows)
    done = world.run(["user", "import", file, "-o", "csv", "--database", path]).ended(1)
    assert "the disk is full" in check_stderr(done.raw_err) and "hint: what was begun is undone: make room" in done.err
    assert users(path) == 1
    world.run(["user", "create", "a@example.org", "--no-password", "--database", path]).ok()


def test_no_room_for_a_new_database(world, small_disk):
    (small_disk / "filler").write_bytes(bytes(900_000))
    done = world.run(["migrate", "up", "--database", small_disk / "new.db"]).ended(1)
    assert "the disk is full" in check_stderr(done.raw_err)
    (small_disk / "filler").unlink()
    world.run(["migrate", "up", "--database", small_disk / "new.db"]).ok()


def test_no_room_for_the_audit_log(world, small_disk):
    """The change is made already when its record turns out not to fit: that is said, and loudly."""
    (small_disk / "audit").touch()
    with contextlib.suppress(OSError):
        (small_disk / "filler").write_bytes(bytes(2_000_000))
    done = world.run([*CREATE, "--audit-log", small_disk / "audit"])
    assert "the change was made, but the audit log" in done.err and "No space left on device" in done.err
    assert users(world.db) == 2


@pytest.mark.parametrize("format", ("table", "json", "yaml", "csv"))
@pytest.mark.parametrize("where, why", [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")])
def test_stdout_that_takes_nothing(world, format, where, why):
    line = f'"$0" "$@" {where}'
    for words, status in (["user", "list"], 1), (["user", "show", "root@example.org"], 1), (["user", "export"], 1):
        command = ["bash", "-c", line, *world.command([*words, "-o", format, "--database", "{db}"])]
        done = subprocess.run(command, env=world.environment(), capture_output=True, timeout=60)
        check_sanitizers(command, done.stderr)
        assert done.returncode == status and why in done.stderr.decode(), done.stderr


def test_a_generated_password_that_nobody_saw(world):
    """The account is there and its password is lost: that must not look like success."""
    done = world.run(["user", "create", "a@example.org", "--generate", "--database", "{db}"], stdout=open("/dev/full", "wb"))
    assert done.ended(1) and "No space left on device" in check_stderr(done.raw_err)
    assert users(world.db) == 2


@pytest.mark.parametrize("closed", ("<&-", "2>&-", "<&- >&- 2>&-"))
def test_closed_streams_never_reach_the_database(world, closed):
    """The database would be opened as descriptor 0, 1 or 2, and written over by a message."""
    for words in (CREATE, LIST, ["user", "show", "nobody@example.org", "--database", "{db}"]):
        command = ["bash", "-c", f'"$0" "$@" {closed}', *world.command(words)]
        done = subprocess.run(command, env=world.environment(), capture_output=True, timeout=60)
        check_sanitizers(command, done.stderr)
        assert done.returncode in (0, 1, 65)
    assert users(world.db) == (1 if ">&- " in closed else 2), "where the outcome can't be shown nothing is changed"


def test_a_reader_that_goes_away(world):
    with contextlib.closing(sqlite3.connect(world.db)) as connection, connection:
        connection.execute("""insert into "user" (id, email, name, role, profile_image_url, last_active_at, created_at, updated_at)
            with recursive n(i) as (select 1 union all select i + 1 from n limit 20000) select i, i || '@x.y', 'N', 'user', '', 0, 0, 0 from n""")
    for format in ("table", "json", "csv", "yaml"):
        process = world.start(["user", "list", "-o", format, "--database", "{db}"])
        process.stdout.read(100)
        process.stdout.close()
        err = process.stderr.read()
        assert (process.wait(20), err) == (141, b"")


# ---- limits

def limited(**limits):
    def set_limits():
        for name, value in limits.items():
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))

    return {"preexec_fn": set_limits}


@pytest.mark.parametrize("files", range(4, 12))
def test_few_open_files(world, files):
    for words in (LIST, CREATE):
        done = world.run(words, env={"ASAN_OPTIONS": "detect_leaks=0"}, **limited(NOFILE=files))  # that opens files itself
        if b"loading shared libraries" in done.raw_err:
            pytest.skip("not enough files to load the program itself")
        assert done.rc in (0, 1), done.raw_err
        assert done.rc == 0 or "Too many open files" in done.err, done.err
        if words is CREATE:  # the other's errors are JSON
            check_stderr(done.raw_err)
    assert users(world.db) in (1, 2)


def test_files_may_not_grow(world):
    """As on a full disk, but SIGXFSZ would have killed."""
    size = world.db.stat().st_size
    rows = "".join(f"u{n}@example.org,{HASH}\n" for n in range(5000))
    file = world.write("in.csv", "email,password_hash\n" + rows)
    done = world.run(["user", "import", file, "-o", "csv", "--database", "{db}"], **limited(FSIZE=size))
    assert done.ended(1) and check_stderr(done.raw_err)
    assert users(world.db) == 1


def test_a_list_that_must_wait_for_its_reader_and_has_no_room(world):
    """Outside WAL mode it is kept in memory until the database is let go."""
    with contextlib.closing(sqlite3.connect(world.db)) as connection, connection:
        connection.execute("""insert into "user" (id, email, name, role, profile_image_url, last_active_at, created_at, updated_at)
            with recursive n(i) as (select 1 union all select i + 1 from n limit 5000)
            select i, i || '@example.org', 'Name ' || i, 'user', '', 0, 0, 0 from n""")
    done = world.run(["user", "list", "--database", "{db}"], **limited(FSIZE=100_000)).ended(1)
    assert "can't be held in memory" in check_stderr(done.raw_err) and "hint: " in done.err and not done.raw_out


@pytest.mark.parametrize("megabytes", (24, 40, 64))
def test_little_memory(world, plain, megabytes):
    """It works or says that it can't; it never dies by a signal."""
    for words, stdin in ((LIST, b""), (["user", "create", "a@example.org", "--password-stdin", "--database", "{db}"], b"secret")):
        done = world.run(words, stdin=stdin, program=plain, env={"PASSWORD_HASH_ALGORITHM": "argon2"}, **limited(AS=megabytes << 20))
        assert done.rc >= 0, done
        assert done.rc == 0 or done.raw_err, done


def test_argon2_without_its_memory(world, plain):
    done = world.run(["user", "create", "a@example.org", "--password-stdin", "--database", "{db}"], stdin=b"secret", program=plain,
                     env={"PASSWORD_HASH_ALGORITHM": "argon2"}, **limited(AS=64 << 20))
    assert "64 MiB of memory" in check_stderr(done.ended(1).raw_err)
    assert users(world.db) == 1


def test_no_more_threads(world, plain):
    """Hashing goes on with one."""
    file = world.write("in.csv", "email,password\n" + "".join(f"u{n}@example.org,secret{n}\n" for n in range(3)), mode=0o644)
    if os.geteuid() == 0:
        world.db.chmod(0o666)
        world.folder.chmod(0o777)
        program = shutil.copy(plain, world.folder / "plain")
        more = {"user": "nobody", "group": "nogroup", "extra_groups": [], "program": program}
    else:
        more = {"program": plain}
    world.run(["user", "import", file, "--database", "{db}"], **more, **limited(NPROC=1)).ok()
    assert users(world.db) == 4


# ---- surroundings

@pytest.mark.parametrize("locale", ("C", "POSIX", "", None, "xx_XX.KOI8-R", "tr_TR.UTF-8"))
def test_letters_do_not_depend_on_the_locale(world, locale):
    words = ["user", "create", "ÄÖ.ΣΠ.İI@Example.ORG", "--name", "Jürgen Ł", "--no-password", "-o", "json", "--database", "{db}"]
    done = world.run(words, env={"LC_ALL": locale, "LANG": locale}).ok().json()
    assert done["email"] == "äö.σπ.i̇i@example.org" or done["email"] == "äö.σπ.ii@example.org"
    assert done["name"] == "Jürgen Ł"
    refused = world.run([*words[:2], "äÖ.Σπ.İi@example.org", *words[3:]], env={"LC_ALL": locale})
    assert "exists" in refused.ended(65).err


@pytest.mark.parametrize("home", (None, "", "/nonexistent", "relative"))
def test_no_home(world, home):
    env = {"HOME": home, "XDG_CONFIG_HOME": None}
    world.run(LIST, env=env).ok()
    world.run(["profile", "list"], env=env).ok()
    refused = world.run(["user", "list", "--profile", "p"], env=env).ended(78)
    assert check_stderr(refused.raw_err)


def test_a_folder_that_is_gone(world):
    gone = world.folder / "gone"
    gone.mkdir()
    command = ["bash", "-c", 'cd "$1" && rmdir "$1" && shift && "$@"', "bash", gone, *world.command(LIST)]
    done = subprocess.run(command, env=world.environment(), capture_output=True, timeout=60)
    check_sanitizers(command, done.stderr)
    assert done.returncode == 0, done.stderr


def test_a_folder_that_may_not_be_written_to(world):
    world.db.chmod(0o644)
    world.run(LIST, **(world.unprivileged() | {"cwd": "/"})).ok()


def test_signals_that_the_parent_ignored(world):
    """nohup, and shells that start things in the background, have them ignored: that stays so for SIGHUP alone."""
    def ignore():
        for number in (signal.SIGHUP, signal.SIGPIPE, signal.SIGCHLD):
            signal.signal(number, signal.SIG_IGN)

    world.write(".config/owctl/config.yaml", f"profiles: {{p: {{settings: {{DATABASE_URL: {{command: [echo, 'sqlite:///{world.db}']}}}}}}}}\n")
    world.run(["user", "list", "--profile", "p"], preexec_fn=ignore).ok()


def test_no_environment(world):
    done = subprocess.run(world.command([]), env={}, capture_output=True, timeout=60)
    assert done.returncode == 64
