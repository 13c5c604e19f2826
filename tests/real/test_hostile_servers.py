"""Servers that repeat what they were told, or that are not where their name says: what owctl shows of it all the same."""
import pytest
from bad_input.servers import Listener, say

SECRET = "s3cret P@ss"


def answer(code, message):
    """What PostgreSQL says when it refuses a connection."""
    body = b"SFATAL\0VFATAL\0C" + code + b"\0M" + message + b"\0\0"
    return b"E" + (len(body) + 4).to_bytes(4, "big") + body


@pytest.mark.parametrize("code", [b"28P01", b"XX000", b"42704"])
def test_a_password_in_the_answer_of_postgresql_is_not_shown(owctl, code):
    server = Listener(say(answer(code, f'role "u" with "{SECRET}" is not welcome'.encode())))
    url = f"postgresql://u:s3cret%20P%40ss@127.0.0.1:{server.port}/x?sslmode=disable&gssencmode=disable"
    done = owctl("user", "list", "-vv", env={"DATABASE_URL": url})
    assert done.rc and 'role "u" with "***" is not welcome' in done.err and "s3cret" not in done.err


def test_pieces_of_a_password_with_an_at_sign_are_not_shown(owctl):
    server = Listener(say(answer(b"3D000", b'database "word@127.0.0.1/x" does not exist')))
    url = f"postgresql://u:pa@localhost:{server.port}/word@127.0.0.1/x?sslmode=disable&gssencmode=disable"
    done = owctl("user", "list", "-vv", env={"DATABASE_URL": url})
    assert done.rc and "PostgreSQL at *** (an @ in the URL is not written as %40)" in done.err
    assert "word" not in done.err.replace("password", "") and "localhost" not in done.err
    assert "word" not in owctl("profile", "show", env={"DATABASE_URL": url}).err


def test_an_answer_of_postgresql_without_a_message(owctl):
    server = Listener(say(answer(b"XX000", b"")))
    err = owctl("user", "list", "--database", f"postgresql://u@127.0.0.1:{server.port}/x?sslmode=disable&gssencmode=disable").err
    assert err.splitlines()[0].endswith(": an error without a message")


def test_the_database_is_named_as_libpq_found_it(owctl, make_postgresql, tmp_path):
    """PGHOSTADDR leads elsewhere than the URL says, and a service file says all of it."""
    url = make_postgresql()
    owner, port, name = url[len("postgresql://"):].replace("@127.0.0.1:", " ").replace("/", " ").split()
    elsewhere = url.replace("127.0.0.1", "db.example.org")
    found = owctl("migrate", "up", "-n", "--database", elsewhere, env={"PGHOSTADDR": "127.0.0.1"}).ok()
    assert f"PostgreSQL {owner}@db.example.org:{port}/{name} (address 127.0.0.1 by PGHOSTADDR)" in found.err
    found = owctl("migrate", "up", "-n", "--database", f"postgresql://{owner}@:{port}", env={"PGHOST": "127.0.0.1", "PGDATABASE": name}).ok()
    assert f"PostgreSQL {owner}@127.0.0.1:{port}/{name}" in found.err and "(address" not in found.err
    services = tmp_path / "services"
    services.write_text(f"[prod]\nhost=db.example.org\nhostaddr=127.0.0.1\nport={port}\ndbname={name}\nuser={owner}\n")
    for words, environment in (["--database", "service=prod"], {}), ([], {"DATABASE_URL": "postgresql://", "PGSERVICE": "prod"}):
        found = owctl("migrate", "up", "-n", *words, env={"PGSERVICEFILE": services, **environment}).ok()
        assert f"PostgreSQL {owner}@db.example.org:{port}/{name} (address 127.0.0.1)" in found.err
