"""Many small servers in one process that answer as a healthy replica does: its recorded answers, with a delay. Only for what is about
time and numbers; whether an answer is understood is proved on real replicas."""
import json
import pathlib
import re
import socket
import sys

from lab.asking import POLLING, TELLS_THE_KEY, UPGRADE, WEBSOCKET, ask
from lab.parts import NEWEST, TREE
from lab.process import Process

FILE = pathlib.Path(__file__).with_name("recorded.json")
PATHS = ("/health", "/ready", "/health/db", "/api/version", "/api/config", TELLS_THE_KEY, POLLING, "/static/custom.css")
# What is another at each request, or secret.
CHANGING = ((rb"(?im)^date: .*\r\n", b""), (rb"(?im)^sec-websocket-accept: .*\r\n", b""), (rb'"sid":"[^"]+"', b'"sid":"SID"'),
            (rb"(?im)^last-modified: .*\r\n", b""), (rb'etag: "\w+"', b'etag: "ETAG"'),
            (rb"x-process-time: [\d.]+", b"x-process-time: 0.002"))


def record(url, key_token):
    """Of a real replica; `key_token` is signed with its key for an account that is not there."""
    found = {path: ask(url, path, token=key_token if path == TELLS_THE_KEY else None) for path in PATHS}
    found[f"{TELLS_THE_KEY} without a token"] = ask(url, TELLS_THE_KEY)
    found[f"{TELLS_THE_KEY} with another key"] = ask(url, TELLS_THE_KEY, token="not.a.token")
    found[WEBSOCKET] = ask(url, WEBSOCKET, headers=UPGRADE)
    found["without the upgrade"] = ask(url, WEBSOCKET)
    return {path: _settled(answer).decode("latin-1") for path, answer in found.items()}


def _settled(answer):
    for what, instead in CHANGING:
        answer = re.sub(what, instead, answer)
    return answer


class Recorded(Process):
    """`count` servers, each `latency` seconds late with its first byte, and those whose numbers are in `slow` as late as that says;
    `urls` are theirs. Tokens that are signed with `key` are good. `instead`: other texts of the same length in all answers."""

    def __init__(self, folder, count, latency=0.0, key="", slow=None, instead=None):
        super().__init__(folder)
        self.listeners = [socket.create_server(("127.0.0.1", 0), backlog=256) for _ in range(count)]
        self.urls = [f"http://127.0.0.1:{one.getsockname()[1]}" for one in self.listeners]
        self.latencies = [(slow or {}).get(number, latency) for number in range(count)]
        self.key, self.instead = key, instead or {}

    def __str__(self):
        return f"{len(self.urls)} recorded replicas of {NEWEST}"

    def start(self):
        numbers = [one.fileno() for one in self.listeners]
        told = json.dumps({"sockets": numbers, "latencies": self.latencies, "key": self.key, "instead": self.instead})
        self.spawn([sys.executable, TREE / "tests/real/lab/run_recorded.py", FILE, told], pass_fds=numbers)
        for one in self.listeners:
            one.close()
        return self

    def wait(self, seconds=20):
        self.wait_ready(lambda: b"200 OK" in ask(self.urls[-1], "/health"), seconds)
        return self
