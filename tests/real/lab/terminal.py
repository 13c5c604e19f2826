"""A pseudo-terminal: owctl asks on it, and the test reads and types as a person would."""
import contextlib
import os
import pty
import select
import signal
import termios
import time

from lab.owctl import Owctl, check_sanitizers

# An interactive bash, which twice goes on with what was stopped.
JOB_CONTROL = ("/bin/bash", "--norc", "-ic", '"$@"; echo stopped; fg; echo stopped; fg', "bash")


class Terminal:
    """owctl on a pseudo-terminal of its own, where nobody stands above it but `under`."""

    def __init__(self, owctl, *words, env, under=()):
        self.seen = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup, where the tests run under it, means the tests
            command = Owctl(owctl.home, (*owctl.prefix, *under)).command(*words)
            os.execve(command[0], command, owctl.environment(**env))

    def read_some(self):
        """What it says within a second at most."""
        if select.select([self.fd], [], [], 1)[0]:
            self.seen += os.read(self.fd, 4096)

    def wait_for(self, text):
        limit = time.monotonic() + 30
        while text.encode() not in self.seen:
            assert time.monotonic() < limit, f"{text!r} was not said: {self.seen!r}"
            self.read_some()

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def type(self, text):
        os.write(self.fd, text.encode())

    def close(self):
        """It may have ended."""
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)

    def end(self):
        """The exit status, after everything was read."""
        try:
            while chunk := os.read(self.fd, 4096):
                self.seen += chunk
        except OSError:
            pass  # the other side is closed: Linux says EIO
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        check_sanitizers("on a terminal", self.seen)
        return status
