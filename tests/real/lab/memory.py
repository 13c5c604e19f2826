"""Folders in memory for what is large, short-lived and made of many files: on some disks deleting them takes minutes. And for all
that tests write: a disk would be waited for at each of the hundred thousands of commits."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

SHARED = "/dev/shm"
ENOUGH = 4 << 30


def scratch_folder(prefix):
    """A new folder, in memory if there is plenty of it and programs may be run from there."""
    return pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir=SHARED if fits() else None))


def fits():
    return os.path.isdir(SHARED) and shutil.disk_usage(SHARED).free > ENOUGH and not os.statvfs(SHARED).f_flag & os.ST_NOEXEC


def mount(folder):
    """Mounts a file system in memory on `folder`; False where that is not allowed. What is in it may be a whole Debian."""
    return fits() and subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755,dev,exec", "owctl", folder], capture_output=True).returncode == 0


def unmount(folder):
    """Lazily, so that a process that is still in there can't keep the run from ending."""
    subprocess.run(["umount", "--lazy", folder], check=True)


@contextlib.contextmanager
def large_disk():
    """A folder that is not in memory."""
    disk = "/var/tmp"
    if subprocess.check_output(["stat", "--file-system", "--format=%T", disk], text=True).strip() in ("tmpfs", "ramfs"):
        pytest.skip(f"{disk} is no disk")
    with tempfile.TemporaryDirectory(prefix="owctl-", dir=disk) as folder:
        yield pathlib.Path(folder)


@contextlib.contextmanager
def small_disk(folder, megabytes=1):
    """A file system of its own."""
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("needs the right to mount a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
