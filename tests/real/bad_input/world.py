"""Where a case runs: a folder with a fresh database of the newest release, and owctl without a terminal."""
import atexit
import functools
import os
import pathlib
import shutil
import subprocess
import tempfile

from lab.owctl import Result, binary, check_sanitizers


def _kept_folder():
    """For the whole run."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="owctl-bad-input-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def _template():
    """One database made by owctl itself, copied for each case: no other part is needed."""
    folder = _kept_folder()
    command = [binary(), "migrate", "up", "--database", folder / "webui.db", "--audit-log", folder / "audit"]
    subprocess.run(command, check=True, capture_output=True, env={"HOME": str(folder)})
    command = [binary(), "user", "create", "root@example.org", "--no-password", "--role", "admin", "--database", folder]
    subprocess.run([*command, "--audit-log", folder / "audit"], check=True, capture_output=True, env={"HOME": str(folder)})
    return folder / "webui.db"


@functools.cache
def _program_for_all():
    folder = _kept_folder()
    folder.chmod(0o755)
    return shutil.copy(binary(), folder)


class World:
    """`folder` may be entered by everybody, so that a case can run as an unprivileged user; `empty` is its TMPDIR."""

    def __init__(self, folder):
        self.folder = folder
        self.empty = folder / "tmp"
        self.empty.mkdir(mode=0o777)
        self.empty.chmod(0o777)
        self.names = {"folder": folder, "db": folder / "webui.db"}

    @functools.cached_property
    def db(self):
        shutil.copyfile(_template(), self.folder / "webui.db")
        return self.folder / "webui.db"

    def write(self, name, contents, mode=0o600):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
        path.chmod(mode)
        return path

    def fill(self, word):
        return word.format_map(self.names) if isinstance(word, str) else word

    def environment(self, **more):
        own = {"PATH": os.environ["PATH"], "HOME": self.folder, "TMPDIR": self.empty, "LC_ALL": "C.UTF-8",
               "OWCTL_AUDIT_LOG": "/dev/null"}
        return {name: value for name, value in (own | more).items() if value is not None}

    def command(self, words, program=None):
        return [program or binary(), *(self.fill(word) for word in words)]

    def run(self, words, env=None, stdin=b"", program=None, **options):
        """Without a terminal: a session of its own has none."""
        command = self.command(words, program)
        environment = self.environment(**{name: self.fill(value) for name, value in (env or {}).items()})
        streams = {} if "stdin" in options else {"input": stdin}
        done = subprocess.run(command, env=environment, cwd=options.pop("cwd", self.folder), start_new_session=True,
                              timeout=60, **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams, **options})
        check_sanitizers(command, done.stderr or b"")
        return Result(command, done.returncode, done.stdout or b"", done.stderr or b"")

    def start(self, words, env=None, program=None, **options):
        environment = self.environment(**{name: self.fill(value) for name, value in (env or {}).items()})
        streams = dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return subprocess.Popen(self.command(words, program), env=environment, cwd=self.folder, start_new_session=True,
                                **{**streams, **options})

    def unprivileged(self):
        """Options of run() for a call as nobody, from root; the program where nobody finds it."""
        if os.geteuid() != 0:
            return {}
        return {"user": "nobody", "group": "nogroup", "extra_groups": [], "program": _program_for_all(), "cwd": "/"}
