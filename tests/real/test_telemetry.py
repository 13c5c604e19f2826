"""What is told of each command: it gets to the OpenTelemetry Collector's own receiver, by every protocol, as the same trace and gauges;
and to whoever waits for nothing it costs nothing."""
import hashlib
import re
import signal
import socket
import time
import uuid

import pytest

from lab.authority import Authority
from lab.findings import NOBODY
from lab.grpc_answers import Grpc, answer, fields, trailers_only
from lab.otlp_receiver import OtlpReceiver, attributes, gauges_of, read_text, spans_of
from test_backup import at_head, filled, keys, place, repository  # noqa: F401 (fixtures)

SIGNALS = {"ENABLE_OTEL": "True", "ENABLE_OTEL_TRACES": "true", "ENABLE_OTEL_METRICS": "true"}
PLAIN = {**SIGNALS, "OTEL_EXPORTER_OTLP_INSECURE": "true"}
ERROR = 2  # STATUS_CODE_ERROR
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-"
GAUGES = {f"owctl_command_{name}" for name in ("exit_status", "success", "duration_seconds", "last_run_timestamp_seconds",
                                               "last_success_timestamp_seconds")}


@pytest.fixture(scope="module")
def receiver(tmp_path_factory):
    with OtlpReceiver(tmp_path_factory.mktemp("receiver")) as receiver:
        yield receiver.start()


@pytest.fixture
def here(owctl, tmp_path):
    """here(*words, **environment): of an installation that is new."""
    owctl("migrate", "up", "--yes", env={"DATA_DIR": tmp_path}).ok()

    def here(*words, **environment):
        return owctl(*words, env={"DATA_DIR": tmp_path, **environment})

    return here


