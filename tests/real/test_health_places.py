"""Where replicas are looked for: names that a name server knows, and several places of which one says nothing, or too much."""
import socket
import time

import pytest
from lab.health import Findings
from lab.nameserver import NameServer, asking
from lab.owctl import Owctl
from lab.parts import NEWEST
from lab.replica import Replica

ONE, TWO = "10.244.7.1", "10.244.7.2"
NAMES = ("host-record=chat.test,10.244.7.1", "host-record=chat.test,10.244.7.2",
         "host-record=one.chat.test,10.244.7.1", "host-record=two.chat.test,10.244.7.2")
SERVICES = ("srv-host=_http._tcp.chat.test,one.chat.test,8080,10", "srv-host=_http._tcp.chat.test,two.chat.test,8080,20",
            "srv-host=_https._tcp.chat.test,one.chat.test,8080",
            "srv-host=_part._tcp.chat.test,one.chat.test,8080", "srv-host=_part._tcp.chat.test,two.chat.test,8089")
MANY = tuple(f"srv-host=_many._tcp.chat.test,one.chat.test,{20000 + number}" for number in range(1001))
ONLY = ("--only", "replicas,same-release", "--data-dir", "/nowhere")


def srv(name, port, *labels):
    """A record as its bytes, since dnsmasq refuses to be told names like these."""
    data = bytes(4) + port.to_bytes(2) + b"".join(bytes([len(label)]) + label for label in labels) + bytes(1)
    return f"dns-rr={name},33,{data.hex()}"


HOSTILE = (srv("_bad._tcp.chat.test", 8080, b"one", b"chat", b"test"), srv("_bad._tcp.chat.test", 8080, b"a/b", b"test"),
           srv("_bad._tcp.chat.test", 80, b"x@127.0.0.1:1#"), srv("_bad._tcp.chat.test", 80, b"\x1b[2J"),
           srv("_bad._tcp.chat.test", 0, b"one", b"chat", b"test"), srv("_none._tcp.chat.test", 0))


@pytest.fixture(scope="module")
def names(network, tmp_path_factory):
    folders = [tmp_path_factory.mktemp("names") for _ in range(3)]
    with (NameServer(folders[0], network, *NAMES, *SERVICES, *HOSTILE, *MANY) as server,
          Replica(folders[1], network, ONE) as one, Replica(folders[2], network, TWO) as two):
        for process in (server.start(), one.start(), two.start()):
            process.wait()
        yield server


@pytest.fixture
def owctl(owctl_apart, names, network, tmp_path):
    return Owctl(owctl_apart.home, asking(network.prefix, tmp_path, names.address))


def at(*places):
    return {"OWCTL_REPLICAS": ",".join(places)}


@pytest.mark.parametrize("place", ["dns:chat.test:8080", "dns:_http._tcp.chat.test"])
def test_name_has_its_replicas(finds, place):
    findings = finds(f"healthy: {place}", {}, at(place), *ONLY)
    assert findings.row("OW201")["state"] == findings.row("OW105")["state"] == "good"  # the first one takes two of them


def test_each_target_is_asked_at_its_own_port(finds):
    finds("a target of SRV records that is down", {"OW102": {"two.chat.test:8089"}}, at("dns:_part._tcp.chat.test"), *ONLY)


@pytest.mark.parametrize("place, replica", [("dns:_https._tcp.chat.test", "one.chat.test:8080"),
                                            ("dns+https:one.chat.test:8080", f"{ONE}:8080")])
def test_replicas_are_asked_over_tls_where_the_place_says_so(finds, place, replica):
    """They take none."""
    findings = finds(f"TLS: {place}", {"OW102": {replica}}, at(place), *ONLY)
    assert "https://one.chat.test:8080: OpenSSL" in findings.row("OW102")["what"]


def test_service_without_a_name_is_refused(owctl):
    for place in "dns:_http._tcp", "dns:_http._tcp.", "dns:_http", "dns+https:_http._tcp":
        assert "dns:_http._tcp.NAME" in owctl("health", "check", "--replica", place).ended(78).err


def test_target_that_is_no_host_is_refused_and_the_others_are_looked_at(finds):
    findings = finds("hostile targets of SRV records", {"OW105": {"dns:_bad._tcp.chat.test"}}, at("dns:_bad._tcp.chat.test"), *ONLY)
    assert "4 of its targets" in findings.row("OW105")["what"] and findings.row("OW102")["state"] == "good"


@pytest.mark.parametrize("name, said", [("_none._tcp.chat.test", "there are none"), ("_nothing._tcp.chat.test", "no such name"),
                                        ("_http._tcp.elsewhere.example", "gives no answer, or failed"),
                                        ("nothing.test:8080", "not known")])
def test_name_without_replicas(finds, name, said):
    findings = finds(f"no replica at {name}", {"OW101": {None}}, at(f"dns:{name}"), *ONLY)
    assert said in findings.row("OW101")["what"]


def test_place_that_is_gone_or_empty_hides_nobody(finds):
    gone, empty = "dns:nothing.test:8080", "dns:_none._tcp.chat.test"
    findings = finds("places without replicas beside one that has some", {"OW105": {gone, empty}},
                     at(gone, "dns:chat.test:8080", empty), *ONLY)
    assert findings.row("OW101")["state"] == findings.row("OW201")["state"] == "good"
    assert {row["subject"]: row["what"] for row in findings.of("warning")}[empty] == "has no replicas"


@pytest.mark.parametrize("place", ["dns:chat.test:8080", "dns:_http._tcp.chat.test"])
def test_name_server_that_says_nothing_holds_up_nobody(owctl, network, tmp_path, place):
    with network.entered():
        silent = socket.socket(type=socket.SOCK_DGRAM)
        silent.bind(("127.0.0.9", 53))
    with silent:
        owctl = Owctl(owctl.home, asking(network.prefix, tmp_path, "127.0.0.9"))
        before = time.monotonic()
        findings = Findings(owctl("health", "check", "-o", "json", "--deadline", "4s", *ONLY, env=at(place, f"http://{ONE}:8080")))
        assert time.monotonic() - before < 4.5
    assert findings.counting == {"OW105": {place}} and "no name server answered" in findings.row("OW105")["what"]
    assert findings.row("OW102")["state"] == "good"


def test_more_than_a_thousand_replicas_are_not_looked_at(owctl):
    """Nor is it kept back. The answer is one that only fits by TCP."""
    findings = Findings(owctl("health", "check", "-o", "json", *ONLY, env=at("dns:_many._tcp.chat.test")))
    assert findings.row("OW105")["what"] == "only the first 1000 replicas are looked at, of 1001 or more"
    silent = {row["subject"] for row in findings.rows if row["code"] == "OW102"}
    assert silent == {f"one.chat.test:{20000 + number}" for number in range(1000)}
