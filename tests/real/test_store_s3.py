"""S3 as a store, against MinIO and versitygw."""
import http.client
import re
import time

import pytest

from lab.faulty import Faulty, changes, cuts, is_silent, loses_the_answer, resets, says
from lab.probe import Refused
from lab.s3 import ROOT, MinIO
from lab.store import bytes_of, sha256_of

MIB = 1 << 20


@pytest.fixture
def proxied(minio, open_store):
    """A store behind a proxy; its `faulty` is that proxy."""
    with Faulty(minio.port) as faulty:
        bucket = minio.bucket()
        probe = open_store(f"s3://{bucket}/p?endpoint={faulty.url}", patience=120, silence=20)
        probe.faulty, probe.bucket = faulty, bucket
        faulty.seen.clear()
        yield probe


def test_an_upload_that_is_given_up_leaves_nothing(s3_server, open_store):
    bucket = s3_server.bucket()
    probe = open_store(s3_server.location(bucket))
    probe.upload("given up", 20 * MIB, abort=True)
    assert probe("look", name="given up")["found"] is False
    assert s3_server.uploads(bucket) == []


def test_uploads_that_were_cut_off_are_taken_away(s3_server, open_store):
    bucket, client = s3_server.bucket(), s3_server.client()
    probe = open_store(s3_server.location(bucket, "p"))
    began = probe("time", scratch="scratch")["now"]
    for key in ("p/left", "p/a b+c", "other/left"):
        begun = client("POST", f"/{bucket}/{key}", {"uploads": ""}).ok().text
        upload = re.search("<UploadId>(.*?)</UploadId>", begun)[1]
        client("PUT", f"/{bucket}/{key}", {"partNumber": "1", "uploadId": upload}, bytes(6 * MIB)).ok()
    assert probe("tidy", before=began - 3600 * 10**9)["count"] == 0, "they are younger"
    assert sorted(s3_server.uploads(bucket)) == ["other/left", "p/a b+c", "p/left"]
    assert probe("tidy", before=began + 3600 * 10**9)["count"] == 2
    assert s3_server.uploads(bucket) == ["other/left"]


# ---- what an operator gets wrong ----


def refusal(open_store, *arguments, **options):
    with pytest.raises(Refused) as refused:
        open_store(*arguments, **options)
    return refused.value


def test_wrong_secret_key(s3_server, open_store):
    error = refusal(open_store, s3_server.location(s3_server.bucket()), secret="not the secret at all")
    assert error.status == 77 and "SignatureDoesNotMatch" in error.message and "check both" in error.hint
    assert "not the secret" not in error.message + error.hint


def test_unknown_access_key(s3_server, open_store):
    error = refusal(open_store, s3_server.location(s3_server.bucket()), key="AKIANOBODY")
    assert error.status == 77 and "access key" in error.hint


def test_no_such_bucket(s3_server, open_store):
    error = refusal(open_store, s3_server.location("no-such-bucket"))
    assert error.status == 78 and "NoSuchBucket" in error.message and "makes no buckets" in error.hint


@pytest.mark.parametrize("off", [3600, -3600])
def test_a_clock_that_is_off_by_an_hour(s3_server, start_store, off):
    probe = start_store()
    probe("clock", off=off)
    with pytest.raises(Refused) as refused:
        probe("open", location=s3_server.location(s3_server.bucket()), key=ROOT[0], secret=ROOT[1])
    assert refused.value.status == 78
    assert re.search(f"3[56][0-9][0-9] s {'ahead of' if off > 0 else 'behind'}", refused.value.hint)


def test_nobody_listens(open_store):
    error = refusal(open_store, "s3://bucket?endpoint=http://127.0.0.1:9", patience=3)
    assert error.status == 69 and "127.0.0.1:9" in error.message and "server runs" in error.hint


def test_a_server_that_speaks_something_else(open_store, proxied):
    proxied.faulty.inject(says(200))
    error = refusal(open_store, f"s3://{proxied.bucket}?endpoint={proxied.faulty.url}")
    assert error.status == 65 and "does not speak S3" in error.message