def ways(receiver):
    return {
        "grpc": {**PLAIN, "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.grpc},
        "grpc without a scheme": {**PLAIN, "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.grpc.removeprefix("http://")},
        "http": {**SIGNALS, "OTEL_EXPORTER_OTLP_ENDPOINT": f"{receiver.http}/v1/traces", "OTEL_OTLP_SPAN_EXPORTER": "http"},
        "json": {**SIGNALS, "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.http, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"},
        "owctl's own": {"OWCTL_OTLP_ENDPOINT": receiver.http},
        "owctl's own by grpc": {"OWCTL_OTLP_ENDPOINT": f"{receiver.grpc}/", "OWCTL_OTLP_PROTOCOL": "grpc"},
    }


def test_each_way_brings_the_same(here, receiver, tmp_path):
    run = uuid.uuid4()
    told = []
    for way in ways(receiver).values():
        before = time.time_ns()
        here("user", "list", OWCTL_RUN_ID=run, WEBUI_URL="https://me:word@chat.example/x",
             OTEL_RESOURCE_ATTRIBUTES="deployment.environment=ex%C3%A4mple,service.version=0.12.4,host.name=pod", **way).ok()
        got = receiver.got(2)
        root, *phases = spans_of(got)
        times = [int(root[f"{end}TimeUnixNano"]) for end in ("start", "end")]
        assert before < times[0] < times[1] < time.time_ns()
        assert [phase["name"] for phase in phases] == ["opening the database"]
        assert phases[0]["parentSpanId"] == root["spanId"] and "parentSpanId" not in root
        assert {span["traceId"] for span in [root, *phases]} == {run.hex}
        gauges = gauges_of(got)
        assert 0 < gauges.pop("owctl_command_duration_seconds")[0][1] < 10
        assert before // 10**9 <= gauges.pop("owctl_command_last_run_timestamp_seconds")[0][1] <= time.time()
        assert before // 10**9 <= gauges.pop("owctl_command_last_success_timestamp_seconds")[0][1] <= time.time()
        told.append((root["name"], root["kind"], root["status"], attributes(root), gauges,
                     *(attributes(one["resource"]) for one in (got["traces"]["resourceSpans"][0], got["metrics"]["resourceMetrics"][0]))))
    version = here("version", "-o", "json").json()["owctl"]
    resource = {"service.name": "owctl", "service.version": version, "host.name": socket.gethostname(),
                "owctl.webui_url": "https://chat.example", "deployment.environment": "ex\xe4mple"}
    label = {"command": "user list"}
    assert told == [("owctl user list", 1, {}, {"owctl.run": str(run), "owctl.command": "user list", "owctl.exit_status": "0"},
                     {"owctl_command_exit_status": [(label, 0)], "owctl_command_success": [(label, 1)]}, resource, resource)] * len(told)


def test_what_failed_is_told_with_why_and_no_secret(here, receiver):
    """The secret is one that the message happens to have."""
    done = here("user", "show", "gone@example.org", OTEL_BASIC_AUTH_USERNAME="me", OTEL_BASIC_AUTH_PASSWORD="gone@example.org",
                **ways(receiver)["grpc"]).ended(65)
    got = receiver.got(2)
    assert spans_of(got)[0]["status"] == {"code": ERROR, "message": "input: there is no account ***"} and "gone@example.org" in done.err
    assert attributes(spans_of(got)[0])["owctl.exit_status"] == "65"
    assert gauges_of(got)["owctl_command_success"][0][1] == 0 and gauges_of(got).keys() == GAUGES - {"owctl_command_last_success_timestamp_seconds"}


def test_phases_are_within_one_another(owctl, receiver, tmp_path):
    owctl("migrate", "up", "--yes", "--to", "0.11.4", env={"DATA_DIR": tmp_path}).ok()
    owctl("migrate", "up", "--yes", env={"DATA_DIR": tmp_path, **ways(receiver)["grpc"]}).ok()
    spans = {span["name"]: span for span in spans_of(receiver.got(2))}
    assert attributes(spans["owctl migrate up"])["owctl.changed"] == "yes"
    assert spans["applying revisions"]["parentSpanId"] == spans["owctl migrate up"]["spanId"]
    revisions = [span for name, span in spans.items() if name.startswith("revision ")]
    assert revisions and {span["parentSpanId"] for span in revisions} == {spans["applying revisions"]["spanId"]}


def test_pipeline_that_traces_sees_owctl_in_it(here, receiver):
    here("user", "list", TRACEPARENT=f"{PARENT}01", **ways(receiver)["grpc"]).ok()
    root = spans_of(receiver.got(2))[0]
    assert (root["traceId"], root["parentSpanId"]) == tuple(PARENT.split("-")[1:3])
    here("user", "list", TRACEPARENT=f"{PARENT}00", **ways(receiver)["grpc"]).ok()
    assert receiver.got(1).keys() == {"metrics"}


def test_name_of_a_run_that_is_no_number_is_found_by_its_sum(here, receiver):
    here("user", "list", OWCTL_RUN_ID="deploy-4711", TRACEPARENT=f"{PARENT}x", **ways(receiver)["json"]).ok()
    root = spans_of(receiver.got(2))[0]
    assert root["traceId"] == hashlib.sha256(b"deploy-4711").hexdigest()[:32] and "parentSpanId" not in root


def test_dry_run_is_no_run_of_what_it_tries(here, receiver, tmp_path):
    here("group", "create", "Staff", "--dry-run", OWCTL_METRICS_DIR=tmp_path, **ways(receiver)["grpc"]).ok()
    [root, *_] = spans_of(receiver.got(1))
    told = attributes(root)
    assert (told["owctl.dry_run"], told["owctl.changed"]) == ("yes", "no") and not list(tmp_path.glob("*.prom"))


@pytest.mark.parametrize("less, kinds", [
    ({"ENABLE_OTEL": "false"}, []), ({"OTEL_SDK_DISABLED": "TRUE"}, []), ({"ENABLE_OTEL_TRACES": "no"}, ["metrics"]),
    ({"ENABLE_OTEL_METRICS": ""}, ["traces"]), ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, []),
    ({"OTEL_SDK_DISABLED": "true", "OWCTL_OTLP_ENDPOINT": NOBODY}, []),
])
def test_what_open_webui_does_not_send_is_not_sent(here, receiver, less, kinds):
    assert not here("user", "list", **ways(receiver)["grpc"] | less).ok().err
    assert list(receiver.got(len(kinds))) == kinds


def test_what_only_asks_is_not_told(here, receiver, tmp_path):
    """A shell is a place; of its commands each is told."""
    for words in ["user", "list", "--help"], ["version"], ["__complete", "--", "user", "show", ""], ["user", "list", "--untold"]:
        here(*words, **ways(receiver)["grpc"]).ok()
    assert not receiver.got(0)
    (tmp_path / "script").write_text("user list\n")
    here("shell", "-f", tmp_path / "script", **ways(receiver)["grpc"]).ok()
    assert spans_of(receiver.got(2))[0]["name"] == "owctl user list"


def test_over_tls_as_open_webui_goes(here, tmp_path):
    """Its http:// alone does not mean that there is none."""
    authority = Authority(tmp_path)
    (tmp_path / "receiver").mkdir()
    with OtlpReceiver(tmp_path / "receiver", authority.server("collector", "127.0.0.1")).start() as receiver:
        trusted = {"OTEL_EXPORTER_OTLP_CERTIFICATE": authority.certificate}
        for endpoint in receiver.grpc, receiver.grpc.replace("https", "http"):
            assert not here("user", "list", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, **SIGNALS, **trusted).ok().err
            assert receiver.got(2).keys() == {"traces", "metrics"}
        untrusted = here("user", "list", OTEL_EXPORTER_OTLP_ENDPOINT=receiver.grpc, **SIGNALS).ok()
    assert "certificate" in untrusted.err and untrusted.err.count("warning:") == 1


def test_wrong_port_is_told_with_the_right_one(here, receiver):
    grpc = here("user", "list", **PLAIN, OTEL_EXPORTER_OTLP_ENDPOINT=receiver.http).ok()
    assert "4317; 4318 is for HTTP" in grpc.err
    http = here("user", "list", OWCTL_OTLP_ENDPOINT=receiver.grpc).ok()
    assert "4318; 4317 is for gRPC" in http.err
    tls = here("user", "list", **SIGNALS, OTEL_EXPORTER_OTLP_ENDPOINT=receiver.grpc).ok()
    assert "OTEL_EXPORTER_OTLP_INSECURE=true" in tls.err


# gRPC's own words, and what protobuf makes of partial_success {1: rejected, 2: error_message}.
ANSWERS = {
    "not for anybody": (trailers_only(grpc_status=16, grpc_message="no%20token%3A%20%C3%A4"), r"gRPC status 16 \(unauthenticated\): no token: ä; .*HEADERS"),
    "no such service": (trailers_only(grpc_status=12), r"gRPC status 12 \(unimplemented\); .*4317"),
    "busy": (trailers_only(grpc_status=14, grpc_message="later"), r"gRPC status 14 \(unavailable\): later"),
    "a number that is none": (trailers_only(grpc_status=99), "gRPC status 99"),
    "in part": (answer(b"\x0a\x09\x08\x01\x12\x05stale", grpc_status=0), r": 1 of \d+ were rejected: stale"),
    "a message of another kind": (answer(b"\x0a\x09\x08", grpc_status=0), "no collector of OTLP"),
    "no gRPC": (answer(b"", head=b"\x88", grpc_status=0), "no collector of OTLP"),
    "a status that is no number": (answer(b"", grpc_status="fine"), "no collector of OTLP"),
    "good by gRPC and not by HTTP": (answer(b"", head=b"\x8d" + fields(content_type="application/grpc"), grpc_status=0), ": status 404"),
}


@pytest.mark.parametrize("said, told", ANSWERS.values(), ids=ANSWERS.keys())
def test_server_of_grpc_that_does_not_take_it_is_told(here, said, told):
    with Grpc(said) as server:
        done = here("user", "list", OWCTL_OTLP_ENDPOINT=server.url, OWCTL_OTLP_PROTOCOL="grpc").ok()
    assert re.search(told, done.err) and done.err.count("warning:") == 1, done.err


def test_good_answers_of_grpc_are_no_news(here):
    for said in answer(b"", grpc_status=0), trailers_only(grpc_status=0):
        with Grpc(said) as server:
            assert not here("user", "list", OWCTL_OTLP_ENDPOINT=server.url, OWCTL_OTLP_PROTOCOL="grpc").ok().err


@pytest.fixture
def silent():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_nobody_there_costs_a_warning(here, silent):
    """And changes neither the status nor what is printed."""
    as_ever = here("user", "show", "gone@example.org").ended(65)
    for url, most in (NOBODY, 1), (silent, 2.8):
        for protocol in "grpc", "http/json":
            before = time.monotonic()
            done = here("user", "show", "gone@example.org", OWCTL_OTLP_ENDPOINT=url, OWCTL_OTLP_PROTOCOL=protocol).ended(65)
            assert time.monotonic() - before < most
            *said, warning, end = done.err.split("\n")
            assert done.out == as_ever.out and said == as_ever.err.split("\n")[:-1] and end == ""
            assert warning.startswith(f"owctl: warning: {url} does not take all of the telemetry: metrics, traces: ") and "; look " in warning
    done = here("user", "list", OWCTL_OTLP_ENDPOINT=NOBODY, OWCTL_OTLP_HEADERS="s3cret").ok()
    assert done.err.count("warning:") == 1 and "OWCTL_OTLP_HEADERS" in done.err and "s3cret" not in done.err
    done = here("user", "list", OWCTL_OTLP_ENDPOINT="nonsense").ok()
    assert done.err.startswith("owctl: warning: nothing is told of this run: ") and "http://HOST:4318" in done.err


def test_signal_ends_the_sending_at_once(owctl, here, silent, tmp_path):
    running = owctl.start("user", "list", env={"DATA_DIR": tmp_path, "OWCTL_OTLP_ENDPOINT": silent})
    assert running.stdout.read(5) == b"EMAIL"
    time.sleep(0.3)
    before = time.monotonic()
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=10)
    assert time.monotonic() - before < 1 and running.returncode == 0 and not err


