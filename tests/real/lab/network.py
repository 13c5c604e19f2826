"""A network apart from the machine's: addresses there are nobody else's, and what is changed there is gone with it."""
import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import threading

import pytest

from lab.process import die_with_parent, free_port, wait_until

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class Network:
    """Each address of `pods` is one of its own, as those of a cluster's pods would be. A command that starts with `prefix`
    runs in there. `lead_in` is for those in there who need a server of the machine."""

    pods = "10.244.0.0/16"

    def __enter__(self):
        self.popen = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], preexec_fn=die_with_parent(signal.SIGKILL),
                                      stderr=subprocess.PIPE)
        with contextlib.ExitStack() as stack:
            stack.callback(self.__exit__)
            wait_until(self._is_apart, 10, "a network apart")
            self.prefix = ("nsenter", f"--net=/proc/{self.popen.pid}/ns/net")
            for words in ("link set lo up", f"route add local {self.pods} dev lo"):
                subprocess.run([*self.prefix, "ip", *words.split()], check=True)
            stack.pop_all()
        return self

    def connected(self, connection):
        """An http.client connection, from in there."""
        with self.entered():
            connection.connect()
        return connection

    def free_port(self):
        with self.entered():
            return free_port()

    @contextlib.contextmanager
    def lead_in(self, port):
        """That port in there is, meanwhile, the same port of the machine's loopback interface; also for containers, to which
        172.17.0.1 is Docker's end of their line."""
        with self.entered():
            listener = socket.create_server(("0.0.0.0", port))
        with listener:
            threading.Thread(target=_lead, args=(listener, port), daemon=True).start()
            try:
                yield
            finally:
                listener.shutdown(socket.SHUT_RDWR)

    def _is_apart(self):
        if self.popen.poll() is not None:
            pytest.skip(f"needs the right to make a network: {self.popen.stderr.read().decode().strip()}")
        return os.readlink(f"/proc/{self.popen.pid}/ns/net") != os.readlink("/proc/self/ns/net")

    def __exit__(self, *_):
        self.popen.kill()
        self.popen.wait()
        self.popen.stderr.close()

    @contextlib.contextmanager
    def entered(self):
        """What this thread connects meanwhile, it connects from in there."""
        with open("/proc/thread-self/ns/net") as outside, open(f"/proc/{self.popen.pid}/ns/net") as inside:
            _enter(inside)
            try:
                yield
            finally:
                _enter(outside)


def _enter(namespace):
    if _libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _lead(listener, port):
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        try:
            server = socket.create_connection(("127.0.0.1", port))
        except OSError:
            client.close()
            continue
        for ends in ((client, server), (server, client)):
            threading.Thread(target=_pump, args=ends, daemon=True).start()


def _pump(source, drain):
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            drain.sendall(data)
        drain.shutdown(socket.SHUT_WR)
