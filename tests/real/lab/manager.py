"""The end of a service manager: the socket to which a service reports (sd_notify(3)), and the stream to its journal."""
import os
import pathlib
import socket
import threading
import time
import uuid


class Manager:
    """`environment` is what systemd gives a unit of Type=notify; `heard` are the datagrams so far, as (time, {NAME: value})."""

    def __init__(self, folder, abstract=False, watchdog_ms=None):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        name = f"owctl-{uuid.uuid4()}" if abstract else f"{folder}/notify"
        self.socket.bind(f"\0{name}" if abstract else name)
        self.environment = {"NOTIFY_SOCKET": f"@{name}" if abstract else name}
        if watchdog_ms:
            self.environment["WATCHDOG_USEC"] = watchdog_ms * 1000
        self.heard = []
        self.thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.hear_all()
        self.socket.close()

    def hear_all(self):
        """What was sent before is heard by then. A socket of this kind is not woken by its end."""
        if self.thread.is_alive():
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
                own.sendto(b"", self.socket.getsockname())
            self.thread.join()

    def _listen(self):
        while data := self.socket.recv(65536):
            self.heard.append((time.monotonic(), dict(line.split("=", 1) for line in data.decode().splitlines())))

    def of(self, name):
        """All values of it, in the order in which they came."""
        return [said[name] for _, said in self.heard if name in said]


class Journal:
    """The stream that is a service's standard output and error where they go to the journal: a socket, which JOURNAL_STREAM names."""

    def __init__(self):
        self.ours, self.stream = socket.socketpair()
        status = os.fstat(self.stream.fileno())
        self.environment = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}", "INVOCATION_ID": uuid.uuid4().hex}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ours.close()
        self.stream.close()

    def lines(self):
        """What was written by all who have ended by now."""
        self.stream.shutdown(socket.SHUT_WR)
        text = b""
        while data := self.ours.recv(65536):
            text += data
        return text.decode().splitlines()


def sections(unit):
    """{section: [(name, value), ..]} of a unit's text, with the lines that `\\` joins in one."""
    found, section = {}, None
    for line in pathlib.Path(unit).read_text().replace("\\\n", " ").splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), [])
        elif line.strip() and line[0] not in "#;":
            name, _, value = line.partition("=")
            section.append((name.strip(), value.strip()))
    return found
