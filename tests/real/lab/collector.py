"""Where telemetry is sent to by OTLP/HTTP in JSON. What comes is read by the official definitions, which take no field that they don't
know."""
import base64
import http.server
import json
import ssl
import threading

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

REQUESTS = {"metrics": ExportMetricsServiceRequest, "logs": ExportLogsServiceRequest, "traces": ExportTraceServiceRequest}
IDS = ("traceId", "spanId", "parentSpanId")


def read(kind, body):
    """OTLP writes ids as hexadecimal digits, where the JSON of protobuf has base64."""
    def with_ids(pairs):
        return {key: base64.b64encode(bytes.fromhex(value)).decode() if key in IDS else value for key, value in pairs}

    return json_format.ParseDict(json.loads(body, object_pairs_hook=with_ids), REQUESTS[kind]())


def attributes(of):
    """{key: value} of what has some."""
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in of.attributes}


class Collector:
    """`answer(kind, tries)` is a status, its body as an object, and headers, where it is not a plain yes; `tries` counts from 1. `got` has
    what came last of each kind, `asked` the headers of all requests."""

    def __init__(self, answer=None, certificate=None, path=""):
        collector = self
        self.answer, self.path, self.got, self.asked, self.over = answer or (lambda kind, tries: (200, {})), path, {}, [], threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                collector._take(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.handle_error = lambda *_: None  # of clients that do not trust it
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server.server_port}{path}"

    def _take(self, request):
        kind = request.path.removeprefix(f"{self.path}/v1/")
        body = request.rfile.read(int(request.headers["Content-Length"]))
        self.asked.append((kind, dict(request.headers)))
        self.got[kind] = read(kind, body)
        status, said, *headers = self.answer(kind, sum(one == kind for one, _ in self.asked))
        if status is None:  # it says nothing, or only that
            request.wfile.write(said)
            self.over.wait(30)
            request.close_connection = True
            return
        text = json.dumps(said).encode()
        request.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(text), **dict(headers)}.items():
            request.send_header(name, str(value))
        request.end_headers()
        request.wfile.write(text)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def gauges(self):
        """{name: [(attributes, value)]}"""
        [resource] = self.got["metrics"].resource_metrics
        [scope] = resource.scope_metrics
        return {metric.name: [(attributes(point), point.as_double) for point in metric.gauge.data_points] for metric in scope.metrics}

    @property
    def records(self):
        [resource] = self.got["logs"].resource_logs
        [scope] = resource.scope_logs
        return list(scope.log_records)

    @property
    def spans(self):
        [resource] = self.got["traces"].resource_spans
        [scope] = resource.scope_spans
        return list(scope.spans)
