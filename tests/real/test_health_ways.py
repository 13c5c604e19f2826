"""The ways to run `owctl health check` that monitors and CI have: --wait, --baseline, --junit, --nagios; and what is sent to whom."""
import base64
import contextlib
import http.server
import json
import re
import resource
import socket
import subprocess
import threading
import time
import xml.etree.ElementTree

import pytest
from lab import findings
from lab.cluster_kinds import SECRET_KEY
from lab.findings import NOBODY
from lab.parts import NEWEST
from lab.recorded import Recorded

WORDS = ("health", "check", "--only", "replica-answers,same-release", "--data-dir", "/nowhere", "--replica")


def test_who_waits_is_told_for_what_and_ends_as_soon_as_all_is_well(owctl, tmp_path):
    with Recorded(tmp_path, 1) as late:  # it listens, and nobody answers there yet
        waiting = owctl.start(*WORDS, late.urls[0], "--wait", "30s", "--timeout", "1")
        said = waiting.stderr.readline().decode()
        late.start().wait()
        began = time.monotonic()
        out, err = waiting.communicate(timeout=30)
    assert waiting.returncode == 0 and time.monotonic() - began < 10, err
    assert "waiting for OW102 (every replica answers)" in said and out.startswith(b"OK")


def test_who_waited_in_vain_gets_what_was_found(owctl):
    began = time.monotonic()
    done = owctl(*WORDS, NOBODY, "--wait", "3s").ended(2)
    assert 2 <= time.monotonic() - began < 6 and done.err.count("waiting for") == 1 and "OW102" in done.out


def test_what_an_earlier_run_has_found_counts_no_more(owctl, tmp_path):
    before = tmp_path / "before.json"
    found = owctl(*WORDS, NOBODY, "-o", "json").ended(2)
    before.write_text(found.out)
    [row] = [row for row in owctl(*WORDS, NOBODY, "-o", "json", "--baseline", before).ok().json() if row["code"] == "OW102"]
    assert row["known"] and row["state"] == "critical"
    other = NOBODY.replace("127.0.0.1", "127.0.0.2")
    found = owctl(*WORDS, f"{NOBODY},{other}", "-o", "json", "--baseline", before).ended(2).json()
    assert {row["subject"]: row["known"] for row in found if row["code"] == "OW102"} == {"127.0.0.1:1": True, "127.0.0.2:1": False}
    for wrong in ("{}", "[{}]", "[1]", '[{"code": "OW102"}]', "no JSON"):
        before.write_text(wrong)
        done = owctl(*WORDS, NOBODY, "--baseline", before).ended(65)
        assert "owctl health check -o json" in done.err and not done.out


def test_junit_is_xml_that_counts_as_it_is(owctl, tmp_path):
    file = tmp_path / "health.xml"
    owctl(*WORDS, NOBODY, "--junit", file).ended(2)
    suites = {suite.get("name"): suite for suite in xml.etree.ElementTree.parse(file).getroot()}
    assert suites.keys() == {"replicas", "fleet"}
    [case] = suites["replicas"]
    assert case.get("name").startswith("OW102 ") and case.find("failure").get("message").startswith("127.0.0.1:1 gives no answer")
    assert [suites["fleet"].get(name) for name in ("tests", "failures", "errors", "skipped")] == ["1", "0", "0", "1"]


def test_a_monitor_gets_one_line(owctl):
    done = owctl(*WORDS, NOBODY, "--nagios").ended(2)
    assert re.fullmatch(r"OPEN WEBUI CRITICAL - [^|\n]*; OW102 127\.0\.0\.1:1 [^|\n]* \| critical=1;;@1:;0 warning=0;@1:;;0 "
                        r"unknown=0;;;0 replicas=0;;;0;1\n", done.out)


