"""A shell script of examples/, whose place for a site's own commands is filled by the test: `ask WORD..`, which is in its PATH,
has the test do something and ends as that did. So servers are started by the thread that also ends them (lab/process.py)."""
import os
import select
import signal
import subprocess
import time
import typing

from lab.owctl import binary, check_sanitizers

ASK = """#!/bin/sh
printf '%s\\n' "$*" >"${0%/*}/asked"
read -r status <"${0%/*}/answered"
exit "$status"
"""


class Ended(typing.NamedTuple):
    rc: int
    said: str

    def ended(self, status):
        assert self.rc == status, f"it ended with {self.rc}, not {status}\n{self.said[-6000:]}"
        return self

    def ok(self):
        return self.ended(0)


class Script:
    """`environment` is that of lab/owctl.py, and owctl is found by its name. `handlers` has by its first word what is to be done:
    a function of the other words, which answers an exit status or None."""

    def __init__(self, folder, environment, **handlers):
        folder.mkdir(exist_ok=True)
        self.folder, self.handlers = folder, handlers
        (folder / "ask").write_text(ASK)
        (folder / "ask").chmod(0o755)
        for name in ("asked", "answered"):
            (folder / name).unlink(missing_ok=True)
            os.mkfifo(folder / name)
        path = f"{folder}:{binary().parent}:{environment['PATH']}"
        self.environment = environment | {"PATH": path}

    def __call__(self, *command, cwd=None, timeout=200, **environment):
        said = self.folder / "said"
        env = self.environment | {name: str(value) for name, value in environment.items()}
        asked, answered = (os.open(self.folder / name, os.O_RDWR | os.O_NONBLOCK) for name in ("asked", "answered"))
        try:
            with said.open("wb") as out:
                process = subprocess.Popen([str(word) for word in command], env=env, cwd=cwd or self.folder, start_new_session=True,
                                           stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
            self._serve(process, asked, answered, time.monotonic() + timeout)
        finally:
            os.close(asked)
            os.close(answered)
        content = said.read_bytes()
        check_sanitizers(command, content)
        return Ended(process.returncode, content.decode())

    def _serve(self, process, asked, answered, end):
        try:
            while process.poll() is None:
                assert time.monotonic() < end, f"it did not end in time\n{(self.folder / 'said').read_text()[-6000:]}"
                if select.select([asked], [], [], 0.05)[0]:
                    verb, *words = os.read(asked, 4096).decode().split()
                    os.write(answered, b"%d\n" % (self.handlers[verb](*words) or 0))
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
