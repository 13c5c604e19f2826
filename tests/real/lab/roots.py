"""A clean Debian in a folder, entered by chroot: what somebody happened to have on the machine does not count there."""
import pathlib
import shutil
import subprocess

from lab import memory
from lab.parts import part


class Root:
    """`debs` is a folder of packages that outlives the root, so that they are fetched once."""

    def __init__(self, suite, folder):
        self.archive = part("roots", suite)
        self.debs = self.archive.parent / "debs"
        self.folder = folder / suite
        self.packages = self.folder / "var/cache/apt/archives"

    def __enter__(self):
        self.folder.mkdir()
        self.in_memory = memory.mount(self.folder)
        subprocess.run(["tar", "--extract", "--zstd", "--file", self.archive, "--directory", self.folder], check=True)
        self.debs.mkdir(exist_ok=True)
        _copy_files(self.debs, self.packages)
        _copy_host_network(self.folder)
        return self

    def __exit__(self, *_):
        _copy_files(self.packages, self.debs)
        if self.in_memory:
            memory.unmount(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *command, timeout=280):
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8"}
        return subprocess.run(["chroot", self.folder, *command], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=timeout)


def _copy_files(source, target):
    """Other runs may do the same at the same time, so each file appears whole."""
    for path in source.glob("*.deb"):
        if not (target / path.name).exists():
            part_of_it = target / f".{path.name}.{target.stat().st_ino}"
            shutil.copyfile(path, part_of_it)
            part_of_it.rename(target / path.name)


def _copy_host_network(root):
    """How this machine finds names, and what its apt was told about proxies and certificates."""
    for path in (pathlib.Path("/etc/resolv.conf"), pathlib.Path("/etc/hosts"), *_apt_settings()):
        shutil.copyfile(path, root / path.relative_to("/"))


def _apt_settings():
    for path in pathlib.Path("/etc/apt/apt.conf.d").iterdir():
        if any(word in path.read_text() for word in ("Proxy", "Acquire::Check", "CaInfo")):
            yield path