def limited(owctl, *words):
    """Files can't be longer than 100 bytes."""
    running = owctl.start(*words, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
    out, err = running.communicate(timeout=30)
    return running.returncode, out.decode(), err.decode()


def test_line_of_a_monitor_says_what_could_not_be_written(owctl, tmp_path):
    """What is found says worse already."""
    status, line, err = limited(owctl, *WORDS, NOBODY, "--nagios", "--junit", tmp_path / "health.xml")
    assert status == 2 and re.match(r"OPEN WEBUI CRITICAL - [^|]*; cannot write [^|]*health\.xml: File too large; OW102 ", line)
    assert "File too large" in err and not list(tmp_path.glob("health*"))
    status, line, _ = limited(owctl, *WORDS, NOBODY, "--skip", "OW102", "--nagios", "--junit", tmp_path / ("long" * 50))
    assert status == 3 and re.match(r"OPEN WEBUI UNKNOWN - [^|]*; cannot write [^|]*\.\.[;|\s]", line)


# ---- what is asked for wrongly, or can't be told

@pytest.mark.parametrize("words, status, said", [
    (("--report", "none/page.html"), 3, "none/page.html"), (("--junit", "none/health.xml"), 3, "none/health.xml"),
    (("--junit", "."), 3, "directory"), (("--metrics", "none/x.prom"), 3, "none/x.prom"),
    (("--report", "-"), 64, "--report writes a file"), (("--junit", "-"), 64, "/dev/stdout"),
    (("--report", "one", "--junit", "./one"), 64, "--report and --junit"), (("--junit", "two", "--metrics", "two"), 64, "the same file"),
    (("--nagios", "-o", "json"), 64, "--nagios prints one line"), (("--nagios", "--no-headings"), 64, "--nagios"),
])
def test_what_can_never_be_written_is_refused_before_anything_is_asked(owctl, tmp_path, words, status, said):
    folder = tmp_path / "apart"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        done = owctl(*WORDS, f"http://127.0.0.1:{server.getsockname()[1]}", *words, cwd=folder).ended(status)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert said in done.err and ("hint: " in done.err or '"hint"' in done.err) and not done.out and not list(folder.iterdir())


@pytest.mark.parametrize("words", [("check", "--only", "OW102"), ("check", "--nagios", "--report", "page"), ("ready", "-o", "json")])
@pytest.mark.parametrize("where", [">&-", ">/dev/full"])
def test_an_error_is_no_verdict(owctl, tmp_path, words, where):
    """1 and 2 would be a warning and worse, to a monitor."""
    command = ["bash", "-c", f'"$0" "$@" {where}', *owctl.command("health", *words, "--replica", NOBODY, "--data-dir", "/nowhere")]
    done = subprocess.run(command, env=owctl.environment(), capture_output=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 3 and b"cannot write to standard output" in done.stderr, done.stderr
    assert "json" not in words or json.loads(done.stderr.splitlines()[-1])["error"]["status"] == 3


# ---- the token

@contextlib.contextmanager
def replica(release, tokens):
    """One that says who it is, and keeps what it is sent."""
    class Replica(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.headers["Authorization"]:
                tokens.append(self.headers["Authorization"].removeprefix("Bearer "))
            body = json.dumps({"version": release}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Replica) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.mark.parametrize(("release", "named"), [("0.12.4", True), ("0.12.0", True), ("0.11.4", False), ("0.10.2", False)])
def test_a_token_of_an_account_goes_to_no_release_that_would_let_it_in(owctl, templates, tmp_path, release, named):
    """Before 0.12 a token is good without the stamp of its account, which ours never has."""
    templates.sqlite(NEWEST, tmp_path)
    with findings.changing(f"sqlite:///{tmp_path}/webui.db") as execute:
        account = findings.add_user(execute, "admin")
        execute("insert into auth (id, email, password, active, session_stamp) values (?, ?, 'x', true, 'stamp')", account, "a@example.org")
    tokens = []
    with replica(release, tokens) as url:
        findings.look(owctl, "fleet", replica=url, DATA_DIR=tmp_path, WEBUI_SECRET_KEY=SECRET_KEY)
    [claims] = map(claims_of, tokens)
    assert (claims["id"] == account) == named and claims["session_stamp"] != "stamp" and claims["exp"] < time.time() + 3600
