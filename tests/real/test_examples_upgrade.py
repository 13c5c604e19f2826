"""examples/upgrade: a cluster of real servers behind nginx is brought from 0.11.4 to 0.12.4 by the script, with the nginx part of
its site.sh; how a server is stopped and started is the test's own."""
import contextlib
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import threading
import types

import psycopg
import pytest
import requests

from lab import births, filling
from lab.backups import Keys, Repository
from lab.filling.site import PASSWORDS
from lab.nginx import Nginx
from lab.openwebui import SECRET_KEY, OpenWebUI
from lab.parts import NEWEST, TREE
from lab.process import free_port
from lab.replica import Replica
from lab.script import Script

OLD, OLD_REVISION, NEW_REVISION = "0.11.4", "d4c1a8e37b62", "0bd252b206fb"
UPGRADE = TREE / "examples/upgrade/upgrade.sh"
SITE = """
. {folder}/site.sh
unset -f owctl
REPLICAS="{replicas}"
NGINX_MEMBERS={nginx.folder}/settings
nginx_reload() {{ kill -HUP {nginx.popen.pid}; sleep 0.5; }}
site_stop() {{ ask stop "$1"; }}
site_start() {{ ask start "$1" "$2"; }}
"""
HERE = types.SimpleNamespace(prefix=(), connected=lambda connection: connection.connect() or connection)


class Fleet:
    """Replicas by their address, nginx before them, and what it answered whenever one was stopped or started. `make(address,
    release)` starts one."""

    def __init__(self, folder, make):
        self.folder, self.make = folder, make
        self.running, self.asked, self.refused = {}, [], 0
        self.addresses = [f"127.0.0.1:{free_port()}" for _ in range(2)]
        self.nginx = Nginx(folder / "nginx", free_port(), [types.SimpleNamespace(url=f"http://{address}") for address in self.addresses])

    def start(self, address, release):
        self._note("start", address)
        if self.refused:
            self.refused -= 1
            return 3
        self.running[address] = self.make(address, release)

    def stop(self, address):
        assert self.is_drained(address)
        self._note("stop", address)
        if address in self.running:
            self.running.pop(address).stop()

    def is_drained(self, address):
        return f"server {address} down;" in (self.nginx.folder / "settings").read_text()

    def _note(self, verb, address):
        self.asked.append((verb, self.addresses.index(address), requests.get(f"{self.nginx.url}/api/version", timeout=10).status_code))

    def site(self, more=""):
        file = self.folder / "site.sh"
        file.write_text(SITE.format(folder=UPGRADE.parent, replicas=" ".join(self.addresses), nginx=self.nginx) + more)
        return file

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.stack.callback(lambda: [server.stop() for server in self.running.values()])
        self.stack.enter_context(self.nginx).start()
        return self

    def __exit__(self, *_):
        self.stack.close()


@pytest.fixture
def repository(owctl, tmp_path):
    return Repository(owctl, tmp_path / "repository", Keys(owctl, tmp_path)).init()


@pytest.fixture
def upgrade(owctl, repository, tmp_path):
    """upgrade(fleet, site, ..): the script, with the settings of `where`."""
    def run(fleet, site, *words, where):
        script = Script(tmp_path / "script", owctl.environment(), start=fleet.start, stop=fleet.stop)
        settings = {"OWCTL_REPLICAS": ",".join(f"http://{address}" for address in fleet.addresses), "WEBUI_URL": fleet.nginx.url,
                    "DRAIN_SECONDS": 1, "WAIT": "60s", **repository.settings, **where}
        return script(UPGRADE, site, *words, **settings)

    return run


