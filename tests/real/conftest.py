"""Fixtures: owctl itself, and the real parts that it is proved against. The parts are in lab/, one module each.

What a run makes once (template databases) all workers share; servers that many tests use live as long as their worker.
"""
import contextlib
import os
import signal
import subprocess

import pytest

from lab import azurite as azure
from lab import memory
from lab.cluster import Cluster
from lab.consul import Consul
from lab.docker import Docker
from lab.gcs import FakeGCS, XmlApi
from lab.health import Findings, status_of, table
from lab.installation import ADMIN, Installation
from lab.once import Once
from lab.kubernetes import Kubernetes
from lab.network import Network
from lab.openwebui import OpenWebUI
from lab.owctl import Owctl, binary
from lab.parts import NEWEST, RELEASES
from lab.postgresql import VERSIONS, PostgreSQL
from lab.probe import Probe
from lab.redisserver import Redis
from lab.revisions import Revisions
from lab.s3 import ROOT, MinIO, Versitygw
from lab.schedule import Schedule
from lab.sftp import Sshd
from lab.store import StoreProbe
from lab.templates import Templates
from lab.upgrades import Upgrades


def pytest_xdist_make_scheduler(config, log):
    return Schedule(config, log)


def pytest_collection_modifyitems(items):
    """Tests that start a server of their own come first: one of them at the end would leave the other workers idle."""
    items.sort(key=lambda item: "start_openwebui" not in item.fixturenames)


def pytest_configure():
    """A run that is told to stop cleans up as it does after Ctrl-C. Its files are in memory, if there is plenty of it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if memory.fits():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", memory.SHARED)


def pytest_terminal_summary(terminalreporter):
    """For `make health-matrix`: the classes of failure that tests have made, and what was found of each."""
    reports = [report for some in terminalreporter.stats.values() for report in some if getattr(report, "when", "") == "call"]
    classes = [value for report in reports for name, value in report.user_properties if name == "health"]
    others = [(report.nodeid.rpartition("/")[2], report.outcome) for report in reports
              if "test_health_" in report.nodeid.partition("::")[0] and "health" not in dict(report.user_properties)]
    if classes and "HEALTH_MATRIX" in os.environ:
        terminalreporter.write_line("\n" + table(classes, others))


@pytest.fixture
def finds(owctl, record_property):
    """finds("name of the state", {"OW202": {subject, ..}}, environment, *words): `owctl health check` finds exactly this above info,
    and ends with the status for it; `subject` None: the whole. Returns all findings."""
    def finds(name, expected, environment, *words):
        findings = Findings(owctl("health", "check", "-o", "json", *words, env=environment))
        found = findings.counting
        pairs = [[[code, subject] for code, subjects in some.items() for subject in subjects] for some in (expected, found)]
        record_property("health", {"class": name, "expected": pairs[0], "found": pairs[1]})
        assert found == expected, findings.of("warning", "critical")
        assert not findings.of("unknown")
        assert findings.status == status_of(findings)
        return findings

    return finds


@pytest.fixture
def probe():
    """The database drivers by hand."""
    with Probe() as probe:
        yield probe


@pytest.fixture
def held_for_migrations(probe):
    """held_for_migrations(url): nobody else can migrate it meanwhile. Yields what lets go of it."""
    number = int.from_bytes(b"owctl")

    @contextlib.contextmanager
    def hold(url):
        path = url.removeprefix("sqlite:///")
        probe.open(**({"postgresql": url} if path == url else {"sqlite": path}))
        assert probe.hold(number) is None
        yield lambda: probe("release", number=number)

    return hold


@pytest.fixture
def owctl(tmp_path):
    if not binary().exists():
        pytest.fail(f"{binary()} is not built")
    home = tmp_path / "home"
    home.mkdir()
    return Owctl(home)


@pytest.fixture
def shell_environment(owctl, tmp_path):
    """owctl is found by its name, as on an operator's machine."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "owctl").symlink_to(binary())
    work = tmp_path / "work"
    (work / "folder").mkdir(parents=True)
    (work / "file.env").touch()
    environment = owctl.environment(TERM="dumb")
    environment["PATH"] = f"{folder}:{environment['PATH']}"
    return environment, work


@pytest.fixture(scope="session")
def once(tmp_path_factory, worker_id):
    """once(name, make): a folder that is made once a run."""
    base = tmp_path_factory.getbasetemp()
    return Once((base if worker_id == "master" else base.parent) / "once")


@pytest.fixture(scope="session")
def templates(once):
    return Templates(once)


@pytest.fixture(scope="session")
def revisions(once):
    return Revisions(once)


@pytest.fixture(params=RELEASES)
def release(request):
    return request.param


