"""Servers: started on a free port of the loopback interface, waited for, and stopped whatever happens."""
import contextlib
import ctypes
import os
import random
import signal
import socket
import subprocess
import time

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unused_ports(count):
    """Ports that free_port() never gives, for servers that will start later."""
    found = []
    while len(found) < count:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", random.randrange(12000, 32000)))
            found.append(probe.getsockname()[1])
    return found


def wait_until(ready, seconds, what):
    """Calls ready() until it answers something true. It may raise OSError as long as nobody listens."""
    end = time.monotonic() + seconds
    while True:
        try:
            if answer := ready():
                return answer
        except OSError:
            pass
        assert time.monotonic() < end, f"{what} was not ready after {seconds} s"
        time.sleep(0.05)


def sleeps(process):
    """It waits for something, and has done so for a while."""
    def state():
        with open(f"/proc/{process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return fields[0], fields[11], fields[12]

    time.sleep(0.15)
    before = state()
    time.sleep(0.1)
    return before[0] == "S" and state() == before


def die_with_parent(number):
    """For preexec_fn: the process gets that signal when the thread that started it ends."""
    return lambda: _libc.prctl(PR_SET_PDEATHSIG, number)


class Process:
    """A server in a process group of its own. It dies with the thread that started it, so start it in the main thread;
    start() does not wait, so that several can come up at once."""

    stop_signal = signal.SIGTERM

    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "log"
        self.popen = None

    def spawn(self, command, **options):
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          start_new_session=True, preexec_fn=die_with_parent(self.stop_signal), **options)

    def wait_ready(self, ready, seconds):
        def alive_and_ready():
            assert self.popen.poll() is None, f"{self} ended with {self.popen.returncode}:\n{self.tail()}"
            return ready()

        try:
            return wait_until(alive_and_ready, seconds, str(self))
        except AssertionError:
            self.stop()
            raise

    def tail(self, lines=40):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def kill(self):
        """As a crash does."""
        self._end(signal.SIGKILL)

    def stop(self):
        self._end(self.stop_signal)

    def _end(self, number):
        if self.popen is None or self.popen.poll() is not None:
            return
        os.kill(self.popen.pid, number)
        try:
            self.popen.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
