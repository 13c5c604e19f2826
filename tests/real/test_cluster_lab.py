"""The cluster of the laboratory: a healthy fleet is healthy behind each balancer, and each odd replica and state is odd in the way
that its name says."""
import datetime
import email.utils

import psycopg
import pytest
import redis
import requests
from lab.asking import GOOD_KEY, OTHER_KEY, POLLING, TELLS_THE_KEY, answers_within, detail, of_nobody, opens
from lab.cluster_kinds import OTHER_NAME, SECRET_KEY, SKEW
from lab.cluster_mutations import (connections_filled, database_as, idle_in_transaction, paused, redis_settings, server_settings, stamped,
                                   standby, stopped, stored_setting, waiting_for_a_lock, without_index)
from lab.haproxy import HAProxy
from lab.installation import ADMIN
from lab.nginx import Nginx
from lab.parking import ports_of
from lab.parts import NEWEST
from lab.process import wait_until

# Each is asked for as a whole, so that its replicas start side by side.
ODD = ("good", "good2", "other-key", "other-release", "other-database", "no-redis")
ODD_TOO = ("good", "other-settings", "skewed", "other-uploads")
ODD_SOCKETS = ("good", "no-websocket", "no-websocket2", "other-origin", "any-origin")


# ---- health

@pytest.mark.parametrize("kind", [Nginx, HAProxy])
def test_healthy_fleet_is_healthy_behind_a_balancer(cluster, balance, kind):
    fleet = cluster.fleet("good", "good2")
    balancer = balance(kind, fleet)
    token = fleet[0].token(*ADMIN)
    for path in ("/health", "/ready", "/health/db"):
        assert [requests.get(at.url + path).json() for at in (*fleet, balancer)] == [{"status": True}] * 3
    assert len({requests.get(at.url + "/api/config").text for at in (*fleet, balancer)}) == 1
    assert all(requests.get(at.url + TELLS_THE_KEY, headers={"Authorization": f"Bearer {token}"}).ok for at in (*fleet, balancer))
    assert all(opens(at.url, origin=balancer.url) == 101 for at in (*fleet, balancer))
    assert opens(balancer.url, origin="https://evil.example") == 403
    assert cluster.listening() == len(fleet)


def test_environment_names_replicas_and_balancer(cluster, balance):
    fleet = cluster.fleet("good", "good2")
    balancer = balance(Nginx, fleet, certificate="good")
    told = cluster.environment(fleet, balancer)
    assert told["OWCTL_REPLICAS"].split(",") == [replica.url for replica in fleet]
    assert requests.get(told["WEBUI_URL"] + "/ready", verify=str(told["SSL_CERT_FILE"])).ok
    with psycopg.connect(told["DATABASE_URL"]) as connection:
        assert connection.execute('select email from "user"').fetchall() == [(ADMIN[0],)]


# ---- odd replicas

def test_other_key_refuses_what_the_others_sign(cluster):
    good, good2, other, *_ = cluster.fleet(*ODD)
    assert [replica.whoami(good.token(*ADMIN)).status for replica in (good, good2, other)] == [200, 200, 401]
    assert [detail(replica.url, of_nobody(SECRET_KEY)) for replica in (good, good2, other)] == [GOOD_KEY, GOOD_KEY, OTHER_KEY]


def test_other_release_has_another_version_on_the_same_database(cluster):
    good, _, _, other, *_ = cluster.fleet(*ODD)
    assert good.get("/api/version").json()["version"] == NEWEST
    assert other.get("/api/version").json()["version"] == "0.10.2"
    assert other.whoami(good.token(*ADMIN)).status == 200


def test_other_database_has_the_key_and_not_the_accounts(cluster):
    good, *_, other, _ = cluster.fleet(*ODD)
    assert detail(other.url, of_nobody(SECRET_KEY)) == GOOD_KEY
    assert detail(other.url, good.token(*ADMIN)) == GOOD_KEY
    assert other.token(*ADMIN)


