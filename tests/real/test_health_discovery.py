"""`owctl health check` finds replicas as whoever runs them knows them: containers, services of Compose and Swarm, pods, instances
of Consul. What runs is a small program that answers as Open WebUI does, so only what the orchestrator tells is judged."""
import functools

import pytest
from lab.kubernetes import in_pod
from lab.owctl import Owctl
from lab.parts import NEWEST
from lab.replica import Replica
from lab.workload import MERGE

KEY = {"WEBUI_SECRET_KEY": "given to each, and long enough for all"}
ONE_MIGRATOR = {"ENABLE_DB_MIGRATIONS": "false"}
SETTINGS = KEY | ONE_MIGRATOR
ONLY = ("--only", "replicas,orchestrator,same-release", "--data-dir", "/nowhere")


@pytest.fixture
def owctl(owctl_apart):
    """Where the containers and pods have addresses."""
    return owctl_apart


@pytest.fixture(scope="module")
def image(dockerd):
    """image(tag): the same one each time."""
    return functools.cache(dockerd.image)


@pytest.fixture
def project(docker, image, request):
    """project(n, ..): that many containers of a service of Compose."""
    name, made = f"p{abs(hash(request.node.name)) % 10**8}", []

    def up(count, built=None, **options):
        for _ in range(count):
            made.append(docker.container(built or image(NEWEST), project=name, number=len(made) + 1, **options))
        return name

    up.name, up.made = name, made
    return up


def among(docker, place, **more):
    return {"DOCKER_HOST": docker.host, "OWCTL_REPLICAS": place, **more}


# ---- Docker and Compose

def test_service_of_compose_is_found_and_healthy(docker, project, finds):
    name = project(2, **SETTINGS)
    docker.wait_until_healthy(*project.made)
    findings = finds("healthy: a service of Compose", {}, among(docker, f"compose:{name}/open-webui"), *ONLY)
    assert findings.row("OW201")["state"] == findings.row("OW605")["state"] == "good"


