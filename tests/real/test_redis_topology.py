"""The Redis client and the end of sessions with sentinels, with a cluster, and on one server."""
import contextlib
import socket
import threading
import time

import pytest
import redis as redis_py
from bad_input.servers import Listener, say
from lab.probe import Refused
from lab.process import free_port
from lab.redisserver import Cluster, Redis, Sentinel
from test_redis import client, refused, run  # noqa: F401 (a fixture)

PASSWORD = "s3cret%40word"
SERVICE = "MyMaster"
NOW = 1_790_000_000


# ---- ending sessions

def key(user, prefix="open-webui"):
    return f"{prefix}:auth:user:{user}:revoked_at"


def test_marks_are_those_of_open_webui(client, redis):  # noqa: F811
    probe, server = client(REDIS_URL=redis.url), redis.client()
    start = server.time()[0]
    assert probe("revoke", ids=["a", "b"], now=NOW, lifetime=3600, timeout=5) == {"outcome": "revoked"}
    assert sorted(server.keys()) == [key("a"), key("b")]
    assert start <= int(server.get(key("a"))) <= server.time()[0]
    assert 3590 < server.ttl(key("a")) <= 3600
    server.set(key("a"), "1")
    probe("revoke", ids=["a"], now=NOW, lifetime=0, timeout=5)
    assert start <= int(server.get(key("a"))) and server.ttl(key("a")) == -1
    client(REDIS_URL=redis.url, REDIS_KEY_PREFIX="chat one")("revoke", ids=["a"], now=NOW, lifetime=0, timeout=5)
    assert start <= int(server.get(key("a", "chat one")))
    assert probe("revoke", ids=[], now=NOW, lifetime=0, timeout=5) == {"outcome": "revoked"}


def test_many_accounts_cost_few_round_trips(client, redis):  # noqa: F811
    server = redis.client()
    server.config_resetstat()
    ids = [f"{i:08}-0000-4000-8000-000000000000" for i in range(2600)]
    assert client(REDIS_URL=redis.url)("revoke", ids=ids, now=NOW, lifetime=60, timeout=5) == {"outcome": "revoked"}
    assert server.info("stats")["total_reads_processed"] < 100
    assert server.dbsize() == 2600 and None not in server.mget([key(i) for i in ids])


def test_who_may_not_ask_for_the_time_marks_by_their_own_clock(client, redis):  # noqa: F811
    server = redis.client()
    server.acl_setuser("marker", enabled=True, nopass=True, keys=["open-webui:*"], commands=["+set", "+get"])
    with contextlib.closing(server):
        url = redis.url.replace("://", "://marker:x@")
        assert client(REDIS_URL=url)("revoke", ids=["a"], now=NOW, lifetime=60, timeout=5) == {"outcome": "revoked"}
        assert server.get(key("a")) == str(NOW)
        server.acl_deluser("marker")


@pytest.mark.parametrize("kept", [b"$1\r\n1\r\n", b"$-1\r\n", b":1790000000\r\n"], ids=["older", "none", "number"])
def test_a_mark_that_is_not_kept_is_told(client, kept):  # noqa: F811
    listener = Listener(say(b"+PONG\r\n", b"*2\r\n$10\r\n1790000000\r\n$1\r\n0\r\n", b"+OK\r\n" + kept))
    refused(client(REDIS_URL=f"redis://127.0.0.1:{listener.port}"), 1, "did not keep the mark for account a", "revoke", hint="maxmemory-policy",
            ids=["a"], now=NOW, lifetime=60)


def test_without_redis_nothing_is_done(client):  # noqa: F811
    assert client()("revoke", ids=["a"], now=NOW, lifetime=0, timeout=5) == {"outcome": "no redis"}


def test_marks_that_can_not_be_written(client, tmp_path):  # noqa: F811
    with Redis(tmp_path) as server:
        server.start().wait()
        probe, ids = client(REDIS_URL=server.url), dict(ids=["a"], now=NOW, lifetime=60)
        server.client().config_set("maxmemory", 1)
        refused(probe, 1, "OOM", "revoke", **ids)
        server.client().config_set("maxmemory", 0)
        server.client().execute_command("REPLICAOF", "127.0.0.1", free_port())
        refused(probe, 78, "READONLY", "revoke", hint="replica", **ids)
        server.kill()
        refused(probe, 69, "connect", "revoke", **ids)


# ---- sentinels