@pytest.fixture
def make_sqlite(templates, tmp_path):
    """make_sqlite(release): the path of a webui.db with that release's schema, in a DATA_DIR of its own."""
    def make(release):
        folder = tmp_path / f"data-{release}"
        folder.mkdir()
        return templates.sqlite(release, folder)

    return make


@pytest.fixture(scope="session")
def postgresql_clusters():
    running = {}
    with contextlib.ExitStack() as stack:
        def cluster(version):
            if version not in running:
                running[version] = stack.enter_context(PostgreSQL(version)).start().wait()
            return running[version]

        yield cluster


@pytest.fixture(scope="session")
def postgresql(postgresql_clusters):
    """Debian's PostgreSQL, for tests to which the version does not matter."""
    return postgresql_clusters("debian")


@pytest.fixture(params=VERSIONS)
def each_postgresql(request, postgresql_clusters):
    return postgresql_clusters(request.param)


@pytest.fixture
def make_postgresql(templates, postgresql, tmp_path):
    """make_postgresql(release): the URL of a database with that release's schema; without a release, of an empty one. It goes
    with the test: hundreds of them would fill the memory, and keep autovacuum busy."""
    made = []

    def make(release=None, server=postgresql):
        url = templates.postgresql(server, release, tmp_path) if release else server.create()
        made.append((server, url))
        return url

    yield make
    for server, url in made:
        server.drop_if_possible(url)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory):
    with Redis(tmp_path_factory.mktemp("redis")) as server:
        yield server.start().wait()


@pytest.fixture
def redis(redis_server):
    redis_server.client().flushall()
    return redis_server


@pytest.fixture
def start_openwebui(tmp_path):
    """start_openwebui(release, data_dir=.., DATABASE_URL=.., ..) starts a server and returns at once; wait() waits for it.
    All are stopped after the test."""
    with contextlib.ExitStack() as stack:
        def start(release, data_dir=None, **environment):
            folder = tmp_path / f"openwebui-{len(stack._exit_callbacks)}"
            folder.mkdir()
            return stack.enter_context(OpenWebUI(release, folder, data_dir, **environment)).start()

        yield start


@pytest.fixture(scope="session", params=[*(f"on {release}" for release in RELEASES), f"on {NEWEST} with PostgreSQL"])
def installation(request, templates, tmp_path_factory):
    """A running server of each release whose first administrator, ADMIN, was made by owctl; shared by many tests, which
    use people() of their own."""
    _, release, *engine = request.param.split()
    folder = tmp_path_factory.mktemp("installation")
    if engine:
        postgresql = request.getfixturevalue("postgresql")
        where = {"DATABASE_URL": templates.postgresql(postgresql, release, folder)}
    else:
        where = {"DATA_DIR": folder}
        templates.sqlite(release, folder)
    with _served(release, where, tmp_path_factory.mktemp("home")) as site:
        yield site


@pytest.fixture(scope="session", params=[f"on {NEWEST} with a crowd"])
def crowded(request, templates, tmp_path_factory):
    """A running server on SQLite for tests that make thousands of accounts or start it again: each compares with what it
    found, and leaves a server that was just started."""
    folder = tmp_path_factory.mktemp("crowded")
    templates.sqlite(NEWEST, folder)
    with _served(NEWEST, {"DATA_DIR": folder}, tmp_path_factory.mktemp("home")) as site:
        yield site


@contextlib.contextmanager
def _served(release, where, home):
    site = Installation(Owctl(home), where)
    site.create(ADMIN[0], "--role", "admin", "--name", "Ada", password=ADMIN[1])
    with OpenWebUI(release, home, where.get("DATA_DIR")) as server:
        server.settings = {name: value for name, value in where.items() if name != "DATA_DIR"}
        site.server = server.start().wait()
        yield site


@pytest.fixture(scope="session", params=[f"on {NEWEST} with Alembic"])
def upgrade(request, tmp_path_factory):
    """upgrade(url): upstream's own migrations, one process for all tests."""
    with Upgrades(NEWEST, tmp_path_factory.mktemp("upstream")) as upgrade:
        yield upgrade


@pytest.fixture(scope="session")
def upgrade_by(tmp_path_factory):
    """upgrade_by(release): as upgrade(url), with that release's own migrations."""
    running = {}
    with contextlib.ExitStack() as stack:
        def by(release):
            if release not in running:
                running[release] = stack.enter_context(Upgrades(release, tmp_path_factory.mktemp("upstream")))
            return running[release]

        yield by


