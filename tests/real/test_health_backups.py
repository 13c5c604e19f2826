"""Health: backups, and what servers tell of themselves. Repositories are made by owctl, and then aged."""
import datetime
import http.server
import json
import socket
import threading

import pytest

from lab import findings
from lab.backups import Keys, Repository
from lab.findings import look
from lab.parts import NEWEST
from lab.s3 import ROOT

HOUR = 3600


class Backups:
    """A laptop with a repository."""

    def __init__(self, owctl, folder, location):
        self.owctl, self.location = owctl, location
        self.url = f"sqlite:///{folder}/webui.db"
        keys = Keys(owctl, folder.parent)
        self.recipient = keys.recipient
        self.settings = {"DATA_DIR": folder, "OWCTL_REPOSITORY": location, "OWCTL_RECIPIENTS": keys.recipient}
        self.opened = {"OWCTL_IDENTITY_FILE": keys.file}
        Repository(owctl, location, keys).init()

    def create(self, *words):
        known = self.settings | {"OWCTL_RECIPIENTS": self.recipient}
        done = self.owctl("backup", "create", "--database-only", *words, "-o", "json", env=known).ok()
        return done.json()["snapshot"]

    def age(self, snapshot, seconds, **changes):
        """Moves its record into the past; who made it can't be looked at any more."""
        record = self.location / f"snapshots/{snapshot}.json"
        said = json.loads(record.read_text().splitlines()[0])
        time = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)
        name = f"{time:%Y%m%dT%H%M%SZ}{snapshot[16:]}"
        text = json.dumps(said | {"snapshot": name, "time": f"{time:%Y-%m-%dT%H:%M:%SZ}"} | changes)
        record.unlink()
        (self.location / f"snapshots/{name}.json").write_text(f"{text}\nmac {'0' * 64}\n")
        self.settings["OWCTL_RECIPIENTS"] = ""
        return name

    def look(self, *checks, **more):
        return look(self.owctl, *checks, **self.settings | more)