def test_the_wrong_region_is_told_with_the_right_one(tmp_path, open_store):
    (tmp_path / "s3").mkdir()
    with MinIO(tmp_path / "s3") as server:
        server.region = "eu-central-7"
        server.start(MINIO_REGION="eu-central-7").wait()
        bucket = server.bucket()
        error = refusal(open_store, f"s3://{bucket}?endpoint={server.url}&region=us-west-2")
        assert error.status == 78 and "region=eu-central-7" in error.hint and "us-west-2" in error.hint
        open_store(f"s3://{bucket}?endpoint={server.url}&region=eu-central-7")


def test_who_may_only_read(minio, open_store):
    bucket = minio.bucket()
    open_store(minio.location(bucket))("put", name="n", text="there")
    key, secret, token = minio.session([{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
                                         "Resource": ["arn:aws:s3:::*"]}])
    probe = open_store(minio.location(bucket), key=key, secret=secret, token=token)
    assert probe.text("n") == "there" and probe.names() == ["n"]
    for do in (lambda: probe("put", name="m", text=""), lambda: probe("delete", name="n"),
               lambda: probe.upload("m", 9 * MIB), lambda: probe("put", name="m", text="", new=True)):
        with pytest.raises(Refused) as refused:
            do()
        assert refused.value.status == 77 and "s3:PutObject" in refused.value.hint
        assert token not in refused.value.message
    assert probe("can")["create"] is False


def test_who_may_only_write_is_told_so(minio, open_store):
    key, secret, token = minio.session([{"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": ["arn:aws:s3:::*"]}])
    error = refusal(open_store, minio.location(minio.bucket()), key=key, secret=secret, token=token)
    assert error.status == 77 and "s3:ListBucket" in error.hint


@pytest.mark.parametrize("status,code,headers,expected,words", [
    (301, "PermanentRedirect", {"x-amz-bucket-region": "eu-west-3"}, 78, "region=eu-west-3"),
    (400, "AuthorizationHeaderMalformed", {}, 78, "check region="),
    (507, "XMinioStorageFull", {}, 1, "no room"),
    (403, "InvalidObjectState", {}, 1, "archived"),
    (403, "", {}, 77, "s3:GetObject"),
    (404, "NoSuchBucket", {}, 78, "makes no buckets"),
    (418, "Teapot", {}, 1, None),
], ids=lambda value: str(value) if isinstance(value, (int, str)) else "")
def test_what_the_server_says_is_told_with_what_to_do(proxied, status, code, headers, expected, words):
    proxied.faulty.inject(says(status, code, "in the server's words", headers, method="GET"))
    with pytest.raises(Refused) as refused:
        proxied("get", name="n")
    assert refused.value.status == expected and f"{status}" in refused.value.message
    assert (words in refused.value.hint) if words else not refused.value.hint
    assert not code or f"{code}: in the server's words" in refused.value.message


# ---- a line and a server that fail ----


def test_storms_of_503_and_resets_are_outlasted(proxied):
    faults = [says(503, "SlowDown", "reduce your request rate"), resets(), says(500, "InternalError"), says(429), says(502),
              resets(), says(400, "RequestTimeout")]
    for number, fault in enumerate(faults):
        proxied.faulty.inject(fault)
        proxied("put", name=f"n{number}", text=f"text {number}")
    proxied.faulty.inject(*faults)
    assert proxied.text("n1") == "text 1"
    assert proxied.faulty.faults == []
    assert len(proxied.names()) == len(faults)


def test_every_request_of_an_upload_is_tried_again(proxied):
    proxied.faulty.inject(says(503, "SlowDown", method="POST", path="uploads="), resets(method="PUT", path="partNumber=1"),
                          says(503, method="PUT", path="partNumber=2"), loses_the_answer(method="PUT", path="partNumber=3"),
                          says(200, "InternalError", "within an answer of 200", method="POST", path="uploadId="))
    proxied.upload("pack", 21 * MIB, seed=5)
    assert proxied.faulty.faults == []
    assert proxied.sha256("pack") == sha256_of(5, 21 * MIB)


