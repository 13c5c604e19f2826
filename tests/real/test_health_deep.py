"""`owctl health check --deep` on real clusters: what only people see who have signed in, from sign-in to a model's answer."""
import contextlib
import re
import signal
import time

import psycopg
import pytest
from lab.cluster_kinds import PING
from lab.cluster_mutations import stored_setting
from lab.forwarder import Forwarder
from lab.haproxy import HAProxy
from lab.installation import ADMIN
from lab.model import KEY, PAUSE, PIECES, Model
from lab.nginx import Nginx
from lab.process import wait_until

EMAIL, PASSWORD = ADMIN
ACCOUNT = {"OWCTL_HEALTH_EMAIL": EMAIL, "OWCTL_HEALTH_PASSWORD": PASSWORD}
DEEP = {"OW107", "OW106", "OW213", "OW214", "OW215", "OW216"}


def name(replica):
    return replica.url.removeprefix("http://")


@pytest.fixture(scope="module")
def model(cluster):
    """The replicas know its models: they read the table of settings each time."""
    url = cluster.databases["main"]
    with Model() as model, contextlib.ExitStack() as stack:
        for key, value in (("openai.enable", "true"), ("openai.api_base_urls", f'["{model.url}"]'), ("openai.api_keys", '["none"]')):
            stack.enter_context(stored_setting(url, key, value))
        yield model


@pytest.fixture
def deep(cluster, model, finds):
    """deep("name of the state", expected, fleet, balancer, *words, **settings): as finds(), with an account."""
    redis = cluster.redis.client()
    for key in redis.scan_iter("open-webui:ratelimit:*"):
        redis.delete(key)
    redis.close()

    def deep(name, expected, fleet, balancer=None, *words, **settings):
        findings = finds(name, expected, cluster.environment(fleet, balancer, **(ACCOUNT | settings)), "--deep", *words)
        assert PASSWORD not in str(findings.rows) and KEY not in str(findings.rows)
        return findings

    return deep


def left_behind(cluster):
    """Of the file and of the room."""
    with psycopg.connect(cluster.databases["main"]) as connection:
        files = connection.execute("select filename from file where filename like 'owctl-health-%'").fetchall()
    blobs = [path.name for path in (cluster.data / "uploads").glob("*owctl-health-*")]
    redis = cluster.redis.client()
    keys = [key for key in redis.scan_iter("*owctl-health-*")]
    redis.close()
    return files, blobs, keys


def nothing_is_left(cluster):
    """A server takes a moment to see that a websocket is closed."""
    wait_until(lambda: left_behind(cluster) == ([], [], []), 10, "an end of the file and of the room")


# ---- healthy

@pytest.mark.parametrize("kind", [Nginx, HAProxy])
def test_healthy_fleet_has_no_finding_and_nothing_is_left(cluster, balance, deep, model, kind, tmp_path, owctl):
    fleet = cluster.fleet("good", "good2")
    metrics = tmp_path / "health.prom"
    findings = deep(f"healthy: signed in, behind {kind.__name__}", {}, fleet, balance(kind, fleet), "--model", "slow", "--metrics", metrics)
    assert {code for code in DEEP | {"OW730", "OW731"} if findings.row(code)["state"] != "good"} == set()
    nothing_is_left(cluster)
    assert [request["model"] for request in model.asked] == ["slow"] * 2 and model.asked[0]["max_tokens"] < 100
    model.asked.clear()
    figures = {line.rpartition(" ")[0].partition("owctl_health_")[2]: float(line.rpartition(" ")[2])
               for line in metrics.read_text().splitlines() if not line.startswith("#")}
    for place in [name(replica) for replica in fleet] + ["WEBUI_URL"]:
        assert 0.05 < figures[f'sign_in_seconds{{replica="{place}"}}'] < 10  # bcrypt takes its time
        assert 0 < figures[f'models_seconds{{replica="{place}"}}'] < 10
    whole, first = (figures[f'{what}_seconds{{replica="WEBUI_URL"}}'] for what in ("completion", "first_token"))
    assert whole > PIECES * PAUSE and first < whole - PIECES * PAUSE / 2


