"""A Docker Engine as one speaks to it in a shell, and owctl's image there."""
import os
import subprocess

from lab.docker import Docker
from lab.parts import TREE, part

# What a container may be kept from, it is.
LOCKED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")


class Engine(Docker):
    """A daemon with what the tests say to it as one would in a shell."""

    @property
    def command(self):
        return part("dockerd") / "bin/docker", "-H", self.host

    def __call__(self, *words, status=0, **options):
        done = subprocess.run([*self.command, *map(str, words)], env=self.environment, capture_output=True, text=True, **options)
        assert done.returncode == status, f"docker {words} ended with {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    @property
    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder)}

    def owctl(self, *words, options=(), status=0):
        return self("run", "--rm", *LOCKED, *options, "owctl", *words, status=status)

    def make_image(self):
        """With what is there: builds see no network."""
        words = ["make", "-s", "image", f"DOCKER={' '.join(map(str, self.command))}", "IMAGE_OPTIONS=--network none"]
        done = subprocess.run(words, cwd=TREE, env=self.environment, capture_output=True, text=True, timeout=580)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
