"""The lab's orchestrators answer as real ones do: what owctl is to find out about replicas stands in their answers."""
import http.client
import http.server
import json
import ssl
import subprocess
import threading

import pytest

from lab.contained import contained
from lab.docker import Docker
from lab.kubernetes import ADMIN_TOKEN
from lab.parts import NEWEST
from lab.replica import Replica
from lab.rest import Refused, Rest
from lab.workload import READS

MEGABYTES = 1 << 20


@pytest.fixture(scope="module")
def ask(network):
    """ask(address, port, path): an answer of who listens in the network apart."""
    def ask(address, port, path):
        return Rest(lambda: network.connected(http.client.HTTPConnection(address, port, timeout=10)))("GET", path)

    return ask


def environment(container):
    return dict(line.split("=", 1) for line in container["Config"]["Env"])


def test_container_answers_as_a_replica_of_its_release(docker, ask):
    image, port = docker.image("0.10.2"), docker.network.free_port()
    container = docker.container(image, project="answers", publish=port, WEBUI_SECRET_KEY="of this one")
    docker.wait_until_healthy(container)
    [listed] = [one for one in docker.api("GET", "/containers/json") if one["Id"] == container]
    found = docker.api("GET", f"/containers/{container}/json")
    address = found["NetworkSettings"]["Networks"]["answers_default"]["IPAddress"]
    for where in ((address, 8080), ("127.0.0.1", port)):
        assert ask(*where, "/api/version")["version"] == "0.10.2"
        assert ask(*where, "/ready") == {"status": True}
        assert ask(*where, "/nothing").startswith("<!doctype html>")
    assert {"IP": "127.0.0.1", "PrivatePort": 8080, "PublicPort": port, "Type": "tcp"} in listed["Ports"]
    assert listed["Labels"]["com.docker.compose.project"] == "answers"
    assert listed["Image"] == found["Config"]["Image"] == "ghcr.io/open-webui/open-webui:0.10.2"
    assert environment(found)["WEBUI_SECRET_KEY"] == "of this one"
    # The address outside of "Networks" is only that in Docker's default network.
    assert not found["NetworkSettings"]["IPAddress"]


def test_container_runs_the_real_server(docker, ask, postgresql, tmp_path):
    """On a database of the machine, which it reaches as it would one beside the cluster."""
    image, options = contained(docker, NEWEST, tmp_path)
    url = postgresql.create()
    with docker.network.lead_in(postgresql.port):
        container = docker.container(image, "real", DATABASE_URL=url.replace("127.0.0.1", "172.17.0.1"), **options)
        docker.wait_until_healthy(container, seconds=120)
        found = docker.api("GET", f"/containers/{container}/json")
        address = found["NetworkSettings"]["Networks"]["real_default"]["IPAddress"]
        assert ask(address, 8080, "/api/version")["version"] == NEWEST and ask(address, 8080, "/ready") == {"status": True}
        docker.clear()  # while the database can be reached
    with postgresql.connect(url.rsplit("/", 1)[1]) as connection:
        assert connection.execute("select count(*) from config").fetchone()[0] > 100


def test_container_in_the_network_of_its_host_has_neither_address_nor_ports(docker, ask):
    container = docker.container(docker.image(NEWEST), project="host", host=True, HOST="127.0.0.2", PORT=9090)
    docker.wait_until_healthy(container)
    found = docker.api("GET", f"/containers/{container}/json")
    assert found["HostConfig"]["NetworkMode"] == "host" and not found["NetworkSettings"]["Ports"]
    assert not found["NetworkSettings"]["Networks"]["host"]["IPAddress"]
    assert "8080/tcp" in found["Config"]["ExposedPorts"]
    assert ask("127.0.0.2", 9090, "/ready") == {"status": True}


def test_container_that_crashes_or_outgrows_its_memory_is_started_again(docker):
    image = docker.image(NEWEST)
    crashing = docker.container(image, project="crashing", CRASH_AFTER=1)
    greedy = docker.container(image, project="greedy", memory=16 * MEGABYTES, cpus=0.5, EAT=64 * MEGABYTES)
    unwell = docker.container(image, project="unwell", STATUS=503)
    # Only until it runs again does the state say how it ended.
    found = docker.wait_for_container(greedy, lambda found: found["RestartCount"] and found["State"]["OOMKilled"]
                                      and found["State"]["ExitCode"] == 137, "killed")
    assert found["HostConfig"]["Memory"] == 16 * MEGABYTES and found["HostConfig"]["NanoCpus"] == 500_000_000
    found = docker.wait_for_container(crashing, lambda found: found["RestartCount"] and found["State"]["ExitCode"], "crashed")
    assert not found["State"]["OOMKilled"] and found["State"]["ExitCode"] == 14
    found = docker.wait_for_container(unwell, lambda found: found["State"]["Health"]["Status"] == "unhealthy", "unwell")
    assert found["State"]["Running"] and found["State"]["Health"]["FailingStreak"] >= 2


