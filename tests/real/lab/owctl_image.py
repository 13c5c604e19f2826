"""An image that has owctl, the libraries that it is linked with, and nothing else: no shell, nothing that is root's own. What the
project's Dockerfile builds is tested elsewhere; this one has the program that the tests are run with."""
import pathlib
import re
import subprocess

from lab.owctl import binary

NAME, TAG = "owctl", "0.1.0"
CHANGES = ('ENTRYPOINT ["owctl"]', "USER 65532:65532", "ENV ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=2")


def owctl_image(docker):
    """Its name. Leaks are looked for elsewhere: that needs rights which a container has not."""
    linked = subprocess.run(["ldd", binary()], capture_output=True, text=True, check=True).stdout
    paths = {binary(): "usr/bin/owctl"} | {path: path.lstrip("/") for path in re.findall(r"(/\S+) \(0x", linked)}
    files = {name: pathlib.Path(path).read_bytes() for path, name in paths.items()}
    return docker.image(TAG, files, name=NAME, changes=CHANGES)
