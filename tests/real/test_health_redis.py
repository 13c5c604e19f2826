"""owctl health: what is wrong with a Redis, each state really made; and nothing but that is told."""
import contextlib
import os
import shutil
import signal
import time

import pytest
import redis as redis_py
from lab.cluster_mutations import redis_settings
from lab.health_family import found, only, rows
from lab.parts import TREE
from lab.process import wait_until
from lab.redisserver import Cluster, Redis
from lab.wire import Wire
from test_redis import certificates, tls_url, with_tls  # noqa: F401 (fixtures)
from test_redis_topology import SERVICE, Watched

ACL = next(line.strip() for line in (TREE / "docs/health-rights.md").read_text().splitlines() if line.strip().startswith("ACL SETUSER"))


@pytest.fixture
def check(owctl):
    return lambda url, **env: found(owctl, "redis", env={"REDIS_URL": url, **env})


@pytest.fixture
def own(tmp_path):
    """own(name, option..): a server of the test's own, in a folder of its own."""
    with contextlib.ExitStack() as stack:
        def start(name="redis", *options):
            (tmp_path / name).mkdir()
            return stack.enter_context(Redis(tmp_path / name)).start(*options).wait()

        yield start


@pytest.fixture(scope="module", autouse=True)
def pair(tmp_path_factory):
    """A master, and a replica that is silent from the first test on."""
    with Redis(tmp_path_factory.mktemp("master")) as master, Redis(tmp_path_factory.mktemp("replica")) as replica:
        master.start().wait()
        replica.start("--replicaof", "127.0.0.1", master.port).wait()
        wait_until(lambda: replica.client().info("replication")["master_link_status"] == "up", 20, "the replica")
        os.kill(replica.popen.pid, signal.SIGSTOP)
        yield master, replica
        os.kill(replica.popen.pid, signal.SIGCONT) if replica.popen.poll() is None else None


# ---- healthy

def test_nothing_is_told_of_a_healthy_redis(owctl, redis):
    done = owctl("health", "check", "--only", "redis", "--replica", "http://127.0.0.1:1", env={"REDIS_URL": redis.url})
    assert done.rc == 0, done.out
    assert {row["state"] for row in rows(owctl, "redis", env={"REDIS_URL": redis.url})} == {"good"}


def test_a_user_with_the_least_rights_over_tls(check, with_tls, certificates):  # noqa: F811
    trusted = f"ssl_ca_certs={certificates}/ca.crt"
    server = redis_py.Redis.from_url(f"{tls_url(with_tls)}{trusted}", decode_responses=True)
    with contextlib.closing(server):
        server.execute_command(*ACL.replace("PASSWORD", "secret").split())
        url = f"rediss://owctl_health:secret@localhost:{with_tls.port}/1?{trusted}"
        assert check(url) == {}
        with pytest.raises(redis_py.exceptions.NoPermissionError):
            redis_py.Redis.from_url(url).get("open-webui:session_pool")
        server.config_set("maxclients", 5)
        idle = [redis_py.Redis.from_url(f"{tls_url(with_tls)}{trusted}") for _ in range(3)]
        for one in idle:
            one.ping()
        assert only(check(url), "OW404")["state"] == "critical"
        server.config_set("maxclients", 10000)
        server.execute_command("ACL", "SETUSER", "owctl_health", "-@all")  # not even PING
        assert check(url.replace("/1?", "/0?")) == {}
        server.execute_command("ACL", "DELUSER", "owctl_health")
        for one in idle:
            one.close()


def test_what_a_user_may_not_read_is_not_called_good(owctl, redis):
    server = redis.client()
    server.execute_command("ACL", "SETUSER", "blind", "reset", "on", ">secret", "+ping", "+info", "+select")
    url = redis.url.replace("redis://", "redis://blind:secret@")

    def skipped():
        return {row["code"]: row["what"] for row in rows(owctl, "redis", env={"REDIS_URL": url}) if row["state"] == "skipped"}

    assert list(skipped()) == ["OW405"] and "CONFIG GET" in skipped()["OW405"]
    server.execute_command("ACL", "SETUSER", "blind", "-info")
    assert {code for code, why in skipped().items() if "INFO" in why} == {"OW402", "OW403", "OW404", "OW406", "OW410", "OW411", "OW412", "OW413"}
    server.execute_command("ACL", "DELUSER", "blind")


# ---- one server

def test_clients_that_are_too_many(owctl, check, own):
    server = own()
    server.client().config_set("maxclients", 20)
    with contextlib.ExitStack() as stack:
        counting = stack.enter_context(contextlib.closing(server.client()))

        def connect(count):
            while counting.info("clients")["connected_clients"] < count:
                stack.enter_context(contextlib.closing(redis_py.Redis.from_url(server.url))).ping()

        connect(12)
        assert check(server.url) == {}
        connect(16)
        assert only(check(server.url), "OW404")["state"] == "warning"
        connect(19)
        assert only(check(server.url), "OW404")["state"] == "critical"
        with pytest.raises(redis_py.exceptions.ConnectionError, match="max number of clients"):
            connect(99)
    wait_until(lambda: server.client().info("clients")["connected_clients"] < 5, 10, "the clients")
    row, = (row for row in rows(owctl, "redis", env={"REDIS_URL": server.url}) if row["code"] == "OW404")
    assert row["state"] == "info" and "turned away" in row["what"]


