"""owctl understands a database URL as Open WebUI does: compared with the SQLAlchemy of a real release."""
import json
import subprocess
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from lab.examples import examples
from lab.owctl import binary, check_sanitizers
from lab.parts import NEWEST, TREE, part

OWN = {"fallback_application_name": "owctl", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}


class Lines:
    """A process that answers a line with a line."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __call__(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().rstrip("\n")

    def close(self):
        _, stderr = self.process.communicate(timeout=30)
        check_sanitizers(self.process.args, stderr.encode())


@pytest.fixture(scope="module")
def sqlalchemy():
    lines = Lines(part("openwebui", NEWEST) / "bin/python", TREE / "tests/real/lab/run_sqlalchemy.py")
    yield lambda url: json.loads(lines(json.dumps(url)))
    lines.close()


@pytest.fixture(scope="module")
def owctl_url():
    lines = Lines(binary().parent / "url-probe")

    def ask(url):
        engine, _, rest = lines(url).partition(" ")
        return {engine: conninfo_to_dict(rest) if engine == "postgresql" else rest}

    yield ask
    lines.close()


def parameters(connect):
    """What libpq is told, without what owctl adds and what says nothing."""
    texts = {name: str(value) for name, value in connect.items() if value not in (None, "")}
    texts.pop("tcp_keepalive", None)
    return {name: value for name, value in texts.items() if OWN.get(name) != value}


def assert_same(expected, found):
    if "postgresql" in expected:
        assert parameters(found["postgresql"]) == parameters(expected["postgresql"])
    else:
        assert found == expected


printable = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])


def encoded(text):
    """A text percent-encoded in full or only where it must be."""
    return st.sampled_from([quote(text, safe=""), quote(text, safe="!$&'()*+,;=-._~#|\"<> ^`{}\\")])


words = st.text(printable, min_size=1, max_size=12)
hosts = st.one_of(st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9.-]{0,20}", fullmatch=True), st.ip_addresses(v=4).map(str),
                  st.ip_addresses(v=6).map(lambda address: f"[{address}]"))
queries = st.dictionaries(st.sampled_from(["options", "application_name", "sslrootcert", "sslcert", "connect_timeout", "passfile",
                                           "target_session_attrs", "client_encoding", "keepalives_idle"]), words, max_size=4)


@st.composite
def postgresql_urls(draw):
    scheme = draw(st.sampled_from(["postgresql", "postgres", "postgresql+psycopg2", "postgresql+psycopg", "postgresql+asyncpg"]))
    user = draw(st.none() | words.flatmap(encoded))
    password = draw(st.none() | words.flatmap(encoded)) if user is not None else None
    authority = "" if user is None else user + ("" if password is None else ":" + password) + "@"
    authority += draw(st.just("") | hosts)
    authority += draw(st.just("") | st.integers(1, 65535).map(lambda port: f":{port}"))
    database = draw(st.just("") | st.text(printable.filter(lambda c: c not in "?@"), max_size=12).map(lambda name: "/" + name))
    query = draw(queries)
    pairs = "&".join(f"{name}={quote(value, safe='/:,')}" for name, value in query.items())
    socket = draw(st.just("") | st.just("host=/run/postgresql") | st.just("host=a:1&host=b:2&host=c:3"))
    return f"{scheme}://{authority}{database}" + "?" * bool(pairs or socket) + "&".join(filter(None, [pairs, socket]))


@examples(400)
@given(postgresql_urls())
@example("postgresql://me:p@db:5432/owui")
@example("postgresql://a,b:2/n")
@example("postgresql://u@h/n?host=x:5&sslcert=a+b%20c")
def test_postgresql_urls_mean_the_same(sqlalchemy, owctl_url, url):
    expected = sqlalchemy(url)
    assume("error" not in expected)
    assert_same(expected, owctl_url(url))


@examples(400)
@given(st.sampled_from(["sqlite", "sqlite+aiosqlite", "sqlite+pysqlite"]), st.text(printable, min_size=1, max_size=30))
def test_sqlite_urls_mean_the_same(sqlalchemy, owctl_url, scheme, path):
    url = f"{scheme}:///{path}"
    expected = sqlalchemy(url)
    assume("error" not in expected and expected["sqlite"] not in (None, "", ":memory:"))
    assume("uri=" not in path)
    assert_same(expected, owctl_url(url))


@examples(1500)
@given(st.text(st.sampled_from(list(":@/?&=%[],+a1")) | st.sampled_from(list("h2.-")), max_size=25))
@example("u:p@ss@h/n")
@example("h:5432/n@x")
@example("[1],")
@example("h,[1]:5/n")
def test_what_both_take_means_the_same(sqlalchemy, owctl_url, rest):
    """owctl refuses more (a host with an @, a list with a host in [], a port 0, a parameter that libpq does not know), and takes a:1,b:2 and h: besides."""
    url = "postgresql://" + rest
    expected, found = sqlalchemy(url), owctl_url(url)
    if "error" not in found and "error" not in expected:
        assert_same(expected, found)
