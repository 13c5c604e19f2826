"""The lab's orchestrators answer as real ones do: what owctl is to find out about replicas stands in their answers."""
import http.client
import json
import ssl
import urllib.request

import pytest

from lab.docker import Docker
from lab.kubernetes import ADMIN_TOKEN
from lab.parts import NEWEST
from lab.rest import Refused
from lab.workload import READS

MEGABYTES = 1 << 20


def asked(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.headers.get_content_type(), answer.read().decode()


def environment(container):
    return dict(line.split("=", 1) for line in container["Config"]["Env"])


def test_container_answers_as_a_replica_of_its_release(docker):
    container = docker.container(docker.image("0.10.2"), project="answers", WEBUI_SECRET_KEY="of this one")
    docker.wait_until_healthy(container)
    [listed] = [one for one in docker.api("GET", "/containers/json") if one["Id"] == container]
    found = docker.api("GET", f"/containers/{container}/json")
    url = f"http://{docker.address}:{environment(found)['PORT']}"
    assert json.loads(asked(f"{url}/api/version")[1])["version"] == "0.10.2"
    assert asked(f"{url}/ready") == ("application/json", '{"status":true}')
    assert asked(f"{url}/nothing")[0] == "text/html"
    assert listed["Labels"]["com.docker.compose.project"] == "answers"
    assert listed["Image"] == found["Config"]["Image"] == "ghcr.io/open-webui/open-webui:0.10.2"
    assert environment(found)["WEBUI_SECRET_KEY"] == "of this one"
    # In the host's network a container has neither address nor ports, whatever its image exposes.
    assert not listed["Ports"] and not found["NetworkSettings"]["IPAddress"]


def test_container_that_crashes_or_outgrows_its_memory_is_started_again(docker):
    image = docker.image(NEWEST)
    crashing = docker.container(image, project="crashing", CRASH_AFTER=1)
    greedy = docker.container(image, project="greedy", memory=16 * MEGABYTES, cpus=0.5, EAT=64 * MEGABYTES)
    unwell = docker.container(image, project="unwell", STATUS=503)
    found = docker.wait_for_container(greedy, lambda found: found["RestartCount"], "killed")
    assert found["State"]["OOMKilled"] and found["State"]["ExitCode"] == 137
    assert found["HostConfig"]["Memory"] == 16 * MEGABYTES and found["HostConfig"]["NanoCpus"] == 500_000_000
    found = docker.wait_for_container(crashing, lambda found: found["RestartCount"], "crashed")
    assert not found["State"]["OOMKilled"] and found["State"]["ExitCode"] == 14
    found = docker.wait_for_container(unwell, lambda found: found["State"]["Health"]["Status"] == "unhealthy", "unwell")
    assert found["State"]["Running"] and found["State"]["Health"]["FailingStreak"] >= 2


def test_docker_asks_for_a_certificate_where_it_is_reached_through_the_network(docker):
    assert docker.over_tls()("GET", "/version") == docker.api("GET", "/version")
    with pytest.raises((ssl.SSLError, http.client.HTTPException, ConnectionError)):
        docker.over_tls(certificate=False)("GET", "/version")


def test_swarm_runs_the_tasks_of_a_service(docker):
    service = docker.service(docker.image(NEWEST), replicas=2, memory=32 * MEGABYTES)
    tasks = docker.wait_for_tasks(service, 2)
    assert sorted(task["Slot"] for task in tasks) == [1, 2]
    [node] = docker.api("GET", "/nodes")
    assert {task["NodeID"] for task in tasks} == {node["ID"]} and node["Status"]["Addr"] == docker.address
    for task in tasks:
        assert task["Spec"]["Resources"]["Limits"]["MemoryBytes"] == 32 * MEGABYTES
        # The task has the template; its container has what came of it.
        assert f"PORT=1808{{{{.Task.Slot}}}}" in task["Spec"]["ContainerSpec"]["Env"]
        found = docker.api("GET", f"/containers/{task['Status']['ContainerStatus']['ContainerID']}/json")
        assert environment(found)["PORT"] == f"1808{task['Slot']}"
        assert asked(f"http://{docker.address}:1808{task['Slot']}/health")[1] == '{"status":true}'
    [described] = [one for one in docker.api("GET", "/services?status=true") if one["ID"] == service]
    assert described["ServiceStatus"]["RunningTasks"] == described["ServiceStatus"]["DesiredTasks"] == 2


def test_docker_leaves_nothing_behind_even_when_it_is_killed():
    """Nor does a second one get in the way of the first."""
    with Docker() as daemon:
        daemon.start().wait().start_swarm()
        daemon.wait_until_healthy(daemon.container(daemon.image(NEWEST)))
        assert len(daemon.left()) >= 3  # containerd, a shim, the replica
        daemon.kill()
        assert daemon.left()
    assert not daemon.left() and not daemon.folder.exists()
    assert str(daemon.folder) not in open("/proc/self/mounts").read()


@pytest.fixture(scope="module")
def workload(kubernetes):
    """Three replicas, of which one is not ready, one is of another release, and one was killed."""
    workload = kubernetes.workload(NEWEST).deploy(3, ready=2)
    workload.pod("127.0.0.2", environment={"WEBUI_SECRET_KEY": {"secretKeyRef": {"name": "open-webui", "key": "secret"}},
                                           "ENABLE_DB_MIGRATIONS": "false"})
    workload.pod("127.0.0.3", restarts=4, last="OOMKilled")
    workload.pod("127.0.0.4", ready=False, image="ghcr.io/open-webui/open-webui:0.10.2")
    workload.service().slice("192.0.2.2", "192.0.2.3", "192.0.2.4").budget(minAvailable=2).autoscaler(2, 6)
    workload.token = workload.reader()
    return workload


def test_kubernetes_lets_a_reader_see_the_workload_and_no_secret(kubernetes, workload):
    for api in (kubernetes.by_token(workload.token), kubernetes.by_certificate(kubernetes.reader_certificate())):
        first, second, third = workload.list("pods", api)
        assert first["spec"]["containers"][0]["env"][1] == {"name": "ENABLE_DB_MIGRATIONS", "value": "false"}
        [status] = second["status"]["containerStatuses"]
        assert status["restartCount"] == 4 and status["lastState"]["terminated"]["reason"] == "OOMKilled"
        assert third["status"]["podIP"] == "127.0.0.4" and not third["status"]["containerStatuses"][0]["ready"]
        assert {len(workload.list(kind, api)) for _, kind in READS} == {0, 1, 3}
        for path in (workload.path("secrets"), "/api/v1/pods", "/api/v1/namespaces"):
            with pytest.raises(Refused) as refused:
                api("GET", path)
            assert refused.value.status == 403
    with pytest.raises(Refused) as refused:
        workload.list("pods", kubernetes.by_token("wrong"))
    assert refused.value.status == 401


def test_kubernetes_tells_how_a_service_reaches_its_pods(workload):
    [service], [slice] = workload.list("services"), workload.list("endpointslices", selector="kubernetes.io/service-name=open-webui")
    assert service["spec"]["ports"][0]["targetPort"] == slice["ports"][0]["name"] == "http"
    assert [endpoint["conditions"]["ready"] for endpoint in slice["endpoints"]] == [True, True, False]
    assert ({endpoint["targetRef"]["uid"] for endpoint in slice["endpoints"]}
            == {pod["metadata"]["uid"] for pod in workload.list("pods")})


def test_kubernetes_keeps_a_stateful_set_beside_it(kubernetes):
    workload = kubernetes.workload(NEWEST).deploy(2, kind="statefulsets")
    for port in (8080, 8081):  # as one would give the replicas of one machine
        workload.pod("127.0.0.2", port=port)
    workload.service().slice("192.0.2.2", "192.0.2.3").budget(maxUnavailable=1).autoscaler(1, 2, "StatefulSet")
    assert [pod["metadata"]["name"] for pod in workload.list("pods")] == ["open-webui-0", "open-webui-1"]
    assert len(workload.list("endpointslices")) == 2 and workload.list("statefulsets")[0]["status"]["readyReplicas"] == 2


def test_kubeconfig_and_folder_of_a_pod_name_the_same_server(kubernetes, workload, tmp_path):
    token = kubernetes.kubeconfig(tmp_path / "token.yaml", workload.namespace, token=workload.token).read_text()
    certificate = kubernetes.kubeconfig(tmp_path / "certificate.yaml", workload.namespace,
                                        certificate=kubernetes.reader_certificate()).read_text()
    assert kubernetes.url in token and kubernetes.url in certificate and workload.token in token
    assert workload.token not in certificate and ADMIN_TOKEN not in token + certificate
    inside = kubernetes.in_cluster(tmp_path / "pod", workload.namespace, workload.token)
    assert kubernetes.url == f"https://{inside['KUBERNETES_SERVICE_HOST']}:{inside['KUBERNETES_SERVICE_PORT']}"
    assert (tmp_path / "pod/namespace").read_text() == workload.namespace
