"""`owctl health check` on real clusters: a healthy one has nothing above info, and of each odd one exactly what is wrong is named,
on the right replica."""
import re

import psycopg
import pytest
from lab.cluster_kinds import OTHER_NAME, SKEW
from lab.cluster_mutations import database_as, paused, redis_settings, stamped
from lab.haproxy import HAProxy
from lab.nginx import Nginx

def name(replica):
    return replica.url.removeprefix("http://")


# ---- healthy

def test_healthy_fleet_has_no_finding(cluster, finds):
    findings = finds("healthy: two replicas", {}, cluster.environment(cluster.fleet("good", "good2")))
    assert findings.status == 0
    for code in ("OW201", "OW202", "OW205", "OW207", "OW208", "OW210", "OW212", "OW304"):
        assert findings.row(code)["state"] == "good"


@pytest.mark.parametrize("kind", [Nginx, HAProxy])
def test_healthy_fleet_behind_a_balancer_has_no_finding(cluster, balance, finds, kind):
    fleet = cluster.fleet("good", "good2")
    finds(f"healthy: behind {kind.__name__}", {}, cluster.environment(fleet, balance(kind, fleet)))
    finds(f"healthy: behind {kind.__name__} with TLS", {}, cluster.environment(fleet, balance(kind, fleet, certificate="good", hsts=True)))


def test_single_replica_without_key_and_redis_has_no_finding(cluster, finds):
    """What is not set is not looked at."""
    [good] = cluster.fleet("good")
    findings = finds("healthy: one replica alone", {}, {"OWCTL_REPLICAS": good.url, "DATABASE_URL": cluster.databases["main"]})
    assert findings.row("OW202")["state"] == findings.row("OW401")["state"] == "skipped"


def test_accounts_from_before_the_stamps_are_let_in_by_no_token(cluster, finds):
    """0.12 gave them none, so that it would take a token without one."""
    url = cluster.databases["main"]
    [[stamp]] = psycopg.connect(url).execute("select session_stamp from auth").fetchall()
    with database_as(url, "update auth set session_stamp = null", back=[f"update auth set session_stamp = '{stamp}'"]):
        findings = finds("healthy: an account from before 0.12", {}, cluster.environment(cluster.fleet("good", "good2")))
    assert findings.row("OW202")["state"] == findings.row("OW205")["state"] == "good"


# ---- one replica is odd

@pytest.mark.parametrize("odd, code, said", [
    ("other-key", "OW202", "refuses a token that others take"),
    ("other-release", "OW201", "runs 0.10.2, and most of the others 0.12.4"),
    ("other-database", "OW205", "does not know the oldest account"),
])
def test_odd_replica_is_named(cluster, finds, odd, code, said):
    good, good2, strange = cluster.fleet("good", "good2", odd)
    findings = finds(odd, {code: {name(strange)}}, cluster.environment([good, strange, good2]))
    assert said in findings.row(code)["what"]


def test_replica_without_redis_is_counted(cluster, finds):
    fleet = cluster.fleet("good", "good2", "no-redis")
    findings = finds("a replica without Redis", {"OW212": {None}}, cluster.environment(fleet))
    assert "2 of 3 replicas listen" in findings.row("OW212")["what"]


@pytest.mark.parametrize("odd, code, said", [
    ("other-settings", "OW207", f'name is "{OTHER_NAME} '),  # behind it stands the product's
    ("skewed", "OW208", rf"is ({'|'.join(str(SKEW - late) for late in range(6))}) s ahead of the others'"),
])
def test_odd_replica_of_the_second_fleet_is_named(cluster, finds, odd, code, said):
    good, uploads, strange = cluster.fleet("good", "other-uploads", odd)
    findings = finds(odd, {code: {name(strange)}}, cluster.environment([good, uploads, strange]))
    assert re.search(said, findings.row(code)["what"])


def test_clock_of_a_single_replica_is_held_against_ours(cluster, finds):
    [skewed] = cluster.fleet("skewed")
    findings = finds("the clock of this machine", {"OW209": {None}}, cluster.environment([skewed]))
    assert "s behind that of the replicas" in findings.row("OW209")["what"]


