"""`owctl health check --otlp`: what it has found gets to a collector in the form that OpenTelemetry defines, and what a collector does not
take is told."""
import re
import signal
import socket
import time

import pytest
from lab.authority import Authority
from lab.cluster_kinds import SECRET_KEY
from lab.collector import Collector, attributes
from lab.findings import NOBODY
from lab.parts import NEWEST
from lab.recorded import Recorded

SECRET = "s3cret, and more=so"
HEADERS = "authorization=Bearer%20s3cret%2C%20and%20more%3Dso , x-scope-orgid=chat"
SEVERITY = {"info": 9, "warning": 13, "critical": 17}
SAMPLE = re.compile(r'(\w+)(?:\{(.*)\})? (\S+)')
OF_THE_FILE = {"owctl_health_success", "owctl_health_last_run_timestamp_seconds", "owctl_health_last_success_timestamp_seconds",
               "owctl_health_duration_seconds"}


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    with Recorded(tmp_path_factory.mktemp("good"), 1, key=SECRET_KEY) as good:
        yield good.start().wait().urls[0]


@pytest.fixture
def check(owctl, good):
    def check(*words, only="replica-answers", replicas=(), **environment):
        return owctl("health", "check", "--only", only, *words, timeout=30,
                     env={"OWCTL_REPLICAS": ",".join([good, *replicas]), "WEBUI_SECRET_KEY": SECRET_KEY} | environment)

    return check


def gauges_of(file):
    found = {}
    for line in file.read_text().splitlines():
        if not line.startswith("#"):
            name, labels, value = SAMPLE.fullmatch(line).groups()
            found.setdefault(name, []).append((dict(re.findall(r'(\w+)="(.*?)"', labels or "")), float(value)))
    return {name: points for name, points in found.items() if name not in OF_THE_FILE}


def owctl_version(owctl):
    return owctl("version", "-o", "json").json()["owctl"]


def test_all_that_is_found_is_sent(check, owctl, good, tmp_path):
    with Collector() as collector:
        before = time.time_ns()
        done = check("--otlp", collector.url + "/", "--metrics", tmp_path / "owctl.prom", "-o", "json", only="replicas,fleet",
                     replicas=[NOBODY], WEBUI_URL="http://user:word@127.0.0.1:9/chat").ended(2)
        after = time.time_ns()
    of_all = [collector.got["metrics"].resource_metrics, collector.got["logs"].resource_logs, collector.got["traces"].resource_spans]
    assert [attributes(one.resource) for [one] in of_all] == [
        {"service.name": "owctl", "service.version": owctl_version(owctl), "host.name": socket.gethostname(),
         "owctl.webui_url": "http://127.0.0.1:9"}] * 3
    gauges = {name: points for name, points in collector.gauges.items() if not name.startswith("owctl_command_")}
    assert gauges == gauges_of(tmp_path / "owctl.prom") and len(gauges) >= 6
    assert collector.gauges["owctl_command_exit_status"] == [({"command": "health check"}, 2)]

    rows = [row for row in done.json() if row["state"] in SEVERITY]
    told = [(one.severity_number, one.severity_text, one.body.string_value, attributes(one)) for one in collector.records]
    assert told == [(SEVERITY[row["state"]], row["state"], row["what"],
                     {"owctl.check.code": row["code"], "owctl.check.name": row["name"], "owctl.check.family": row["family"],
                      "owctl.check.outcome": "trouble", "owctl.remedy": row["remedy"]}
                     | ({"owctl.subject": row["subject"]} if row["subject"] else {})) for row in rows]
    assert {row["code"] for row in rows} == {"OW102"}
    assert all(before < one.time_unix_nano < after for one in collector.records)

    [root] = [span for span in collector.spans if not span.parent_span_id]
    [part] = [span for span in collector.spans if span.parent_span_id == root.span_id]  # nothing else is set that could be looked at
    replicas = {attributes(span)["owctl.replica"]: span for span in collector.spans if span.parent_span_id == part.span_id}
    assert replicas.keys() == {good.removeprefix("http://"), NOBODY.removeprefix("http://"), "127.0.0.1:9"} and len(collector.spans) == 5
    assert {span.trace_id for span in [*collector.spans, *collector.records]} == {root.trace_id} and len(root.trace_id) == 16
    assert len({span.span_id for span in collector.spans}) == 5 and all(len(span.span_id) == 8 for span in collector.spans)
    assert {one.span_id for one in collector.records} == {root.span_id}
    assert root.name == "owctl health check" and attributes(root)["owctl.exit_status"] == 2
    assert attributes(root)["owctl.health.verdict"] == "CRITICAL" and attributes(root)["owctl.health.replicas"] == 2
    well, dead = replicas[good.removeprefix("http://")], replicas[NOBODY.removeprefix("http://")]
    assert attributes(well)["owctl.replica.release"] == NEWEST and not well.status.code
    assert dead.status.code == 2 and "connect" in dead.status.message
    assert before < root.start_time_unix_nano <= part.start_time_unix_nano < part.end_time_unix_nano <= root.end_time_unix_nano < after
    slack = 10**6  # the exchanges of replicas are known to the millisecond
    assert all(part.start_time_unix_nano - slack <= span.start_time_unix_nano <= span.end_time_unix_nano <= part.end_time_unix_nano + slack
               for span in replicas.values())


