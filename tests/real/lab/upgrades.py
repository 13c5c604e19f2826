"""A release's own Alembic as a process that upgrades one database after the other: loading it takes 4 s, once."""
import json
import subprocess

from lab import openwebui
from lab.parts import TREE


class Upgrades:
    """`folder` is the release's DATA_DIR; what the migrations say is in its file log. `more` is its environment. End it by leaving
    the context."""

    def __init__(self, release, folder, **more):
        self.folder = folder
        self.log = folder / "log"
        command = [openwebui.python(release), TREE / "tests/real/lab/run_upgrades.py"]
        # The address is only what the release makes an engine for when it is loaded; nothing is read there.
        environment = openwebui.environment(release, folder, DATABASE_URL=f"sqlite:///{folder}/none.db",
                                            ENABLE_DB_MIGRATIONS="false", **more)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, env=environment, cwd=folder, stdin=subprocess.PIPE,
                                             stdout=subprocess.PIPE, stderr=log, text=True)

    def try_to(self, url, target="head"):
        """The error's text, or None after success."""
        print(json.dumps([url, target]), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, f"the upgrades ended:\n{self.log.read_text(errors='replace')[-4000:]}"
        return json.loads(answer)["error"]

    def __call__(self, url, target="head"):
        error = self.try_to(url, target)
        assert error is None, f"{url} to {target}: {error}"
        return url

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()
