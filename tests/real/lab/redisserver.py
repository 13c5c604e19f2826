"""Redis: one server a worker, emptied for each test."""
import redis

from lab.parts import part
from lab.process import Process, free_port


class Redis(Process):
    def __init__(self, folder):
        super().__init__(folder)
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def __str__(self):
        return "Redis"

    def start(self, *options):
        program = part("redis") / "bin/redis-server"
        self.spawn([program, "--bind", "127.0.0.1", "--port", self.port, "--save", "", "--dir", self.folder, *options])
        return self

    def wait(self, seconds=20):
        def answers():
            try:
                return self.client().ping()
            except redis.ConnectionError:
                return False

        self.wait_ready(answers, seconds)
        return self

    def client(self):
        return redis.Redis.from_url(self.url, decode_responses=True)
