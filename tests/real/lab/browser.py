"""Chromium, told what to do by its DevTools protocol over a pair of pipes: no port that others could come to."""
import base64
import contextlib
import itertools
import json
import os
import select
import sys
import time

from lab.parts import part
from lab.process import Process

PATIENCE = 30
# It reads from 3 and writes to 4.
PIPES = """import fcntl, os, sys
ours = [fcntl.fcntl(int(one), fcntl.F_DUPFD_CLOEXEC, 10) for one in sys.argv[1:3]]
for one, theirs in zip(ours, (3, 4)):
    os.dup2(one, theirs)
os.execv(sys.argv[3], sys.argv[3:])"""


class Browser(Process):
    def __init__(self, folder):
        super().__init__(folder)
        self.numbers, self.buffer, self.events = itertools.count(1), b"", []

    def __str__(self):
        return "Chromium"

    def start(self):
        words = ["--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage", "--force-color-profile=srgb",
                 f"--user-data-dir={self.folder}/profile", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        reads, self.write_end = os.pipe()
        self.read_end, writes = os.pipe()
        self.spawn([sys.executable, "-c", PIPES, reads, writes, part("chromium"), *words], pass_fds=(reads, writes),
                   env=dict(PATH=os.environ["PATH"], HOME=str(self.folder), LANG="C.UTF-8"))
        os.close(reads)
        os.close(writes)
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            os.close(self.write_end)
        super().__exit__()
        os.close(self.read_end)

    def call(self, method, session=None, **params):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + PATIENCE
        while (answer := self._receive(end)).get("id") != number:
            self.events.append(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def _receive(self, end):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.read_end], [], [], max(0, end - time.monotonic()))
            assert ready and (more := os.read(self.read_end, 1 << 20)), f"{self} says nothing more\n{self.tail()}"
            self.buffer += more
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def wait_for(self, session, method):
        end = time.monotonic() + PATIENCE
        while not any(one.get("sessionId") == session and one.get("method") == method for one in self.events):
            self.events.append(self._receive(end))

    @contextlib.contextmanager
    def page(self, url, width, theme, media="screen"):
        """Drawn for a window of that width, "light" or "dark", or as it is printed on paper of that width."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable", session)
        self.call("Emulation.setDeviceMetricsOverride", session, width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", session, media=media, features=[{"name": "prefers-color-scheme", "value": theme}])
        self.events.clear()
        self.call("Page.navigate", session, url=url)
        self.wait_for(session, "Page.loadEventFired")
        yield Page(self, session)
        self.call("Target.closeTarget", targetId=target)


class Page:
    def __init__(self, browser, session):
        self.browser, self.session = browser, session

    def evaluate(self, expression):
        answer = self.browser.call("Runtime.evaluate", self.session, expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"]["value"]

    def said(self, *methods):
        """The events of these kinds since the page began to load."""
        return [one["params"] for one in self.browser.events if one.get("sessionId") == self.session and one["method"] in methods]

    def screenshot(self, path):
        shot = self.browser.call("Page.captureScreenshot", self.session, captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))