def test_replica_that_refuses_the_origin_is_named(cluster, balance, finds):
    good, other = cluster.fleet("good", "other-origin")
    balancer = balance(Nginx, [good])
    findings = finds("CORS_ALLOW_ORIGIN without WEBUI_URL", {"OW210": {name(other)}}, cluster.environment([good, other], balancer))
    assert "CORS_ALLOW_ORIGIN" in findings.row("OW210")["remedy"]


def test_replica_without_websockets_among_others_has_other_settings(cluster, finds):
    fleet = cluster.fleet("good", "any-origin", "no-websocket")
    findings = finds("websockets off on one replica", {"OW207": {name(fleet[2])}}, cluster.environment(fleet))
    assert "features.enable_websocket" in findings.row("OW207")["what"]


# ---- what they stand on

def test_replica_that_hangs_is_named_and_the_others_are_looked_at(cluster, finds):
    good, good2 = cluster.fleet("good", "good2")
    with paused(good2):
        findings = finds("a replica that hangs", {"OW102": {name(good2)}}, cluster.environment([good, good2]), "--timeout", "2")
    assert "within 2" in findings.row("OW102")["what"] and findings.row("OW210")["state"] == "good"


def test_replica_that_is_down_is_named(cluster, finds):
    good, good2 = cluster.fleet("good", "good2")
    with cluster.without("good2"):
        finds("a replica that is down", {"OW102": {name(good2)}}, cluster.environment([good, good2]))


def test_owctl_with_another_key_says_so_and_accuses_nobody(cluster, finds):
    fleet = cluster.fleet("good", "good2")
    finds("owctl has another key", {"OW203": {None}}, cluster.environment(fleet, WEBUI_SECRET_KEY="not the key of the replicas, and long"))


def test_redis_that_is_down_is_told_once(cluster, finds):
    fleet = cluster.fleet("good", "good2")
    with cluster.without_redis():
        finds("Redis is down", {"OW401": {None}}, cluster.environment(fleet))


def test_redis_that_hangs_is_told_once(cluster, finds):
    fleet = cluster.fleet("good", "good2")
    with paused(cluster.redis):
        finds("Redis hangs", {"OW401": {None}}, cluster.environment(fleet), "--timeout", "2")


def test_no_redis_for_several_replicas(cluster, finds):
    fleet = cluster.fleet("good", "good2")
    environment = cluster.environment(fleet)
    del environment["REDIS_URL"]
    finds("several replicas and no REDIS_URL", {"OW211": {None}}, environment)


def test_redis_whose_memory_is_nearly_full(cluster, finds):
    fleet = cluster.fleet("good", "good2")
    used = cluster.redis.client().info("memory")["used_memory"]
    with redis_settings(cluster.redis, maxmemory=int(used * 1.05)):
        finds("Redis has hardly any memory left", {"OW410": {None}}, cluster.environment(fleet))


def test_redis_that_throws_out_keys(cluster, finds):
    fleet = cluster.fleet("good", "good2")
    with redis_settings(cluster.redis, maxmemory="100mb", maxmemory_policy="allkeys-lru"):
        finds("Redis throws out any keys", {"OW411": {None}}, cluster.environment(fleet))


def test_database_at_an_older_revision(cluster, finds):
    environment = cluster.environment(cluster.fleet("good", "good2"), DATABASE_URL=cluster.database("0.11.4"))
    findings = finds("a database of an older revision", {"OW304": {None}}, environment)
    assert "wants revision" in findings.row("OW304")["what"] and "owctl migrate up --to 0.12.4" in findings.row("OW304")["remedy"]


def test_database_that_was_stamped_back(cluster, finds):
    fleet = cluster.fleet("good", "good2")
    with stamped(cluster.databases["main"], "42e2978c7933"):
        findings = finds("a revision that was set back", {"OW304": {None}, "OW306": {"c92da83b017f"}}, cluster.environment(fleet))
    assert "owctl migrate repair" in findings.row("OW306")["remedy"]
