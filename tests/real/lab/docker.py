"""The Docker Engine: a daemon of the tests' own, containers as Compose makes them, and Swarm services. It runs in a network
apart (lab/network.py): on its way it makes bridges and rules for packets."""
import contextlib
import io
import os
import pathlib
import shutil
import signal
import subprocess
import tarfile
import urllib.parse

from lab.authority import Authority
from lab.memory import scratch_folder
from lab.parts import part
from lab.process import Process, wait_until
from lab.replica import replica_program
from lab.rest import Refused, Rest, UnixConnection, over_tls

REPOSITORY = "ghcr.io/open-webui/open-webui"
SECOND = 1_000_000_000
HEALTHCHECK = {"Test": ["CMD", "/replica", "probe"], "Interval": SECOND // 5, "Timeout": SECOND, "Retries": 2}


class Docker(Process):
    """`host` and `tls_host` are what DOCKER_HOST would be, the latter in the network apart; the folder `certificates` is for
    DOCKER_CERT_PATH. `address` is what the daemon's node says its address is."""

    def __init__(self, network, storage="vfs"):
        super().__init__(scratch_folder("owctl-docker-"))
        self.storage = storage
        self.network, self.address = network, "127.0.0.1"
        self.port = network.free_port()
        self.host, self.tls_host = f"unix://{self.folder}/socket", f"tcp://127.0.0.1:{self.port}"
        self.certificates = self.folder / "certificates"
        self.api = Rest(lambda: UnixConnection(self.folder / "socket"))

    def __str__(self):
        return "dockerd"

    def start(self):
        self.certificates.mkdir()
        authority = Authority(self.folder)
        server = authority.server("server", "127.0.0.1")
        for file, name in zip((authority.certificate, *authority.client("client", "/CN=owctl")), ("ca", "cert", "key")):
            shutil.copy(file, self.certificates / f"{name}.pem")
        self.spawn([*self.network.prefix, part("dockerd") / "sbin/dockerd", f"--storage-driver={self.storage}", "--shutdown-timeout=3",
                    "--data-root", self.folder / "data", "--exec-root", self._runs, "--pidfile", self.folder / "pid",
                    "-H", self.host, "-H", self.tls_host, "--tlsverify", "--tlscacert", authority.certificate,
                    "--tlscert", server[0], "--tlskey", server[1]],
                   env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.folder)})
        return self

    def wait(self):
        self.wait_ready(lambda: self.api("GET", "/_ping") == "OK", 30)
        return self

    def over_tls(self, certificate=True):
        """The same API for who shows a certificate, or shows none."""
        shown = (self.certificates / "cert.pem", self.certificates / "key.pem") if certificate else None
        return Rest(lambda: self.network.connected(over_tls(self.port, self.certificates / "ca.pem", shown)))

    def image(self, tag, files=None, links=None, name=REPOSITORY, changes=('CMD ["/replica"]',)):
        """The name of an image whose program answers as the release that `tag` is, or that has other files, by their path, and
        starts as `changes` say."""
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w") as archive:
            content_of = {"replica": replica_program()} if files is None else files
            # Those that are not told are for nobody but a root with all its rights.
            for folder in sorted({str(parent) for path in content_of for parent in pathlib.PurePath(path).parents} - {"."}):
                entry = tarfile.TarInfo(folder)
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(entry)
            for path, data in content_of.items():
                file = tarfile.TarInfo(path)
                file.mode, file.size = 0o755, len(data)
                archive.addfile(file, io.BytesIO(data))
            for path, target in (links or {}).items():
                link = tarfile.TarInfo(path)
                link.type, link.linkname = tarfile.SYMTYPE, target
                archive.addfile(link)
        query = [("fromSrc", "-"), ("repo", name), ("tag", tag), ("changes", f"ENV VERSION={tag}"), ("changes", "EXPOSE 8080"),
                 *(("changes", change) for change in changes)]
        self.api("POST", f"/images/create?{urllib.parse.urlencode(query)}", content.getvalue(), "application/x-tar")
        return f"{name}:{tag}"

    def container(self, image, project="chat", service="open-webui", number=1, memory=0, cpus=0, restart="unless-stopped",
                  healthcheck=HEALTHCHECK, publish=None, host=False, command=None, folder="/", mounts=(), **environment):
        """Starts one as `docker compose up` does; its id. It listens on 8080 of an address of its own, which `publish`, a port,
        leads to as well; with `host` it has no address, and listens on where HOST and PORT say."""
        mode = "host" if host else self._network_of(project)
        labels = {"project": project, "service": service, "container-number": str(number), "oneoff": "False"}
        ports = {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(publish)}]} if publish else {}
        made = self.api("POST", f"/containers/create?name={project}-{service}-{number}", {
            "Image": image, "Env": [f"{name}={value}" for name, value in environment.items()], "Healthcheck": healthcheck,
            "Cmd": command, "WorkingDir": str(folder),
            "Labels": {f"com.docker.compose.{name}": value for name, value in labels.items()},
            "HostConfig": {"NetworkMode": mode, "RestartPolicy": {"Name": restart}, "Memory": memory, "MemorySwap": memory,
                           "NanoCpus": int(cpus * SECOND), "PortBindings": ports, "Mounts": list(mounts)}})["Id"]
        self.api("POST", f"/containers/{made}/start")
        return made

    def remove(self, container):
        self.api("DELETE", f"/containers/{container}?force=true")

    def _network_of(self, project):
        name = f"{project}_default"
        if name not in {network["Name"] for network in self.api("GET", "/networks")}:
            self.api("POST", "/networks/create", {"Name": name, "Driver": "bridge", "Labels": {
                "com.docker.compose.project": project, "com.docker.compose.network": "default"}})
        return name

    def wait_for_container(self, container, answer, what="healthy", seconds=20):
        """Its description, once answer(description) is true."""
        def asked():
            found = self.api("GET", f"/containers/{container}/json")
            return found if answer(found) else None

        return wait_until(asked, seconds, f"{container} {what}")

    def wait_until_healthy(self, *containers, seconds=20):
        for container in containers:
            self.wait_for_container(container, lambda found: found["State"]["Health"]["Status"] == "healthy", seconds=seconds)

    def start_swarm(self):
        """A swarm of this daemon alone, its manager."""
        where = f"{self.address}:{self.network.free_port()}"
        self.api("POST", "/swarm/init", {"ListenAddr": where, "AdvertiseAddr": where})
        return self

    def service(self, image, name="chat_open-webui", replicas=2, memory=0, healthcheck=HEALTHCHECK, host=False, command=None,
                folder="/", mounts=(), **environment):
        """Starts one, its id. The port of each task is published, as one that is free, on the node that it runs on. With
        `host` tasks listen on what HOST and PORT say: 18081, 18082, .. of the node, by their slot."""
        if host:
            environment = {"PORT": "1808{{.Task.Slot}}"} | environment
        container = {"Image": image, "Env": [f"{key}={value}" for key, value in environment.items()], "HealthCheck": healthcheck,
                     "Args": command, "Dir": str(folder), "Mounts": list(mounts)}
        labels = {"com.docker.stack.namespace": name.split("_")[0], "com.docker.stack.image": image}
        ports = [] if host else [{"Protocol": "tcp", "TargetPort": 8080, "PublishMode": "host"}]
        return self.api("POST", "/services/create", {
            "Name": name, "Labels": labels, "Mode": {"Replicated": {"Replicas": replicas}}, "EndpointSpec": {"Ports": ports},
            "TaskTemplate": {"ContainerSpec": container | {"Labels": labels}, "Networks": [{"Target": "host"}] if host else [],
                             "Resources": {"Limits": {"MemoryBytes": memory}},
                             "RestartPolicy": {"Condition": "any", "Delay": SECOND // 5}}})["ID"]

    def tasks(self, service, state="running"):
        """Those of a service that are in that state."""
        asked = urllib.parse.quote(f'{{"service": ["{service}"]}}')
        return [task for task in self.api("GET", f"/tasks?filters={asked}") if task["Status"]["State"] == state]

    def wait_for_tasks(self, service, number, state="running"):
        return wait_until(lambda: len(found := self.tasks(service, state)) >= number and found, 30, f"{number} tasks {state}")

    @property
    def _runs(self):
        return self.folder / "run"

    def stop(self):
        """Whatever of it still runs if it could not end as it should has its own folder as a word of its command."""
        if self.popen and self.popen.poll() is None:
            with contextlib.suppress(OSError, Refused):
                self.clear()
        super().stop()
        for number in self.left():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        for line in reversed(open("/proc/self/mounts").readlines()):
            if line.split()[1].startswith(f"{self.folder}/"):
                subprocess.run(["umount", "--lazy", line.split()[1]], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def clear(self):
        """Removes services and containers, at once: the daemon would give each its time to end."""
        with contextlib.suppress(Refused):  # it may be in no swarm
            for service in self.api("GET", "/services"):
                self.api("DELETE", f"/services/{service['ID']}")
        for container in self.api("GET", "/containers/json?all=true"):
            with contextlib.suppress(Refused):  # the swarm was quicker
                self.remove(container["Id"])

    def left(self):
        """containerd, its shims, and what they run."""
        found = {}
        for number in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                words = open(f"/proc/{number}/cmdline", "rb").read()
                parent = open(f"/proc/{number}/stat").read().rsplit(")", 1)[1].split()[1]
                found[int(number)] = int(parent), f"{self._runs}/".encode() in words
        own = {number for number, (_, ours) in found.items() if ours}
        while more := {number for number, (parent, _) in found.items() if parent in own} - own:
            own |= more
        return own - {os.getpid()}