def test_cluster_is_upgraded_or_goes_back(owctl, postgresql, postgresql_clusters, redis, repository, upgrade, tmp_path):
    birth = births.of_postgresql(OLD, tmp_path, postgresql)
    where = {"DATABASE_URL": birth.url, "REDIS_URL": redis.url, "WEBUI_SECRET_KEY": SECRET_KEY, "DATA_DIR": birth.data_dir,
             "VECTOR_DB": "pgvector", "PGVECTOR_DB_URL": postgresql_clusters("pgvector").create(), "WEBSOCKET_MANAGER": "redis",
             "ENABLE_DB_MIGRATIONS": "false"}
    with psycopg.connect(birth.url) as connection:
        (birth.data_dir / "uploads").mkdir()
        for [path] in connection.execute("select path from file where path <> ''"):
            shutil.copy(path, birth.data_dir / "uploads")

    def make(address, release):
        folder = tmp_path / f"{release}-{address}"
        folder.mkdir()
        server = OpenWebUI(release, folder, birth.data_dir, **where, **filling.SETTINGS, STATIC_DIR=folder / "static")
        server.port, server.url = int(address.rpartition(":")[2]), f"http://{address}"
        return server.start()

    def revision():
        return owctl("migrate", "status", "-o", "json", env=where).ok().json()["revision"]

    with Fleet(tmp_path, make) as fleet:
        for address in fleet.addresses:  # one by one: the first makes the tables of vectors
            fleet.running[address] = make(address, OLD)
            fleet.running[address].wait()
        fleet.nginx.wait()
        people = OpenWebUI(NEWEST, tmp_path, birth.data_dir)  # never started: what it is asked nginx answers
        people.url = fleet.nginx.url
        token = people.token("bob@example.org", PASSWORDS["bob"])
        chat = people.post("/api/v1/chats/new", {"chat": {"title": "shortly before", "messages": []}}, token).json()["id"]

        def chats():
            with psycopg.connect(birth.url) as connection:
                return connection.execute("select title from chat where id = %s", [chat]).fetchall()

        fleet.refused = 1
        stopped = upgrade(fleet, fleet.site(), NEWEST, where=where).ended(3).said
        assert fleet.asked == [("stop", 0, 502), ("stop", 1, 502), ("start", 0, 502)]
        assert revision() == NEW_REVISION and len(repository.list()) == 2
        assert f"{UPGRADE} {fleet.folder}/site.sh {NEWEST} start" in stopped
        [back] = re.findall("  owctl (backup restore .*)", stopped)
        owctl(*shlex.split(back.replace("KEY-FILE", str(repository.keys.file))), env=where | repository.settings).ok()
        assert revision() == OLD_REVISION and chats() == [("shortly before",)]

        fleet.asked.clear()
        said = upgrade(fleet, fleet.site(), NEWEST, "migrate", where=where).ok().said
        assert fleet.asked == [("start", 0, 502), ("start", 1, 200)]
        assert f"Open WebUI {NEWEST} runs" in said and revision() == NEW_REVISION
        assert not any(map(fleet.is_drained, fleet.addresses))
        assert {server.get("/api/version").json()["version"] for server in fleet.running.values()} == {NEWEST}
        again = people.token("bob@example.org", PASSWORDS["bob"])
        assert people.get(f"/api/v1/chats/{chat}", again).json()["title"] == "shortly before"
        seen = filling.seen(people, birth.made)
        for name, made in birth.made.items():
            assert seen[name] == made, name


def replicas_of(folder):
    """Programs that answer as servers do, which start at once."""
    def make(address, release):
        place = folder / f"{release}-{address}"
        place.mkdir(exist_ok=True)
        host, _, port = address.partition(":")
        return Replica(place, HERE, host, release, int(port)).start().wait()

    return make


# What these tell is whether they answer, and their release.
ONLY = 'owctl() { case "$1 $2" in "health check") command owctl "$@" --only replicas,same-release ;; *) command owctl "$@" ;; esac; }\n'


def test_release_with_the_same_tables_is_rolled_out_and_somebody_always_serves(upgrade, make_sqlite, repository, tmp_path):
    where = {"DATABASE_URL": f"sqlite:///{make_sqlite(NEWEST)}"}
    with Fleet(tmp_path, replicas_of(tmp_path)) as fleet:
        fleet.running = {address: fleet.make(address, "0.12.3") for address in fleet.addresses}
        fleet.nginx.wait()
        over, answers = threading.Event(), []
        fails = f'site_start() {{ case "$1" in {fleet.addresses[1]}) return 3 ;; *) ask start "$1" "$2" ;; esac; }}\n'

        def ask():
            while not over.wait(0.02):
                answers.append(requests.get(f"{fleet.nginx.url}/api/version", timeout=10))

        asking = threading.Thread(target=ask)
        asking.start()
        try:
            stopped = upgrade(fleet, fleet.site(ONLY + fails), NEWEST, where=where).ended(3).said
            assert f"{NEWEST} in_turn\n" in stopped and "the database is as it was" in stopped
            assert upgrade(fleet, fleet.site(ONLY), NEWEST, where=where).ended(64) and len(fleet.asked) == 3
            said = stopped + upgrade(fleet, fleet.site(ONLY), NEWEST, "in_turn", where=where).ok().said
        finally:
            over.set()
            asking.join()
        assert fleet.asked == [("stop", 0, 200), ("start", 0, 200), ("stop", 1, 200), ("stop", 1, 200), ("start", 1, 200),
                               ("stop", 0, 200), ("start", 0, 200)], "the one that is left behind comes first"
        assert {answer.status_code for answer in answers} == {200} and len(answers) > 50
        assert [answers[at].json()["version"] for at in (0, -1)] == ["0.12.3", NEWEST]
        assert re.findall("^== (.*)", said, re.MULTILINE)[:5] == ["look", "backup", "in_turn", "in_turn", "check"]
        assert len(repository.list()) == 1