def test_without_redis_nobody_hears_it(cluster):
    fleet = cluster.fleet(*ODD)
    assert cluster.listening() == len(fleet) - 1
    assert fleet[-1].get("/ready").json() == {"status": True}
    cluster.fleet("good", "no-redis")
    assert cluster.listening() == 1 and len(cluster.running) > 2
    with psycopg.connect(cluster.databases["main"]) as connection:
        ports = connection.execute("select client_port from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
        assert {port for [port] in ports} <= ports_of(fleet[0].popen.pid) | ports_of(fleet[-1].popen.pid)
    assert [replica.get("/ready").status for replica in cluster.fleet("good", "good2", "other-key", "no-redis")] == [200] * 4
    assert cluster.listening() == 3


def test_other_settings_are_seen_from_outside(cluster):
    good, other, *_ = cluster.fleet(*ODD_TOO)
    own, others = good.get("/api/config").json(), other.get("/api/config").json()
    assert others["name"].startswith(OTHER_NAME) and not own["name"].startswith(OTHER_NAME)
    assert others["features"].pop("enable_signup") and not own["features"].pop("enable_signup")
    assert others["features"] == own["features"]


def test_skewed_one_lives_in_the_future(cluster):
    good, _, skewed, _ = cluster.fleet(*ODD_TOO)
    ahead = []
    for replica in (good, skewed):
        date = requests.get(replica.url + "/health").headers["Date"]
        ahead.append((email.utils.parsedate_to_datetime(date) - datetime.datetime.now(datetime.timezone.utc)).total_seconds())
    assert abs(ahead[0]) < 3 and abs(ahead[1] - SKEW) < 3
    assert detail(good.url, skewed.token(*ADMIN)) == OTHER_KEY  # it was not signed yet
    assert skewed.get("/ready").json() == {"status": True}


def test_uploads_of_its_own_are_seen_by_nobody_else(cluster):
    good, settings, _, other = cluster.fleet(*ODD_TOO)
    token = good.token(*ADMIN)
    for uploader, seen in ((good, [200, 200, 404]), (other, [404, 404, 200])):
        file = uploader.upload("/api/v1/files/?process=false", "note.txt", b"a note", token).json()["id"]
        assert [replica.get(f"/api/v1/files/{file}/content", token).status for replica in (good, settings, other)] == seen
        assert good.request("DELETE", f"/api/v1/files/{file}", token=token).status == 200


def test_websockets_that_are_off_or_for_another_address(cluster):
    good, off, _, other, any_origin = cluster.fleet(*ODD_SOCKETS)
    own = f"http://127.0.0.1:{cluster.ports[0]}"
    assert [opens(replica.url, origin=own) for replica in (good, off, other, any_origin)] == [101, 403, 403, 101]
    assert [opens(replica.url, origin="https://evil.example") for replica in (good, off, other, any_origin)] == [403, 403, 403, 101]
    assert opens(other.url) == 101
    assert [replica.get(POLLING).status for replica in (good, off)] == [400, 200]
    assert not off.get("/api/config").json()["features"]["enable_websocket"]


# ---- states

def test_what_hangs_is_seen_at_the_right_probe(cluster):
    [good] = cluster.fleet("good")
    with paused(good):
        assert answers_within(0.5, good.url + "/health") is None
    with paused(cluster.redis):
        assert [answers_within(0.5, good.url + path) for path in ("/health", "/health/db", "/ready")] == [200, 200, None]
    with paused(cluster.postgresql):
        assert [answers_within(0.5, good.url + path) for path in ("/health", "/health/db", "/ready")] == [200, None, None]
    assert wait_until(lambda: answers_within(5, good.url + "/ready") == 200, 20, "the replica")


def test_states_of_redis_and_postgresql_are_undone(cluster):
    database = cluster.databases["main"]

    def value(question):
        with psycopg.connect(database) as connection:
            return connection.execute(question).fetchone()[0]

    with redis_settings(cluster.redis, maxmemory_policy="allkeys-lru", maxmemory="100mb") as client:
        assert client.config_get("maxmemory*")["maxmemory-policy"] == "allkeys-lru"
    assert cluster.redis.client().config_get("maxmemory*")["maxmemory"] == "0"
    with server_settings(cluster.postgresql, idle_in_transaction_session_timeout="5min"):
        wait_until(lambda: value("show idle_in_transaction_session_timeout") == "5min", 5, "the setting")
    wait_until(lambda: value("show idle_in_transaction_session_timeout") == "0", 5, "the setting")
    states = "select string_agg(state, ',') from pg_stat_activity where application_name = 'forgotten'"
    with idle_in_transaction(database):
        assert value(states) == "idle in transaction"
    wait_until(lambda: value(states) is None, 5, "the end of the session")
    with waiting_for_a_lock(database) as (holder, waiter):
        assert value(f"select pg_blocking_pids({waiter})") == [holder]
        assert value("select count(*) from feedback") == 0
    with connections_filled(cluster.postgresql), pytest.raises(psycopg.OperationalError, match="too many clients"):
        psycopg.connect(database)
    with connections_filled(cluster.postgresql, spare=1):
        wait_until(lambda: value("select true"), 5, "a connection")


def test_states_of_the_database_are_undone(cluster):
    database = cluster.databases["main"]
    [good] = cluster.fleet("good")

    def signup():
        return good.get("/api/config").json()["features"]["enable_signup"]

    def row(question):
        with psycopg.connect(database) as connection:
            return connection.execute(question).fetchone()

    head = row("select version_num from alembic_version")
    with stamped(database, "000000000000"):
        assert row("select version_num from alembic_version") == ("000000000000",)
    assert row("select version_num from alembic_version") == head
    with stored_setting(database, "ui.enable_signup", "true"):
        assert signup()
    assert not signup()
    name = row("select indexname from pg_indexes where tablename = 'chat' and indexname !~ 'pkey|key$' order by 1")[0]
    there = f"select count(*) from pg_indexes where indexname = '{name}'"
    with without_index(database, name):
        assert row(there) == (0,)
    assert row(there) == (1,)
    with database_as(database, "alter table feedback rename to elsewhere", back=["alter table elsewhere rename to feedback"]):
        assert row("select to_regclass('feedback')") == (None,)
    assert row("select count(*) from feedback") == (0,)


def test_what_has_ended_is_seen_and_comes_back(cluster):
    good, other = cluster.fleet("good", "any-origin")
    with cluster.without_redis():
        assert good.get("/ready").json() == {"detail": "Redis not ready"}
    with stopped(cluster.postgresql):
        assert good.get("/ready").json() == {"detail": "Database not ready"}
        assert [good.get(path).status for path in ("/health", "/health/db")] == [200, 500]
    wait_until(lambda: good.get("/ready").json() == {"status": True}, 20, "the replica")
    with cluster.without("any-origin"), pytest.raises(OSError):
        other.get("/health")


def test_redis_is_there_over_tls(cluster):
    client = redis.Redis.from_url(cluster.redis_over_tls, ssl_ca_certs=str(cluster.certificates.authority))
    assert client.info("server")["run_id"] == cluster.redis.client().info("server")["run_id"]


def test_standby_lags(cluster):
    with standby(cluster.postgresql, lags=True) as server, cluster.postgresql.connect("postgres") as connection:
        connection.execute("create table lag as select generate_series(1, 1000)")
        connection.execute("drop table lag")
        lag = "select pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) > 0 from pg_stat_replication"
        assert connection.execute(lag).fetchone() == (True,)
        with server.connect("postgres") as other:
            assert other.execute("select pg_is_in_recovery()").fetchone() == (True,)