def test_a_lost_answer_does_not_make_a_write_that_of_another(proxied, minio):
    proxied.faulty.inject(loses_the_answer(method="PUT", path="/small"), loses_the_answer(method="POST", path="uploadId="))
    proxied("put", name="small", text="mine", new=True)
    proxied.upload("large", 9 * MIB, new=True)
    proxied.faulty.inject(loses_the_answer(method="POST", path="uploadId="))
    proxied.upload("large too", 9 * MIB)
    assert proxied.faulty.faults == []
    assert proxied.names() == ["large", "large too", "small"]
    minio.client()("PUT", f"/{proxied.bucket}/p/other", body=b"not mine")
    proxied.faulty.inject(resets(method="PUT", path="/other"))
    with pytest.raises(Refused, match="is there already"):
        proxied("put", name="other", text="mine", new=True)


def test_a_body_that_breaks_off_is_gone_on_with(proxied):
    proxied.upload("pack", 7 * MIB, seed=9)
    proxied.faulty.inject(cuts(3 * MIB, method="GET"), cuts(0, method="GET"), cuts(2 * MIB, method="GET"))
    assert proxied.sha256("pack") == sha256_of(9, 7 * MIB)
    proxied.faulty.inject(cuts(MIB, method="GET"))
    assert proxied.sha256("pack", offset=100, size=2 * MIB) == sha256_of(9, 7 * MIB, 100, 100 + 2 * MIB)
    assert proxied.faulty.faults == []


def test_a_body_that_breaks_off_and_is_another_one_then(proxied, minio):
    proxied.upload("pack", 3 * MIB, seed=9)

    def replaced(_):
        minio.client()("PUT", f"/{proxied.bucket}/p/pack", body=bytes_of(1, 3 * MIB)).ok()

    cut = cuts(MIB, method="GET")
    proxied.faulty.inject(type(cut)(lambda handler, forward: cut.act(handler, lambda: (answer := forward(), replaced(answer))[0]),
                                    method="GET"))
    with pytest.raises(Refused, match="was changed while it was read") as refused:
        proxied("get", name="pack")
    assert refused.value.status == 65


def test_bytes_that_the_server_has_changed_are_seen(proxied):
    proxied("put", name="n", text="0123456789")

    def flip(answer):
        answer.content = b"0123456780"

    proxied.faulty.inject(changes(flip, method="GET"))
    with pytest.raises(Refused, match="SHA-256") as refused:
        proxied("read", name="n", limit=100)
    assert refused.value.status == 65


def test_bytes_that_change_on_the_way_to_the_server_are_refused(proxied, minio):
    """What is signed is the hash of the body: no server takes another one."""
    answer = minio.client()("PUT", f"/{proxied.bucket}/x", body=b"right", headers={})
    assert answer.status == 200
    signed = minio.client().signed("PUT", f"/{proxied.bucket}/y", "", b"right", {})
    connection = http.client.HTTPConnection("127.0.0.1", minio.port)
    connection.request("PUT", f"/{proxied.bucket}/y", b"wrong", signed)
    assert connection.getresponse().status == 400


def test_a_server_that_stays_away_is_given_up(proxied):
    with pytest.raises(Refused) as refused:
        proxied("open", location=f"s3://{proxied.bucket}?endpoint={proxied.faulty.url}", key=ROOT[0], secret=ROOT[1], patience=1)
        proxied.faulty.inject(*[says(503, "SlowDown", "reduce your request rate")] * 100)
        proxied("put", name="n", text="")
    assert refused.value.status == 75 and "SlowDown" in refused.value.message
    assert 2 <= len(proxied.faulty.seen) < 40


def test_retry_after_is_kept(proxied):
    proxied.faulty.inject(says(503, "SlowDown", headers={"Retry-After": "1"}))
    since = time.monotonic()
    proxied("put", name="n", text="")
    assert time.monotonic() - since >= 1