def test_what_is_in_the_way_is_told_before_anybody_is_stopped(upgrade, make_sqlite, repository, tmp_path):
    file = make_sqlite(OLD)
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("drop table prompt_history")
    with Fleet(tmp_path, replicas_of(tmp_path)) as fleet:
        fleet.running = {address: fleet.make(address, OLD) for address in fleet.addresses}
        fleet.nginx.wait()
        said = upgrade(fleet, fleet.site(ONLY), NEWEST, where={"DATABASE_URL": f"sqlite:///{file}"}).ended(1).said
        assert "prompt_history" in said and "the database is as it was" in said
        assert not fleet.asked and not repository.list()


def test_installation_that_is_not_well_is_left_alone(upgrade, make_sqlite, repository, tmp_path):
    where = {"DATABASE_URL": f"sqlite:///{make_sqlite(OLD)}"}
    with Fleet(tmp_path, replicas_of(tmp_path)) as fleet:
        fleet.running = {fleet.addresses[0]: fleet.make(fleet.addresses[0], OLD)}
        said = upgrade(fleet, fleet.site(ONLY), NEWEST, where=where).ended(2).said
        assert "OW102" in said and not fleet.asked and not repository.list()


def test_who_was_killed_is_gone_on_with_and_the_way_back_stays(upgrade, make_sqlite, repository, tmp_path):
    """Between the migration and its verification."""
    where = {"DATABASE_URL": f"sqlite:///{make_sqlite(OLD)}"}
    killed = ONLY.replace('*)', '"migrate verify") kill -9 $$ ;; *)')
    with Fleet(tmp_path, replicas_of(tmp_path)) as fleet:
        fleet.running = {address: fleet.make(address, OLD) for address in fleet.addresses}
        fleet.nginx.wait()
        upgrade(fleet, fleet.site(killed), NEWEST, where=where).ended(-signal.SIGKILL)
        [_, before] = [snapshot["snapshot"] for snapshot in repository.list()]
        fleet.asked.clear()
        said = upgrade(fleet, fleet.site(ONLY), NEWEST, where=where).ended(64).said
        assert f"{NEWEST} migrate\n" in said and f"backup restore {before} " in said and not fleet.asked
        said = upgrade(fleet, fleet.site(ONLY), NEWEST, "again", where=where).ok().said
        assert f"the way back is {before}" in said and len(repository.list()) == 2
        assert {server.environment["VERSION"] for server in fleet.running.values()} == {NEWEST}
        assert not list(fleet.folder.glob(f"site.sh.{NEWEST}*"))


def test_line_that_nginx_has_otherwise_is_told_and_not_taken_for_drained(tmp_path):
    members = tmp_path / "members"
    members.write_text("server 10.0.0.7:8080 weight=2;\nserver 10.0.0.8:8080;\n")
    lines = f". {UPGRADE.parent}/site.sh; NGINX_MEMBERS={members}; nginx_reload() {{ :; }}; site_drain 10.0.0"
    drained = [subprocess.run(["sh", "-euc", f"{lines}.{host}:8080"], stderr=subprocess.PIPE, check=False) for host in (7, 8, 8)]
    assert [done.returncode for done in drained] == [1, 0, 0] and b'no line "server 10.0.0.7:8080;"' in drained[0].stderr
    assert members.read_text() == "server 10.0.0.7:8080 weight=2;\nserver 10.0.0.8:8080 down;\n"


@pytest.mark.parametrize("words", [(), (NEWEST, "begin")])
def test_wrong_words_are_told(upgrade, tmp_path, words):
    assert "upgrade.sh SITE RELEASE [STEP]" in upgrade(Fleet(tmp_path, None), "site.sh", *words, where={}).ended(64).said


def test_release_that_a_shell_would_run_is_none(upgrade, tmp_path):
    """It comes from whoever starts a pipeline, and goes to the replicas' shells, as root."""
    for release in ("0.12.4; touch x", "$(touch x)", "-x", ""):
        said = upgrade(Fleet(tmp_path, None), "site.sh", release, "start", where={}).ended(64).said
        assert "is no release, as in 0.12.4" in said


def test_replica_that_nginx_does_not_name_is_not_taken_for_drained(tmp_path):
    members = tmp_path / "members"
    members.write_text("server 10.0.0.7:8080 weight=2;\nserver 10.0.0.8:8080;\n")
    drain = f'. {UPGRADE.parent}/site.sh; NGINX_MEMBERS={members}; nginx_reload() {{ :; }}; site_drain "$1"; echo drained'
    for address, said in ("10.0.0.7:8080", ""), ("10.0.0.8:8080", "drained\n"), ("10.0.0.8:8080", "drained\n"):
        done = subprocess.run(["sh", "-ec", drain, "sh", address], capture_output=True, text=True, timeout=60)
        assert done.stdout == said and ("There is no line" in done.stderr) == (not said)
    assert members.read_text() == "server 10.0.0.7:8080 weight=2;\nserver 10.0.0.8:8080 down;\n"
