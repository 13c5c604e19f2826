"""examples/compose and examples/swarm on a real Docker Engine, by its own clients: the files as they are, owctl and Open WebUI in
containers. What the server's image of gigabytes would have is mounted from this machine (lab/contained.py)."""
import base64
import contextlib
import functools
import http.client
import json
import re
import shutil
import subprocess

import pytest
import yaml

from lab.backups import Keys, Repository
from lab.contained import LINKS
from lab.installation import ADMIN
from lab.openwebui import LEAN, SECRET_KEY, python
from lab.owctl_image import owctl_image
from lab.parts import NEWEST, TREE, part
from lab.process import wait_until
from lab.replica import replica_program
from lab.rest import Rest
from lab.s3 import ROOT

OLD = "0.11.4"
ENDED = ("complete", "failed", "rejected")
PARTS = {"docker-compose": "docker-compose", "docker": "dockerd"}
DATA = "/app/backend/data"
# What upstream's start.sh does of what the examples rely on: the secret key from a file beside it, and the server; or, for less, a
# program that answers as that does, where all is there that it would need.
START = f"""\
cd /app/backend || exit
export WEBUI_SECRET_KEY=$(cat .webui_secret_key) DATA_DIR={DATA}
[ -z "$STANDS_IN" ] || exec /replica ${{{{DATABASE_URL:?}}}} ${{{{REDIS_URL:?}}}} ${{{{WEBUI_SECRET_KEY:?}}}}
exec {{python}} -m uvicorn open_webui.main:app --host 0.0.0.0 --port 8080
"""


@pytest.fixture(scope="module")
def images(dockerd):
    owctl_image(dockerd)
    start = START.format(python=python(NEWEST)).encode()
    dockerd.image(f"v{NEWEST}", {"app/backend/start.sh": start, "replica": replica_program()}, LINKS,
                  changes=('CMD ["bash", "start.sh"]', "WORKDIR /app/backend"))


def of_this_machine():
    """What the server needs beside its image, as a second file of a project or stack."""
    inside = TREE / "tests/real/lab/inside"
    read = ("/usr", "/etc", part("openwebui", NEWEST), inside)
    return {"environment": LEAN | {"PYTHONPATH": str(inside), "PATH": f"{part('openwebui', NEWEST)}/bin:/usr/bin:/bin", "HOME": "/tmp"},
            "volumes": [f"{path}:{path}:ro" for path in map(str, read)]}


