"""OpenSSH's server with internal-sftp, as an account that has no other right; and a cable to it that can be cut."""
import contextlib
import getpass
import os
import pwd
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.parse

import pytest

from lab.memory import scratch_folder
from lab.parts import part
from lab.process import Process, free_port

PASSPHRASE = "a passphrase of the lab"


def _release():
    said = subprocess.run(["ssh", "-V"], capture_output=True, text=True).stderr
    return tuple(int(number) for number in re.match(r"OpenSSH_(\d+)\.(\d+)", said).groups())


class Sshd(Process):
    """Started by root it runs as the account of PostgreSQL, which the lab has as well. Whoever logs in begins in `home`."""

    def __init__(self):
        super().__init__(scratch_folder("owctl-sshd-"))
        self.port = free_port()
        self.user = "postgres" if os.geteuid() == 0 else getpass.getuser()
        self.home, self.keys = self.folder / "home", self.folder / "keys"
        self.known_hosts = self.folder / "known_hosts"
        self.places = 0

    def __str__(self):
        return "sshd"

    def start(self, *settings, command="internal-sftp"):
        programs = part("sshd")
        self.folder.chmod(0o755)
        if not self.home.exists():
            self.home.mkdir()
            self.keys.mkdir()
            self.key("host")
            self.key("id")
            self.trust(self.key("id"))
            self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {self._public('host')}\n")
        lines = [f"Port {self.port}", "ListenAddress 127.0.0.1", f"HostKey {self.keys}/host", "PidFile none", "UsePAM no",
                 "StrictModes no", f"AuthorizedKeysFile {self.folder}/authorized", "PasswordAuthentication no",
                 "KbdInteractiveAuthentication no", "Subsystem sftp internal-sftp", f"ForceCommand {command} -d {self.home}"]
        if _release() >= (9, 8):
            lines.append("PerSourcePenalties no")  # many lines that break off would keep everybody out
        # Of two that say the same the first one counts.
        (self.folder / "sshd_config").write_text("\n".join([*settings, *lines]) + "\n")
        as_whom = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam(self.user)
            as_whom = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            for place in (self.home, self.keys / "host"):
                os.chown(place, account.pw_uid, account.pw_gid)
        self.spawn([programs / "sbin/sshd", "-D", "-e", "-f", self.folder / "sshd_config"], cwd="/", **as_whom)
        return self

    def start_with_password(self, password):
        """As root, in a world of its own where the account has this password."""
        self.start()
        self._end(self.stop_signal)
        hashed = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=password, capture_output=True, text=True, check=True).stdout
        shadow = self.folder / "shadow"
        shadow.write_text(f"{self.user}:{hashed.strip()}:19000:0:99999:7:::\n")
        config = self.folder / "sshd_config"
        config.write_text("PasswordAuthentication yes\nPubkeyAuthentication no\n" + config.read_text())
        script = f"""mount --bind {shadow} /etc/shadow && mount -t tmpfs -o mode=755 run /run && mkdir -m 755 /run/sshd &&
                     exec {part("sshd")}/sbin/sshd -D -e -f {config}"""
        if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
            pytest.skip("needs the right to mount")
        self.spawn(["unshare", "--mount", "sh", "-c", script], cwd="/")
        return self

    def wait(self):
        def listens():
            with socket.create_connection(("127.0.0.1", self.port), 5) as line:
                return line.recv(4) == b"SSH-"

        self.wait_ready(listens, 20)
        return self

    def key(self, name, kind="ed25519", passphrase=""):
        """The path of the secret key of this name, which is made where there is none yet."""
        path = self.keys / name
        if not path.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", path], check=True)
        return path

    def _public(self, name):
        return (self.keys / f"{name}.pub").read_text().strip()

    def trust(self, key):
        with (self.folder / "authorized").open("a") as file:
            file.write(self._public(key.name) + "\n")

    def place(self):
        """A folder of its own that is not there yet: its path on the server, as a location has it."""
        self.places += 1
        return f"./place-{self.places}"

    def location(self, place, port=None, user=None, **parameters):
        files = {"identity": self.keys / "id", "known-hosts": self.known_hosts, "config": "/dev/null", **parameters}
        query = urllib.parse.urlencode({name: str(value) for name, value in files.items() if value},
                                       quote_via=urllib.parse.quote)
        return f"sftp://{user or self.user}@127.0.0.1:{port or self.port}/{urllib.parse.quote(place)}?{query}"

    def stop(self):
        super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Cable:
    """A port that leads to another one. cut_after(bytes, "up" or "down") cuts the connection over which that many bytes have
    gone from now on that way, once for each call; what is under way then is lost."""

    def __init__(self, port):
        self._port, self._cuts, self._lock = port, [], threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.connections, self.still = 0, False

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.close()

    def cut_after(self, size, way):
        with self._lock:
            self._cuts.append([size, way])

    def is_whole(self):
        """All cuts were made."""
        return not self._cuts

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                server = socket.create_connection(("127.0.0.1", self._port))
            except OSError:
                client.close()
                continue
            for ends in ((client, server, "up"), (server, client, "down")):
                threading.Thread(target=self._pump, args=ends, daemon=True).start()

    def _passes(self, data, way):
        """What of it comes through, and whether the line is cut behind that."""
        with self._lock:
            if not self._cuts or self._cuts[0][1] != way:
                return data, False
            left = self._cuts[0][0]
            if len(data) < left:
                self._cuts[0][0] -= len(data)
                return data, False
            self._cuts.pop(0)
            return data[:left], True

    def _pump(self, source, sink, way):
        with contextlib.suppress(OSError):
            over = False
            while not over and (data := source.recv(16384)):
                while self.still:
                    time.sleep(0.05)
                passed, over = self._passes(data, way)
                sink.sendall(passed)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
