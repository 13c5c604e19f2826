"""The stand-in for a replica (lab/replica.c): a program of one file that answers what needs no account."""
import functools
import http.client
import shutil
import subprocess

from lab.memory import scratch_folder
from lab.parts import NEWEST, TREE
from lab.process import Process
from lab.rest import Rest


@functools.cache
def replica_program():
    """Its content, which is all of a container's file system."""
    folder = scratch_folder("owctl-replica-")
    try:
        subprocess.run(["cc", "-static", "-Os", "-s", "-o", folder / "replica", TREE / "tests/real/lab/replica.c"], check=True)
        return (folder / "replica").read_bytes()
    finally:
        shutil.rmtree(folder)


class Replica(Process):
    """One that listens on an address of a network apart, as a pod does."""

    def __init__(self, folder, network, address, release=NEWEST, port=8080, **environment):
        super().__init__(folder)
        self.network, self.address, self.port = network, address, port
        self.environment = {"HOST": address, "PORT": port, "VERSION": release, **environment}
        self.api = Rest(lambda: network.connected(http.client.HTTPConnection(address, port, timeout=10)))

    def __str__(self):
        return f"the replica at {self.address}"

    def start(self):
        program = self.folder / "replica"
        program.write_bytes(replica_program())
        program.chmod(0o755)
        self.spawn([*self.network.prefix, program], env={name: str(value) for name, value in self.environment.items()})
        return self

    def wait(self):
        self.wait_ready(lambda: self.api("GET", "/api/version"), 10)
        return self