def test_what_a_backup_measures_is_sent(repository, filled, receiver, tmp_path):  # noqa: F811
    """All that --metrics writes but what is there of each command."""
    file = tmp_path / "backup.prom"
    repository("create", "--label", "chat", "--metrics", file, place=filled("small", "sqlite", {"uploads/one": b"1"}),
               **ways(receiver)["grpc"]).ok()
    got = receiver.got(2)
    sent = {name: points for name, points in gauges_of(got).items() if name not in GAUGES}
    written = {name: [(labels, pytest.approx(value)) for labels, value in points] for name, points in read_text(file).items()
               if name.replace("backup", "command") not in GAUGES}
    assert sent == written and sent["owctl_backup_files"] == [({"label": "chat"}, 1)]
    assert {"owctl backup create", "opening the database", "backing up"} <= {span["name"] for span in spans_of(got)}


def test_run_that_a_signal_ends_is_told_of(owctl, receiver, tmp_path):
    words = "health", "check", "--only", "replica-answers", "--replica", NOBODY, "--wait", "1m", "-v"
    running = owctl.start(*words, env=ways(receiver)["grpc"])
    while b"waiting for" not in running.stderr.readline():
        pass
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=10)
    assert running.returncode == 130
    [root] = [span for span in spans_of(receiver.got(2)) if "parentSpanId" not in span]
    assert root["status"] == {"code": ERROR, "message": "interrupted: interrupted"}
    assert attributes(root)["owctl.exit_status"] == "130"


