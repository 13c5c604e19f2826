"""systemd itself, as the first process of namespaces of its own, on this machine's files, with units of the tests' alone: what it
makes of a unit is then known, and not believed."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

from lab.memory import scratch_folder
from lab.owctl import binary
from lab.parts import part
from lab.process import wait_until

UNITS = "/etc/systemd/lab"
JOURNAL = ("systemd-journald.service", "systemd-journald.socket", "systemd-journald-dev-log.socket")
TARGETS = ("sysinit", "basic", "shutdown", "sockets", "timers", "network-online", "umount", "local-fs", "final")
# Private are all folders that systemd or a service writes to. Standard error is the log of what goes wrong before there is a journal.
SCRIPT = """
set -e
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mkdir /run/etc /run/lock && cp -a /etc/. /run/etc && mount --bind /run/etc /etc
mkdir -p /srv && mount --bind "$1/srv" /srv
for folder in /tmp /var/tmp /var/cache /var/log /var/lib/systemd /usr/local/bin /home; do mount -t tmpfs tmpfs $folder; done
cp -a "$1/bin/." /usr/local/bin
mkdir -p /etc/systemd/lab /etc/owctl && cp -a "$1/units/." /etc/systemd/lab && cp -a "$1/etc/." /etc/owctl
echo "open-webui:x:$2:$2::/nonexistent:/usr/sbin/nologin" >>/etc/passwd
echo "open-webui:x:$2:" >>/etc/group
rm -f /etc/machine-id && printf '%032x\n' 4711 >/etc/machine-id
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /mnt
for name in null zero full random urandom tty; do cp -a /dev/$name /mnt/$name; done
ln -s /proc/self/fd /mnt/fd && ln -s pts/ptmx /mnt/ptmx && mkdir /mnt/shm /mnt/pts && mount --move /mnt /dev
chmod 1777 /tmp /var/tmp /dev/shm
mount --make-rshared /
exec env -i container=tests SYSTEMD_UNIT_PATH=/etc/systemd/lab PATH=/usr/local/bin:/usr/bin:/bin \\
    /lib/systemd/systemd --unit=lab.target --log-target=journal --show-status=no
"""


class Systemd:
    """`folder` has the folders srv (/srv of the services), units, bin (/usr/local/bin) and etc (/etc/owctl), to be filled before
    start(); `uid` is that of the user open-webui."""

    uid = 64123

    def __init__(self):
        part("systemd")
        self.folder = scratch_folder("owctl-systemd-")
        for name in ("srv", "units", "bin", "etc"):
            (self.folder / name).mkdir()
        shutil.copy(binary(), self.folder / "bin/owctl")
        for name in JOURNAL:
            shutil.copy(f"/lib/systemd/system/{name}", self.folder / "units")
        for name in TARGETS:
            (self.folder / f"units/{name}.target").write_text("[Unit]\nDescription=of the tests\nDefaultDependencies=no\n")
        (self.folder / "units/lab.target").write_text(f"[Unit]\nDescription=of the tests\nRequires={' '.join(JOURNAL)}\n")
        self.group = None

    def __enter__(self):
        return self

    def start(self):
        self.group = self._make_group()
        inside = ["unshare", "--mount", "--pid", "--ipc", "--uts", "--cgroup", "--fork", "--kill-child", "sh", "-c", SCRIPT, "-"]
        self.popen = subprocess.Popen(["sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', self.group, *inside, self.folder, str(self.uid)],
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        wait_until(self._is_up, 60, "systemd")
        return self

    def _make_group(self):
        mounts = [line.split() for line in pathlib.Path("/proc/mounts").read_text().splitlines()]
        roots = [pathlib.Path(where) for _, where, kind, *_ in mounts if kind == "cgroup2"]
        if os.getuid() or not roots:
            pytest.skip("needs to be root, and control groups of version 2")
        group = roots[0] / self.folder.name
        group.mkdir()
        return group

    def _first(self):
        """The process id, out here, of who is the first in there."""
        children = pathlib.Path(f"/proc/{self.popen.pid}/task/{self.popen.pid}/children").read_text().split()
        return int(children[0])

    def _is_up(self):
        if self.popen.poll() is not None:
            pytest.skip(f"needs the right to make namespaces: {self.popen.stderr.read().decode().strip()}")
        with contextlib.suppress(IndexError, subprocess.CalledProcessError):
            return self("systemctl", "is-active", "lab.target").stdout.strip() == "active"

    def __call__(self, *command, check=False, **options):
        enter = ["nsenter", f"--target={self._first()}", "--mount", "--pid", "--ipc", "--uts", "--cgroup", "--"]
        return subprocess.run([*enter, *map(str, command)], capture_output=True, text=True, timeout=60, check=check,
                              env={"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}, **options)

    def show(self, unit, *names):
        """The properties of a unit, as texts."""
        said = self("systemctl", "show", unit, *(f"--property={name}" for name in names), check=True).stdout
        return dict(line.split("=", 1) for line in said.splitlines())

    def wait_for(self, unit, seconds=60):
        """Until it does nothing any more; "success" or why it failed."""
        def ended():
            found = self.show(unit, "ActiveState", "Result", "ConditionTimestamp")
            return found["Result"] if found["ActiveState"] in ("inactive", "failed") else None

        return wait_until(ended, seconds, unit)

    def journal(self, *words):
        time.sleep(0.1)
        self("journalctl", "--sync")
        return self("journalctl", "--no-pager", *words, check=True).stdout

    def __exit__(self, *_):
        if self.group:
            with contextlib.suppress(OSError, IndexError):
                os.kill(self._first(), signal.SIGKILL)  # and with it go all in there
            self.popen.communicate(timeout=20)
            wait_until(self._remove_group, 20, f"the end of {self.group}")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _remove_group(self):
        for group in sorted((path for path in [self.group, *self.group.rglob("*")] if path.is_dir()), reverse=True):
            group.rmdir()  # OSError as long as a process is in it
        return True
