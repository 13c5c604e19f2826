"""owctl built on a Debian that had nothing but its base, as the quick start does it; and what is packed of it there."""
import contextlib
import datetime
import functools
import pathlib
import re
import shutil
import subprocess

from lab.parts import TREE
from lab.roots import Root

SUITES = {"on 12 with a clean Debian": "bookworm", "on 13 with a clean Debian": "trixie"}
OLDER = "0.0.1-1"


def makefile(name):
    """What the Makefile says that it is."""
    text = (TREE / "Makefile").read_text().replace("\\\n", " ")
    return re.search(rf"^{name} *:= *(.*)$", text, re.MULTILINE)[1].strip()


VERSION = makefile("VERSION")
RELEASED = datetime.datetime.strptime(makefile("DATE"), "%B %d, %Y").replace(tzinfo=datetime.timezone.utc).timestamp()


def copy_tree(target):
    """What a clone would have: the files under version control as they are now, not what was built."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=TREE,
                            check=True, capture_output=True).stdout
    present = b"\0".join(name for name in listed.split(b"\0") if name and (TREE / name.decode()).exists())
    target.mkdir()
    packed = subprocess.run(["tar", "--create", "--null", "--files-from", "-"], cwd=TREE, input=present, check=True, capture_output=True)
    subprocess.run(["tar", "--extract"], cwd=target, input=packed.stdout, check=True)


class CleanBuild:
    """`quickstart` is what came of scripts/quickstart. The root stays as long as this does."""

    def __init__(self, suite, folder):
        self.suite, self.folder, self.root = suite, folder, Root(suite, folder)

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.root)
            self.tree = self.root.folder / "owctl"
            copy_tree(self.tree)
            self.quickstart = self.root.run("/owctl/scripts/quickstart", timeout=580)
            stack.pop_all()
        return self

    def __exit__(self, *_):
        self.root.__exit__()

    def make(self, *words, umask="022", zone="UTC"):
        done = self.root.run("env", f"TZ={zone}", "bash", "-euc", f"umask {umask}; cd /owctl; make -s {' '.join(words)}")
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout.splitlines()[-1]

    @functools.cached_property
    def deb(self):
        """The path of the package."""
        assert self.quickstart.returncode == 0, "the quick start has failed"
        self._need("package")
        return self._kept(self.make("deb"))

    @functools.cached_property
    def older_deb(self):
        """That of an earlier version, which had one page more."""
        page = self.tree / "examples/given-up.txt"
        page.write_text("of an earlier version\n")
        try:
            return self.deb and self._kept(self.make("deb", f"DEB_VERSION={OLDER}"))
        finally:
            page.unlink()

    def _need(self, *purposes):
        done = self.root.run("bash", "-euc", f"cd /owctl; . scripts/lib/say.sh; . scripts/lib/apt.sh; apt_need {' '.join(purposes)}")
        assert done.returncode == 0, done.stderr

    def _kept(self, name):
        return pathlib.Path(shutil.copy(self.tree / name, self.folder))

    def pack_base(self):
        """The process that writes this Debian with what an image is built with, as a tar, to its stdout."""
        self._need("build", "package", "image")
        left_out = ("./owctl", "./proc/*", "./sys/*", "./var/cache/apt/archives/*.deb")
        return subprocess.Popen(["tar", "--create", *(f"--exclude={name}" for name in left_out), "--directory", self.root.folder, "."],
                                stdout=subprocess.PIPE)
