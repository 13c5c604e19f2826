"""`owctl health ready`: what stands between an installation and several replicas of it."""
import os
import pathlib
import re

import pytest
from lab.haproxy import HAProxy
from lab.parts import NEWEST, TREE


@pytest.fixture
def ready(owctl):
    """ready(environment): {requirement: row}, of a run whose status says what is in it."""
    def ready(environment, *words):
        done = owctl("health", "ready", "-o", "json", *words, env=environment)
        states = {row["state"] for row in done.json()}
        assert done.rc == (2 if "missing" in states else 3 if "unknown" in states else 0)
        return {row["requirement"]: row for row in done.json()}

    return ready


@pytest.mark.quick
def test_requirements_name_checks_that_are_there(owctl):
    words = re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', (TREE / "src/health/ready/requirements.c").read_text())
    assert len(words) > 40 and set(words) <= {row["name"] for row in owctl("health", "list", "-o", "json").ok().json()}


def amounts(row):
    return row["low"], row["high"], row["present"]


def of_state(rows, state):
    return {text for text, row in rows.items() if row["state"] == state}


def test_laptop_lacks_what_a_cluster_has(make_sqlite, ready):
    rows = ready({"DATA_DIR": make_sqlite(NEWEST).parent}, "--replica", "http://127.0.0.1:1")
    missing = of_state(rows, "missing")
    assert {"a load balancer stands before the replicas", "the database is PostgreSQL", "the replicas have a Redis in common",
            "all replicas have one secret key", "vectors are in a store for several processes", "there are at least two replicas",
            "migrations are made by one, before a release starts"} <= missing
    assert "owctl backup restore" in rows["the database is PostgreSQL"]["remedy"]
    assert rows["it is at the revision of the release, and whole"]["state"] == "ready"
    assert rows["there are at least two replicas"]["why"] == "1 replica was found, and 0 answer"
    pools = rows["it has connections for all replicas"]  # which nobody could count
    assert pools["state"] == "unknown" and "DATABASE_POOL_SIZE" not in pools["remedy"]


def test_cluster_lacks_what_it_was_not_given(cluster, balance, ready):
    fleet = cluster.fleet("good", "good2")
    environment = cluster.environment(fleet, balance(HAProxy, fleet, certificate="good"), ENABLE_DB_MIGRATIONS="false")
    rows = ready(environment)
    assert of_state(rows, "missing") == {"what is lost can be had back", "metrics and logs of all replicas go to one place"}
    assert of_state(rows, "unknown") <= {"all replicas see the same uploads", "who is not ready gets no requests, and who hangs is started again"}
    figures = {row["name"]: row for row in ready(environment, "--users", "10").values() if row["section"] == "capacity"}
    # Two processes; the vectors are in the same database, by a pool of their own.
    assert amounts(figures["database-connections"]) == (2 * 15, 2 * (2 * 15 + 15), 200 - 3)
    assert figures["replicas"]["present"] == 2 and "a request to the database takes" in figures["replicas"]["source"]
    process = pathlib.Path(f"/proc/{fleet[0].popen.pid}")
    resident = int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
    assert resident * 0.9 < figures["memory"]["low"] < resident * 1.1 and "measured here" in figures["memory"]["source"]
    limit = re.search(r"Max open files +(\d+)", (process / "limits").read_text())[1]
    assert figures["open-files"]["present"] == int(limit)
    assert figures["redis-clients"]["state"] == figures["database-pool"]["state"] == "ready"
