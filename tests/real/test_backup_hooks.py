"""`backup create --before --after`: what runs around a backup, and what it is told."""
import random
import signal
import subprocess
import time

import pytest

from lab.process import wait_until
from test_backup import at_head, files_of, filled, keys, place, repository  # noqa: F401 (fixtures)
from test_backup_monitoring import metrics, parse  # noqa: F401 (fixtures)

TELL = "env | grep ^OWCTL_BACKUP_ | sort >"


def told(path):
    return {name.removeprefix("OWCTL_BACKUP_"): value for name, _, value in (line.partition("=") for line in path.read_text().splitlines())}


@pytest.fixture
def here(filled):  # noqa: F811
    return filled("small", "sqlite", {"uploads/one": b"1"})


def test_both_run_and_are_told_what_came_of_it(repository, here, tmp_path):  # noqa: F811
    words = ["--before", f"{TELL} {tmp_path}/before; echo to be seen", "--after", f"{TELL} {tmp_path}/after; echo $DATABASE_URL; echo secret=$WEBUI_SECRET_KEY",
             "--label", "one"]
    done = repository("create", "-o", "json", *words, place=here, OWCTL_BACKUP_RESULT="stale").ok()
    made = done.json()
    common = {"LABEL": "one", "REPOSITORY": str(repository.location)}
    assert told(tmp_path / "before") == {"HOOK": "before", **common}
    assert told(tmp_path / "after") == {
        "HOOK": "after", **common, "RESULT": "ok", "STATUS": "0", "ERROR": "", "SNAPSHOT": made["snapshot"], "MISSING": "0",
        **{name.upper(): str(made[name]) for name in ("rows", "files", "bytes", "added")}}
    assert "owctl: --before: to be seen\n" in done.err and f"owctl: --after: {here.url}\n" in done.err
    assert "owctl: --after: secret=\n" in done.err
    (tmp_path / "env").touch(0o600)
    (tmp_path / "env").write_text(f"DATABASE_URL={here.url}\nWEBUI_SECRET_KEY=a-key-of-the-file\n")
    quiet = repository("create", "-q", "--env-file", tmp_path / "env", *words, "--audit-log", tmp_path / "log", place=None, DATA_DIR=here.data).ok()
    assert (quiet.out, quiet.err) == ("", "")
    loud = repository("create", "--env-file", tmp_path / "env", *words, place=None, DATA_DIR=here.data).ok()
    assert "a-key-of-the-file" not in loud.err and "--after: sqlite" not in loud.err


def test_if_the_first_fails_nothing_is_backed_up_and_the_last_runs_all_the_same(repository, here, tmp_path, metrics):  # noqa: F811
    words = ["--before", "echo why; exit 3", "--after", f"{TELL} {tmp_path}/after", "--metrics", metrics]
    for quiet in [], ["-q"]:
        done = repository("create", *quiet, *words, place=here).ended(1)
        assert "nothing was backed up: the command of --before failed with exit status 3" in done.err and "--before: why" in done.err
        after = told(tmp_path / "after")
        assert (after["RESULT"], after["STATUS"]) == ("failed", "1") and "exit status 3" in after["ERROR"] and "SNAPSHOT" not in after
    assert repository.list() == [] and parse(metrics)[0]["success"] == 0


def test_a_backup_that_fails_or_lacks_files_is_told(repository, here, tmp_path):  # noqa: F811
    words = ["--after", f"{TELL} {tmp_path}/after"]
    repository("create", *words, place=here, OWCTL_REPOSITORY="/nowhere").ended(78)
    assert (told(tmp_path / "after")["RESULT"], told(tmp_path / "after")["STATUS"]) == ("failed", "78")
    files_of(here, "/gone")
    repository("create", *words, place=here).ended(2)
    after = told(tmp_path / "after")
    assert (after["RESULT"], after["STATUS"]) == ("incomplete", "2") and int(after["MISSING"]) > 0 and after["SNAPSHOT"] == repository.list()[0]["snapshot"]


def test_if_the_last_fails_that_is_the_status(repository, here):  # noqa: F811
    done = repository("create", "--after", "exit 7", place=here).ended(1)
    assert "the command of --after failed with exit status 7" in done.err and len(repository.list()) == 1
    done = repository("create", "--after", "exit 7", place=here, OWCTL_REPOSITORY="/nowhere").ended(78)
    assert "warning: the command of --after failed" in done.err


def test_they_may_not_take_for_ever(repository, here):  # noqa: F811
    begun = time.monotonic()
    done = repository("create", "--before", "sleep 60", "--hook-limit", "1", place=here).ended(1)
    assert "took more than 1 s" in done.err and time.monotonic() - begun < 20


def test_a_dry_run_runs_neither(repository, here, tmp_path):  # noqa: F811
    repository("create", "--dry-run", "--before", f"touch {tmp_path}/ran", "--after", f"touch {tmp_path}/ran", place=here).ok()
    assert not (tmp_path / "ran").exists()


def test_a_signal_does_not_keep_the_last_from_running(repository, here, tmp_path):  # noqa: F811
    """During the first command, and in the midst of the backup."""
    here.write({"uploads/large": random.Random(1).randbytes(1 << 20) * 48})
    after = f"sleep 1; {TELL} {tmp_path}/after"
    for number, before, begun in ((signal.SIGINT, "sleep 60 & touch begun; wait", tmp_path / "begun"),
                                  (signal.SIGTERM, "true", repository.location / "running")):
        (tmp_path / "after").unlink(missing_ok=True)
        words = ["--compression", "19", "--before", before, "--after", after]
        running = repository.owctl.start("backup", "create", *words, env=repository.settings | here.where, stdout=subprocess.DEVNULL,
                                         cwd=tmp_path)
        wait_until(lambda: begun.exists(), 30, "the beginning")
        time.sleep(0.3)
        running.send_signal(number)
        _, err = running.communicate(timeout=30)
        assert running.returncode == 130, err
        assert (told(tmp_path / "after")["RESULT"], told(tmp_path / "after")["STATUS"]) == ("interrupted", "130")
    assert repository.list() == []