@pytest.fixture(scope="session", params=[f"on {NEWEST} with replicas"])
def replicas(request, templates, postgresql, tmp_path_factory):
    """Two servers with one PostgreSQL and one Redis. Their administrator, ADMIN, was the first to sign up."""
    with contextlib.ExitStack() as stack:
        redis = stack.enter_context(Redis(tmp_path_factory.mktemp("redis"))).start().wait()
        url = templates.postgresql(postgresql, NEWEST, tmp_path_factory.mktemp("template"))
        shared = dict(DATABASE_URL=url, REDIS_URL=redis.url, WEBSOCKET_MANAGER="redis", WEBSOCKET_REDIS_URL=redis.url,
                      ENABLE_DB_MIGRATIONS="false")
        # One after the other: two that first start on an empty config table at once both fill it, and one of them fails.
        servers = [stack.enter_context(OpenWebUI(NEWEST, tmp_path_factory.mktemp("replica"), **shared)).start().wait() for _ in range(2)]
        assert servers[0].signup("Ada", *ADMIN).json()["role"] == "admin"
        yield {"DATABASE_URL": url}, servers


@pytest.fixture(scope="session", params=[f"on {NEWEST} with a cluster"])
def cluster(request, templates, tmp_path_factory):
    """Replicas as a test composes them, good ones and odd ones (lab/cluster.py)."""
    with Cluster(tmp_path_factory.mktemp("cluster"), templates) as cluster:
        yield cluster


@pytest.fixture
def balance(cluster, tmp_path):
    """balance(Nginx, fleet, ..): a balancer before the fleet, as Cluster.balanced() has it; it is stopped after the test."""
    with contextlib.ExitStack() as stack:
        def balance(kind, fleet, **case):
            folder = tmp_path / f"balancer-{len(stack._exit_callbacks)}"
            return stack.enter_context(cluster.balanced(kind, folder, fleet, **case)).start().wait()

        yield balance


@pytest.fixture(scope="session")
def s3_servers(tmp_path_factory):
    """Both, started when they are first asked for."""
    running = {}

    def server(kind):
        if kind not in running:
            running[kind] = kind(tmp_path_factory.mktemp("s3")).start().wait()
        return running[kind]

    yield server
    for process in running.values():
        process.stop()


@pytest.fixture
def minio(s3_servers):
    return s3_servers(MinIO)


@pytest.fixture(params=[MinIO, Versitygw], ids=["MinIO", "versitygw"])
def s3_server(request, s3_servers):
    return s3_servers(request.param)


@pytest.fixture(scope="session")
def azurite(tmp_path_factory):
    with azure.Azurite(tmp_path_factory.mktemp("azurite")) as server:
        yield server.start().wait()


@pytest.fixture(scope="session")
def azurite_of_identities(tmp_path_factory):
    """One that takes tokens; it has a certificate that nobody trusts but who has its `authority`."""
    folder = tmp_path_factory.mktemp("azurite")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "private.key", "-out", "public.crt",
                    "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
                   cwd=folder, check=True, capture_output=True)
    with azure.Azurite(folder) as server:
        yield server.start_with_identities(folder).wait()


@pytest.fixture(scope="session")
def gcs(tmp_path_factory):
    """fake-gcs-server behind the XML API that owctl speaks (lab/gcs.py)."""
    with FakeGCS(tmp_path_factory.mktemp("gcs")) as server, XmlApi(server.start().wait()) as api:
        yield api


@pytest.fixture(scope="session")
def sshd():
    with Sshd() as server:
        yield server.start().wait()


@pytest.fixture(scope="session", params=["on 1 with a network apart"])
def network():
    """One apart from the machine's, for orchestrators and replicas."""
    with Network() as network:
        yield network


@pytest.fixture
def owctl_apart(owctl, network):
    """owctl in there."""
    return Owctl(owctl.home, network.prefix)


@pytest.fixture(scope="session")
def dockerd(network):
    """A daemon that is also the manager of a swarm."""
    with Docker(network) as daemon:
        yield daemon.start().wait().start_swarm()


@pytest.fixture
def docker(dockerd):
    """Nothing runs there after the test: each container has a program started five times a second that looks whether it is well."""
    yield dockerd
    dockerd.clear()


@pytest.fixture(scope="session")
def kubernetes(tmp_path_factory, network):
    with Kubernetes(tmp_path_factory.mktemp("kubernetes"), network) as server:
        yield server.start().wait()


@pytest.fixture(scope="session")
def consul(tmp_path_factory):
    with Consul(tmp_path_factory.mktemp("consul")) as agent:
        yield agent.start().wait()


@pytest.fixture
def start_store(tmp_path):
    probes = []

    def start(**environment):
        probes.append(StoreProbe(tmp_path, **environment))
        return probes[-1].__enter__()

    yield start
    for probe in probes:
        probe.__exit__(None, None, None)


@pytest.fixture
def open_store(start_store):
    """open_store(location, ..): a store-probe that has it open, with the root's keys, or that of the account."""
    def opened(location, key=ROOT[0], secret=None, environment=None, **options):
        if secret is None and key:
            secret = azure.KEY if location.startswith("azure:") else ROOT[1]
        probe = start_store(**(environment or {}))
        probe("open", location=location, key=key, secret=secret, **options)
        return probe

    return opened