def test_nothing_found_is_nothing_to_log(check):
    with Collector() as collector:
        check(OWCTL_OTLP_ENDPOINT=collector.url).ok()
    assert collector.got.keys() == {"metrics", "traces"}


def test_check_that_could_not_find_out_is_logged(check, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text("profiles: {chat: {settings: {OWCTL_DATA_REGION: {file: /nowhere}}}}\n")
    with Collector() as collector:
        [row] = check("--otlp", collector.url, "-o", "json", only="data-region", OWCTL_CONFIG=config, OWCTL_PROFILE="chat").ended(3).json()
    [record] = collector.records
    assert (record.severity_text, record.body.string_value) == ("warning", row["what"]) and "/nowhere" in row["what"]
    assert attributes(record)["owctl.check.code"] == "OW512" and attributes(record)["owctl.check.outcome"] == "unknown"


def says(status, body=None, *headers):
    return lambda kind, tries: (status, {} if body is None else body, *headers)


REFUSALS = {
    "bad request": (says(400, {"code": 3, "message": "no such\x1b[2Jfield"}), r"metrics, traces: status 400: no such\\x1b\[2Jfield"),
    "not for anybody": (says(401), "status 401; OWCTL_OTLP_HEADERS"),
    "another server": (says(404), "status 404; .*4318"),
    "away for good": (says(503), "status 503"),
    "sent elsewhere": (says(302, {}, ("Location", "http://127.0.0.1:1/")), "status 302; it sends elsewhere"),
    "a page to sign in at": (says(None, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"),
                             "metrics, traces: what answers is no collector"),
    "no page": (says(None, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n"), "no collector"),
    "no object": (says(200, []), "no collector"),
    "metrics in part": (lambda kind, _: (200, {"partialSuccess": {"rejectedDataPoints": "2", "errorMessage": "too old"}} if kind == "metrics"
                                         else {}), r": metrics: 2 of \d+ were rejected: too old\n"),
    "traces in part": (lambda kind, _: (200, {"partialSuccess": {"rejectedSpans": 1}} if kind == "traces" else {}),
                       r": traces: 1 of 3 were rejected\n"),
    "silent": (says(None, b""), "no answer within 5 s"),
    "endless": (says(None, b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{"), "no answer within 5 s"),
}


@pytest.mark.parametrize("answer, said", REFUSALS.values(), ids=REFUSALS.keys())
def test_collector_that_does_not_take_it_is_told(check, answer, said):
    with Collector(answer) as collector:
        before = time.monotonic()
        done = check("--otlp", collector.url).ended(3)
        assert time.monotonic() - before < 8
    assert re.search(said, done.err, re.DOTALL), done.err
    assert done.err.count("does not take all of the telemetry") == 1 and done.out.startswith("OK")


def test_records_that_are_rejected_are_told(check):
    """Where nothing was found, as in the tests above, none are sent."""
    with Collector(lambda kind, _: (200, {"partialSuccess": {"rejectedLogRecords": "1"}} if kind == "logs" else {})) as collector:
        done = check("--otlp", collector.url, replicas=[NOBODY]).ended(2)
    assert "of the telemetry" in done.err and ": logs: 1 of 1 were rejected\n" in done.err


def test_nobody_there_is_told_and_changes_no_verdict(check):
    done = check("--otlp", NOBODY, replicas=[NOBODY]).ended(2)
    assert "metrics, logs, traces: http://127.0.0.1:1" in done.err and "whether a collector listens there" in done.err


def test_line_of_a_monitor_says_that_it_was_not_sent(check):
    line = check("--otlp", NOBODY, "--nagios").ended(3).out
    assert re.match(r"OPEN WEBUI UNKNOWN - [^|]*; http://127\.0\.0\.1:1 does not take all of the telemetry: [^|]* \| critical=0", line)


def test_signal_ends_the_sending(owctl, good):
    with Collector(says(None, b"")) as collector:
        running = owctl.start("health", "check", "--only", "replica-answers", "--replica", good, "--otlp", collector.url)
        end = time.monotonic() + 20
        while not collector.asked and time.monotonic() < end:
            time.sleep(0.05)
        assert collector.asked
        before = time.monotonic()
        running.send_signal(signal.SIGTERM)
        _, err = running.communicate(timeout=10)
        assert time.monotonic() - before < 3
    assert running.returncode == 130 and b"does not take" not in err, err


def test_answer_without_a_body_will_do(check):
    with Collector(says(None, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as collector:
        check("--otlp", collector.url).ok()


@pytest.mark.parametrize("end", ["/v1/metrics", "/v1/logs/", "/v1/traces"])
def test_address_of_one_signal_is_that_of_all(check, end):
    with Collector(path="/otlp") as collector:
        check("--otlp", collector.url + end).ok()
    assert collector.got.keys() == {"metrics", "traces"}


@pytest.mark.parametrize("of", [SECRET, f"Bearer {SECRET}"])
def test_collector_that_repeats_a_header_at_length_gives_nothing_away(check, of):
    with Collector(says(401, {"message": f"who is {of}? {'e' * 185 + chr(0xe9) * 300}"})) as collector:
        done = check("-vv", "--otlp", collector.url, OWCTL_OTLP_HEADERS=HEADERS).ended(3)
    assert "s3cret" not in done.err and "more=so" not in done.err and "who is ***? eee" in done.err
    assert "..; OWCTL_OTLP_HEADERS" in done.err and chr(0xe9) not in done.err.replace(chr(0xe9), "", 1)


def test_warning_of_the_collector_is_passed_on(check):
    with Collector(says(200, {"partialSuccess": {"errorMessage": "use fewer labels"}})) as collector:
        assert "use fewer labels" in check("--otlp", collector.url).ok().err


def test_collector_that_is_busy_for_longer_is_not_asked_again(check):
    with Collector(says(503, {}, ("Retry-After", 6))) as collector:
        check("--otlp", collector.url).ended(3)
    assert [kind for kind, _ in collector.asked].count("metrics") == 1


@pytest.mark.parametrize("status", [429, 503])
def test_collector_that_is_busy_is_asked_again(check, status):
    """As late as it says."""
    with Collector(lambda kind, tries: (200, {}) if tries > 1 else (status, {}, ("Retry-After", 1))) as collector:
        before = time.monotonic()
        check("--otlp", collector.url).ok()
        assert time.monotonic() - before > 1
    assert [kind for kind, _ in collector.asked].count("metrics") == 2


def test_over_tls_with_secret_headers(check, tmp_path):
    authority = Authority(tmp_path)
    file = tmp_path / "headers"
    file.write_text(HEADERS)
    file.chmod(0o600)
    with Collector(certificate=authority.server("collector", "127.0.0.1"), path="/otlp") as collector:
        named = {"OWCTL_OTLP_ENDPOINT": collector.url, "OWCTL_OTLP_HEADERS_FILE": file}
        check("-vv", SSL_CERT_FILE=authority.certificate, **named).ok()
        headers = collector.asked[0][1]
        untrusted = check("-vv", **named).ended(3)
    assert headers["authorization"] == f"Bearer {SECRET}" and headers["x-scope-orgid"] == "chat"
    assert headers["Content-Type"] == "application/json" and headers["User-Agent"].startswith("owctl/")
    assert "certificate" in untrusted.err and "s3cret" not in untrusted.err and len(collector.asked) == 2


@pytest.mark.parametrize("url, headers", [
    ("collector:4318", ""), ("grpc://collector:4317", ""), ("http://", ""), ("http:///v1", ""), ("http://user:s3cret@collector:4318", ""),
    ("http://collector:4318/?key=s3cret", ""), ("http://collector:4318/a b", ""), ("http://collector:4318", "s3cret"),
    ("http://collector:65536", ""), ("http://collector:0/otlp", ""), ("http://[::1]:x", ""), ("http://collector:/otlp", ""),
    ("http://collector:4318", "good=1,bad name=s3cret"), ("http://collector:4318", "a=s3cret%0d%0aX: y"), ("http://collector:4318", "a=%zz"),
])
def test_settings_that_mean_nothing_are_refused_and_not_shown(check, url, headers):
    done = check("--otlp", url, OWCTL_OTLP_HEADERS=headers).ended(78)
    assert "hint: " in done.err and "s3cret" not in done.err and not done.out
