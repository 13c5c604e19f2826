"""owctl takes a new password exactly when the real server's own form would."""
import signal
import sqlite3
import time

import pytest
from lab.parts import NEWEST

PASSWORDS = ["short1!A", "Long enough 1!", "no capital 1!", "NO SMALL 1!", "No digit here!", "NoSign123", "", "Ünïcode 1! x",
             "é" * 36 + "A1!a", "A1!a" + "x" * 68, "A1!a" + "x" * 69, "A1!a x\ty"]


@pytest.fixture
def site(owctl, make_sqlite, start_openwebui):
    data_dir = make_sqlite(NEWEST).parent
    owctl("user", "create", "ada@example.org", "--role", "admin", "--password-stdin", env={"DATA_DIR": data_dir}, stdin="ada").ok()
    server = start_openwebui(NEWEST, data_dir, ENABLE_PASSWORD_VALIDATION="true").wait()
    return server, server.token("ada@example.org", "ada"), {"DATA_DIR": data_dir, "ENABLE_PASSWORD_VALIDATION": "true"}


def test_same_passwords_are_taken_and_refused(owctl, site):
    server, admin, where = site
    for number, password in enumerate(PASSWORDS):
        theirs = server.add_user(admin, "X", f"theirs{number}@example.org", password).status == 200
        done = owctl("user", "create", f"ours{number}@example.org", "--password-stdin", env=where, stdin=password)
        assert done.rc == (0 if theirs else 65), password
        if theirs:
            assert server.signin(f"ours{number}@example.org", password).status == 200
    done = owctl("user", "passwd", "ours1@example.org", "--password-stdin", env=where, stdin="weak").ended(65)
    assert "hint: " in done.err and "weak" not in done.err


@pytest.mark.quick
def test_generated_passwords_pass_and_bad_patterns_are_named(owctl, tmp_path):
    where = {"DATA_DIR": tmp_path, "ENABLE_PASSWORD_VALIDATION": "true"}
    owctl("migrate", "up", env=where).ok()
    for number in range(5):
        owctl("user", "create", f"g{number}@example.org", "--generate", env=where).ok()
    broken = where | {"PASSWORD_VALIDATION_REGEX_PATTERN": "(?=["}
    assert "PASSWORD_VALIDATION_REGEX_PATTERN (environment)" in owctl("user", "create", "x@y.z", "--generate", env=broken).ended(78).err
    never = where | {"PASSWORD_VALIDATION_REGEX_PATTERN": "never"}
    assert "no generated password matches" in owctl("user", "create", "x@y.z", "--generate", env=never).ended(78).err
    hinted = where | {"PASSWORD_VALIDATION_HINT": "a number of three digits", "PASSWORD_VALIDATION_REGEX_PATTERN": "[0-9]{3}"}
    done = owctl("user", "create", "x@y.z", "--password-stdin", env=hinted, stdin="abc").ended(65)
    assert "hint: a number of three digits; it must match [0-9]{3}\n" in done.err
    del hinted["PASSWORD_VALIDATION_HINT"]
    assert "hint: it must match [0-9]{3}\n" in owctl("user", "create", "x@y.z", "--password-stdin", env=hinted, stdin="abc").ended(65).err
    for weak in "Short1!", "NO SMALL 1!", "no capital 1!", "No digit!", "NoSign123":
        done = owctl("user", "create", "x@y.z", "--password-stdin", env=where, stdin=weak).ended(65)
        assert "8 characters at least, among them a small letter, a capital, a digit and a sign" in done.err
    owctl("user", "create", "x@y.z", "--password-stdin", env=hinted, stdin="123").ok()


def test_iam_token_is_asked_for_as_libpqs_password(owctl):
    where = {"DATABASE_URL": "postgresql://me@127.0.0.1:1/db", "DATABASE_ENABLE_IAM_TOKEN_AUTH": "true"}
    assert "PGPASSWORD" in owctl("user", "list", env=where).ended(78).err
    owctl("user", "list", "--timeout", "1", env=where | {"PGPASSWORD": "token"}).ended(69)


