"""The Redis client against one server: URLs, credentials, TLS, sockets, time-outs, signals, servers that go away."""
import os
import shutil
import socket
import subprocess
import time
from urllib.parse import quote

import pytest
import redis as redis_py
from bad_input.servers import Listener, keep, say
from hypothesis import assume, example, given
from hypothesis import strategies as st
from lab.examples import examples
from lab.owctl import binary
from lab.probe import Probe, Refused
from lab.process import free_port
from lab.redisserver import Redis
from redis.connection import parse_url

PASSWORD = "s3cret: P@ss/w%rd ü"
QUOTED = quote(PASSWORD, safe="")


@pytest.fixture
def client():
    """client(REDIS_URL=..): the probe with these settings, not yet connected."""
    started = []

    def start(**environment):
        started.append(Probe(binary().parent / "redis-probe", env={key: str(value) for key, value in environment.items()}))
        return started[-1]

    yield start
    for probe in started:
        probe.end()


def refused(probe, status, message, do="open", hint=None, **values):
    with pytest.raises(Refused) as caught:
        probe(do, **{"timeout": 5, **values})
    assert (caught.value.status, message in caught.value.message) == (status, True), caught.value.message
    assert caught.value.hint and (hint or "") in caught.value.hint
    assert PASSWORD not in str(caught.value) and QUOTED not in str(caught.value)
    return caught.value


def run(probe, *words):
    return probe("command", words=words)["reply"]


# ---- URLs

words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=10)
encoded = words.map(lambda text: quote(text, safe=""))
hosts = st.just("") | st.from_regex(r"[a-z][a-z0-9.-]{0,15}", fullmatch=True) | st.ip_addresses(v=6).map(lambda ip: f"[{ip}]")


@st.composite
def urls(draw):
    text = draw(st.sampled_from(["redis://", "rediss://", "unix://"]))
    if draw(st.booleans()):
        text += draw(st.just("") | encoded) + draw(st.just("") | encoded.map(lambda text: ":" + text)) + "@"
    if text.startswith("unix"):
        text += "/" + draw(encoded)
    else:
        text += draw(hosts) + draw(st.just("") | st.integers(1, 65535).map(lambda port: f":{port}"))
        text += draw(st.just("") | st.integers(0, 99).map(lambda number: f"/{number}"))
    pairs = draw(st.lists(st.tuples(st.sampled_from(["db", "username", "password", "socket_timeout"]), st.integers(0, 50).map(str)), max_size=3))
    return text + "?" * bool(pairs) + "&".join(f"{name}={value}" for name, value in pairs)


@pytest.fixture(scope="module")
def parse():
    with Probe(binary().parent / "redis-probe") as probe:
        yield lambda url: probe("parse", url=url)["target"]


def assert_same(url, found):
    expected = parse_url(url)
    for name, default in (("host", None), ("port", 6379), ("db", 0), ("username", None), ("password", None), ("path", None)):
        value = found[name].lower() if name == "host" and found[name] else found[name]
        assert value == expected.get(name, default), name
    assert found["tls"] == ("SSL" in str(expected.get("connection_class")))


@examples(300)
@given(urls())
@example("redis://:%2525@h/3?db=0")
def test_urls_mean_what_they_mean_to_redis_py(parse, url):
    assert_same(url, parse(url))


@examples(600)
@given(st.text(st.sampled_from(list(":@/?&=%[]#+a12")), max_size=20))
@example("u:p@ss@h/1")
@example("h?db=1&db=2&password=%2525")
def test_what_both_take_means_the_same(parse, rest):
    """owctl refuses more: a path that is no number, hosts that are none, bytes that are not UTF-8."""
    url = "redis://" + rest
    try:
        found = parse(url)
        parse_url(url)
    except (Refused, ValueError):
        assume(False)
    assert_same(url, found)


# ---- credentials