def test_docker_asks_for_a_certificate_where_it_is_reached_through_the_network(docker):
    assert docker.over_tls()("GET", "/version") == docker.api("GET", "/version")
    with pytest.raises((ssl.SSLError, http.client.HTTPException, ConnectionError)):
        docker.over_tls(certificate=False)("GET", "/version")


def test_swarm_publishes_a_port_of_each_task(docker, ask):
    service = docker.service(docker.image(NEWEST), "published_open-webui", memory=32 * MEGABYTES)
    tasks = docker.wait_for_tasks(service, 2)
    [node] = docker.api("GET", "/nodes")
    assert {task["NodeID"] for task in tasks} == {node["ID"]} and node["Status"]["Addr"] == docker.address
    for task in tasks:
        assert task["Spec"]["Resources"]["Limits"]["MemoryBytes"] == 32 * MEGABYTES
        # One for each family of addresses, both the same.
        [port] = {port["PublishedPort"] for port in task["Status"]["PortStatus"]["Ports"]}
        assert ask(docker.address, port, "/health") == {"status": True}
    [described] = [one for one in docker.api("GET", "/services?status=true") if one["ID"] == service]
    assert described["ServiceStatus"]["RunningTasks"] == described["ServiceStatus"]["DesiredTasks"] == 2


def test_swarm_fills_in_the_environment_of_a_task(docker, ask):
    service = docker.service(docker.image(NEWEST), "host_open-webui", host=True)
    tasks = docker.wait_for_tasks(service, 2)
    assert sorted(task["Slot"] for task in tasks) == [1, 2]
    for task in tasks:
        # The task has the template; its container has what came of it.
        assert "PORT=1808{{.Task.Slot}}" in task["Spec"]["ContainerSpec"]["Env"]
        found = docker.api("GET", f"/containers/{task['Status']['ContainerStatus']['ContainerID']}/json")
        assert environment(found)["PORT"] == f"1808{task['Slot']}"
        assert ask(docker.address, int(environment(found)["PORT"]), "/health") == {"status": True}


def test_swarm_tells_of_tasks_that_ended(docker):
    service = docker.service(docker.image(NEWEST), "crashing_open-webui", replicas=1, CRASH_AFTER=1)
    [task, *_] = docker.wait_for_tasks(service, 1, "failed")
    assert task["Status"]["ContainerStatus"]["ExitCode"] == 14 and task["DesiredState"] == "shutdown"


def test_docker_leaves_nothing_behind_even_when_it_is_killed(network):
    """Nor do two of them get in each other's way."""
    with Docker(network) as daemon:
        daemon.start().wait()
        daemon.wait_until_healthy(daemon.container(daemon.image(NEWEST), project="killed"))
        assert len(daemon.left()) >= 3  # containerd, a shim, the replica
        daemon.kill()
        assert daemon.left()
    assert not daemon.left() and not daemon.folder.exists()
    assert str(daemon.folder) not in open("/proc/self/mounts").read()


def test_network_apart_is_led_into_only_where_it_is_asked_for(network, ask):
    class Hello(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.wfile.write(b"HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\n\r\nhello")

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Hello) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        with network.lead_in(server.server_port):
            assert ask("127.0.0.1", server.server_port, "/") == "hello"
        with pytest.raises(ConnectionRefusedError):
            ask("127.0.0.1", server.server_port, "/")
        server.shutdown()
    out = subprocess.run([*network.prefix, "ip", "route", "show", "default"], capture_output=True, text=True, check=True)
    assert not out.stdout


@pytest.fixture(scope="module")
def workload(kubernetes):
    """Three replicas, of which one is not ready, one is of another release, and one was killed."""
    workload = kubernetes.workload(NEWEST).deploy(3, ready=2)
    workload.pod("10.244.0.2", environment={"WEBUI_SECRET_KEY": {"secretKeyRef": {"name": "open-webui", "key": "secret"}},
                                            "ENABLE_DB_MIGRATIONS": "false"})
    workload.pod("10.244.0.3", restarts=4, last="OOMKilled")
    workload.pod("10.244.0.4", ready=False, image="ghcr.io/open-webui/open-webui:0.10.2")
    workload.service().slice().budget(minAvailable=2).autoscaler(2, 6)
    workload.token = workload.reader()
    return workload