@pytest.mark.quick
def test_a_pattern_that_takes_for_ever_is_a_bad_setting(owctl, tmp_path):
    """Not a bad password: nothing was found out about it. And --generate does not try a thousand of them."""
    where = {"DATA_DIR": tmp_path, "ENABLE_PASSWORD_VALIDATION": "true", "PASSWORD_VALIDATION_REGEX_PATTERN": "(.+)+(.+)+(.+)+[\u00e4\u00f6]"}
    owctl("migrate", "up", env=where).ok()
    for words, password in (["--password-stdin"], "x" * 60), (["--generate"], ""):
        err = owctl("user", "create", "x@y.z", *words, env=where, stdin=password).ended(78).err
        assert "PASSWORD_VALIDATION_REGEX_PATTERN can't be tried: match limit exceeded" in err and "make the pattern simpler" in err


@pytest.mark.quick
def test_patterns_mean_what_they_mean_to_python(owctl, tmp_path):
    """They begin at the first letter, letters are those of Unicode, and what begins to match may go on."""
    where = {"DATA_DIR": tmp_path, "ENABLE_PASSWORD_VALIDATION": "true"}
    owctl("migrate", "up", env=where).ok()
    for pattern, password, status in ("[0-9]{3}", "a123", 65), ("[0-9]{3}", "123a", 0), (r"\w{3}$", "\u00e9\u00e4\u0142", 0), ("^.{3}$", "\u00e9\u00e4\u0142", 0):
        done = owctl("user", "create", "x@y.z", "--password-stdin", "-n", env=where | {"PASSWORD_VALIDATION_REGEX_PATTERN": pattern}, stdin=password)
        assert done.rc == status, pattern


@pytest.mark.quick
def test_generating_goes_on_until_one_matches(owctl, tmp_path):
    """One in fifteen begins like this."""
    where = {"DATA_DIR": tmp_path, "ENABLE_PASSWORD_VALIDATION": "true", "PASSWORD_VALIDATION_REGEX_PATTERN": "[a-d]"}
    owctl("migrate", "up", env=where).ok()
    rows = "email\n" + "".join(f"p{n}@example.org\n" for n in range(5))
    done = owctl("user", "import", "-", "--generate", "-n", "-o", "json", env=where, stdin=rows).ok()
    assert len(done.json()) == 5


def test_generating_is_cancelled(owctl, tmp_path):
    """Each try of this pattern takes a while and stays below PCRE2's limits."""
    where = {"DATA_DIR": tmp_path, "ENABLE_PASSWORD_VALIDATION": "true", "PASSWORD_VALIDATION_REGEX_PATTERN": "(.+)+[\u00e4\u00f6]"}
    owctl("migrate", "up", env=where).ok()
    process = owctl.start("user", "create", "x@y.z", "--generate", env=where)
    time.sleep(1)
    assert process.poll() is None
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 130 and time.monotonic() - started < 1


@pytest.mark.quick
@pytest.mark.parametrize("stored, message", [
    ("$2b$31$QJ8rvFrU2aDKH6KDu0tun.RG9Hz2Mu0IUnY2gWFaCaPFXUTV0/mm6", "a bcrypt cost of 31, more than 17"),
    ("$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHQ$xb4MoKe7ZFbvLF72dT6QNw", "an argon2 memory (KiB) of 4194304, more than 262144"),
])
def test_a_stored_hash_does_not_say_how_long_a_check_takes(owctl, tmp_path, stored, message):
    where = {"DATA_DIR": tmp_path}
    owctl("migrate", "up", env=where).ok()
    owctl("user", "create", "x@y.z", "--no-password", env=where).ok()
    with sqlite3.connect(tmp_path / "webui.db") as database:
        database.execute("update auth set password = ?", [stored])
    err = owctl("user", "check-password", "x@y.z", "--password-stdin", env=where, stdin="x", timeout=10).ended(65).err
    assert f"x@y.z: the stored hash asks for {message}" in err and "hint: " in err