@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A server with a password, a user who may do all, and one who may do next to nothing."""
    with Redis(tmp_path_factory.mktemp("guarded")) as server:
        server.url = f"redis://:{QUOTED}@127.0.0.1:{server.port}/0"
        server.socket = server.folder / "socket"
        server.start("--requirepass", PASSWORD, "--unixsocket", server.socket).wait()
        server.client().acl_setuser("owui", enabled=True, passwords="+" + PASSWORD, keys="*", channels="*", commands=["+@all"])
        server.client().acl_setuser("poor", enabled=True, passwords="+" + PASSWORD, keys="mine:*", commands=["+get"])
        yield server


@pytest.fixture(scope="module")
def address(guarded):
    return f"127.0.0.1:{guarded.port}"


def test_password_user_and_database(client, guarded, address):
    for number, credentials in ((0, f":{QUOTED}"), (3, f"owui:{QUOTED}"), (4, f"default:{QUOTED}")):
        probe = client(REDIS_URL=f"redis://{credentials}@{address}/{number}")
        assert probe("open", timeout=5)["found"]
        assert run(probe, "SET", "here", str(number)) == "OK"
        assert redis_py.Redis(port=guarded.port, password=PASSWORD, db=number).get("here") == str(number).encode()
        assert f"db={number}" in run(probe, "CLIENT", "INFO")


def test_unix_socket(client, guarded):
    probe = client(REDIS_URL=f"unix://:{QUOTED}@{guarded.socket}?db=2")
    probe("open", timeout=5)
    assert "db=2" in run(probe, "CLIENT", "INFO")
    refused(client(REDIS_URL=f"unix://{guarded.folder}/none"), 69, f"{guarded.folder}/none")


@pytest.mark.parametrize("credentials, status, message, hint", [
    ("", 77, "NOAUTH", "put it into REDIS_URL"),
    (":wrong@", 77, "WRONGPASS", "check user and password"),
    (f"nobody:{QUOTED}@", 77, "WRONGPASS", "check user and password"),
    ("owui@", 77, "WRONGPASS", "check user and password"),
])
def test_wrong_credentials(client, address, credentials, status, message, hint):
    refused(client(REDIS_URL=f"redis://{credentials}{address}/0"), status, message, hint=hint)


def test_a_server_before_redis_6_gets_the_password_alone(client):
    heard = []

    def treat(connection, kept):
        for answer in (b"-ERR wrong number of arguments for 'auth' command\r\n", b"+OK\r\n", b"+PONG\r\n"):
            heard.append(connection.recv(4096).split(b"\r\n")[2::2])
            connection.sendall(answer)

    client(REDIS_URL=f"redis://me:{QUOTED}@127.0.0.1:{Listener(treat).port}")("open", timeout=5)
    assert [[word.decode() for word in words] for words in heard] == [["AUTH", "me", PASSWORD], ["AUTH", PASSWORD], ["PING"]]


def test_rights(client, address):
    refused(client(REDIS_URL=f"redis://poor:{QUOTED}@{address}/1"), 77, "NOPERM")
    probe = client(REDIS_URL=f"redis://poor:{QUOTED}@{address}")
    probe("open", timeout=5)
    assert run(probe, "GET", "mine:1") is None
    refused(probe, 77, "NOPERM", "command", "ACL", words=["SET", "mine:1", "x"])
    assert run(probe, "GET", "mine:1") is None


def test_wrong_settings(client, redis, address):
    refused(client(REDIS_URL=f"redis://:{QUOTED}@127.0.0.1:{redis.port}"), 78, "without any password", hint="leave it out")
    refused(client(REDIS_URL=f"redis://127.0.0.1:{redis.port}/99"), 78, "out of range")
    refused(client(REDIS_URL=f"redis://127.0.0.1:{free_port()}"), 69, "connect")
    refused(client(REDIS_URL=f"redis://127.0.0.1:{redis.port}/zero"), 78, "REDIS_URL (environment): the database")
    refused(client(REDIS_SENTINEL_HOSTS="s1"), 78, "REDIS_URL is not")
    assert client()("open", timeout=5) == {"found": False}


def test_errors_of_commands(client, redis):
    probe = client(REDIS_URL=redis.url)
    probe("open", timeout=5)
    with pytest.raises(Refused, match="unknown command 'NOSUCH'$"):
        run(probe, "NOSUCH", "argument")
    redis.client().config_set("maxmemory", 1)
    refused(probe, 1, "OOM", "command", "maxmemory", words=["SET", "a", "b"])
    redis.client().config_set("maxmemory", 0)
    assert run(probe, "SET", "a", "b") == "OK"


def test_a_password_that_the_answer_repeats_is_not_shown(client):
    for answer, status, shown in (b"ERR unknown command `AUTH`, with args beginning with: `%s`", 1, "unknown command `AUTH`"), \
            (b"ERR odd %s", 1, "ERR odd ***"), (b"WRONGPASS for %s", 77, "WRONGPASS for ***"), (b"", 1, "an error without a message"):
        listener = Listener(say(b"-" + (answer % PASSWORD.encode() if b"%s" in answer else answer) + b"\r\n"))
        with pytest.raises(Refused) as caught:
            client(REDIS_URL=f"redis://:{QUOTED}@127.0.0.1:{listener.port}")("open", timeout=5)
        assert caught.value.status == status and shown in caught.value.message and "s3cret" not in str(caught.value)


def test_replies_of_every_shape(client, redis):
    probe = client(REDIS_URL=redis.url)
    probe("open", timeout=5)
    assert "redis_version:" in run(probe, "INFO", "server")
    assert run(probe, "CONFIG", "GET", "maxclients")[0] == "maxclients"
    assert run(probe, "PUBSUB", "NUMSUB", "a") == ["a", 0]
    assert run(probe, "ROLE")[0] == "master"
    large = "x" * 5_000_000
    assert run(probe, "SET", "large", large) == "OK"
    assert run(probe, "GET", "large") == large


def test_a_pipeline_tells_the_first_failure_and_stays_in_step(client, redis):
    probe = client(REDIS_URL=redis.url)
    probe("open", timeout=5)
    many = [["SET", f"key {i}", str(i)] for i in range(3000)]
    assert probe("pipeline", commands=many)["replies"] == ["OK"] * 3000
    with pytest.raises(Refused, match="WRONGTYPE"):
        probe("pipeline", commands=[["SET", "a", "b"], ["LPUSH", "a", "c"], ["NOSUCH"], ["SET", "d", "e"]])
    assert probe("pipeline", commands=[["GET", "a"], ["GET", "d"]])["replies"] == ["b", "e"]
    assert probe("pipeline", commands=[])["replies"] == []


# ---- TLS

def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """ca.crt has signed server.crt, for "localhost" alone; other.crt has signed nothing."""
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("ca", "other"):
        openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.crt", "-days", "2",
                "-subj", f"/CN={name}")
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost")
    openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-copy_extensions", "copy", "-out", "server.crt")
    (folder / "hashed").mkdir()
    shutil.copy(folder / "ca.crt", folder / "hashed")
    openssl(folder, "rehash", "hashed")
    return folder


def start_tls(server, certificates, clients):
    server.url = (f"rediss://:{QUOTED}@localhost:{server.port}/0?ssl_ca_certs={certificates}/ca.crt"
                  f"&ssl_certfile={certificates}/server.crt&ssl_keyfile={certificates}/server.key")
    server.start("--port", "0", "--tls-port", server.port, "--tls-ca-cert-file", certificates / "ca.crt", "--tls-cert-file",
                 certificates / "server.crt", "--tls-key-file", certificates / "server.key", "--tls-auth-clients", clients,
                 "--requirepass", PASSWORD)
    return server.wait()


@pytest.fixture(scope="module")
def with_tls(tmp_path_factory, certificates):
    with Redis(tmp_path_factory.mktemp("tls")) as server:
        yield start_tls(server, certificates, "no")


def tls_url(server, host="localhost", **query):
    return f"rediss://:{QUOTED}@{host}:{server.port}/0?" + "&".join(f"{name}={value}" for name, value in query.items())


def test_tls(client, with_tls, certificates):
    for environment in ({"REDIS_URL": tls_url(with_tls, ssl_ca_certs=certificates / "ca.crt")},
                        {"REDIS_URL": tls_url(with_tls), "SSL_CERT_FILE": certificates / "ca.crt"},
                        {"REDIS_URL": tls_url(with_tls), "SSL_CERT_DIR": certificates / "hashed"},
                        {"REDIS_URL": tls_url(with_tls, ssl_ca_path=certificates / "hashed")},
                        {"REDIS_URL": tls_url(with_tls, "127.0.0.1", ssl_ca_certs=certificates / "ca.crt", ssl_check_hostname="False")},
                        {"REDIS_URL": tls_url(with_tls, "127.0.0.1", ssl_cert_reqs="none")}):
        probe = client(**environment)
        probe("open", timeout=5)
        large = "y" * 1_000_000
        assert run(probe, "SET", "large", large) == "OK"
        assert run(probe, "GET", "large") == large


def test_tls_that_is_not_trusted(client, with_tls, certificates):
    refused(client(REDIS_URL=tls_url(with_tls)), 78, "certificate", hint="ssl_ca_certs")
    refused(client(REDIS_URL=tls_url(with_tls, ssl_ca_certs=certificates / "other.crt")), 78, "certificate", hint="ssl_ca_certs")
    refused(client(REDIS_URL=tls_url(with_tls, "127.0.0.1", ssl_ca_certs=certificates / "ca.crt")), 78, "127.0.0.1", hint="name")
    refused(client(REDIS_URL=tls_url(with_tls, ssl_ca_certs="/nowhere")), 78, "/nowhere", hint="ssl_ca_certs")


def test_tls_and_plain_mixed_up(client, redis, with_tls):
    refused(client(REDIS_URL=f"redis://127.0.0.1:{with_tls.port}"), 69, "closed", hint="rediss://")
    refused(client(REDIS_URL=tls_url(redis)), 69, f"localhost:{redis.port}", hint="redis://")


def test_client_certificates(client, certificates, tmp_path):
    with Redis(tmp_path) as server:
        start_tls(server, certificates, "yes")
        probe = client(REDIS_URL=server.url)
        probe("open", timeout=5)
        assert run(probe, "PING") == "PONG"
        refused(client(REDIS_URL=tls_url(server, ssl_ca_certs=certificates / "ca.crt")), 69, "", hint="ssl_certfile")
        broken = tls_url(server, ssl_ca_certs=certificates / "ca.crt", ssl_certfile="/nowhere", ssl_keyfile="/nowhere")
        refused(client(REDIS_URL=broken), 78, "", hint="ssl_certfile")


# ---- servers that hang, go away, or are something else

def seconds(call):
    start = time.monotonic()
    call()
    return time.monotonic() - start


def full_backlog():
    """A port that takes no more connections: SYNs to it stay unanswered."""
    server = socket.create_server(("127.0.0.1", 0), backlog=0)
    waiting = [socket.socket() for _ in range(4)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(server.getsockname())
    return server, waiting


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_silence_is_bounded_and_can_be_interrupted(client, scheme):
    listener = Listener(keep)
    probe = client(REDIS_URL=f"{scheme}://127.0.0.1:{listener.port}")
    assert 0.9 < seconds(lambda: refused(probe, 69, "", timeout=1)) < 2.5
    probe.send("open", timeout=60)
    time.sleep(0.5)
    assert probe.interrupted() < 1.5


def test_a_port_that_does_not_answer(client):
    server, waiting = full_backlog()
    probe = client(REDIS_URL=f"redis://127.0.0.1:{server.getsockname()[1]}")
    assert 0.9 < seconds(lambda: refused(probe, 69, "", timeout=1)) < 2.5
    probe.send("open", timeout=60)
    time.sleep(0.5)
    assert probe.interrupted() < 1.5


def test_a_command_that_takes_too_long(client, redis):
    probe = client(REDIS_URL=redis.url)
    probe("open", timeout=1)
    assert 0.9 < seconds(lambda: refused(probe, 69, "no answer in time", "command", words=["BLPOP", "nothing", "0"])) < 2.5
    refused(probe, 69, "connection was lost", "command", words=["PING"])
    probe("open", timeout=60)
    probe.send("command", words=["BLPOP", "nothing", "0"])
    time.sleep(0.5)
    assert probe.interrupted() < 1


def test_a_server_killed_in_the_middle(client, tmp_path):
    with Redis(tmp_path) as server:
        server.start().wait()
        probe = client(REDIS_URL=server.url)
        probe("open", timeout=20)
        probe.send("command", words=["BLPOP", "nothing", "0"])
        time.sleep(0.3)
        server.kill()
        with pytest.raises(Refused, match="closed the connection") as caught:
            probe.answer()
        assert caught.value.status == 69
        refused(probe, 69, "connection was lost", "command", words=["PING"])


@pytest.mark.parametrize("answer, status, message", [
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", 69, "not Redis"),
    (b"$99999999999999999999\r\n", 69, "not Redis"),
    (b"*2147483647\r\n", 69, "not Redis"),
    (b"+OK", 69, "closed"),
    (b"", 69, "closed"),
    (b"-LOADING Redis is loading the dataset in memory\r\n", 75, "LOADING"),
    (b"-ERR max number of clients reached\r\n", 75, "max number of clients"),
    (b"-DENIED Redis is running in protected mode\r\n", 77, "DENIED"),
    (b"-READONLY \x1b[31mred\r\n", 78, "\\x1b[31m"),
])
def test_answers_that_are_none(client, answer, status, message):
    listener = Listener(say(answer))
    refused(client(REDIS_URL=f"redis://127.0.0.1:{listener.port}"), status, message, timeout=2)


def test_a_flood_is_cut_off(client):
    def flood(connection, kept):
        connection.recv(4096)
        connection.sendall(b"$400000000\r\n")
        block = b"x" * (1 << 20)
        for _ in range(400):
            connection.sendall(block)

    listener = Listener(flood)
    refused(client(REDIS_URL=f"redis://127.0.0.1:{listener.port}"), 69, "too large", timeout=30)


def test_settings_of_the_machine_do_not_matter(client, redis):
    proxy = f"http://127.0.0.1:{free_port()}"
    probe = client(REDIS_URL=redis.url, http_proxy=proxy, https_proxy=proxy, ALL_PROXY=proxy, HOME=os.devnull)
    assert probe("open", timeout=5)["found"]