def test_one_that_says_to_come_after_patience_is_over_is_not_waited_for(proxied):
    proxied.faulty.inject(says(503, "SlowDown", headers={"Retry-After": "3000"}))
    with pytest.raises(Refused) as refused:
        proxied("put", name="n", text="")
    assert refused.value.status == 75


def test_a_silent_server_is_not_waited_for_without_end(proxied):
    proxied("open", location=f"s3://{proxied.bucket}/p?endpoint={proxied.faulty.url}", key=ROOT[0], secret=ROOT[1],
            patience=120, silence=2)
    proxied.faulty.inject(is_silent())
    proxied("put", name="n", text="there")
    assert proxied.text("n") == "there"


def test_an_answer_of_no_use_is_no_success(proxied):
    proxied.upload("pack", 2 * MIB)

    def other_range(answer):
        answer.headers.replace_header("Content-Range", "bytes 0-9/2097152")

    def no_range(answer):
        answer.status, answer.code = 200, 200
        del answer.headers["Content-Range"]

    for change, words in ((other_range, "another range"), (no_range, "takes no ranges")):
        proxied.faulty.inject(changes(change, method="GET"))
        with pytest.raises(Refused, match=words):
            proxied("get", name="pack", offset=5, size=10)
    proxied.faulty.inject(changes(lambda answer: setattr(answer, "content", b"<html>"), method="GET"))
    with pytest.raises(Refused, match="no XML"):
        proxied.names()


def test_a_server_without_conditions_is_looked_at_before(proxied):
    proxied.faulty.inject(says(501, "NotImplemented", "A header you provided implies functionality", method="PUT"),
                          says(501, "NotImplemented", "A header you provided implies functionality", method="PUT"))
    proxied("put", name="n", text="first", new=True)
    with pytest.raises(Refused, match="is there already"):
        proxied("put", name="n", text="second", new=True)
    assert proxied.text("n") == "first"
    assert proxied("can")["create"] is False
    assert proxied.faulty.seen.count(f"HEAD /{proxied.bucket}/p/n") == 2


def test_a_server_without_checksums_gets_none(proxied):
    proxied.faulty.inject(says(400, "InvalidArgument", "x-amz-checksum-sha256 is not known here", method="PUT"))
    proxied("put", name="n", text="there")
    assert proxied.text("n") == "there"
    proxied.upload("pack", 9 * MIB)
    assert proxied("look", name="pack")["size"] == 9 * MIB


def test_connections_are_used_again(proxied):
    before = proxied.faulty.connections
    for number in range(20):
        proxied("put", name=f"n{number}", text="x")
        proxied("get", name=f"n{number}")
    assert proxied.faulty.connections == before
    proxied("crowd", prefix="crowd", count=200)
    assert proxied.faulty.connections - before <= 7


def test_the_bandwidth_is_bounded_for_all_connections_together(minio, open_store):
    probe = open_store(minio.location(minio.bucket()), rate=4 * MIB)
    since = time.monotonic()
    probe.upload("pack", 6 * MIB)
    assert time.monotonic() - since >= 1.3
    since = time.monotonic()
    assert probe.sha256("pack") == sha256_of(0, 6 * MIB)
    assert time.monotonic() - since >= 1.3


def test_a_signal_ends_every_wait(proxied):
    proxied.faulty.inject(is_silent(method="PUT"))
    proxied.send("put", name="n", text="")
    while not proxied.faulty.seen:
        time.sleep(0.02)
    proxied.popen.terminate()
    with pytest.raises(Refused) as refused:
        proxied.answer()
    assert refused.value.status == 130


def test_an_upload_that_a_signal_ends_leaves_nothing(proxied, minio):
    proxied.faulty.inject(is_silent(method="PUT", path="partNumber=2"))
    proxied.send("upload", name="n", size=30 * MIB, piece=MIB)
    while not any("partNumber=2" in seen for seen in proxied.faulty.seen):
        time.sleep(0.02)
    proxied.popen.terminate()
    with pytest.raises(Refused):
        proxied.answer()
    assert minio.uploads(proxied.bucket) == []
