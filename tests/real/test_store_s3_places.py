"""Where S3 is: TLS with an authority of one's own, buckets in the host's name, and what libcurl's signatures can't."""
import base64
import datetime
import hashlib
import re
import subprocess

import pytest

from lab.faulty import Faulty, says
from lab.probe import Refused
from lab.s3 import ROOT, MinIO, quote
from lab.store import sha256_of

# From then on it encodes the path; 7.88 of Debian 12 signs path and query as they stand.
CURL_SIGNS_PATHS = (8, 9, 0)
NAMES = ["plain", "with space", "with+plus", "with*star", "semi;colon", "ümlaut"]


def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def secured(tmp_path):
    """A MinIO with a certificate that nobody trusts but who has its `authority`."""
    folder = tmp_path / "secured"
    certificates = folder / "certificates"
    certificates.mkdir(parents=True)
    openssl(certificates, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "private.key", "-out", "public.crt",
            "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    with MinIO(folder) as server:
        yield server.start_with_tls(certificates).wait()


def test_tls_with_an_authority_of_its_own(secured, open_store):
    bucket = secured.bucket()
    probe = open_store(secured.location(bucket, ca=str(secured.authority)))
    probe("put", name="n", text="there")
    assert probe.text("n") == "there"
    assert open_store(secured.location(bucket), environment={"AWS_CA_BUNDLE": str(secured.authority)}).text("n") == "there"
    for ca in ({}, {"ca": "/etc/hostname"}, {"ca": "/nowhere"}):
        with pytest.raises(Refused) as refused:
            open_store(secured.location(bucket, **ca))
        assert refused.value.status == 78 and "CA file" in refused.value.hint
    with pytest.raises(Refused) as refused:
        open_store(secured.location(bucket).replace("https", "http"), patience=1)
    assert refused.value.status in (69, 65, 1)


def test_a_bucket_in_the_name_of_the_host(tmp_path, open_store):
    folder = tmp_path / "domain"
    folder.mkdir()
    with MinIO(folder) as server:
        server.start(MINIO_DOMAIN="localhost").wait()
        bucket = server.bucket()
        location = server.location(bucket, "a b", style="host").replace("127.0.0.1", "localhost")
        probe = open_store(location)
        for name in NAMES:
            probe("put", name=name, text=name)
        assert sorted(probe.names()) == sorted(NAMES)
        assert probe.text("ümlaut") == "ümlaut"
        by_path = open_store(server.location(bucket, "a b"))
        assert by_path.names() == probe.names()


def test_class_and_encryption_are_as_the_location_says(tmp_path, open_store):
    folder = tmp_path / "encrypting"
    folder.mkdir()
    with MinIO(folder) as server:
        server.start(MINIO_KMS_SECRET_KEY=f"lab-key:{base64.b64encode(bytes(32)).decode()}").wait()
        bucket = server.bucket()
        for parameters, header, value in (({"class": "REDUCED_REDUNDANCY"}, "x-amz-storage-class", "REDUCED_REDUNDANCY"),
                                          ({"sse": "AES256"}, "x-amz-server-side-encryption", "AES256"),
                                          ({"sse": "aws:kms:lab-key"}, "x-amz-server-side-encryption", "aws:kms")):
            probe = open_store(server.location(bucket, **parameters))
            probe("put", name="small", text="there")
            probe.upload("large", 9 << 20)
            for name in ("small", "large"):
                assert server.client()("HEAD", f"/{bucket}/{name}").ok().headers[header] == value
            assert probe.text("small") == "there" and probe.sha256("large") == sha256_of(0, 9 << 20)


def test_a_bucket_that_keeps_what_was_written(minio, open_store):
    """With object lock AWS wants a sum of its bytes with each write; MinIO does not, but keeps it."""
    client, bucket = minio.client(), "kept"
    client("PUT", f"/{bucket}", headers={"x-amz-bucket-object-lock-enabled": "true"}).ok()
    rule = b"""<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>
               <Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>"""
    client("PUT", f"/{bucket}", {"object-lock": ""}, rule,
           {"content-md5": base64.b64encode(hashlib.md5(rule).digest()).decode()}).ok()
    probe = open_store(minio.location(bucket))
    probe("put", name="n", text="there", new=True)
    probe.upload("large", 9 << 20, new=True)
    heads = [client("HEAD", f"/{bucket}/{name}", headers={"x-amz-checksum-mode": "ENABLED"}).ok().headers
             for name in ("n", "large")]
    assert all("x-amz-object-lock-retain-until-date" in head for head in heads)
    assert heads[0]["x-amz-checksum-sha256"] == base64.b64encode(hashlib.sha256(b"there").digest()).decode()
    assert heads[1]["x-amz-checksum-sha256"].endswith("-2"), "the sum of the sums of both parts"
    with pytest.raises(Refused, match="is there already"):
        probe("put", name="n", text="other", new=True)
    probe("delete", name="n")
    assert probe.names() == ["large"]


def until(client, bucket, name):
    head = client("HEAD", f"/{bucket}/{name}").ok().headers
    return datetime.datetime.fromisoformat(head["x-amz-object-lock-retain-until-date"].replace("Z", "+00:00"))


def test_objects_are_locked_as_the_location_says(minio, open_store):
    client, bucket = minio.client(), "locked"
    client("PUT", f"/{bucket}", headers={"x-amz-bucket-object-lock-enabled": "true"}).ok()
    for lock, mode, seconds in (("2h", "GOVERNANCE", 7200), ("compliance:60", "COMPLIANCE", 60)):
        probe = open_store(minio.location(bucket, mode, lock=lock))
        probe("put", name="small", text="there", new=True)
        probe.upload("large", 9 << 20, new=True)
        for name in ("small", "large"):
            head = client("HEAD", f"/{bucket}/{mode}/{name}").ok().headers
            assert head["x-amz-object-lock-mode"] == mode
            left = until(client, bucket, f"{mode}/{name}") - datetime.datetime.now(datetime.timezone.utc)
            assert seconds - 30 <= left.total_seconds() <= seconds
            version = client("DELETE", f"/{bucket}/{mode}/{name}", {"versionId": head["x-amz-version-id"]})
            assert version.status in (400, 403) and "WORM" in version.text, "nobody takes it away for good"
        probe("delete", name="small")
        assert probe.names() == ["large"]
    with pytest.raises(Refused) as refused:
        open_store(minio.location(minio.bucket(), lock="1d"))("put", name="n", text="")
    assert refused.value.status == 1 and "made with object lock" in refused.value.hint


@pytest.mark.parametrize("mode", ("", "compliance:"))
def test_what_is_needed_again_is_locked_anew(minio, open_store, mode):
    client, bucket = minio.client(), f"locked-anew-{len(mode)}"
    client("PUT", f"/{bucket}", headers={"x-amz-bucket-object-lock-enabled": "true"}).ok()
    probe = open_store(minio.location(bucket, lock=f"{mode}2h"))
    probe("put", name="n", text="there")
    first = until(client, bucket, "n")
    assert probe("look", name="n", lock=True)["found"] and not probe("look", name="other", lock=True)["found"]
    probe("clock", off=700)
    assert probe("look", name="n", lock=True)["size"] == 5 and until(client, bucket, "n") == first
    probe("clock", off=800)  # of a tenth of the time 720 seconds have gone by
    probe("look", name="n")
    assert until(client, bucket, "n") == first
    probe("look", name="n", lock=True)
    assert 795 <= (until(client, bucket, "n") - first).total_seconds() <= 830
    shorter = open_store(minio.location(bucket, lock=f"{mode}1h"))
    shorter("look", name="n", lock=True)
    assert until(client, bucket, "n") > first


def test_an_object_that_the_server_does_not_let_go_is_told_until_when(minio, open_store):
    client, bucket = minio.client(), "kept-for-long"
    client("PUT", f"/{bucket}", headers={"x-amz-bucket-object-lock-enabled": "true"}).ok()
    with Faulty(minio.port) as faulty:
        probe = open_store(f"s3://{bucket}?endpoint={faulty.url}&lock=2h")
        probe("put", name="n", text="there")
        end = client("HEAD", f"/{bucket}/n").ok().headers["x-amz-object-lock-retain-until-date"]
        faulty.inject(says(403, "AccessDenied", "Access Denied.", method="DELETE"))
        with pytest.raises(Refused, match=f"n is locked until {end}") as refused:
            probe("delete", name="n")
        assert refused.value.status == 2
        client("PUT", f"/{bucket}/free", body=b"").ok()
        for fault, status in ((says(400, "InvalidRequest", "Object is WORM protected", method="DELETE"), 2),
                              (says(403, "AccessDenied", "Access Denied.", method="DELETE"), 77)):
            faulty.inject(fault)
            with pytest.raises(Refused) as refused:
                probe("delete", name="free")
            assert refused.value.status == status
        assert probe.names() == ["free", "n"]


def curl(server, path, *words):
    """The status that a PUT or GET ends with that libcurl itself has signed."""
    return subprocess.run(
        ["curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--aws-sigv4", "aws:amz:us-east-1:s3",
         "--user", ":".join(ROOT), *words, f"{server.url}{path}"], capture_output=True, text=True, check=True).stdout


def curl_release():
    said = subprocess.run(["curl", "--version"], capture_output=True, text=True).stdout
    return tuple(int(number) for number in re.match(r"curl (\d+)\.(\d+)\.(\d+)", said).groups())


@pytest.mark.skipif(curl_release() >= CURL_SIGNS_PATHS, reason="this libcurl signs paths as S3 does")
def test_what_libcurl_signs_wrongly_is_signed_rightly_here(minio, open_store):
    bucket = minio.bucket()
    empty = f"x-amz-content-sha256: {hashlib.sha256(b'').hexdigest()}"
    probe = open_store(minio.location(bucket))
    refused = []
    for name in NAMES:
        probe("put", name=name, text="")
        # As a program would give it to libcurl: encoded as far as a URL asks for it.
        path = f"/{bucket}/{quote(name, '+*;')}"
        if curl(minio, path, "--header", empty) != "200":
            refused.append(name)
    assert "plain" not in refused and "with+plus" in refused
    assert curl(minio, f"/{bucket}?list-type=2&prefix=with&max-keys=2", "--header", empty) == "403", "a query not in order"
    assert sorted(probe.names()) == sorted(NAMES) and len(probe.names("with")) == 3
