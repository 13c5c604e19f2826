"""db-probe: the database layer by hand (tests/real/db_probe.c). One call, one answer; the test says what comes when."""
import json
import os
import pathlib
import re
import signal
import subprocess
import time

from lab.owctl import binary
from lab.process import wait_until

COLUMNS = ["id", "email", "name", "role", "first", "second", "third"]
TABLE = ("create table people (id text primary key, email text, name text, role text,"
         " first bigint, second bigint, third bigint)")


class Refused(Exception):
    """What owctl would end with."""

    def __init__(self, answer):
        super().__init__(answer["message"])
        self.status = answer["status"]
        self.message = answer["message"]
        self.hint = answer["hint"]


class Probe:
    def __init__(self, program=None, **options):
        # Without a small quarantine the sanitizer keeps what was freed, and no peak of memory would say anything.
        environment = {"PATH": os.environ["PATH"], "ASAN_OPTIONS": "quarantine_size_mb=1", **options.pop("env", {})}
        self.popen = subprocess.Popen([program or binary().parent / "db-probe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, env=environment, text=True, **options)

    def send(self, do, **values):
        self.popen.stdin.write(json.dumps({"do": do, **values}) + "\n")
        self.popen.stdin.flush()

    def answer(self):
        line = self.popen.stdout.readline()
        assert line, f"db-probe ended with {self.popen.wait()}: {self.popen.stderr.read()}"
        answer = json.loads(line)
        if "status" in answer:
            raise Refused(answer)
        return answer

    def __call__(self, do, **values):
        self.send(do, **values)
        return self.answer()

    def open(self, **values):
        self("open", **values)
        return self

    def begin(self, access="read"):
        self("begin", access=access)

    def rows(self, sql, columns, *parameters, **more):
        return self("query", sql=sql, columns=columns, parameters=parameters, **more)["rows"]

    def run(self, sql, *parameters):
        return self("run", sql=sql, parameters=parameters)["changed"]

    def hold(self, number=7):
        """Who has the lock of this number, in words; None: this probe has it now."""
        return self("hold", number=number)["holder"]

    def others(self):
        return self("others")["others"]

    def refused(self, do, **values):
        """The refusal that a command must end with, and the seconds that it took. Whoever refuses says what to do."""
        start = time.monotonic()
        try:
            answer = self(do, **values)
        except Refused as refusal:
            return refusal, time.monotonic() - start
        raise AssertionError(f"{do} was not refused: {answer}")

    def _effort(self):
        """How much it has computed (in clock ticks), and how often it went to sleep."""
        process = pathlib.Path("/proc", str(self.popen.pid))
        times = (process / "stat").read_text().rsplit(")", 1)[1].split()
        sleeps = re.search(r"^voluntary_ctxt_switches:\s*(\d+)", (process / "status").read_text(), re.MULTILINE)
        return int(times[11]) + int(times[12]), int(sleeps[1])

    def send_and_see_at_work(self, do, **values):
        """Sends a command that goes on for long, and waits until it is in the middle of it."""
        ticks, sleeps = self._effort()
        self.send(do, **values)

        def at_work():
            now = self._effort()
            return now[0] > ticks + 20 or now[1] > sleeps + 10

        wait_until(at_work, 20, f"db-probe was not seen at work on {do}")

    def interrupted(self, number=signal.SIGTERM):
        """Signals the command that was sent; how many seconds later it gave up."""
        start = time.monotonic()
        self.popen.send_signal(number)
        try:
            answer = self.answer()
        except Refused as refusal:
            assert refusal.status == 130, refusal.message
            return time.monotonic() - start
        raise AssertionError(f"the signal did not interrupt: {answer}")

    def end(self):
        self.popen.stdin.close()
        status = self.popen.wait(20)
        errors = self.popen.stderr.read()
        assert "Sanitizer" not in errors and "runtime error" not in errors, errors
        return status, errors

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        if self.popen.poll() is None and any(failure):
            self.popen.kill()
        if not any(failure) and not self.popen.stdin.closed:
            self.end()
        self.popen.wait()