def test_kubernetes_lets_a_reader_see_the_workload_and_no_secret(kubernetes, workload):
    for api in (kubernetes.by_token(workload.token), kubernetes.by_certificate(kubernetes.reader_certificate())):
        first, second, third = workload.list("pods", api)
        assert first["spec"]["containers"][0]["env"][1] == {"name": "ENABLE_DB_MIGRATIONS", "value": "false"}
        [status] = second["status"]["containerStatuses"]
        assert status["restartCount"] == 4 and status["lastState"]["terminated"]["reason"] == "OOMKilled"
        assert third["status"]["podIP"] == "10.244.0.4" and not third["status"]["containerStatuses"][0]["ready"]
        assert {len(workload.list(kind, api)) for _, kind in READS} == {0, 1, 3}
        for path in (workload.path("secrets"), "/api/v1/pods", "/api/v1/namespaces"):
            with pytest.raises(Refused) as refused:
                api("GET", path)
            assert refused.value.status == 403
    with pytest.raises(Refused) as refused:
        workload.list("pods", kubernetes.by_token("wrong"))
    assert refused.value.status == 401


def test_kubernetes_tells_how_a_service_reaches_its_pods(workload, network, tmp_path):
    [service] = workload.list("services")
    [slice] = workload.list("endpointslices", selector="kubernetes.io/service-name=open-webui")
    assert service["spec"]["ports"][0]["targetPort"] == slice["ports"][0]["name"] == "http"
    assert [endpoint["conditions"]["ready"] for endpoint in slice["endpoints"]] == [True, True, False]
    assert ({endpoint["targetRef"]["uid"] for endpoint in slice["endpoints"]}
            == {pod["metadata"]["uid"] for pod in workload.list("pods")})
    [address] = slice["endpoints"][0]["addresses"]
    with Replica(tmp_path, network, address, port=slice["ports"][0]["port"]) as replica:
        assert replica.start().wait().api("GET", "/api/version")["version"] == NEWEST


def test_kubernetes_keeps_a_stateful_set_of_servers_of_one_machine(kubernetes):
    """A slice can't name an address of the loopback network, so another stands for it there."""
    workload = kubernetes.workload(NEWEST).deploy(2, kind="statefulsets")
    for port in (8080, 8081):
        workload.pod("127.0.0.1", port=port)
    workload.service().slice("192.0.2.2", "192.0.2.3").budget(maxUnavailable=1).autoscaler(1, 2, "StatefulSet")
    assert [pod["metadata"]["name"] for pod in workload.list("pods")] == ["open-webui-0", "open-webui-1"]
    assert [slice["ports"][0]["port"] for slice in workload.list("endpointslices")] == [8080, 8081]
    assert workload.list("statefulsets")[0]["status"]["readyReplicas"] == 2


def test_kubeconfig_and_folder_of_a_pod_name_the_same_server(kubernetes, workload, tmp_path):
    token = kubernetes.kubeconfig(tmp_path / "token.yaml", workload.namespace, token=workload.token).read_text()
    certificate = kubernetes.kubeconfig(tmp_path / "certificate.yaml", workload.namespace,
                                        certificate=kubernetes.reader_certificate()).read_text()
    assert kubernetes.url in token and kubernetes.url in certificate and workload.token in token
    assert workload.token not in certificate and ADMIN_TOKEN not in token + certificate
    inside = kubernetes.in_cluster(tmp_path / "pod", workload.namespace, workload.token)
    assert kubernetes.url == f"https://{inside['KUBERNETES_SERVICE_HOST']}:{inside['KUBERNETES_SERVICE_PORT']}"
    assert (tmp_path / "pod/namespace").read_text() == workload.namespace


def test_consul_tells_who_may_know_where_the_replicas_are(consul):
    """Whoever shows no token is told that there are none; only a wrong token is refused."""
    consul.register(1, "127.0.0.2", version=NEWEST).register(2, "127.0.0.3", status="critical")
    consul.register(1, "127.0.0.4", name="other")
    reader = consul.by_token(consul.reader())
    found = {one["Service"]["ID"]: one for one in reader("GET", "/v1/health/service/open-webui")}
    assert {one["Service"]["Address"] for one in found.values()} == {"127.0.0.2", "127.0.0.3"}
    assert found["open-webui-1"]["Service"]["Meta"]["version"] == NEWEST
    assert {check["Status"] for check in found["open-webui-2"]["Checks"]} == {"passing", "critical"}
    assert [one["Service"]["ID"] for one in reader("GET", "/v1/health/service/open-webui?passing=true")] == ["open-webui-1"]
    assert not reader("GET", "/v1/health/service/other") and not consul.by_token()("GET", "/v1/health/service/open-webui")
    with pytest.raises(Refused) as refused:
        consul.by_token("33333333-3333-4333-8333-333333333333")("GET", "/v1/health/service/open-webui")
    assert refused.value.status == 403
