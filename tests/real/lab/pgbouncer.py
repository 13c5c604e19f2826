"""PgBouncer between owctl and PostgreSQL."""
import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import tempfile

import psycopg
import pytest

from lab.process import Process, free_port


def for_the_server(path, mode=0o600):
    """Files of a server that runs as another user when the tests run as root."""
    path.chmod(mode)
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(path, user.pw_uid, user.pw_gid)
    return path


def written_for_the_server(path, text):
    path.write_text(text)
    return for_the_server(path)


class PgBouncer(Process):
    def __init__(self, folder, server, mode, pool_size=2):
        super().__init__(folder)
        self.port = free_port()
        self.server = server
        self.pool_size = pool_size
        self.users = written_for_the_server(folder / "users", '"owner" ""\n')
        self.settings = self.write_settings(mode)

    def write_settings(self, mode):
        return written_for_the_server(self.folder / "pgbouncer.ini", f"""
[databases]
* = host=127.0.0.1 port={self.server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = trust
auth_file = {self.users}
pool_mode = {mode}
default_pool_size = {self.pool_size}
""")

    def start(self):
        for_the_server(self.folder, 0o700)
        options = {"user": pwd.getpwnam("postgres").pw_uid} if os.geteuid() == 0 else {}
        self.spawn([shutil.which("pgbouncer", path="/usr/sbin:/usr/bin"), self.settings], cwd=self.folder, **options)
        return self

    def change(self, mode):
        self.write_settings(mode)
        self.popen.send_signal(signal.SIGHUP)

    def url(self, database):
        return f"postgresql://owner@127.0.0.1:{self.port}/{database}"

    def wait(self):
        def answers():
            try:
                psycopg.connect(self.url("postgres")).close()
                return True
            except psycopg.OperationalError as error:
                raise OSError from error

        self.wait_ready(answers, 10)
        return self


@contextlib.contextmanager
def pooled(server, mode, **options):
    """A pooler before `server`, with pool_mode = `mode`."""
    if not shutil.which("pgbouncer", path="/usr/sbin:/usr/bin"):
        pytest.skip("pgbouncer is not installed")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="owctl-pgbouncer-"))
    with PgBouncer(folder, server, mode, **options) as pooler:
        yield pooler.start().wait()
    shutil.rmtree(folder)