class Watched:
    """A master and a replica, each with a password, and two sentinels on one port of two addresses."""

    def __init__(self, folder, stack, *sentinel_lines):
        self.stack, self.folder = stack, folder
        self.master = self._server("master")
        self.replica = self._server("replica", "--replicaof", "127.0.0.1", self.master.port)
        self.port = free_port()
        lines = (f"sentinel auth-pass {SERVICE} {PASSWORD}", *sentinel_lines)
        self.sentinels = [Sentinel(self._folder(host), host, self.port) for host in ("127.0.0.2", "127.0.0.3")]
        for sentinel in self.sentinels:
            sentinel.url = f"redis://:{PASSWORD.replace('%', '%25')}@{sentinel.host}:{self.port}" if sentinel_lines else sentinel.url
            stack.enter_context(sentinel).start(SERVICE, self.master, *lines).wait()
        for one in self.sentinels:
            one.wait_until(lambda client: client.sentinel_masters()[SERVICE]["num-slaves"] == 1, 40, "the sentinel")

    def _folder(self, name):
        (self.folder / name).mkdir()
        return self.folder / name

    def _server(self, name, *options):
        server = self.stack.enter_context(Redis(self._folder(name)))
        server.url = f"redis://:{PASSWORD.replace('%', '%25')}@127.0.0.1:{server.port}/0"
        return server.start("--requirepass", PASSWORD, "--masterauth", PASSWORD, *options).wait()

    def settings(self, *hosts, service=SERVICE, scheme="redis", password=PASSWORD, database=0):
        credentials = f":{password}@" if password else ""
        return {"REDIS_URL": f"{scheme}://{credentials}{service}/{database}", "REDIS_SENTINEL_PORT": self.port,
                "REDIS_SENTINEL_HOSTS": ", ".join(hosts or [one.host for one in self.sentinels])}


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield Watched(tmp_path_factory.mktemp("watched"), stack)


def port_of(probe):
    """The port of the server that a probe is connected to."""
    return int(run(probe, "CONFIG", "GET", "port")[1])


def test_sentinels_name_the_master(client, watched):  # noqa: F811
    for hosts in ((), ("127.0.0.9", "127.0.0.3"), ("127.0.0.2",)):
        probe = client(**watched.settings(*hosts, database=2))
        probe("open", timeout=5)
        assert port_of(probe) == watched.master.port
        assert "db=2" in run(probe, "CLIENT", "INFO")


def test_sentinels_that_do_not_know(client, watched):  # noqa: F811
    refused(client(**watched.settings(service="mymaster")), 78, "no service mymaster", hint="name of the service")
    refused(client(**watched.settings("127.0.0.8", "127.0.0.9")), 69, "127.0.0.8")
    refused(client(**watched.settings("127.0.0.9", "127.0.0.2", password="wrong")), 77, "WRONGPASS")
    refused(client(**watched.settings(password="")), 77, "NOAUTH")
    refused(client(**watched.settings(scheme="rediss")), 69, f"127.0.0.2:{watched.port}", hint="redis://")


def behind(watched, server, host="127.0.0.4"):
    """Something on a sentinel's port that names `server` as the master."""
    port = str(server.port).encode()
    answer = b"*2\r\n$9\r\n127.0.0.1\r\n$%d\r\n%s\r\n" % (len(port), port)
    listening = socket.create_server((host, watched.port))
    return listening, say(answer)


def serve_once(listening, treat):
    threading.Thread(target=lambda: treat(listening.accept()[0], []), daemon=True).start()


def test_a_sentinel_that_is_behind_is_not_believed(client, watched):  # noqa: F811
    listening, treat = behind(watched, watched.replica)
    with listening:
        serve_once(listening, treat)
        refused(client(**watched.settings("127.0.0.4")), 75, "not the master", hint="try again")
        serve_once(listening, treat)
        probe = client(**watched.settings("127.0.0.4", "127.0.0.2"))
        probe("open", timeout=5)
        assert port_of(probe) == watched.master.port


def test_a_silent_sentinel_leaves_time_for_the_others(client, watched):  # noqa: F811
    with socket.create_server(("127.0.0.5", watched.port)):
        probe, start = client(**watched.settings("127.0.0.5", "127.0.0.2")), time.monotonic()
        probe("open", timeout=2)
        assert time.monotonic() - start < 2
        assert port_of(probe) == watched.master.port


def test_a_guarded_sentinel_gets_the_password(client, tmp_path):  # noqa: F811
    with contextlib.ExitStack() as stack:
        watched = Watched(tmp_path, stack, f"requirepass {PASSWORD}", f"sentinel sentinel-pass {PASSWORD}")
        probe = client(**watched.settings())
        assert probe("revoke", ids=["a"], now=NOW, lifetime=60, timeout=5) == {"outcome": "revoked"}
        assert watched.master.client().get(key("a"))
        refused(client(**watched.settings(password="wrong")), 77, "WRONGPASS")

        watched.master.kill()
        port = watched.replica.port
        watched.replica.wait_until(lambda client: client.role()[0] == "master", 40, "the fail-over")
        watched.sentinels[0].wait_until(lambda client: client.sentinel_get_master_addr_by_name(SERVICE)[1] == port, 20, "the sentinel")
        assert probe("revoke", ids=["b"], now=NOW, lifetime=60, timeout=5) == {"outcome": "revoked"}
        assert watched.replica.client().get(key("b"))


