"""Folders in memory for what is large, short-lived and made of many files: on some disks deleting them takes minutes."""
import os
import pathlib
import shutil
import subprocess
import tempfile

SHARED = "/dev/shm"
ENOUGH = 4 << 30


def scratch_folder(prefix):
    """A new folder, in memory if there is plenty of it and programs may be run from there."""
    return pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir=SHARED if _fits() else None))


def _fits():
    return os.path.isdir(SHARED) and shutil.disk_usage(SHARED).free > ENOUGH and not os.statvfs(SHARED).f_flag & os.ST_NOEXEC


def mount(folder):
    """Mounts a file system in memory on `folder`; False where that is not allowed. What is in it may be a whole Debian."""
    return _fits() and subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755,dev,exec", "owctl", folder], capture_output=True).returncode == 0


def unmount(folder):
    """Lazily, so that a process that is still in there can't keep the run from ending."""
    subprocess.run(["umount", "--lazy", folder], check=True)
