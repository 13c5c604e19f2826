"""What a health check tells of the load balancer: each is wrong in one way before replicas that are well, which are recorded ones
where only the balancer matters."""
import json
import os
import socket
import subprocess
import types

import pytest
import requests
from lab.balancer import Case
from lab.certificates import Certificates
from lab.cluster_kinds import SECRET_KEY
from lab.haproxy import HAProxy
from lab.hostile_http import Hostile, redirects_for_ever, sends_html
from lab.nginx import Nginx
from lab.parts import part
from lab.process import unused_ports
from lab.recorded import Recorded

each_balancer = pytest.mark.parametrize("kind", [Nginx, HAProxy])


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    """Three replicas, of which most tests have two."""
    with Recorded(tmp_path_factory.mktemp("fleet"), 3, key=SECRET_KEY) as fleet:
        yield [types.SimpleNamespace(url=url) for url in fleet.start().wait().urls]


@pytest.fixture
def nobody():
    """A port that nobody listens at."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{nobody.getsockname()[1]}"


@pytest.fixture
def found(owctl):
    """What is found of the balancer: {(code, severity): what}, told apart from what is only mentioned."""
    def found(url, replicas, *words, before=(), **environment):
        settings = {"WEBUI_URL": url, "OWCTL_REPLICAS": ",".join(one.url for one in replicas), "WEBUI_SECRET_KEY": SECRET_KEY}
        command = owctl.command("health", "check", "--only", "balancer", "-o", "json", *words)
        done = subprocess.run([*before, *command], env=owctl.environment(**settings | environment), capture_output=True, timeout=60)
        assert b"Sanitizer" not in done.stderr and 0 <= done.returncode < 3 and done.stdout, (done.returncode, done.stderr.decode())
        return rows_of(done.stdout)

    return found


def rows_of(out):
    rows = [row for row in json.loads(out) if row["family"] == "balancer" and row["state"] not in ("good", "skipped")]
    return {(row["code"], row["state"]): f"{row['subject']} {row['what']}" for row in rows}


def above_info(found):
    return {code: what for (code, state), what in found.items() if state != "info"}


@pytest.fixture
def stand(tmp_path, certificates):
    """stand(Nginx, fleet, ..): that balancer before the fleet, and the environment for it."""
    running = []

    def stand(kind, replicas, certificate=None, **case):
        port, = unused_ports(1)
        chain = certificate and certificates(certificate)
        balancer = kind(tmp_path / f"balancer-{port}", port, replicas, Case(certificate=chain, **case), chain and certificates.authority)
        running.append(balancer.start().wait())
        return balancer.url, {"SSL_CERT_FILE": certificates.authority} if certificate else {}

    yield stand
    for balancer in running:
        balancer.stop()


@each_balancer
def test_nothing_is_wrong(stand, found, fleet, kind):
    plain, _ = stand(kind, fleet[:2])
    assert found(plain, fleet[:2]) == {}
    encrypted, trust = stand(kind, fleet[:2], certificate="good", hsts=True)
    assert found(encrypted, fleet[:2], **trust) == {}
    kept, _ = stand(kind, fleet[:2], sticky=True, buffering=True)
    assert above_info(found(kept, fleet[:2])) == {}


WRONG = {
    "websocket": ({"websocket": False}, "OW710", "critical", "status 400, the headers of the upgrade are lost"),
    "authorization": ({"authorization": False}, "OW711", "critical", "takes the header Authorization out"),
    "body": ({"body": 1}, "OW713", "warning", "refuses a request of 16 MB"),
    "only the first": ({"only_first": True}, "OW705", "info", "requests of this machine were answered by 127.0.0.1:"),
    "old TLS": ({"certificate": "good", "hsts": True, "old_tls": True}, "OW722", "warning", "TLS 1.0 or 1.1"),
    "no HSTS": ({"certificate": "good"}, "OW724", "info", "HSTS"),
    "expired": ({"certificate": "expired"}, "OW720", "critical", "expired at 20"),
    "not yet": ({"certificate": "not-yet"}, "OW720", "critical", "is not valid before 20"),
    "other name": ({"certificate": "other-name"}, "OW720", "critical", "for another name (CN = other-name)"),
    "incomplete": ({"certificate": "incomplete"}, "OW720", "warning", "(CN = intermediate), and sends no other"),
    "unknown authority": ({"certificate": "unknown-authority"}, "OW720", "warning", "(CN = stranger of the tests)"),
    "self-signed": ({"certificate": "self-signed"}, "OW720", "warning", "signed itself"),
    "expires soon": ({"certificate": "expires-soon", "hsts": True}, "OW721", "critical", "expires in "),
}


@each_balancer
@pytest.mark.parametrize("case", WRONG)
def test_wrong_in_one_way(stand, found, fleet, kind, case):
    how, code, severity, words = WRONG[case]
    url, trust = stand(kind, fleet[:2], **how)
    [(key, what)] = found(url, fleet[:2], **trust).items()
    assert key == (code, severity) and words in what


@each_balancer
def test_dead_member(stand, found, fleet, kind, nobody):
    url, _ = stand(kind, fleet[:2], dead=nobody)
    what = found(url, fleet[:2])
    assert list(what) == [("OW704", "critical")] and " of 8 requests fail: status 50" in what["OW704", "critical"]


def test_a_limit_of_requests_is_no_dead_member(stand, found, fleet):
    url, _ = stand(Nginx, fleet[:2], limited=True)
    assert found(url, fleet[:2]) == {}
    answers = [requests.get(f"{url}/api/version", timeout=10).status_code for _ in range(40)]
    assert 503 in answers and 200 in answers


@each_balancer
def test_all_members_dead(stand, found, fleet, kind, nobody):
    url, _ = stand(kind, [], dead=nobody)
    what = found(url, fleet[:2])
    assert list(what) == [("OW702", "critical")] and "gets no request to any replica: status 50" in what["OW702", "critical"]


@each_balancer
def test_member_that_is_not_listed(stand, found, fleet, kind):
    url, _ = stand(kind, fleet)
    what = found(url, fleet[:2])
    assert list(what) == [("OW707", "warning")] and "requests were answered by a server that is not among" in what["OW707", "warning"]


@pytest.mark.parametrize("other, words", [({"key": "another key"}, "another WEBUI_SECRET_KEY"),
                                          ({"key": SECRET_KEY, "instead": {"0.12.4": "0.12.3"}}, "an Open WebUI 0.12.3, and no replica"),
                                          ({"key": SECRET_KEY, "instead": {"Open WebUI": "Open Webui"}}, "settings that no replica has")])
def test_leads_to_another_fleet(tmp_path, stand, found, fleet, other, words):
    with Recorded(tmp_path, 1, **other) as elsewhere:
        url, _ = stand(Nginx, [types.SimpleNamespace(url=elsewhere.start().wait().urls[0])])
        what = found(url, fleet[:2])
    assert list(what) == [("OW703", "critical")] and words in what["OW703", "critical"]


def test_nobody_answers(found, fleet, nobody):
    refused = found(f"http://{nobody}", fleet[:2])
    assert list(refused) == [("OW701", "critical")]
    unknown = found("http://" + 64 * "n", fleet[:2])  # which no name server is asked for
    assert list(unknown) == [("OW701", "critical")] and "Could not resolve host" in unknown["OW701", "critical"]
    wrong = found("http://ada:in-the-address@chat example", fleet[:2])
    assert list(wrong) == [("OW701", "critical")] and "in-the-address" not in str(wrong) and "chat example: " in str(wrong)


@pytest.mark.parametrize("behave, words", [(sends_html, "not as Open WebUI: text/html"), (redirects_for_ever, "sends its visitors elsewhere")])
def test_another_site_answers(found, fleet, behave, words):
    with Hostile(behave) as site:
        what = found(site.url, fleet[:2])
    assert list(what) == [("OW702", "critical")] and words in what["OW702", "critical"]


# ---- where names, addresses and ports have to be others, for one process ----

def with_hosts(folder, *lines):
    """Words to run a command with, for which /etc/hosts has these lines."""
    alone = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
    if subprocess.run([*alone, "true"], capture_output=True).returncode != 0:
        pytest.skip("needs the right to mount a file for one process")
    hosts = folder / "hosts"
    hosts.write_text("\n".join([*lines, ""]))
    return [*alone, "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', hosts]


def test_one_of_two_addresses_is_dead(tmp_path, stand, found, fleet):
    url, _ = stand(Nginx, fleet[:2])
    url = url.replace("127.0.0.1", "chat.example")
    good = with_hosts(tmp_path, "127.0.0.1 chat.example")
    assert found(url, fleet[:2], before=good) == {}
    half = with_hosts(tmp_path, "127.0.0.1 chat.example", "127.0.0.2 chat.example")
    what = found(url, fleet[:2], before=half)
    assert list(what) == [("OW706", "critical")] and "127.0.0.2:" in what["OW706", "critical"]


SITE = """pid {folder}/pid; error_log {folder}/log;
events {{}}
http {{
    access_log off;
    server {{ listen 443 ssl; ssl_certificate {chain}; ssl_certificate_key {key}; {version} }}
    server {{ listen 80; {plain} }}
}}
"""
VERSION = """location = /api/version { default_type application/json; add_header Strict-Transport-Security max-age=1;
                                      return 200 '{"version":"0.12.4"}'; }"""


def with_network(folder, certificates, plain):
    """Words to run a command with, for which chat.example is a public address, and a site stands there at the usual ports."""
    alone = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child",
             *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
    begin = 'ip link set lo up && ip addr add 203.0.113.7/32 dev lo && ip addr add 10.9.8.7/32 dev lo && mount --bind "$0" /etc/hosts'
    if subprocess.run([*alone, "sh", "-c", begin, "/etc/hosts"], capture_output=True).returncode != 0:
        pytest.skip("needs the right to make a network for one process, and `ip`")
    chain = certificates("good")
    (folder / "hosts").write_text("203.0.113.7 chat.example\n")
    settings = folder / "site"
    settings.write_text(SITE.format(folder=folder, chain=chain, key=chain.with_suffix(".key"), version=VERSION, plain=plain))
    nginx = part("nginx") / "sbin/nginx"
    return [*alone, "sh", "-c", f'{begin} && "$1" -p "$2" -e stderr -c "$3" && shift 3 && exec "$@"', folder / "hosts", nginx, folder, settings]


@pytest.mark.parametrize("url, plain, key, words", [
    ("http://chat.example", VERSION, ("OW725", "warning"), "is reached without TLS at 203.0.113.7"),
    ("http://10.9.8.7", VERSION, ("OW725", "info"), "an address of a private network"),
    ("https://chat.example", VERSION, ("OW723", "warning"), "answers at port 80 without TLS as well"),
    ("https://chat.example", "return 301 https://$host$request_uri;", None, None)])
def test_without_tls(tmp_path, certificates, found, url, plain, key, words):
    what = found(url, [], before=with_network(tmp_path, certificates, plain), SSL_CERT_FILE=certificates.authority)
    assert list(what) == ([key] if key else []) and (not key or words in what[key])


# ---- real replicas ----

@each_balancer
def test_polling_has_to_stick(cluster, balance, found, kind):
    _, *fleet = cluster.fleet("good", "no-websocket", "no-websocket2")
    for sticky in (False, True):
        what = above_info(found(balance(kind, fleet, sticky=sticky).url, fleet))
        assert list(what) == [] if sticky else ["OW712"]
        assert sticky or "requests of one session to a replica that does not know it" in what["OW712"]


@each_balancer
def test_real_replicas(cluster, balance, found, kind):
    fleet = cluster.fleet("good", "good2")
    assert found(balance(kind, fleet).url, fleet) == {}
    assert list(found(balance(kind, fleet, websocket=False).url, fleet)) == [("OW710", "critical")]
    assert list(found(balance(kind, fleet, body=1).url, fleet)) == [("OW713", "warning")]
    assert list(found(balance(kind, fleet, only_first=True).url, fleet)) == [("OW705", "info")]