def test_verbose_text_and_the_line_of_a_monitor_have_figures_and_no_secrets(cluster, deep, owctl):
    environment = cluster.environment(cluster.fleet("good", "good2"), **ACCOUNT)
    done = owctl("health", "check", "--deep", "-vv", "--nagios", "--only", "OW107,OW214", env=environment).ok()
    assert " sign_in=" in done.out and " models=" in done.out and " completion=" not in done.out
    assert not any(secret in done.out + done.err for secret in (PASSWORD, "eyJ", "Bearer"))


def test_read_only_passes_no_file_on(cluster, deep):
    findings = deep("healthy: signed in, and read-only", {}, cluster.fleet("good", "good2"), None, "--read-only")
    assert findings.row("OW215")["state"] == "skipped" and findings.row("OW216")["state"] == "good"


def test_api_key_instead_of_a_password(cluster, deep):
    fleet = cluster.fleet("good", "good2")
    with stored_setting(cluster.databases["main"], "auth.enable_api_keys", "true"):
        token = fleet[0].post("/api/v1/auths/signin", {"email": EMAIL, "password": PASSWORD}).json()["token"]
        key = fleet[0].post("/api/v1/auths/api_key", {}, token).json()["api_key"]
        settings = {"OWCTL_HEALTH_EMAIL": "", "OWCTL_HEALTH_PASSWORD": ""}
        findings = deep("healthy: an API key", {}, fleet, OWCTL_HEALTH_TOKEN=key, **settings)
        assert key not in str(findings.rows)
        assert {code for code in DEEP if findings.row(code)["state"] == "good"} == {"OW213", "OW214", "OW215"}


# ---- one replica is odd

def test_uploads_that_are_not_shared_and_a_replica_without_redis_are_named(cluster, deep):
    good, uploads, alone = cluster.fleet("good", "other-uploads", "no-redis")
    deep("uploads not shared", {"OW215": {name(uploads)}}, [good, uploads])
    findings = deep("a replica without Redis, by its events", {"OW212": {None}, "OW216": {name(alone)}}, [alone, good, uploads], None,
                    "--skip", "OW215")
    assert "nor hears" in findings.row("OW216")["what"]
    nothing_is_left(cluster)


def test_two_that_share_no_events_are_both_meant(cluster, deep):
    good, alone = cluster.fleet("good", "no-redis")
    deep("two replicas that share no events", {"OW212": {None}, "OW216": {None}}, [good, alone])


def test_session_of_another_key_is_refused(cluster, deep):
    """Also where owctl does not know the key."""
    good, good2, other = cluster.fleet("good", "good2", "other-key")
    findings = deep("another key, unknown to owctl", {"OW213": {name(other)}}, [other, good, good2], WEBUI_SECRET_KEY="")
    assert findings.row("OW107")["state"] == "good"
    deep("another key, signed in", {"OW202": {name(other)}}, [good, other, good2])


# ---- nobody gets in

def test_sign_in_that_is_switched_off(cluster, deep, owctl):
    good, closed = cluster.fleet("good", "other-origin")
    deep("signing in is off at one replica", {"OW107": {name(closed)}}, [good, closed])
    done = owctl("health", "check", "--deep", "-o", "json", "--only", "OW107", env=cluster.environment([closed], **ACCOUNT)).ended(3)
    [row] = done.json()
    assert row["state"] == "unknown" and "restricted" in row["what"]


def test_account_that_nobody_lets_in(cluster, deep):
    findings = deep("another password", {"OW107": {None}}, cluster.fleet("good", "good2"), OWCTL_HEALTH_PASSWORD="another one")
    assert {findings.row(code)["state"] for code in DEEP - {"OW107"}} == {"skipped"}


def test_sign_in_that_hangs_holds_up_nobody(cluster, deep):
    """And who let nobody in gets the token of another one, so that the rest is looked at."""
    good, good2 = cluster.fleet("good", "good2")
    with Forwarder(good2.url, "/signin") as slow:
        findings = deep("signing in hangs at one replica", {"OW107": {name(slow)}}, [good, slow], None, "--timeout", "2",
                        "--only", "OW107,OW213,OW215")
    assert "within 2" in findings.row("OW107")["what"]
    assert findings.row("OW213")["state"] == findings.row("OW215")["state"] == "good"


