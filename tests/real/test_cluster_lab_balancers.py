"""The balancers of the laboratory: each is wrong in the way that its case says."""
import json
import socket
import types

import pytest
import requests
from lab import certificates
from lab.asking import POLLING, UPGRADE, WEBSOCKET, ask, detail, of_nobody
from lab.cluster_kinds import SECRET_KEY
from lab.haproxy import HAProxy
from lab.nginx import Nginx
from lab.recorded import Recorded

pytestmark = pytest.mark.parametrize("kind", [Nginx, HAProxy])


def test_without_stickiness_polling_loses_its_session(cluster, balance, kind):
    _, *fleet = cluster.fleet("good", "no-websocket", "no-websocket2")
    for sticky in (False, True):
        people = requests.Session()
        at = balance(kind, fleet, sticky=sticky).url + POLLING
        session = json.loads(people.get(at).text[1:])["sid"]
        done = people.post(f"{at}&sid={session}", "40")
        assert (done.status_code, done.text) == ((200, "OK") if sticky else (400, f'"Invalid session {session}"'))


def test_balancer_drops_what_its_case_says(cluster, balance, kind):
    [good] = cluster.fleet("good")
    assert b'{"detail":"Invalid WebSocket upgrade request"}' in ask(balance(kind, [good], websocket=False).url, WEBSOCKET, headers=UPGRADE)
    assert detail(balance(kind, [good], authorization=False).url, of_nobody(SECRET_KEY)) == "Not authenticated"
    small = balance(kind, [good], body=1).url + "/api/v1/files/"
    assert [requests.post(small, b"x" * size).status_code for size in (500_000, 1_500_000)] == [401, 413]


def test_dead_member_fails_every_other_request(cluster, balance, kind):
    [good] = cluster.fleet("good")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        at = balance(kind, [good], dead=f"127.0.0.1:{nobody.getsockname()[1]}").url
        seen = [requests.get(at + "/health").status_code for _ in range(6)]
    assert seen.count(200) == 3 and set(seen) - {200} <= {502, 503}


def test_only_the_first_gets_requests(cluster, balance, kind):
    [good] = cluster.fleet("good")
    with Recorded(cluster.folder, 1) as other:
        at = balance(kind, [good, types.SimpleNamespace(url=other.start().wait().urls[0])], only_first=True).url
        assert all(requests.get(at + "/api/v1/users/").status_code == 401 for _ in range(4))  # 404 is the other's


def test_certificates_are_as_their_names_say(cluster, balance, kind):
    [good] = cluster.fleet("good")
    verdicts = {}
    for name in certificates.LEAVES:
        balancer = balance(kind, [good], certificate=name, redirect=True, hsts=True)
        plain = requests.get(f"http://127.0.0.1:{balancer.case.redirect}/ready", allow_redirects=False)
        assert (plain.status_code, plain.headers["Location"]) == (301, balancer.url + "/ready")
        try:
            answer = requests.get(balancer.url + "/ready", verify=str(balancer.authority))
            assert answer.ok and answer.headers["Strict-Transport-Security"]
            verdicts[name] = "ok"
        except requests.exceptions.SSLError as error:
            verdicts[name] = str(error)
        balancer.stop()
    wanted = {"good": "ok", "expires-soon": "ok", "expired": "has expired", "other-name": "Hostname mismatch",
              "incomplete": "unable to get local issuer", "unknown-authority": "unable to get local issuer", "self-signed": "self-signed"}
    assert {name: words for name, words in wanted.items() if words not in verdicts[name]} == {}