def test_a_sentinel_that_allows_little_is_asked_again_by_name(client, watched, redis):  # noqa: F811
    port = str(redis.port).encode()
    listening = socket.create_server(("127.0.0.6", watched.port))
    redis.client().acl_setuser("poor", enabled=True, passwords="+pw", keys="*", commands=["+get", "+ping"])
    with listening:
        serve_once(listening, say(b"-NOPERM this user has no permissions\r\n", b"+OK\r\n", b"*2\r\n$9\r\n127.0.0.1\r\n$%d\r\n%s\r\n" % (len(port), port)))
        probe = client(**watched.settings("127.0.0.6") | {"REDIS_URL": f"redis://poor:pw@{SERVICE}/0"})
        probe("open", timeout=5)  # who may not ask for the role believes the sentinel
        assert run(probe, "GET", "nothing") is None
    redis.client().acl_deluser("poor")


# ---- clusters

def sent_on(to, times=1000):
    """A server that answers PING, and then every command with a redirection."""
    def treat(connection, kept):
        connection.recv(4096)
        connection.sendall(b"+PONG\r\n")
        for _ in range(times):
            if not connection.recv(4096):
                return
            kept.append(to)
            connection.sendall(b"-MOVED 1 %s\r\n" % to(connection).encode())

    return Listener(treat)


def test_a_redirection_may_leave_out_the_host(client, redis):  # noqa: F811
    probe = client(REDIS_URL=f"redis://127.0.0.1:{sent_on(lambda connection: f':{redis.port}').port}")
    probe("open", timeout=5)
    assert run(probe, "SET", "a", "b") == "OK"
    assert redis.client().get("a") == "b"


def test_a_redirection_to_no_address_is_an_error_like_any_other(client):  # noqa: F811
    for to in ("bad/host:7000", "127.0.0.1:0", "127.0.0.1:x", "nowhere"):
        probe = client(REDIS_URL=f"redis://127.0.0.1:{sent_on(lambda connection: to).port}")
        probe("open", timeout=5)
        with pytest.raises(Refused, match="MOVED"):
            run(probe, "SET", "a", "b")


def test_redirections_in_a_circle_end(client):  # noqa: F811
    listener = sent_on(lambda connection: "127.0.0.1:%d" % connection.getsockname()[1])
    probe = client(REDIS_URL=f"redis://127.0.0.1:{listener.port}")
    probe("open", timeout=5)
    with pytest.raises(Refused, match="MOVED"):
        run(probe, "SET", "a", "b")
    assert len(listener.kept) == 6


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with Cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


def test_marks_find_their_nodes(client, cluster):  # noqa: F811
    ids = [f"user {i}" for i in range(1500)]
    probe = client(REDIS_URL=cluster.url, REDIS_CLUSTER="true")
    assert probe("revoke", ids=ids, now=NOW, lifetime=60, timeout=5) == {"outcome": "revoked"}
    whole = redis_py.RedisCluster.from_url(cluster.url, decode_responses=True)
    assert None not in {whole.get(key(i)) for i in ids}
    assert all(node.client().dbsize() > 300 for node in cluster.nodes)


def test_a_single_command_is_sent_on(client, cluster):  # noqa: F811
    probe = client(REDIS_URL=cluster.url)
    probe("open", timeout=5)
    for name in ("a", "b", "c", "d", "e", "f"):
        assert run(probe, "SET", name, name.upper()) == "OK"
        assert run(probe, "GET", name) == name.upper()
    refused(client(REDIS_URL=cluster.url.replace("/0", "/1")), 78, "SELECT", hint="database 0")


def test_a_slot_that_moves(client, cluster):  # noqa: F811
    slot = cluster.nodes[0].client().cluster("keyslot", "moving")
    ids = {node: node.client().cluster("myid") for node in cluster.nodes}
    owner = next(node for node in cluster.nodes if any(start <= slot <= end for start, end in slots_of(node)))
    to = next(node for node in cluster.nodes if node is not owner)
    to.client().cluster("setslot", slot, "importing", ids[owner])
    owner.client().cluster("setslot", slot, "migrating", ids[to])
    try:
        probe = client(REDIS_URL=cluster.url)
        probe("open", timeout=5)
        assert probe("pipeline", commands=[["SET", "moving", "1"], ["GET", "moving"], ["SET", "other", "2"]])["replies"] == ["OK", "1", "OK"]
        assert owner.client().cluster("countkeysinslot", slot) == 0
        assert to.client().cluster("countkeysinslot", slot) == 1
    finally:
        for node in (owner, to):
            node.client().cluster("setslot", slot, "stable")


def slots_of(node):
    """The ranges of slots that a node has."""
    me = node.client().cluster("myid")
    connection = redis_py.Connection(host="127.0.0.1", port=node.port, decode_responses=True)
    connection.send_command("CLUSTER", "SLOTS")
    ranges = connection.read_response()
    connection.disconnect()
    return [(start, end) for start, end, master, *_ in ranges if master[2] == me]


def test_a_cluster_that_is_down(client, cluster):  # noqa: F811
    cluster.nodes[2].kill()
    refused(client(REDIS_URL=cluster.url), 69, "a node of the cluster", "revoke", ids=[f"user {i}" for i in range(500)], now=NOW, lifetime=60)
    cluster.nodes[0].wait_until(lambda client: client.cluster("info")["cluster_state"] == "fail", 30, "the failure")
    refused(client(REDIS_URL=cluster.url), 75, "CLUSTERDOWN", "revoke", ids=["a"], now=NOW, lifetime=60)
