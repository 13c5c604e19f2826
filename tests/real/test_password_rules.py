"""owctl takes a new password exactly when the real server's own form would."""
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
