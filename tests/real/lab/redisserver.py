"""Redis: one server a worker, emptied for each test; sentinels and clusters for those that want them."""
import contextlib
import subprocess

import redis

from lab.parts import part
from lab.process import Process, free_port, wait_until


class Redis(Process):
    def __init__(self, folder):
        super().__init__(folder)
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def __str__(self):
        return "Redis"

    def start(self, *options):
        self.options = options
        return self.start_again()

    def start_again(self):
        """After it was ended from outside."""
        program = part("redis") / "bin/redis-server"
        self.spawn([program, "--bind", "127.0.0.1", "--port", self.port, "--save", "", "--dir", self.folder, *self.options])
        return self

    def wait(self, seconds=20):
        self.wait_ready(self._once_connected(redis.Redis.ping), seconds)
        return self

    def wait_until(self, answer, seconds, what):
        """Calls answer(client) until it is true. A sentinel cuts the connections of a server that it promotes."""
        return wait_until(self._once_connected(answer), seconds, what)

    def client(self):
        return redis.Redis.from_url(self.url, decode_responses=True)

    def _once_connected(self, answer):
        def ask():
            try:
                return answer(self.client())
            except redis.ConnectionError:
                return False

        return ask


class Sentinel(Redis):
    """Watches a master under a name; one vote is enough. All sentinels of an installation have the same port."""

    def __init__(self, folder, host, port):
        super().__init__(folder)
        self.host, self.port = host, port
        self.url = f"redis://{host}:{port}"

    def __str__(self):
        return "Sentinel"

    def start(self, service, master, *lines):
        settings = self.folder / "sentinel.conf"
        settings.write_text("\n".join([f"bind {self.host}\nport {self.port}\ndir {self.folder}",
                                       f"sentinel monitor {service} 127.0.0.1 {master.port} 1",
                                       f"sentinel down-after-milliseconds {service} 500",
                                       f"sentinel failover-timeout {service} 3000", *lines, ""]))
        self.spawn([part("redis") / "bin/redis-server", settings, "--sentinel"])
        return self


class Cluster:
    """Three masters; `url` is that of the first."""

    def __init__(self, folder):
        self.folder = folder
        self.nodes = []

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            for number in range(3):
                folder = self.folder / str(number)
                folder.mkdir()
                node = stack.enter_context(Redis(folder))
                node.start("--cluster-enabled", "yes", "--cluster-port", free_port(), "--cluster-node-timeout", "2000")
                self.nodes.append(node)
            for node in self.nodes:
                node.wait()
            addresses = [f"127.0.0.1:{node.port}" for node in self.nodes]
            subprocess.run([part("redis") / "bin/redis-cli", "--cluster", "create", *addresses, "--cluster-yes"], check=True,
                           capture_output=True, timeout=60)
            for node in self.nodes:
                node.wait_until(lambda client: client.cluster("info")["cluster_state"] == "ok", 30, "the cluster")
            self.url = self.nodes[0].url
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()
