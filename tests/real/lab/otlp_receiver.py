"""The OpenTelemetry Collector's own receiver of OTLP, for gRPC and HTTP; and the parser that node_exporter reads text files with."""
import json
import subprocess

from lab.parts import part
from lab.process import Process, free_port, wait_until


def attributes(of):
    """{key: value} of what has some, of JSON."""
    return {one["key"]: next(iter(one["value"].values())) for one in of.get("attributes", [])}


class OtlpReceiver(Process):
    """With the pair `certificate` it takes TLS alone. `got(count)` waits for so many messages since the last call: {kind: message} of
    what came."""

    def __init__(self, folder, certificate=()):
        super().__init__(folder)
        scheme = "https" if certificate else "http"
        self.ports, self.certificate, self.seen = (free_port(), free_port()), certificate, 0
        self.grpc, self.http = (f"{scheme}://127.0.0.1:{port}" for port in self.ports)

    def __str__(self):
        return "the receiver of OTLP"

    def start(self):
        at = [f"127.0.0.1:{port}" for port in self.ports]
        self.spawn([part("telemetry-reader") / "bin/telemetry-reader", *at, *self.certificate])
        self.wait_ready(lambda: "ready\n" in self.log.read_text(), 20)
        self.seen = len(self.log.read_text())
        return self

    def got(self, count):
        def come():
            lines = self.log.read_text()[self.seen:].splitlines(keepends=True)
            return lines if len(lines) >= count and lines[-1].endswith("\n") else None

        lines = wait_until(come, 5, f"{count} messages") if count else self.log.read_text()[self.seen:].splitlines()
        self.seen = len(self.log.read_text())
        messages = [line.split(" ", 1) for line in lines]
        assert len(messages) == count and len(dict(messages)) == count, messages
        return {kind: json.loads(text) for kind, text in messages}


def read_text(file):
    """{name: [(labels, value)]} of a file of gauges."""
    done = subprocess.run([part("telemetry-reader") / "bin/telemetry-reader", file], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    return {name: [({label["name"]: label["value"] for label in metric["label"]}, metric["gauge"]["value"]) for metric in family["metric"]]
            for name, family in json.loads(done.stdout).items()}


def spans_of(got):
    """Those of the one message."""
    [resource] = got["traces"]["resourceSpans"]
    [scope] = resource["scopeSpans"]
    return scope["spans"]


def gauges_of(got):
    """{name: [(attributes, value)]}"""
    [resource] = got["metrics"]["resourceMetrics"]
    [scope] = resource["scopeMetrics"]
    return {metric["name"]: [(attributes(point), point["asDouble"]) for point in metric["gauge"]["dataPoints"]] for metric in scope["metrics"]}
