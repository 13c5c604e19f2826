"""Servers in the place of a replica: hostile ones, and those that answer as the real one did."""
import json
import time

import pytest
import requests
from lab import hostile_http, recorded
from lab.asking import GOOD_KEY, OTHER_KEY, answers_within, ask, detail, of_nobody, opens
from lab.cluster_kinds import SECRET_KEY
from lab.recorded import Recorded


@pytest.mark.quick
@pytest.mark.parametrize("behave", hostile_http.BEHAVIOURS, ids=lambda behave: behave.__name__)
def test_hostile_server_gives_no_good_answer(behave):
    with hostile_http.Hostile(behave) as server:
        try:
            with requests.get(server.url + "/ready", timeout=0.3, stream=True) as answer:
                ends, body = time.monotonic() + 0.3, b""
                for piece in answer.iter_content(65536):
                    body += piece
                    if time.monotonic() > ends:
                        break
                assert not answer.ok or answer.status_code == 101 or json.loads(body) != {"status": True}
        except (requests.RequestException, ValueError, RecursionError):
            pass
        assert server.asked


def test_recorded_answers_are_those_of_the_real_one(cluster):
    [good] = cluster.fleet("good")
    assert recorded.record(good.url, of_nobody(SECRET_KEY)) == json.loads(recorded.FILE.read_text())


@pytest.mark.quick
def test_200_recorded_replicas_answer_late(tmp_path):
    with Recorded(tmp_path, 200, latency=0.1, key=SECRET_KEY, slow={7: 0.6}) as fleet:
        urls = fleet.start().wait().urls
        since = time.monotonic()
        assert detail(urls[-1], of_nobody(SECRET_KEY)) == GOOD_KEY
        assert time.monotonic() - since > 0.1
        assert answers_within(0.3, urls[7] + "/health") is None and answers_within(3, urls[7] + "/health") == 200
        assert detail(urls[0], of_nobody("another key")) == OTHER_KEY
        assert opens(urls[100]) == 101
        assert all(b'{"status":true}' in ask(url, "/ready") for url in urls[::20])
