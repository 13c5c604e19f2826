"""`owctl health ready`: what stands between an installation and several replicas of it."""
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


def test_cluster_lacks_what_it_was_not_given(cluster, balance, ready):
    fleet = cluster.fleet("good", "good2")
    environment = cluster.environment(fleet, balance(HAProxy, fleet, certificate="good"), ENABLE_DB_MIGRATIONS="false")
    rows = ready(environment)
    assert of_state(rows, "missing") == {"what is lost can be had back", "metrics and logs of all replicas go to one place"}
    assert of_state(rows, "unknown") <= {"all replicas see the same uploads", "who is not ready gets no requests, and who hangs is started again"}
