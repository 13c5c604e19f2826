"""Servers where replicas are looked for, and that hang, lie or flood: the check ends, with the truth about each and about the good one
beside them."""
import contextlib
import json
import pathlib
import socket
import subprocess
import time

import pytest
from lab import hostile_http
from lab.cluster_kinds import SECRET_KEY
from lab.hostile_http import Hostile
from lab.owctl import SANITIZER, Owctl, binary
from lab.parts import TREE
from lab.recorded import Recorded

pytestmark = pytest.mark.quick
DEADLINE = 4
LARGEST = 30 << 10  # KB of memory

# What is said of each, by which check.
SAID = {
    "never_answers": ("OW102", "no answer within"),
    "never_reads": ("OW102", "no answer within"),
    "drips": ("OW102", "the answer did not end within"),
    "drips_its_head": ("OW102", "within"),
    "sends_a_gigabyte": ("OW102", "the answer is too long"),
    "says_that_it_sends_a_lot": ("OW102", "gives no answer"),
    "sends_html": ("OW103", "not as Open WebUI: text/html"),
    "sends_html_as_json": ("OW103", "no version in its answer"),
    "redirects_for_ever": ("OW103", "sends its visitors elsewhere: status 302"),
    "sends_bad_utf8": ("OW103", "no version in its answer"),
    "nests_deeply": ("OW102", "the answer is too long"),
    "has_terminal_controls": ("OW201", "<script>alert(1)</script>"),
    "closes_in_mid_answer": ("OW102", "gives no answer"),
    "closes_at_once": ("OW102", "gives no answer"),
    "has_endless_headers": ("OW102", "the answer is too long"),
    "sends_garbage": ("OW102", "gives no answer"),
    "chunks_badly": ("OW102", "gives no answer"),
    "is_always_busy": ("OW103", "status 429"),
    "upgrades_to_nothing": ("OW102", "gives no answer"),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    with Recorded(tmp_path_factory.mktemp("good"), 1, key=SECRET_KEY) as good:
        yield good.start().wait().urls[0]


@pytest.fixture
def strangers():
    with contextlib.ExitStack() as stack:
        yield {behave.__name__: stack.enter_context(Hostile(behave)).url for behave in hostile_http.BEHAVIOURS}


def most_memory(process):
    """KB, as of the last time that it was seen."""
    seen = 0
    while process.poll() is None:
        with contextlib.suppress(OSError, StopIteration):
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines()
            seen = int(next(line for line in status if line.startswith("VmHWM")).split()[1])
        time.sleep(0.02)
    return seen


@pytest.fixture
def check(owctl, tmp_path):
    """Rows of a check of replicas, fleet and balancer, by a program that is built for memory to be measured, or by the one under test."""
    def check(replicas, program, **environment):
        settings = {"OWCTL_REPLICAS": ",".join(replicas), "WEBUI_SECRET_KEY": SECRET_KEY} | environment
        words = ["health", "check", "-o", "json", "--deadline", str(DEADLINE), "--only", "replicas", "--only", "fleet", "--only", "balancer"]
        before = time.monotonic()
        with open(tmp_path / "out", "wb") as out, open(tmp_path / "err", "wb") as err:
            process = subprocess.Popen([program, *words], env=owctl.environment(**settings), stdout=out, stderr=err)
            try:
                memory = most_memory(process) if program != binary() else process.wait(4 * DEADLINE) * 0
            finally:
                process.kill()
                process.wait()
        assert time.monotonic() - before < DEADLINE + 1.5, "whoever hangs"  # the program has to start, too
        said = (tmp_path / "err").read_bytes()
        assert not SANITIZER.search(said) and process.returncode == 2, said.decode()
        printed = (tmp_path / "out").read_text()
        assert "\x1b" not in printed and "\\u001b" not in printed and "\u202e" not in printed
        return [row for row in json.loads(printed) if row["state"] not in ("good", "skipped")], memory

    return check


def programs():
    return [binary(), TREE / "build/owctl"]


@pytest.mark.parametrize("program", programs(), ids=["under test", "for memory"])
def test_truth_about_each(check, strangers, good, program):
    if not program.exists():
        pytest.skip("needs build/owctl")
    rows, memory = check([good, *strangers.values()], program)
    names = {url.removeprefix("http://"): name for name, url in strangers.items()}
    told = {}
    for row in rows:
        told.setdefault(names.get(row["subject"], row["subject"]), []).append((row["code"], row["what"]))
    assert told.keys() - {None} == SAID.keys(), "each stranger is told of, and the good one is not"
    missing = {name: told[name] for name, (code, words) in SAID.items()
               if not any(one == code and words in what for one, what in told[name])}
    assert not missing and memory < LARGEST, f"{missing} {memory}"


@pytest.mark.parametrize("name", ["never_answers", "drips", "sends_a_gigabyte", "has_endless_headers", "redirects_for_ever",
                                  "upgrades_to_nothing", "has_terminal_controls"])
def test_at_the_front(check, strangers, good, name):
    """What is behind it is looked at as always."""
    rows, _ = check([good], binary(), WEBUI_URL=strangers[name])
    assert {row["family"] for row in rows} == {"balancer"}


def test_database_and_redis_that_never_answer(owctl, good):
    """With more patience than there is time: what of the deadline is left has to do."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        where = f"127.0.0.1:{silent.getsockname()[1]}"
        before = time.monotonic()
        done = owctl("health", "check", "-o", "json", "--deadline", str(DEADLINE), "--timeout", "60", "--only", "OW102,OW301,OW401", env={
            "OWCTL_REPLICAS": good, "DATABASE_URL": f"postgresql://a:b@{where}/c", "REDIS_URL": f"redis://{where}/0"}).ended(2)
        assert time.monotonic() - before < DEADLINE + 1.5
    rows = {row["code"]: row for row in done.json()}
    assert {code: row["state"] for code, row in rows.items()} == {"OW102": "good", "OW301": "critical", "OW401": "critical"}
    assert "within" in rows["OW301"]["what"] and "within" in rows["OW401"]["what"], rows


@pytest.mark.parametrize("program", programs(), ids=["under test", "for memory"])
def test_the_odd_one_among_200(check, tmp_path, program):
    """Each is 20 ms late: all of them are looked at."""
    if not program.exists():
        pytest.skip("needs build/owctl")
    odd_folder = tmp_path / "odd"
    odd_folder.mkdir()
    with Recorded(tmp_path, 199, latency=0.02, key=SECRET_KEY) as many, Recorded(odd_folder, 1, latency=0.02, key="another") as odd:
        urls, [strange] = many.start().wait().urls, odd.start().wait().urls
        rows, memory = check([*urls[:137], strange, *urls[137:]], program, WEBUI_URL=urls[0])
    told = {row["code"]: row["subject"] for row in rows if row["state"] != "info"}
    assert told == {"OW202": strange.removeprefix("http://"), "OW211": None} and memory < LARGEST


def test_a_slow_replica_is_waited_for_once(owctl, tmp_path):
    """It is asked all that it is asked at the same time, as soon as it turns out to be slow: one after the other would take 4.5 s."""
    with Recorded(tmp_path, 2, slow={0: 1.5}, key=SECRET_KEY) as slow:
        url, _ = slow.start().wait().urls
        before = time.monotonic()
        found = owctl("health", "check", "-o", "json", "--only", "replicas,fleet",
                      env={"OWCTL_REPLICAS": url, "WEBUI_SECRET_KEY": SECRET_KEY}).ended(0).json()
        assert time.monotonic() - before < 3.5
    assert {row["code"]: row["state"] for row in found}["OW203"] == "good"


def test_more_replicas_than_there_may_be_connections(owctl, tmp_path):
    """What the limit of open files has no room for waits its turn, and is not taken for a replica that is down."""
    limited = Owctl(owctl.home, ("prlimit", "--nofile=256:256"))
    with Recorded(tmp_path, 200, latency=0.02, key=SECRET_KEY) as many:
        urls = ",".join(many.start().wait().urls)
        found = limited("health", "check", "-o", "json", "--only", "replicas", env={"OWCTL_REPLICAS": urls}).ended(0).json()
    assert {row["code"]: row["state"] for row in found}["OW102"] == "good"