def test_health_check_adds_to_the_one_trace(here, receiver):
    """Where Open WebUI sends to nobody has asked owctl to send: it is no fault of the installation that it can't."""
    words = "health", "check", "--only", "replica-answers", "--replica", NOBODY
    here(*words, **ways(receiver)["grpc"], ENABLE_OTEL_LOGS="true").ended(2)
    got = receiver.got(3)
    [root] = [span for span in spans_of(got) if "parentSpanId" not in span]
    assert root["name"] == "owctl health check" and attributes(root)["owctl.health.verdict"] == "CRITICAL"
    assert {span["traceId"] for span in spans_of(got)} == {root["traceId"]} and "replica" in {span["name"] for span in spans_of(got)}
    assert got["logs"]["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["traceId"] == root["traceId"]
    assert {"owctl_health_verdict", "owctl_command_exit_status"} <= gauges_of(got).keys()
    done = here(*words, **PLAIN, OTEL_EXPORTER_OTLP_ENDPOINT=NOBODY).ended(2)
    assert "of the telemetry" in done.err


def samples(file):
    """{name: value}, and the labels that all of them have."""
    read = {name: sample for name, [sample] in read_text(file).items()}
    [labels] = {frozenset(labels.items()) for labels, _ in read.values()}
    return {name: value for name, (_, value) in read.items()}, dict(labels)


def test_each_command_has_a_file_for_prometheus(here, tmp_path):
    folder = tmp_path / "textfile"
    folder.mkdir()
    before = int(time.time())
    here("user", "list", OWCTL_METRICS_DIR=folder).ok()
    good, labels = samples(folder / "owctl_user_list.prom")
    assert labels == {"command": "user list"} and good.keys() == GAUGES and good["owctl_command_success"] == 1
    assert before <= good["owctl_command_last_success_timestamp_seconds"] == good["owctl_command_last_run_timestamp_seconds"] <= time.time()
    (tmp_path / "webui.db").rename(tmp_path / "away")
    time.sleep(1)
    here("user", "list", OWCTL_METRICS_DIR=folder).ended(78)
    bad, _ = samples(folder / "owctl_user_list.prom")
    assert bad["owctl_command_success"] == 0 and bad["owctl_command_exit_status"] == 78
    assert bad["owctl_command_last_success_timestamp_seconds"] == good["owctl_command_last_success_timestamp_seconds"] \
        < bad["owctl_command_last_run_timestamp_seconds"]
    assert [file.name for file in folder.iterdir()] == ["owctl_user_list.prom"]


def test_file_of_a_profile_has_its_name(here, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(f'profiles: {{"a/b \\"c": {{settings: {{DATA_DIR: {tmp_path}, OWCTL_METRICS_DIR: {tmp_path}}}}}}}\n')
    here("user", "list", "--profile", 'a/b "c', OWCTL_CONFIG=config).ok()
    assert samples(tmp_path / "owctl_user_list_a%2Fb%20%22c.prom")[1] == {"command": "user list", "profile": 'a/b "c'}


def test_folder_that_is_not_there_is_a_warning(here, tmp_path):
    done = here("user", "list", OWCTL_METRICS_DIR=tmp_path / "gone").ok()
    assert re.fullmatch(r"owctl: warning: nothing of this run is in OWCTL_METRICS_DIR: .*/gone/owctl_user_list\.prom: .*\n", done.err)