def test_what_hangs_takes_no_time_from_what_follows(cluster, deep, owctl):
    """With the least time: what there was no time for is not known, and not wrong."""
    good, good2 = cluster.fleet("good", "good2")
    with Forwarder(good2.url, "/api/models") as slow:
        environment = cluster.environment([good, slow], **ACCOUNT)
        rows = owctl("health", "check", "--deep", "-o", "json", "--deadline", "8s", "--only", ",".join(DEEP - {"OW106", "OW216"}),
                     env=environment).json()
    states = {(row["code"], row["state"]): row["what"] for row in rows}
    assert set(states) == {("OW107", "good"), ("OW213", "unknown"), ("OW214", "unknown"), ("OW215", "skipped")}, states


def test_names_of_files_that_no_open_webui_gives_are_not_removed(cluster, deep, owctl):
    """DELETE /api/v1/files/all would remove everybody's."""
    good, good2 = cluster.fleet("good", "good2")
    with Forwarder(good.url, "/files/?process=false", (200, b'{"id": "all"}')) as hostile:
        environment = cluster.environment([hostile, good2], **ACCOUNT)
        [row, *_] = owctl("health", "check", "--deep", "-o", "json", "--only", "OW215", env=environment).ended(2).json()
    assert "takes no file" in row["what"] and not [line for line in hostile.asked if line.startswith("DELETE")], hostile.asked


def test_another_status_is_no_file_that_is_missing(cluster, deep, owctl):
    good, good2 = cluster.fleet("good", "good2")
    with Forwarder(good2.url, "/content", (503, b"{}")) as busy:
        environment = cluster.environment([good, busy], **ACCOUNT)
        [row] = owctl("health", "check", "--deep", "-o", "json", "--only", "OW215", env=environment).ended(3).json()
    assert row["state"] == "unknown" and "503" in row["what"] and name(busy) in row["what"]
    assert left_behind(cluster)[:2] == ([], [])  # rooms are those of others


def test_second_factor_and_too_many_tries_are_not_known(cluster, deep, owctl):
    environment = cluster.environment(cluster.fleet("good", "good2"), **ACCOUNT)

    def said():
        [row] = owctl("health", "check", "--deep", "-o", "json", "--only", "OW107", env=environment).ended(3).json()
        return row["what"]

    with stored_setting(cluster.databases["main"], "auth.mfa.enable", "true"):
        assert "second factor" in said()
    with contextlib.closing(cluster.redis.client()) as redis:
        [bucket, *_] = redis.keys(f"open-webui:ratelimit:{EMAIL}:*")
        redis.set(bucket, 99)
        assert "too often" in said()
        redis.delete(bucket)


# ---- models

def test_models_that_do_not_answer(cluster, balance, deep):
    fleet = cluster.fleet("good", "good2")
    findings = deep("a model that refuses", {"OW106": {name(fleet[0])}}, fleet, None, "--model", "refused")
    assert "***" in findings.row("OW106")["what"]
    findings = deep("a model that is silent", {"OW106": {name(fleet[0])}}, fleet, None, "--model", "silent", "--deadline", "8s")
    assert findings.row("OW215")["state"] == findings.row("OW216")["state"] == "good"


def test_model_that_nobody_offers_is_a_mistake_of_the_command(cluster, deep, owctl):
    environment = cluster.environment(cluster.fleet("good", "good2"), **ACCOUNT)
    [row] = owctl("health", "check", "--deep", "--model", "slwo", "-o", "json", "--only", "OW106", env=environment).ended(3).json()
    assert row["state"] == "unknown" and "none of the" in row["what"]


def test_account_that_may_use_no_model(cluster, deep):
    """All the rest works for one that is no administrator."""
    fleet = cluster.fleet("good", "good2")
    token = fleet[0].post("/api/v1/auths/signin", {"email": EMAIL, "password": PASSWORD}).json()["token"]
    made = fleet[0].post("/api/v1/auths/add", {"name": "Probe", "email": "probe@example.org", "password": PASSWORD, "role": "user"}, token)
    try:
        settings = {"OWCTL_HEALTH_EMAIL": "probe@example.org"}
        findings = deep("no model for this account", {"OW214": {None}}, fleet, **settings)
        assert {code for code in DEEP if findings.row(code)["state"] == "good"} == {"OW107", "OW213", "OW215", "OW216"}
    finally:
        fleet[0].request("DELETE", f"/api/v1/users/{made.json()['id']}", token=token)


