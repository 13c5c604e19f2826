"""A cluster of real replicas of Open WebUI on one PostgreSQL with pgvector and one Redis, healthy as its architecture page has it,
and replicas that are odd in one way each, for the ways in which a cluster breaks.

The first replica starts with the cluster; the others when a fleet first asks for them, side by side. One costs 8 s of a core, so they
are kept for the next fleets, MOST of them; whoever is not of a fleet is parked meanwhile."""
import contextlib
import functools
import itertools

from lab.balancer import Case
from lab.certificates import Certificates
from lab.cluster_kinds import KINDS, PING, SECRET_KEY
from lab.cluster_mutations import stopped
from lab.installation import ADMIN
from lab.openwebui import OpenWebUI
from lab.parking import park, resume
from lab.parts import NEWEST
from lab.postgresql import PostgreSQL
from lab.process import free_port, unused_ports, wait_until
from lab.redisserver import Redis

MOST = 6  # of 390 MB each


class Cluster:
    """`folder` is empty. `ports` are those that a balancer may have: their origins are the ones that the replicas let in."""

    def __init__(self, folder, templates):
        self.folder, self.templates = folder, templates
        self.postgresql = PostgreSQL("pgvector")
        self.redis = Redis(self._new_folder("redis"))
        self.data = self._new_folder("data")  # of all replicas, as on a volume that they share
        self.redis_tls_port = free_port()
        self.ports = unused_ports(4)
        self.next_port = itertools.cycle(self.ports).__next__
        self.databases = {}
        self.running = {}  # by kind, those that were asked for last at the end

    @functools.cached_property
    def certificates(self):
        return Certificates(self._new_folder("certificates"))

    def _new_folder(self, name):
        folder = self.folder / name
        folder.mkdir()
        return folder

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.postgresql).start("max_connections=200", "wal_level=replica")
            stack.enter_context(self.redis).start(*self._redis_tls())
            stack.callback(self._stop_all)
            self.postgresql.wait()
            self.redis.wait()
            self.databases["main"] = self.database(NEWEST)
            # Alone: two that start on an empty config table both fill it, and one of them fails.
            self.sign_up(self._start("good").wait())
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def _stop_all(self):
        for name in list(self.running):
            self.retire(name)

    def _redis_tls(self):
        chain = self.certificates("good")
        return ["--tls-port", self.redis_tls_port, "--tls-cert-file", chain, "--tls-key-file", chain.with_suffix(".key"),
                "--tls-ca-cert-file", self.certificates.authority, "--tls-auth-clients", "no"]

    @property
    def redis_over_tls(self):
        """The same Redis; who asks must trust certificates.authority."""
        return f"rediss://localhost:{self.redis_tls_port}/0"

    def database(self, release):
        return self.templates.postgresql(self.postgresql, release, self.folder)

    def sign_up(self, replica):
        assert replica.signup("Ada", *ADMIN).json()["role"] == "admin"

    def settings(self, url):
        """Of a replica as it should be, whose database is at `url`."""
        origins = [f"{address}:{port}" for address in ("http://127.0.0.1", "https://localhost") for port in self.ports]
        return {"DATABASE_URL": url, "REDIS_URL": self.redis.url, "WEBSOCKET_MANAGER": "redis", "VECTOR_DB": "pgvector",
                "WEBUI_SECRET_KEY": SECRET_KEY, "ENABLE_DB_MIGRATIONS": "false", "CORS_ALLOW_ORIGIN": ";".join(origins),
                "WEBUI_SESSION_COOKIE_SECURE": "true", "WEBSOCKET_SERVER_PING_INTERVAL": PING}

    def _start(self, name):
        kind = KINDS[name]
        first = kind.database not in self.databases
        if first:
            self.databases[kind.database] = self.database(kind.release)
        settings = self.settings(self.databases[kind.database]) | kind.settings()
        for absent in kind.without:
            del settings[absent]
        folder = self.folder / f"replica-{name}"
        folder.mkdir(exist_ok=True)
        settings["STATIC_DIR"] = folder / "static"  # as each container has its own
        replica = OpenWebUI(kind.release, folder, self.data, **settings)
        replica.kind, replica.wants_admin, replica.is_parked = name, first, False
        replica.before = kind.before(self.data, folder)
        self.running[name] = replica
        return replica.start()

    def fleet(self, *names):
        """The replicas of these kinds, all of them up, and nobody else. One that has ended is started again."""
        self.running = {name: replica for name, replica in self.running.items() if replica.popen.poll() is None}
        self._send_away(names)
        fresh = [self._start(name) for name in names if name not in self.running]
        for replica in fresh:
            replica.wait()
            if replica.wants_admin:
                self.sign_up(replica)
        for name in names:
            self.running[name] = self.running.pop(name)
            resume(self.running[name])
        self._wait_for_ears()
        return [self.running[name] for name in names]

    def _send_away(self, names):
        for name in [name for name in self.running if name not in names]:
            if self.running[name].release != NEWEST or len(self.running.keys() | set(names)) > MOST:
                self.retire(name)
            elif not self.running[name].is_parked:
                park(self.running[name], self.redis, self.postgresql)

    def listening(self):
        """How many replicas hear what others send through Redis."""
        return self.redis.client().pubsub_numsub("open-webui:tasks:commands")[0][1]

    @contextlib.contextmanager
    def without_redis(self):
        """Those of an old release never listen again, so they are stopped."""
        with stopped(self.redis):
            yield
        for name in [name for name, replica in self.running.items() if replica.release != NEWEST]:
            self.retire(name)
        self._wait_for_ears()

    def _wait_for_ears(self):
        hears = sum("REDIS_URL" in replica.settings and not replica.is_parked for replica in self.running.values())
        wait_until(lambda: self.listening() == hears, 30, "what the replicas hear through Redis")

    @contextlib.contextmanager
    def without(self, name):
        """A replica of this kind has ended, and nobody listens at its address."""
        self.running[name].stop()
        yield

    def retire(self, name):
        resume(self.running[name])
        self.running.pop(name).stop()

    def environment(self, fleet, balancer=None, **more):
        """What owctl is told: what the replicas are, and where they and their balancer answer."""
        of_replica = self.settings(self.databases["main"])
        told = {name: of_replica[name] for name in ("DATABASE_URL", "REDIS_URL", "WEBSOCKET_MANAGER", "VECTOR_DB", "WEBUI_SECRET_KEY",
                                                    "CORS_ALLOW_ORIGIN", "WEBUI_SESSION_COOKIE_SECURE")}
        told |= {"DATA_DIR": self.data, "OWCTL_REPLICAS": ",".join(replica.url for replica in fleet)}
        if balancer:
            told["WEBUI_URL"] = balancer.url
            if balancer.authority:
                told["SSL_CERT_FILE"] = balancer.authority
        return told | more

    def balanced(self, kind, folder, fleet, certificate=None, redirect=False, **case):
        """A balancer before the fleet, to be started: `kind` is Nginx or HAProxy, `certificate` a name of lab/certificates.py,
        `case` what else lab/balancer.py's Case has."""
        chain = certificate and self.certificates(certificate)
        case = Case(certificate=chain, redirect=self.next_port() if redirect else 0, **case)
        return kind(folder, self.next_port(), fleet, case, chain and self.certificates.authority)