@pytest.fixture
def data(templates, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    templates.sqlite(NEWEST, folder)
    return folder


@pytest.fixture
def backups(owctl, data, tmp_path):
    return Backups(owctl, data, tmp_path / "repository")


def test_no_repository_is_worth_a_word_alone(owctl, data):
    found = look(owctl, "backups", DATA_DIR=data)
    assert found.rc == 0 and found.one("OW901")[0] == "info" and set(found) == {"OW901"}
    assert found.states["OW903"] == "skipped"


def test_a_new_snapshot_is_fresh(backups):
    assert backups.look("backups").one("OW903") == ("critical", "has no good snapshot")
    backups.create()
    found = backups.look("backups")
    assert found.rc == 0 and not found.worst() and found.states["OW903"] == "good"
    assert "nobody tried to restore" in found.one("OW905")[1]


def test_an_old_one_is_a_warning_and_a_very_old_one_critical(backups):
    snapshot = backups.age(backups.create(), 25 * HOUR)
    assert "OW903" not in backups.look("OW903")
    snapshot = backups.age(snapshot, 50 * HOUR)
    state, what = backups.look("OW903").one("OW903")
    assert state == "warning" and snapshot in what and "2 days old" in what
    backups.age(snapshot, 79 * HOUR)
    found = backups.look("OW903")
    assert found.rc == 2 and found.one("OW903")[0] == "critical"


def test_of_another_label_the_newest_one_counts(backups):
    """Who says --label in cron says it there alone."""
    backups.age(backups.create("--label", "gone"), 90 * 24 * HOUR)
    backups.create("--label", "chat")
    found = backups.look("OW903")
    assert not found, found
    backups.age(backups.create(), 50 * HOUR)  # of this installation itself, as the profile has it
    assert '"default"' in backups.look("OW903").one("OW903")[1]


def test_snapshots_that_lack_files(backups):
    backups.age(backups.create(), 3 * HOUR)
    for hours in (2, 1):
        backups.age(backups.create(), hours * HOUR, complete=False, missing=1)
    assert not backups.look("OW904")
    backups.age(backups.create(), HOUR / 2, complete=False, missing=1)
    found = backups.look("OW904")
    assert found.rc == 1 and found.one("OW904")[1].startswith("has 3 snapshots in a row")


def test_a_drill(backups):
    backups.create()
    backups.owctl("backup", "drill", env=backups.settings | backups.opened).ok()
    assert not backups.look("OW905")
    [drill] = (backups.location / "drills").iterdir()
    said = json.loads(drill.read_text().splitlines()[0])
    drill.write_text(f"{json.dumps(said | {'failed': 'rows'})}\nmac {'0' * 64}\n")
    found = backups.look("OW905", OWCTL_RECIPIENTS="")
    assert found.rc == 1 and "failed in the last drill" in found.one("OW905")[1]


def test_a_repository_that_is_not_reached(owctl, data, tmp_path):
    found = look(owctl, "backups", DATA_DIR=data, OWCTL_REPOSITORY=tmp_path / "unmounted")
    assert found.rc == 2 and set(found) == {"OW902"} and found.states["OW903"] == "skipped"
    assert "OWCTL_REPOSITORY_RATE" in look(owctl, "OW902", DATA_DIR=data, OWCTL_REPOSITORY=tmp_path, OWCTL_REPOSITORY_RATE="much").one("OW902")[1]


def test_backups_that_can_be_deleted(owctl, data, minio):
    keys = {"AWS_ACCESS_KEY_ID": ROOT[0], "AWS_SECRET_ACCESS_KEY": ROOT[1]}
    bucket = minio.bucket()
    settings = {"DATA_DIR": data, "OWCTL_REPOSITORY": minio.location(bucket, "backups"), **keys}
    owctl("repo", "init", env=settings).ok()
    assert look(owctl, "OW906", **settings).one("OW906")[0] == "info"
    body = b'<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>'
    minio.client()("PUT", f"/{bucket}", {"versioning": ""}, body).ok()
    assert not look(owctl, "OW906", **settings)


# --- telemetry

class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        taken = self.path == "/v1/traces" and self.headers["Content-Type"] == "application/x-protobuf"
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200 if taken else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def collector():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_telemetry_that_nobody_takes(owctl, data, collector):
    otel = {"DATA_DIR": data, "ENABLE_OTEL": "true", "OTEL_OTLP_SPAN_EXPORTER": "http"}
    assert not look(owctl, "OW911", OTEL_EXPORTER_OTLP_ENDPOINT=f"{collector}/v1/traces", **otel)
    found = look(owctl, "OW911", OTEL_EXPORTER_OTLP_ENDPOINT=collector, **otel)
    assert found.rc == 1 and "status 404" in found.one("OW911")[1]
    found = look(owctl, "OW911", "OW912", ENABLE_OTEL_METRICS="true", OTEL_EXPORTER_OTLP_ENDPOINT=f"{collector}/v1/traces",
                 OTEL_METRICS_EXPORTER_OTLP_ENDPOINT=f"{collector}/v1/lost", **otel)
    assert found["OW911"][0]["subject"].endswith("/v1/lost") and found.one("OW912")[1].endswith("not for logs")
    assert not look(owctl, "OW911", OTEL_EXPORTER_OTLP_ENDPOINT=collector, DATA_DIR=data)  # it is off


def test_telemetry_by_grpc(owctl, data):
    otel = {"DATA_DIR": data, "ENABLE_OTEL": "true"}
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not look(owctl, "OW911", OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}", words=["--deadline", "4s"], **otel)
    found = look(owctl, "OW911", OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}", **otel)
    assert found.rc == 1 and "127.0.0.1" in found.one("OW911")[1]


def test_no_audit_log(owctl, data):
    assert not look(owctl, "OW913", DATA_DIR=data)  # what the servers have is not known
    assert not look(owctl, "OW913", DATA_DIR=data, AUDIT_LOG_LEVEL="METADATA")
    assert look(owctl, "OW913", DATA_DIR=data, AUDIT_LOG_LEVEL="NONE").one("OW913")[0] == "info"
