"""What a service manager hears of a run by sd_notify(3): that it is ready, how far it is, that it goes on, how it ended."""
import os
import re
import socket
import time

import pytest

from lab import fuse
from lab.manager import Manager
from lab.process import wait_until
from test_backup import at_head, filled, keys, place, repository  # noqa: F401 (fixtures)

PEOPLE = "email,password\n" + "".join(f"p{n}@example.org,password {n}\n" for n in range(10))
NEVER = {"OWCTL_AUDIT_LOG": "/dev/null"}


@pytest.fixture
def here(filled):  # noqa: F811
    return filled("small", "sqlite", {"uploads/one": b"1" * 100_000})


@pytest.mark.parametrize("abstract", [False, True], ids=["a path", "an abstract name"])
def test_a_backup_and_its_restore_are_told_from_the_beginning_to_the_end(repository, here, place, tmp_path, abstract):  # noqa: F811
    runs = (("create", (), here, "backing up"), ("verify", ("--read-data",), None, "verifying"), ("restore", (), place("sqlite"), "restoring"))
    for command, words, where, doing in runs:
        with Manager(tmp_path, abstract, watchdog_ms=1) as manager:
            repository(command, *words, place=where, **repository.opened, **manager.environment).ok()
            manager.hear_all()
        (_, first), *between, (_, last) = manager.heard
        assert first == {"READY": "1", "STATUS": f"backup {command}"}
        assert last == {"STOPPING": "1", "STATUS": "ended with status 0"}
        assert any(status.startswith(doing) for status in manager.of("STATUS")), manager.heard
        assert "1" in manager.of("WATCHDOG") and manager.of("READY") == ["1"] and len(between) > 1
        (tmp_path / "notify").unlink(missing_ok=True)


def test_long_work_says_how_far_it_is_and_that_it_goes_on(owctl, tmp_path):
    where = {"DATA_DIR": tmp_path, **NEVER}
    with Manager(tmp_path, watchdog_ms=100) as manager:
        owctl("migrate", "up", env=where | manager.environment).ok()
    alive = [when for when, said in manager.heard if "WATCHDOG" in said]
    assert min(later - before for before, later in zip(alive, alive[1:])) < 0.08, "after half of what is waited for"
    assert any(re.fullmatch("applying [0-9]+ revisions", status) for status in manager.of("STATUS")) and "1" in manager.of("WATCHDOG")
    (tmp_path / "notify").unlink()
    with Manager(tmp_path, watchdog_ms=400) as manager:
        owctl("user", "import", "-q", "-", env=where | manager.environment, stdin=PEOPLE).ok()
    steps = [re.fullmatch(r"hashing (\d+) of 10 passwords, about \d+ s left", status) for status in manager.of("STATUS")]
    steps = [int(step[1]) for step in steps if step]
    assert steps and steps == sorted(steps) and "hashing 10 passwords" in manager.of("STATUS")
    taken = manager.heard[-1][0] - manager.heard[0][0]
    assert 2 < len(manager.of("WATCHDOG")) <= taken / 0.2 + 2, "twice in that time is enough"
    assert len(steps) <= taken + 2, "one a second is enough"


def test_who_hangs_gives_no_sign_of_life(repository, here, tmp_path):  # noqa: F811
    """A file of the installation is on a disk that does not answer."""
    with fuse.mounted(here.data / "uploads/gone", "webui.db", b"", hangs=True), Manager(tmp_path, watchdog_ms=100) as manager:
        env = repository.settings | here.where | manager.environment
        process = repository.owctl.start("backup", "create", env=env)
        try:
            wait_until(lambda: manager.heard and time.monotonic() - manager.heard[-1][0] > 1, 20, "silence")
            assert process.poll() is None and manager.of("READY") and not manager.of("STOPPING")
        finally:
            process.kill()
            process.communicate()


def test_a_hook_is_not_the_work_of_owctl(repository, here, tmp_path):  # noqa: F811
    """Its output is, and neither it nor what else is started can speak for owctl."""
    with Manager(tmp_path, watchdog_ms=100) as manager:
        words = ["--before", f"sleep 1; env > {tmp_path}/env; ls -l /proc/$$/fd > {tmp_path}/open; echo seen"]
        repository("create", *words, place=here, **manager.environment).ok()
    begun, *later = [when for when, said in manager.heard if "WATCHDOG" in said or "READY" in said]
    assert later[0] - begun > 0.5
    assert not re.search("^(NOTIFY_SOCKET|WATCHDOG_)", (tmp_path / "env").read_text(), re.M)
    assert "0 -> " in (tmp_path / "open").read_text() and "socket:" not in (tmp_path / "open").read_text()


def test_an_error_is_the_last_word_and_has_no_secret(owctl, tmp_path):
    with Manager(tmp_path, watchdog_ms=1000) as manager:
        url = "postgresql://owui:geheim@127.0.0.1:1/owui"
        done = owctl("user", "list", "--timeout", "1", env={"DATABASE_URL": url, "WEBUI_SECRET_KEY": "geheim", **manager.environment}).ended(69)
        owctl("user", "lost", env=manager.environment).ended(64)
        owctl("user", "lost\nMAINPID=1\n" + "ä" * 3000, env=manager.environment).ended(64)
    assert manager.of("READY") == ["1"], "a command line that nobody understands is not ready"
    last = manager.of("STATUS")[1]
    assert f"owctl: {last}" in done.err.splitlines() and "127.0.0.1" in last
    assert "geheim" not in str(manager.heard) and manager.of("STOPPING") == ["1"] * 3
    assert set().union(*(said for _, said in manager.heard)) <= {"READY", "STATUS", "STOPPING", "WATCHDOG"}, "nobody else speaks for it"
    assert len(manager.of("STATUS")[-1].encode()) <= 1000


@pytest.mark.parametrize("name", ["/nowhere/notify", "relative", "", "@", "/" + "x" * 200, "vsock:2:1234"])
def test_without_a_manager_nothing_is_different(owctl, tmp_path, name):
    done = owctl("version", env={"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "x"}).ok()
    assert not done.err


def test_a_manager_that_hears_nothing_is_not_waited_for(owctl, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(tmp_path / "notify"))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.setblocking(False)
            with pytest.raises(BlockingIOError):
                while True:
                    other.sendto(b"X=1", str(tmp_path / "notify"))
        begun = time.monotonic()
        owctl("version", env={"NOTIFY_SOCKET": tmp_path / "notify"}).ok()
        assert time.monotonic() - begun < 10


def test_the_watchdog_of_another_process_is_not_fed(owctl, tmp_path):
    where = {"DATA_DIR": tmp_path, "WATCHDOG_PID": os.getpid(), **NEVER}
    with Manager(tmp_path, watchdog_ms=1) as manager:
        owctl("migrate", "up", env=where | manager.environment).ok()
    assert manager.of("READY") and not manager.of("WATCHDOG")
