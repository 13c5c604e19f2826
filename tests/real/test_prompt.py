"""Questions on a terminal: no echo, the terminal restored whatever happens, and words of help where there is none."""
import contextlib
import os
import signal
import sqlite3
import termios

import pytest

from lab.owctl import check_sanitizers
from lab.terminal import Terminal

pytestmark = pytest.mark.quick


@pytest.fixture
def installation(owctl, tmp_path):
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/webui.db"}
    owctl("migrate", "up", "--yes", env=env).ok()
    return env


@pytest.fixture
def session(owctl, installation):
    def start(*words):
        return Terminal(owctl, *words, env=installation)

    return start


CREATE = ["user", "create", "a@example.org", "--name", "A"]


def test_a_password_is_asked_for_twice_and_not_shown(owctl, installation, session):
    terminal = session(*CREATE)
    terminal.wait_for("password for a@example.org: ")
    assert not terminal.echoes()
    terminal.type("correct horse\n")
    terminal.wait_for("again: ")
    terminal.type("correct horse\n")
    assert terminal.end() == 0
    assert b"horse" not in terminal.seen
    owctl("user", "check-password", "a@example.org", "--password-stdin", stdin="correct horse", env=installation).ok()


@pytest.mark.parametrize("words, asked", [
    (["user", "create", "b@example.org"], 2), (["user", "passwd", "a@example.org"], 2), (["user", "check-password", "a@example.org"], 1)])
def test_standard_input_that_is_a_terminal_asks(owctl, installation, session, words, asked):
    owctl(*CREATE, "--password-stdin", stdin="correct horse", env=installation).ok()
    terminal = session(*words, "--password-stdin")
    for prompt in [f"{words[2]}: ", "again: "][:asked]:
        terminal.wait_for(prompt)
        assert not terminal.echoes()
        terminal.type("correct horse\n")
    assert terminal.end() == 0
    assert b"horse" not in terminal.seen
    owctl("user", "check-password", words[2], "--password-stdin", stdin="correct horse", env=installation).ok()


@pytest.mark.parametrize("members, words", [([], "0 members"), (["a"], "1 member"), (["a", "b"], "2 members")])
def test_the_question_about_a_group_counts_its_members(owctl, installation, session, members, words):
    owctl("group", "create", "Staff", env=installation).ok()
    for name in members:
        owctl("user", "create", f"{name}@example.org", "--no-password", "--group", "Staff", env=installation).ok()
    terminal = session("group", "delete", "Staff")
    terminal.wait_for("The accounts remain [y/N] ")
    terminal.type("n\n")
    assert terminal.end() == 1
    assert f'Delete the group "Staff" with {words} from ' in terminal.seen.decode()


def test_two_that_differ(owctl, installation, session):
    terminal = session(*CREATE)
    terminal.wait_for(": ")
    terminal.type("one password\n")
    terminal.wait_for("again: ")
    terminal.type("another password\n")
    assert terminal.end() == 65
    assert b"the two do not match" in terminal.seen
    assert owctl("user", "list", "-o", "json", env=installation).ok().json() == []


def test_an_empty_one(session):
    terminal = session(*CREATE)
    terminal.wait_for(": ")
    terminal.type("\n")
    assert terminal.end() == 65


@pytest.mark.parametrize("how", ["key", signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_restores_the_terminal(owctl, installation, session, how):
    terminal = session(*CREATE)
    terminal.wait_for("password for a@example.org: ")
    # A second descriptor keeps the terminal's settings to be looked at after owctl has gone.
    kept = os.open(os.readlink(f"/proc/{terminal.pid}/fd/0"), os.O_RDWR | os.O_NOCTTY)
    assert not terminal.echoes()
    if how == "key":
        terminal.type("\x03")
    else:
        os.kill(terminal.pid, how)
    status = os.waitstatus_to_exitcode(os.waitpid(terminal.pid, 0)[1])
    assert status == 130
    assert termios.tcgetattr(kept)[3] & termios.ECHO
    os.close(kept)
    assert owctl("user", "list", "-o", "json", env=installation).ok().json() == []


def without_terminal(owctl, *words, env):
    process = owctl.start(*words, env=env, start_new_session=True)
    out, err = process.communicate(timeout=60)
    check_sanitizers(words, err)
    return process.returncode, err.decode()


def test_no_terminal_to_ask_for_a_password_on(owctl, installation):
    status, err = without_terminal(owctl, *CREATE, env=installation)
    assert status == 64
    assert "--password-stdin or --password-file FILE, or have one made with --generate" in err


@pytest.mark.parametrize("words, said", [
    (["user", "passwd", "nobody@example.org"], b"there is no account nobody@example.org"),
    (["user", "check-password", "nobody@example.org"], b"there is no account nobody@example.org"),
    (["user", "create", "a@example.org"], b"an account with this address exists"),
    (["user", "create", "b@example.org", "--group", "Missing"], b'there is no group "Missing"'),
])
def test_a_password_is_not_asked_for_in_vain(owctl, installation, session, words, said):
    owctl(*CREATE, "--no-password", env=installation).ok()
    terminal = session(*words)
    assert terminal.end() == 65
    assert said in terminal.seen and b"password for" not in terminal.seen and b"password of" not in terminal.seen


def test_a_password_is_not_asked_for_an_account_that_is_left_alone(owctl, installation, session):
    owctl(*CREATE, "--no-password", env=installation).ok()
    terminal = session(*CREATE, "--if-missing")
    assert terminal.end() == 0 and b"password for" not in terminal.seen and b"exists" in terminal.seen


@pytest.fixture
def account(owctl, installation):
    for name in "first", "second":
        owctl("user", "create", f"{name}@example.org", "--name", name, "--generate", env=installation).ok()
    # The oldest account is the primary administrator, whom nobody deletes; both were made in the same second.
    database = sqlite3.connect(installation["DATABASE_URL"].removeprefix("sqlite:///"))
    with contextlib.closing(database), database:
        database.execute("update user set created_at = created_at - 60 where email = 'first@example.org'")
    return "second@example.org"


@pytest.mark.parametrize("answer, status, left", [("y", 0, 1), ("YES", 0, 1), ("", 1, 2), ("n", 1, 2), ("yep", 1, 2)])
def test_confirmation(owctl, installation, account, session, answer, status, left):
    terminal = session("user", "delete", account)
    terminal.wait_for("[y/N] ")
    assert terminal.echoes()
    terminal.type(answer + "\n")
    assert terminal.end() == status
    assert len(owctl("user", "list", "-o", "json", env=installation).ok().json()) == left


def test_confirmation_without_a_terminal(owctl, installation, account):
    status, err = without_terminal(owctl, "user", "delete", account, env=installation)
    assert status == 64 and "--yes" in err
    assert without_terminal(owctl, "user", "delete", account, "--yes", env=installation)[0] == 0
