"""Each run has a name, and what it leaves behind has it: so that a pipeline and the journal can put all of it together."""
import json
import re
import sqlite3
import subprocess

import pytest

from lab.manager import Journal
from test_backup import at_head, filled, keys, place, repository  # noqa: F401 (fixtures)

UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.fixture
def here(filled):  # noqa: F811
    return filled("small", "sqlite", {"uploads/one": b"1"})


def left_behind(repository, here, tmp_path, **environment):  # noqa: F811
    """The ids in the log, in the audit log and in the environment of hooks, of one backup with a change inside."""
    log = tmp_path / "audit.jsonl"
    log.unlink(missing_ok=True)
    owctl = " ".join(repository.owctl.command("group", "create", "Staff", "--if-missing", "--audit-log", log, "--log-format", "json"))
    words = ["--before", f"echo $OWCTL_RUN_ID > {tmp_path}/hook; {owctl}", "--audit-log", log, "--log-format", "json"]
    done = repository("create", *words, place=here, **environment).ok()
    with sqlite3.connect(here.data / "webui.db") as database:
        database.execute("delete from \"group\" where name = 'Staff'")
    logged = [json.loads(line)["run"] for line in done.err.splitlines()]
    audited = [json.loads(line)["run"] for line in log.read_text().splitlines()]
    assert len(logged) > 1 and len(audited) == 2
    return [*logged, *audited, (tmp_path / "hook").read_text().strip()]


def test_all_that_a_run_left_behind_has_one_id(repository, here, tmp_path):  # noqa: F811
    [first] = set(left_behind(repository, here, tmp_path))
    [second] = set(left_behind(repository, here, tmp_path))
    assert UUID.fullmatch(first) and UUID.fullmatch(second) and first != second
    assert set(left_behind(repository, here, tmp_path, OWCTL_RUN_ID="deploy-4711.a:b_C")) == {"deploy-4711.a:b_C"}


def test_an_error_has_it_in_each_form(owctl):
    given = {"OWCTL_RUN_ID": "x" * 64}
    for words in ["-o", "json"], ["--log-format", "json"], ["-v"]:
        done = owctl("user", "list", *words, "--database", "/nowhere", env=given)
        assert done.rc and "x" * 64 in done.err
    error = json.loads(owctl("user", "list", "-o", "json", "--database", "/nowhere", env=given).err)["error"]
    assert error["run"] == "x" * 64
    said = owctl("version", "-v", env=given).ok().err
    assert re.fullmatch(f"owctl: run {'x' * 64} of owctl [0-9.]+: version\n", said)
    assert not owctl("version", env=given).ok().err


@pytest.mark.parametrize("before", ["", "x"])
@pytest.mark.parametrize("behind", ["", "y"])
def test_a_long_message_is_cut_between_letters(owctl, before, behind):
    for words in (), ("--log-format", "json"):
        said = owctl("user", "list", "--database", f"/nowhere/{before}{'ä' * 2000}{behind}", *words).err.splitlines()[0]
        assert "ä [..] ä" in said and len(said.encode()) < 2000


@pytest.mark.parametrize("wrong", ["a b", "x" * 65, "ä", "a\nb", "a/b", "$(id)"])
def test_what_is_no_id_is_refused_and_not_repeated(owctl, wrong):
    done = owctl("user", "list", "--log-format", "json", env={"OWCTL_RUN_ID": wrong}).ended(78)
    first, hint = map(json.loads, done.err.splitlines())
    assert "OWCTL_RUN_ID" in first["message"] and "deploy-4711" in hint["message"] and UUID.fullmatch(first["run"])
    for words in ["--help"], ["version", "-v"]:
        assert wrong not in owctl(*words, env={"OWCTL_RUN_ID": wrong}).ok().err


def run_for(journal, owctl, *words, stderr=None, **environment):
    done = subprocess.run(owctl.command(*words), env=owctl.environment(**journal.environment, **environment), timeout=60,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr or journal.stream)
    return done.returncode, done.stderr


def test_the_journal_gets_priorities_and_the_run_is_its_invocation(owctl, tmp_path):
    env = {"DATA_DIR": tmp_path, "OWCTL_AUDIT_LOG": "/dev/null"}
    owctl("migrate", "up", env=env).ok()
    (tmp_path / "env").write_text("WEBUI_SECRET_KEY=x\n")
    (tmp_path / "env").chmod(0o644)
    with Journal() as journal:
        assert run_for(journal, owctl, "user", "list", "-vv", "--env-file", tmp_path / "env", **env)[0] == 0
        assert run_for(journal, owctl, "user", "show", "nobody@example.org", **env)[0] == 65
        assert run_for(journal, owctl, "user", "list", "--data-dir", "/nowhere")[0] == 78
        assert run_for(journal, owctl, "user", "list", "-o", "json", "--log-format", "json", "--data-dir", "/nowhere")[0] == 78
        lines = journal.lines()
    found = {number: [line[3:] for line in lines if line.startswith(f"<{number}>")] for number in range(8)}
    assert sum(map(len, found.values())) == len(lines), lines
    assert all(line.startswith("owctl: warning: ") for line in found[4]) and len(found[4]) == 1
    assert found[6][0].startswith(f"owctl: run {journal.environment['INVOCATION_ID']} of owctl ") and found[7]
    assert [line[:6] for line in found[3][:2]] == ["owctl:", "hint: "] or found[3][0].startswith("owctl: "), found[3]
    assert any(line.startswith("hint: ") for line in found[3]), "who asks for errors alone sees what to do"
    assert json.loads(found[3][-1])["error"]["run"] == journal.environment["INVOCATION_ID"]


def test_elsewhere_lines_have_no_priority_and_the_invocation_means_nothing(owctl):
    """What a service starts with its messages sent elsewhere, as cron does."""
    with Journal() as journal:
        status, err = run_for(journal, owctl, "user", "list", "--log-format", "json", "--data-dir", "/nowhere", stderr=subprocess.PIPE)
        assert status == 78 and UUID.fullmatch(json.loads(err.splitlines()[0])["run"])
        journal.environment["INVOCATION_ID"] = "not one"
        assert run_for(journal, owctl, "version", "-v")[0] == 0
        assert run_for(journal, owctl, "version", "-v", OWCTL_RUN_ID="given")[0] == 0
        journal.environment["INVOCATION_ID"] = "a b" + "c" * 29
        assert run_for(journal, owctl, "profile", "show", "-v", DATA_DIR="/x")[0] == 0
        journal.environment["INVOCATION_ID"] = "d" * 32
        device, inode = map(int, journal.environment["JOURNAL_STREAM"].split(":"))
        for other in f"{device}:{inode + 1}", f"{device + 1}:{inode}":
            journal.environment["JOURNAL_STREAM"] = other
            assert run_for(journal, owctl, "version", "-v")[0] == 0
        first, second, third, _, *others = journal.lines()
    assert UUID.search(first) and "run given of" in second and UUID.search(third)
    assert len(others) == 2 and all(line.startswith("owctl: run ") and UUID.search(line) for line in others)
