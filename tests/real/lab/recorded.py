"""Many small servers in one process that answer as a healthy replica does: its recorded answers, with a delay. Only for what is about
time and numbers; whether an answer is understood is proved on real replicas."""
import contextlib
import json
import pathlib
import re
import socket
import subprocess
import sys

from lab.parts import NEWEST, TREE
from lab.process import Process

HERE = pathlib.Path(__file__).parent
FILE = HERE / "recorded.json"
PATHS = ("/health", "/ready", "/health/db", "/api/version", "/api/config", "/api/v1/auths/", "/ws/socket.io/?EIO=4&transport=polling",
         "/ws/socket.io/?EIO=4&transport=websocket")
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
# What is another at each request, or secret.
CHANGING = ((rb"(?im)^date: .*\r\n", b""), (rb"(?im)^sec-websocket-accept: .*\r\n", b""), (rb'"sid":"[^"]+"', b'"sid":"SID"'),
            (rb"x-process-time: [\d.]+", b"x-process-time: 0.002"))


def ask(url, path, token=None, headers=None, origin=None):
    """The whole answer as it comes."""
    host, port = url.removeprefix("http://").split(":")
    lines = {"Host": f"{host}:{port}", **(headers or {"Connection": "close"})}
    lines |= {"Authorization": f"Bearer {token}"} if token else {}
    lines |= {"Origin": origin} if origin else {}
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\n{''.join(f'{name}: {value}' + chr(13) + chr(10) for name, value in lines.items())}\r\n".encode())
        connection.settimeout(0.5)
        seen = b""
        with contextlib.suppress(TimeoutError):
            while more := connection.recv(65536):
                seen += more
        return seen


def record(url, key_token):
    """Of a real replica; `key_token` is signed with its key for an account that is not there."""
    found = {path: ask(url, path, token=key_token if path == "/api/v1/auths/" else None) for path in PATHS[:-1]}
    found["/api/v1/auths/ without a token"] = ask(url, "/api/v1/auths/")
    found["/api/v1/auths/ with another key"] = ask(url, "/api/v1/auths/", token="not.a.token")
    found[PATHS[-1]] = ask(url, PATHS[-1], headers=UPGRADE)
    found["without the upgrade"] = ask(url, PATHS[-1])
    return {path: _settled(answer).decode("latin-1") for path, answer in found.items()}


def _settled(answer):
    for what, instead in CHANGING:
        answer = re.sub(what, instead, answer)
    return answer


class Recorded(Process):
    """`count` servers, each `latency` seconds late with its first byte; `urls` are theirs. `key`: tokens signed with it are good."""

    def __init__(self, folder, count, latency=0.0, key=""):
        super().__init__(folder)
        self.listeners = [socket.create_server(("127.0.0.1", 0), backlog=256) for _ in range(count)]
        self.urls = [f"http://127.0.0.1:{one.getsockname()[1]}" for one in self.listeners]
        self.latency, self.key = latency, key

    def __str__(self):
        return f"{len(self.urls)} recorded replicas of {NEWEST}"

    def start(self):
        numbers = [one.fileno() for one in self.listeners]
        told = json.dumps({"sockets": numbers, "latency": self.latency, "key": self.key})
        self.spawn([sys.executable, TREE / "tests/real/lab/run_recorded.py", FILE, told], pass_fds=numbers)
        for one in self.listeners:
            one.close()
        return self

    def wait(self, seconds=20):
        self.wait_ready(lambda: b"200 OK" in ask(self.urls[-1], "/health"), seconds)
        return self