@pytest.mark.parametrize("kind", [Nginx, HAProxy])
def test_stream_that_the_balancer_collects(cluster, balance, deep, kind):
    """nginx does so to compress it, unless proxy_buffering is off; HAProxy where it is told to."""
    fleet = cluster.fleet("good", "good2")
    balancer = balance(kind, fleet, collects=True)
    findings = deep(f"{kind.__name__} collects streams", {"OW730": {name(balancer)}}, fleet, balancer, "--model", "slow")
    assert "all at once" in findings.row("OW730")["what"]


def test_buffers_of_nginx_keep_back_nothing_that_is_slow(cluster, balance, deep):
    fleet = cluster.fleet("good", "good2")
    deep("healthy: signed in, nginx with proxy_buffering", {}, fleet, balance(Nginx, fleet, buffering=True), "--model", "slow")


# ---- silence

@pytest.mark.parametrize("kind", [Nginx, HAProxy])
def test_balancer_that_cuts_a_silent_websocket(cluster, balance, deep, kind):
    fleet = cluster.fleet("good", "good2")
    balancer = balance(kind, fleet, silence=2)
    what = deep(f"{kind.__name__} cuts silent websockets", {"OW731": {name(balancer)}}, fleet, balancer).row("OW731")["what"]
    assert 2 <= float(re.search(r"after (\S+) s of silence", what)[1]) < PING and f"every {PING} s" in what


def test_silence_that_is_longer_than_there_is_time_for(cluster, balance, deep, owctl):
    """25 s, where nobody sets it. It is not waited for, and a cut that comes before the end is seen all the same."""
    [usual] = cluster.fleet("no-redis")
    words = ("health", "check", "--deep", "-o", "json", "--only", "OW731,OW106")
    began = time.monotonic()
    row = owctl(*words, env=cluster.environment([usual], balance(Nginx, [usual]), **ACCOUNT)).ended(3).json()[-1]
    assert (row["code"], row["state"]) == ("OW731", "skipped") and "25 s" in row["what"] and "--deadline 35s" in row["what"]
    assert time.monotonic() - began < 8
    cutting = balance(Nginx, [usual], silence=1)
    row = owctl(*words, "--model", "slow", env=cluster.environment([usual], cutting, **ACCOUNT)).ended(1).json()[-1]
    assert (row["code"], row["state"]) == ("OW731", "warning") and "every 25 s" in row["what"]


def test_websocket_that_is_cut_directly_as_well_is_no_fault_of_the_balancer(cluster, balance, deep, owctl):
    cutting = balance(HAProxy, cluster.fleet("good"), silence=2)
    environment = cluster.environment([cutting], balance(Nginx, [cutting]), **ACCOUNT)
    [row] = owctl("health", "check", "--deep", "-o", "json", "--only", "OW731", env=environment).ended(3).json()
    assert row["state"] == "unknown" and name(cutting) in row["what"]


# ---- what is asked for, and being stopped

def test_deep_without_an_account_asks_nothing(owctl):
    done = owctl("health", "check", "--deep", "--replica", "http://127.0.0.1:1").ended(78)
    assert "OWCTL_HEALTH_EMAIL" in done.err and not done.out
    half = owctl("health", "check", "--deep", env={"OWCTL_HEALTH_EMAIL": EMAIL}).ended(78)
    assert "no OWCTL_HEALTH_PASSWORD" in half.err
    both = owctl("health", "check", "--deep", env=ACCOUNT | {"OWCTL_HEALTH_TOKEN": "sk-s3cret"}).ended(78)
    assert "OWCTL_HEALTH_TOKEN is set, and" in both.err and "s3cret" not in both.err
    assert "--deep" in owctl("health", "check", "--model", "slow", env=ACCOUNT).ended(64).err
    assert "--wait" in owctl("health", "check", "--deep", "--wait", "1m", env=ACCOUNT).ended(64).err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_file_is_removed_after_a_signal(cluster, deep, owctl, number):
    good, good2 = cluster.fleet("good", "good2")
    with Forwarder(good2.url, "/content") as slow:
        environment = cluster.environment([good, slow], **ACCOUNT)
        running = owctl.start("health", "check", "--deep", "--deadline", "30s", env=environment)
        assert slow.held.wait(20)
        assert left_behind(cluster)[0]
        running.send_signal(number)
        _, err = running.communicate(timeout=10)
    assert running.returncode == 130 and PASSWORD not in err.decode()
    assert left_behind(cluster)[:2] == ([], [])