@pytest.fixture
def client(docker, images, tmp_path):
    """client(program, .., stdin=..): Docker's own clients, in a folder that has a copy of the example."""
    def run(program, *words, stdin="", status=0):
        environment = {"DOCKER_HOST": docker.host, "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
        done = subprocess.run([part(PARTS[program]) / "bin" / program, *map(str, words)], cwd=run.folder, env=environment, input=stdin,
                              capture_output=True, text=True, timeout=200)
        assert done.returncode == status, f"{words} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    run.folder = tmp_path / "chat"
    return run


@pytest.fixture
def server(docker):
    """server(port): what answers at this port, where the containers are."""
    return lambda port: Rest(lambda: docker.network.connected(http.client.HTTPConnection("127.0.0.1", port, timeout=20)))


def test_compose_migrates_serves_backs_up_and_drills(client, server):
    shutil.copytree(TREE / "examples/compose", client.folder)
    (client.folder / "lab.yaml").write_text(yaml.safe_dump({"services": {"open-webui": of_this_machine()}}))
    compose = functools.partial(client, "docker-compose", "-f", "compose.yaml", "-f", "lab.yaml", "--project-name", "chat")
    run = functools.partial(compose, "run", "--rm", "-T")
    prepared = re.findall(r"^#   (mkdir .*|\(umask .*)$", (client.folder / "compose.yaml").read_text(), re.MULTILINE)
    assert len(prepared) == 2
    subprocess.run(["sh", "-ec", "\n".join(prepared)], cwd=client.folder, check=True)
    try:
        made = run("-v", f"{client.folder}/secrets:/keys", "owctl", "repo", "keys", "/keys/backup_identity", "-o", "json").stdout
        (client.folder / ".env").write_text(f"OWCTL_RECIPIENTS={json.loads(made)['recipient']}\n")
        run("owctl", "repo", "init")
        # An installation of an older release, as an upgrade finds it.
        run("owctl", "migrate", "up", "--to", OLD)
        run("owctl", "user", "create", ADMIN[0], "--role", "admin", "--password-stdin", stdin=ADMIN[1])
        compose("up", "-d")
        ask = server(3000)
        wait_until(lambda: ask("GET", "/health") == {"status": True}, 120, "Open WebUI")
        assert ask("GET", "/api/version")["version"] == NEWEST
        assert ask("POST", "/api/v1/auths/signin", {"email": ADMIN[0], "password": ADMIN[1]})["role"] == "admin"
        assert not run("backup").stdout and not run("drill").stdout
        assert run("health").stdout.startswith("OK: ")
        listed = json.loads(run("owctl", "backup", "list", "-o", "json").stdout)
        assert [one["tags"] for one in listed] == [[]]
    finally:
        compose("down", "--volumes", "--timeout", "1")


class Stack:
    """Jobs of a stack, which `docker service update` runs."""

    def __init__(self, docker, client, name):
        self.docker, self.client, self.name = docker, client, name

    def run(self, job, state="complete"):
        """What it said, once its task has ended so."""
        service = f"{self.name}_{job}"
        before = {task["ID"] for task in self._tasks(service)}
        self.client("docker", "service", "update", "--detach", "--force", "--replicas", "1", service)

        def ended():
            return [task for task in self._tasks(service) if task["ID"] not in before and task["Status"]["State"] in ENDED]

        [task, *_] = wait_until(ended, 60, f"the task of {service}")
        said = self.client("docker", "service", "logs", "--raw", service)
        assert task["Status"]["State"] == state, f"{task['Status']}\n{said.stdout}{said.stderr}"
        return said.stdout + said.stderr

    def _tasks(self, service):
        return [task for task in self.docker.api("GET", "/tasks") if task["ServiceID"] == self._id(service)]

    def _id(self, service):
        return self.docker.api("GET", f"/services/{service}")["ID"]


def test_swarm_runs_jobs_when_they_are_asked_for(client, docker, make_postgresql, postgresql, redis, minio, owctl, tmp_path):
    """Of Open WebUI two stand-ins run, which answer as it does."""
    keys = Keys(owctl, tmp_path)
    account = dict(zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ROOT))
    repository = Repository(owctl, minio.location(minio.bucket(), "open-webui"), keys, account).init()
    url = make_postgresql(OLD)
    host = "172.17.0.1"
    secrets = {"database_url": url.replace("127.0.0.1", host), "redis_url": redis.url.replace("127.0.0.1", host),
               "webui_secret_key": SECRET_KEY,
               "repository": f"[default]\naws_access_key_id = {ROOT[0]}\naws_secret_access_key = {ROOT[1]}\n"}
    for name, value in secrets.items():
        docker.api("POST", "/secrets/create", {"Name": name, "Data": base64.b64encode(value.encode()).decode()})
    changed = {"OWCTL_REPOSITORY": repository.location.replace("127.0.0.1", host), "OWCTL_RECIPIENTS": keys.recipient,
               "WEBUI_URL": "http://127.0.0.1:9"}
    shutil.copytree(TREE / "examples/swarm", client.folder)
    server = of_this_machine()
    server["environment"] |= {"STANDS_IN": "1", "VERSION": NEWEST}
    jobs = {name: {"environment": changed} for name in ("migrate", "backup", "health")}
    (client.folder / "lab.yaml").write_text(yaml.safe_dump({"version": "3.8", "services": jobs | {"open-webui": server}}))
    with contextlib.ExitStack() as stack:
        for port in (postgresql.port, redis.port, minio.port):
            stack.enter_context(docker.network.lead_in(port))
        client("docker", "stack", "deploy", "--resolve-image", "never", "-c", "stack.yaml", "-c", "lab.yaml", "chat")
        jobs = Stack(docker, client, "chat")
        jobs.run("backup")
        assert "migrated" in jobs.run("migrate")
        assert "nothing to do" in jobs.run("migrate")
        assert owctl("migrate", "status", "--check", "--database", url).ok()
        assert [snapshot["tags"] for snapshot in repository.list()] == [[], ["before-migration"]]
        assert f"2 replicas, Open WebUI {NEWEST}" in jobs.run("health", "failed")  # they don't tell of keys and databases
        docker.clear()