@pytest.mark.parametrize(("memory", "policy"), [("0", "allkeys-lru"), ("100mb", "volatile-lru"), ("share", "noeviction")])
def test_memory_that_is_not_used_up_and_keys_that_stay(check, redis, memory, policy):
    """Without a limit nothing is thrown out, nor what has no end of its own by volatile-lru; three quarters are not nearly all."""
    most = int(redis.client().info("memory")["used_memory"] * 4 / 3) if memory == "share" else memory
    with redis_settings(redis, maxmemory=most, maxmemory_policy=policy):
        assert check(redis.url) == {}


def test_a_buffer_that_is_too_small(check, redis):
    usual = "32mb 8mb 60"
    client = redis.client()
    client.config_set("client-output-buffer-limit", "pubsub 1mb 512kb 10")
    row = only(check(redis.url), "OW405")
    client.config_set("client-output-buffer-limit", f"pubsub {usual}")
    assert row["state"] == "warning" and "1048576 bytes" in row["what"]
    assert check(redis.url) == {}


def test_a_disk_that_can_not_be_written(check, own):
    server = own()
    client = server.client()
    shutil.rmtree(server.folder)  # its log is kept open
    client.set("a", 1)
    client.bgsave()
    wait_until(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err", 10, "the snapshot")
    assert only(check(server.url), "OW406")["state"] == "warning"  # without `save` it takes writes all the same
    client.config_set("save", "3600 1")
    row = only(check(server.url), "OW401")
    assert row["state"] == "critical" and "MISCONF" in row["what"]
    with pytest.raises(redis_py.exceptions.ResponseError, match="MISCONF"):
        client.set("a", 2)
    server.folder.mkdir()
    client.config_set("save", "")  # it would not end without having saved


def test_a_redis_that_is_far_away(owctl, redis):
    class Slow(Wire):
        def _to_client(self, data):
            time.sleep(0.03)
            return super()._to_client(data)

    with Slow(redis.port) as wire:
        codes = found(owctl, "redis", env={"REDIS_URL": wire.through(redis.url)})
    assert float(only(codes, "OW407")["what"].split("takes ")[1].split(" ms")[0]) >= 30


# ---- several

def test_a_cluster(check, tmp_path):
    with Cluster(tmp_path) as cluster:
        assert check(cluster.url, REDIS_CLUSTER="true") == {}
        assert "REDIS_CLUSTER is not true" in only(check(cluster.url), "OW413")["what"]
        cluster.nodes[2].kill()
        node = cluster.nodes[0]
        node.wait_until(lambda client: client.cluster("info")["cluster_state"] == "fail", 20, "the failure")
        row = only(check(cluster.url, REDIS_CLUSTER="true"), "OW412")
        assert row["state"] == "critical" and "of 16384 slots 16384 are assigned" in row["what"]


def test_what_is_no_cluster(check, redis):
    assert "is no cluster" in only(check(redis.url, REDIS_CLUSTER="true"), "OW413")["what"]


def test_sentinels(owctl, tmp_path):
    with contextlib.ExitStack() as stack:
        watched = Watched(tmp_path, stack)
        settings = watched.settings()

        def check():
            return found(owctl, "redis", env=settings)

        master = redis_py.Redis.from_url(watched.master.url)
        wait_until(lambda: b"online" in str(master.info("replication")["slave0"]).encode(), 20, "the replica")
        for sentinel in watched.sentinels:  # by which the other one reaches it
            redis_py.Redis(host=sentinel.host, port=watched.port).execute_command("SENTINEL", "CONFIG", "SET", "announce-ip", sentinel.host)
        wait_until(lambda: check() == {}, 20, "the sentinels")
        watched.sentinels[1].kill()
        row, = [row for row in check()["OW414"] if "127.0.0.3" in row["subject"]]
        assert row["state"] == "warning" and "does not help" in row["what"]
        client = redis_py.Redis(host=watched.sentinels[0].host, port=watched.port)
        client.execute_command("SENTINEL", "SET", SERVICE, "quorum", "3")
        row, = [row for row in check()["OW414"] if "127.0.0.2" in row["subject"]]
        assert "could not make a fail-over: NOQUORUM" in row["what"]
        watched.replica.kill()
        row, = wait_until(lambda: check().get("OW403"), 10, "the master")
        assert row["state"] == "warning" and "nobody to promote" in row["what"]


def test_a_replica_that_is_silent_or_gone(check, pair):
    """The last one, as it has to be silent for a while."""
    master, replica = pair
    wait_until(lambda: master.client().info("replication")["slave0"]["lag"] > 10, 20, "the lag")
    row = only(check(master.url), "OW403")
    os.kill(replica.popen.pid, signal.SIGCONT)
    assert row["state"] == "warning" and row["subject"] == f"replica 127.0.0.1:{replica.port}" and "last heard of" in row["what"]
    wait_until(lambda: check(master.url) == {}, 10, "the replica")
    row = only(check(replica.url), "OW402")
    assert row["state"] == "critical" and "replica of 127.0.0.1" in row["what"] and "up" in row["what"]
    master.client().config_set("min-replicas-to-write", 1)
    replica.stop()
    row = only(wait_until(lambda: check(master.url), 10, "the master"), "OW403")
    assert row["state"] == "critical" and "0 of the 1 replicas" in row["what"]