def test_container_is_found_by_name_and_label_also_over_tls(docker, project, finds):
    name, port = project.name, docker.network.free_port()
    project(1, publish=port, **SETTINGS)
    docker.wait_until_healthy(*project.made)
    tls = {"DOCKER_HOST": docker.tls_host, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": docker.certificates}
    for place in (f"docker:{name}-open-webui-1", f"docker:label=com.docker.compose.project={name}"):
        finds("healthy: a container, over TLS", {}, {**tls, "OWCTL_REPLICAS": place}, *ONLY)


def test_container_of_another_release_is_named(docker, image, project, finds):
    name = project(2, **SETTINGS)
    project(1, image("0.10.2"), **SETTINGS)
    docker.wait_until_healthy(*project.made)
    odd = f"{name}-open-webui-3"
    finds("Compose: another image and release", {"OW201": {odd}, "OW605": {odd}}, among(docker, f"compose:{name}/open-webui"), *ONLY)


def test_floating_tag(docker, image, project, finds):
    name = project(1, image("main"), **SETTINGS)
    docker.wait_until_healthy(*project.made)
    finds("an image without a release", {"OW606": {None}}, among(docker, f"compose:{name}/open-webui"), *ONLY, "--skip", "release-known")


@pytest.mark.parametrize("what, first, second, expected", [
    ("two replicas migrate", KEY, KEY, {"OW607": {None}}),
    ("another environment on one", SETTINGS, SETTINGS | {"WEBUI_NAME": "Odd"}, {"OW608": "{}-open-webui-3"}),
    ("no secret key given", ONE_MIGRATOR, ONE_MIGRATOR, {"OW609": "{0}-open-webui-1 {0}-open-webui-2 {0}-open-webui-3"}),
])
def test_environment_of_containers(docker, project, finds, what, first, second, expected):
    name = project(2, **first)
    project(1, **second)
    docker.wait_until_healthy(*project.made)
    expected = {code: set(subjects.format(name).split()) if isinstance(subjects, str) else subjects for code, subjects in expected.items()}
    findings = finds(what, expected, among(docker, f"compose:{name}/open-webui"), *ONLY)
    assert KEY["WEBUI_SECRET_KEY"] not in str(findings.rows)


def test_container_that_its_health_check_gives_up_on(docker, project, finds):
    """It answers as well as ever."""
    name = project(1, healthcheck={"Test": ["CMD", "/nothing"], "Interval": 10**8, "Timeout": 10**9, "Retries": 1}, **SETTINGS)
    docker.wait_for_container(project.made[0], lambda found: found["State"]["Health"]["Status"] == "unhealthy", "unhealthy")
    finds("a health check that is wrong", {"OW602": {f"{name}-open-webui-1"}}, among(docker, f"compose:{name}/open-webui"), *ONLY)


def test_container_that_ended_with_an_error(docker, project, finds):
    name = project(2, **SETTINGS)
    project(1, restart="no", CRASH_AFTER=1, **SETTINGS)
    docker.wait_for_container(project.made[2], lambda found: found["State"]["Status"] == "exited", "exited")
    docker.wait_until_healthy(*project.made[:2])
    findings = finds("a container that ended", {"OW102": {f"{name}-open-webui-3"}}, among(docker, f"compose:{name}/open-webui"), *ONLY)
    assert "exit status 14" in findings.row("OW102")["what"]


def test_nothing_of_that_name(docker, finds):
    finds("no container of that name", {"OW101": {None}}, among(docker, "compose:nothing/at-all"), *ONLY)
    findings = finds("no Docker", {"OW101": {None}}, {"DOCKER_HOST": "unix:///nowhere/docker.sock", "OWCTL_REPLICAS": "docker:x"}, *ONLY)
    assert "DOCKER_HOST" in findings.row("OW101")["remedy"]


# ---- Swarm

def test_tasks_of_a_swarm_are_found(docker, image, finds):
    published = docker.service(image(NEWEST), "published", **SETTINGS)
    on_host = docker.service(image(NEWEST), "on-host", host=True, **SETTINGS)
    for service in (published, on_host):
        docker.wait_for_tasks(service, 2)
    for name in ("published", "on-host"):
        findings = finds(f"healthy: a service of Swarm, {name}", {}, among(docker, f"swarm:{name}"), *ONLY)
        assert findings.row("OW201")["state"] == "good" and findings.row("OW613")["state"] == "info"


# ---- Kubernetes

@pytest.fixture
def pods(kubernetes, network, tmp_path):
    """pods(n, ..): a workload with that many pods, and a server at the address of each."""
    servers = []

    def up(count, wanted=None, image=NEWEST, **options):
        workload = kubernetes.workload(NEWEST).deploy(wanted or count)
        for number in range(count):
            address = f"10.244.{len(kubernetes_addresses) // 200 + 1}.{len(kubernetes_addresses) % 200 + 1}"
            kubernetes_addresses.append(address)
            folder = tmp_path / f"pod-{len(servers)}"
            folder.mkdir()
            servers.append(Replica(folder, network, address).start())
            workload.pod(address, **{"environment": {**SETTINGS, "WEBUI_SECRET_KEY": {"secretKeyRef": {"name": "s", "key": "k"}}}} | options)
        for server in servers:
            server.wait()
        return workload

    yield up
    for server in servers:
        server.stop()


kubernetes_addresses = []  # each test has its own


def in_cluster(kubernetes, workload, tmp_path, how="token", budget=True):
    workload.service().slice()
    if budget:
        workload.budget(maxUnavailable=1)
    token = workload.reader()  # which also gives the user of the certificate its rights
    credentials = {"token": token} if how == "token" else {"certificate": kubernetes.reader_certificate()}
    file = kubernetes.kubeconfig(tmp_path / "kubeconfig", workload.namespace, **credentials)
    return {"KUBECONFIG": file, "OWCTL_REPLICAS": f"kubernetes:{workload.namespace}/open-webui"}


@pytest.mark.parametrize("how", ["token", "certificate"])
def test_pods_are_found_with_the_least_rights(kubernetes, pods, finds, tmp_path, how):
    environment = in_cluster(kubernetes, pods(2), tmp_path, how)
    findings = finds(f"healthy: pods of Kubernetes, by {how}", {}, environment, *ONLY)
    assert {findings.row(code)["state"] for code in ("OW601", "OW611", "OW614", "OW615")} == {"good"}
    assert findings.row("OW616")["what"] == "no HorizontalPodAutoscaler scales the replicas"


def test_pods_are_found_from_inside_of_one(kubernetes, pods, owctl, network, tmp_path):
    """By its service account, where a pod has it; the namespace that is not named is its own."""
    workload = pods(2).service().slice().budget(maxUnavailable=1)
    environment = kubernetes.in_cluster(tmp_path / "account", workload.namespace, workload.reader())
    inside = Owctl(owctl.home, in_pod(network, tmp_path / "account"))
    rows = inside("health", "check", "--replica", "kubernetes:open-webui", "-o", "json", *ONLY, env=environment).json()
    states = {row["code"]: row["state"] for row in rows}
    assert [states[code] for code in ("OW101", "OW102", "OW601", "OW611", "OW614")] == ["good"] * 5, rows


def test_pod_that_was_killed_and_one_that_restarts(kubernetes, pods, finds, tmp_path):
    workload = pods(3)
    workload.report(0, restarts=4, last="OOMKilled")
    workload.report(1, restarts=7, last="Error")
    names = [pod["metadata"]["name"] for pod in workload.pods]
    findings = finds("pods that end again and again", {"OW604": {names[0]}, "OW603": {names[1]}},
                     in_cluster(kubernetes, workload, tmp_path), *ONLY)
    assert "1024 MB" in findings.row("OW604")["what"] and "7 times" in findings.row("OW603")["what"]


def test_pods_that_are_missing_or_not_ready(kubernetes, pods, finds, tmp_path):
    workload = pods(2, wanted=3)
    workload.report(1, ready=False)
    finds("a pod is missing, and one is not ready", {"OW601": {None}, "OW602": {workload.pods[1]["metadata"]["name"]}},
          in_cluster(kubernetes, workload, tmp_path), *ONLY)


def test_pod_that_was_evicted_is_history(kubernetes, pods, finds, tmp_path):
    """What is left of it is a record, and another one took its place."""
    workload = pods(2, wanted=1)
    gone = workload.report(1, ready=False)["metadata"]["name"]
    workload.api("PATCH", workload.path("pods", gone) + "/status", {"status": {"phase": "Failed", "reason": "Evicted"}}, MERGE)
    findings = finds("healthy: a pod that was evicted", {}, in_cluster(kubernetes, workload, tmp_path, budget=False), *ONLY)
    assert findings.row("OW601")["state"] == "good"


def test_secret_key_in_the_specification(kubernetes, pods, finds, tmp_path):
    finds("the secret key stands in the pods", {"OW610": {None}}, in_cluster(kubernetes, pods(1, environment=SETTINGS), tmp_path), *ONLY)


def test_account_without_rights_is_told_what_it_needs(kubernetes, pods, finds, tmp_path):
    workload = pods(1)
    environment = in_cluster(kubernetes, workload, tmp_path)
    findings = finds("no right to see pods", {"OW101": {None}}, environment | {"OWCTL_REPLICAS": "kubernetes:default/open-webui"}, *ONLY)
    assert "403" in findings.row("OW101")["what"] and "endpointslices" in findings.row("OW101")["remedy"]


def states(findings, *codes):
    return {code: findings.row(code)["state"] for code in codes}


def test_pods_without_a_budget_or_with_one_that_lets_none_go(kubernetes, pods, finds, tmp_path):
    """A budget of other pods is none for these, however it says which it means."""
    workload = pods(3)
    environment = in_cluster(kubernetes, workload, tmp_path, budget=False)
    place = environment["OWCTL_REPLICAS"]
    workload.budget("of-others", {"matchLabels": {"app.kubernetes.io/component": "pipelines"}}, maxUnavailable=1)
    workload.budget("not-these", {"matchExpressions": [{"key": "pod-template-hash", "operator": "DoesNotExist"}]}, maxUnavailable=1)
    findings = finds("no PodDisruptionBudget", {"OW614": {place}}, environment, *ONLY)
    assert "has 3 pods" in findings.row("OW614")["what"] and findings.row("OW615")["state"] == "good"

    workload.budget("all-stay", {"matchExpressions": [{"key": "pod-template-hash", "operator": "Exists"}]}, minAvailable=3)
    finds("a PodDisruptionBudget that lets no pod go", {"OW615": {"all-stay"}}, environment, *ONLY)

    workload.budget("twice", {"matchExpressions": [{"key": "app.kubernetes.io/component", "operator": "In", "values": ["open-webui"]}]},
                    maxUnavailable=1)
    finds("two PodDisruptionBudgets for the same pods", {"OW615": {"all-stay", place}}, environment, *ONLY)


def test_autoscaler_at_its_limit_or_without_metrics(kubernetes, pods, finds, tmp_path):
    workload = pods(2)
    environment = in_cluster(kubernetes, workload, tmp_path)
    workload.autoscaler(1, 9, name="of-others", target="pipelines", ScalingActive="False FailedGetResourceMetric")
    assert finds("healthy: an autoscaler of others", {}, environment, *ONLY).row("OW617")["state"] == "skipped"

    workload.autoscaler(1, 2, ScalingLimited="True TooManyReplicas", ScalingActive="False FailedGetResourceMetric")
    findings = finds("an autoscaler at its limit, without metrics", {"OW616": {"open-webui"}, "OW617": {"open-webui"}}, environment, *ONLY)
    assert "2 that it may" in findings.row("OW616")["what"] and findings.row("OW618")["state"] == "info"
    assert "FailedGetResourceMetric: said by ScalingActive" in findings.row("OW617")["what"]


def test_autoscaler_that_is_well(kubernetes, pods, finds, tmp_path):
    """It is not at its limit for running as many as it may, nor in trouble for being switched off."""
    workload = pods(2).autoscaler(2, 2, ScalingActive="False ScalingDisabled")
    findings = finds("healthy: an autoscaler", {}, in_cluster(kubernetes, workload, tmp_path), *ONLY)
    assert states(findings, "OW616", "OW617", "OW618") == dict.fromkeys(("OW616", "OW617", "OW618"), "good")


def test_account_that_may_not_see_budgets(kubernetes, pods, finds, tmp_path):
    workload = pods(2).autoscaler(1, 2)
    environment = in_cluster(kubernetes, workload, tmp_path, budget=False)
    workload.restrict("poddisruptionbudgets", "horizontalpodautoscalers")
    findings = finds("healthy: no right to see budgets", {}, environment, *ONLY)
    assert set(states(findings, "OW614", "OW615", "OW616", "OW617", "OW618").values()) == {"skipped"}
    assert "may not see PodDisruptionBudgets" in findings.row("OW614")["what"]


# ---- Consul

def test_instances_of_consul_are_found(consul, network, finds, tmp_path):
    servers = []
    for number, address in enumerate(("10.244.9.1", "10.244.9.2")):
        folder = tmp_path / f"instance-{number}"
        folder.mkdir()
        servers.append(Replica(folder, network, address).start())
        consul.register(number, address, name="chat")
    for server in servers:
        server.wait()
    with network.lead_in(consul.port):
        environment = {"CONSUL_HTTP_ADDR": f"127.0.0.1:{consul.port}", "CONSUL_HTTP_TOKEN": consul.reader("chat"),
                       "OWCTL_REPLICAS": "consul:chat"}
        findings = finds("healthy: instances of Consul", {}, environment, *ONLY)
        consul.api("PUT", "/v1/agent/check/fail/service:chat-1")
        finds("an instance of Consul whose check fails", {"OW602": {"chat-1"}}, environment, *ONLY)
    assert findings.row("OW201")["state"] == "good"
    for server in servers:
        server.stop()
