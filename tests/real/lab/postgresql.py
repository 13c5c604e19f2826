"""PostgreSQL: one cluster a version and worker, a fresh database for each test."""
import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess

import psycopg
from psycopg import sql

from lab import memory
from lab.memory import scratch_folder
from lab.parts import part
from lab.process import Process, free_port

VERSIONS = ("debian", "newest")
# In memory syncs cost nothing, and the server is as safe as one should be.
UNSAFE = () if memory.fits() else ("fsync=off", "full_page_writes=off")
QUICK = (*UNSAFE, "synchronous_commit=off", "max_connections=60", "shared_buffers=64MB")


class PostgreSQL(Process):
    """`version` is one of VERSIONS, or "pgvector", which has that extension. The superuser is `owner`, without a password."""

    owner = "owner"
    stop_signal = signal.SIGINT  # its fast shutdown
    quick = QUICK

    def __init__(self, version):
        super().__init__(scratch_folder("owctl-postgresql-"))
        self.version = version
        self.port = free_port()
        self._names = (f"test{number}" for number in itertools.count())
        self._templates = {}

    def __str__(self):
        return f"PostgreSQL ({self.version})"

    def start(self, *settings):
        self._prepare()
        self.settings = settings
        return self.start_again()

    def start_again(self):
        """After it was ended from outside."""
        options = [f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}", *self.quick,
                   *self.settings]
        self.spawn([self.programs / "bin/postgres", "-D", self.folder / "cluster", *(f"-c{option}" for option in options)],
                   **self._as_whom)
        return self

    def start_as_standby_of(self, primary, *settings):
        """A physical one, which is streamed to; `primary` runs with wal_level=replica."""
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            self.folder.chmod(0o700)
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.programs, self._as_whom = primary.programs, primary._as_whom | {"cwd": self.folder}
        subprocess.run([primary.programs / "bin/pg_basebackup", "-D", self.folder / "cluster", "-h", "127.0.0.1", "-p", str(primary.port),
                        "-U", self.owner, "-R", "-c", "fast"], check=True, **self._as_whom)
        self._prepare = lambda: None
        return self.start(*settings)

    def wait(self, seconds=60):
        def answers():
            with contextlib.suppress(psycopg.OperationalError), self.connect("postgres"):
                return True

        self.wait_ready(answers, seconds)
        return self

    def stop(self):
        super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _prepare(self):
        """The server refuses to run as root; and the unprivileged user might not reach the cache in root's home."""
        self.programs = part("postgresql", self.version)
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        self._as_whom = {"cwd": self.folder, "env": environment}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            if self.version != "debian":
                self.programs = shutil.copytree(self.programs, self.folder / "programs", symlinks=True)
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as_whom |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        if self.version == "pgvector":
            environment["LD_LIBRARY_PATH"] = str(self.programs / "lib")
        command = [self.programs / "bin/initdb", "-D", self.folder / "cluster", "-U", self.owner, "-A", "trust", "-E", "UTF8", "-N"]
        with self.log.open("ab") as log:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True, **self._as_whom)

    def url(self, database, user=None):
        return f"postgresql://{user or self.owner}@127.0.0.1:{self.port}/{database}"

    def connect(self, database):
        return psycopg.connect(self.url(database), autocommit=True)

    def execute(self, statement, *names):
        with self.connect("postgres") as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def create(self, template="template0"):
        """A fresh database; its URL."""
        name = next(self._names)
        self.execute("create database {} template {}", name, template)
        return self.url(name)

    def drop(self, *urls):
        """Who is still connected is sent away."""
        for url in urls:
            self.execute("drop database if exists {} with (force)", url.rsplit("/", 1)[1])

    def drop_if_possible(self, url):
        """What a prepared transaction or a replication slot is in stays, and a server that has ended has nothing left."""
        with contextlib.suppress(psycopg.Error):
            self.drop(url)

    def template(self, name, fill):
        """The name of a database that fill(URL) has filled; it can be given to create()."""
        if name not in self._templates:
            self.execute("create database {} template template0", name)
            fill(self.url(name))
            self._templates[name] = True
        return name
