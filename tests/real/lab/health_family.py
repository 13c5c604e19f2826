"""What `owctl health check` finds, and a PostgreSQL whose clock can jump."""
import contextlib
import os
import pwd
import shutil
import subprocess

import psycopg

from lab.owctl import binary
from lab.postgresql import PostgreSQL
from lab.process import wait_until

NOBODY = "http://127.0.0.1:1"  # there is no replica
BAD = {"critical", "warning", "unknown"}


def rows(owctl, family, *words, env=None):
    return owctl("health", "check", "--only", family, "--replica", NOBODY, "-o", "json", *words, env=env).json()


def found(owctl, family, *words, env=None, states=BAD):
    """All that is above info: {code: [row, ..]}."""
    codes = {}
    for row in rows(owctl, family, *words, env=env):
        if row["state"] in states:
            codes.setdefault(row["code"], []).append(row)
    return codes


def only(codes, code, count=1):
    """The rows of the one code that is among them."""
    assert set(codes) == {code}, codes
    assert len(codes[code]) == count, codes
    return codes[code][0] if count == 1 else codes[code]


class Jumping(PostgreSQL):
    """A server that is as safe as one should be, and whose clock jumps."""

    quick = ("shared_buffers=64MB",)

    def _prepare(self):
        super()._prepare()
        subprocess.run([self.programs / "bin/pg_checksums", "--enable", "-D", self.folder / "cluster"], check=True,
                       capture_output=True, **self._as_whom)
        library, clock = self.folder / "cut-off.so", self.folder / "ahead"
        shutil.copy(binary().parent / "cut-off.so", library)
        clock.write_text("0")
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            for file in library, clock:
                os.chown(file, user.pw_uid, user.pw_gid)
        self._as_whom["env"] |= {"LD_PRELOAD": str(library), "CLOCK_FILE": str(clock)}

    @contextlib.contextmanager
    def jumped(self, seconds):
        (self.folder / "ahead").write_text(str(seconds))
        try:
            yield
        finally:
            (self.folder / "ahead").write_text("0")

    @contextlib.contextmanager
    def set(self, **settings):
        """For the time of a test, as ALTER SYSTEM and a reload do."""
        for name, value in settings.items():
            self.execute(f"alter system set {name} = '{value}'")
        self._reload()
        try:
            yield
        finally:
            for name in settings:
                self.execute(f"alter system reset {name}")
            self._reload()

    def _reload(self):
        """A new session has it, once the postmaster has read it."""
        def when(connection):
            return connection.execute("select pg_conf_load_time()").fetchone()

        with self.connect("postgres") as connection:
            before = when(connection)
            connection.execute("select pg_reload_conf()")

        def loaded():
            with self.connect("postgres") as connection:
                return when(connection) != before

        wait_until(loaded, 10, "the configuration")

    def psql(self, url, statement, **options):
        with psycopg.connect(url, autocommit=True, **options) as connection:
            return connection.execute(statement)
