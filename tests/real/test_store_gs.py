"""Google Cloud Storage as a store: what lab/gcs.py says can be shown of it here."""
import json
import os
import stat

import pytest

from lab.faulty import Faulty, changes, cuts, loses_the_answer, resets, says
from lab.gcs import KEYS
from lab.probe import Refused
from lab.store import sha256_of
from lab.tokens import Metadata, TokenGiver

MIB = 1 << 20
HMAC = {"key": KEYS[0], "secret": KEYS[1]}
ELSEWHERE = {"NO_GCE_CHECK": "true"}


@pytest.fixture
def bucket(gcs):
    return gcs.server.bucket()


@pytest.fixture
def proxied(gcs, bucket, open_store):
    with Faulty(gcs.http.server_port) as faulty:
        probe = open_store(f"gs://{bucket}/p?endpoint={faulty.url}", patience=120, silence=20, **HMAC)
        probe.faulty = faulty
        faulty.seen.clear()
        yield probe


@pytest.fixture
def opened(gcs, bucket, open_store):
    """opened(NAME=..): with these settings of the environment alone."""
    return lambda **environment: open_store(gcs.location(bucket), key=None, environment=ELSEWHERE | environment,
                                            patience=4)


def refusal(do, *arguments, **options):
    with pytest.raises(Refused) as refused:
        do(*arguments, **options)
    return refused.value


# ---- objects ----


def test_a_new_object_is_asked_for_by_its_generation(proxied, gcs, bucket):
    proxied("put", name="n", text="first", new=True)
    proxied.upload("large", 9 * MIB, seed=1, new=True)
    assert not any(seen.startswith("HEAD") for seen in proxied.faulty.seen), "nothing is looked for before"
    generations = [gcs.server.object(bucket, f"p/{name}")["generation"] for name in ("n", "large")]
    for write in (lambda: proxied("put", name="n", text="second", new=True),
                  lambda: proxied.upload("n", 20 * MIB, new=True), lambda: proxied.upload("large", 9 * MIB, new=True)):
        assert refusal(write).status == 2
    assert generations == [gcs.server.object(bucket, f"p/{name}")["generation"] for name in ("n", "large")]
    assert proxied.text("n") == "first" and proxied.sha256("large") == sha256_of(1, 9 * MIB)


def test_class_and_mark_are_those_of_the_object(gcs, bucket, open_store):
    probe = open_store(gcs.location(bucket, **{"class": "NEARLINE"}), **HMAC)
    probe("put", name="small", text="there")
    probe.upload("large", 9 * MIB)
    for name in ("small", "large"):
        found = gcs.server.object(bucket, name)
        assert found["storageClass"] == "NEARLINE" and len(found["metadata"]["owctl-write"]) == 36


def test_bytes_that_change_on_the_way_are_seen(proxied):
    proxied("put", name="n", text="0123456789")
    proxied.faulty.inject(changes(lambda answer: setattr(answer, "content", b"0123456780"), method="GET"))
    error = refusal(proxied, "read", name="n", limit=100)
    assert error.status == 65 and "MD5" in error.message


def test_an_upload_goes_on_from_where_the_server_is(proxied, gcs):
    proxied.faulty.inject(says(503, "ServiceUnavailable", method="PUT", path="upload_id="),
                          resets(method="PUT", path="upload_id="), says(503, method="POST"),
                          says(308, method="PUT", path="upload_id="))
    gcs.most = 3 * MIB
    try:
        proxied.upload("pack", 12 * MIB, seed=5)
    finally:
        gcs.most = 0
    assert proxied.faulty.faults == []
    assert sum("PUT" in seen for seen in proxied.faulty.seen) == 3 + 3 + 2, "three faults, 8 MiB, 4 MiB"
    assert proxied.sha256("pack") == sha256_of(5, 12 * MIB)


def test_a_lost_answer_is_no_failure_and_no_write_of_another(proxied):
    proxied.faulty.inject(loses_the_answer(method="PUT", path="/small"))
    proxied("put", name="small", text="mine", new=True)
    lost = loses_the_answer(method="PUT", path="upload_id=")
    lost.wants = lambda handler: "upload_id=" in handler.path and not handler.headers["Content-Range"].endswith("/*")
    proxied.faulty.inject(lost)
    proxied.upload("large", 9 * MIB, seed=2, new=True)
    assert proxied.faulty.faults == []
    assert proxied.text("small") == "mine" and proxied.sha256("large") == sha256_of(2, 9 * MIB)


def test_an_upload_that_is_given_up_ends_its_session(proxied):
    proxied.upload("given up", 20 * MIB, abort=True)
    assert proxied.faulty.seen[-1].startswith("DELETE ") and "upload_id=" in proxied.faulty.seen[-1]
    assert proxied("look", name="given up")["found"] is False


def test_a_body_that_breaks_off_is_gone_on_with(proxied):
    proxied.upload("pack", 7 * MIB, seed=9)
    proxied.faulty.inject(cuts(3 * MIB, method="GET"), cuts(0, method="GET"))
    assert proxied.sha256("pack") == sha256_of(9, 7 * MIB)


# ---- what an operator gets wrong ----


def test_wrong_keys_and_places(gcs, bucket, open_store, opened):
    error = refusal(open_store, gcs.location(bucket), key=KEYS[0], secret="not the secret at all")
    assert error.status == 77 and "SignatureDoesNotMatch" in error.message and "not the secret" not in error.message
    error = refusal(open_store, gcs.location(bucket), key="GOOG1NOBODY", secret="x")
    assert error.status == 77 and "access key" in error.hint
    error = refusal(open_store, gcs.location("no-such-bucket"), **HMAC)
    assert error.status == 78 and "makes no buckets" in error.hint
    error = refusal(opened)
    assert error.status == 77 and "GS_ACCESS_KEY_ID" in error.hint and "GOOGLE_APPLICATION_CREDENTIALS" in error.hint
    error = refusal(opened, GS_ACCESS_KEY_ID=KEYS[0])
    assert error.status == 78 and "only one is set" in error.message


def test_who_lacks_a_right_is_told_the_role(proxied):
    proxied.faulty.inject(says(403, "AccessDenied", "x does not have storage.objects.create access", method="PUT"))
    error = refusal(proxied, "put", name="n", text="")
    assert error.status == 77 and "roles/storage.objectUser" in error.hint


# ---- credentials ----


def works(probe):
    probe("put", name="n", text="there", new=True)
    assert probe.text("n") == "there"
    probe("delete", name="n")


def test_hmac_keys_of_the_environment(opened, gcs):
    works(opened(GS_ACCESS_KEY_ID=KEYS[0], GS_SECRET_ACCESS_KEY=KEYS[1]))


def test_the_emulator_that_google_s_libraries_are_told(gcs, bucket, open_store):
    works(open_store(f"gs://{bucket}", key=None, environment={
        "STORAGE_EMULATOR_HOST": gcs.url, "GS_ACCESS_KEY_ID": KEYS[0], "GS_SECRET_ACCESS_KEY": KEYS[1]}))


def test_a_service_account_signs_for_a_token(opened, gcs, tmp_path):
    with TokenGiver(gcs.tokens, tmp_path) as giver:
        account = tmp_path / "account.json"
        account.write_text(json.dumps(giver.account()))
        os.chmod(account, stat.S_IRUSR)
        works(opened(GOOGLE_APPLICATION_CREDENTIALS=str(account)))
        works(opened(GOOGLE_APPLICATION_CREDENTIALS_JSON=json.dumps(giver.account())))
        usual = tmp_path / ".config/gcloud"
        usual.mkdir(parents=True)
        (usual / "application_default_credentials.json").write_text(json.dumps(giver.user()))
        works(opened())
        assert giver.asked == ["jwt-bearer", "jwt-bearer", "refresh_token"], "a token is kept while it is good"


def test_an_account_that_is_refused_or_none(opened, gcs, tmp_path):
    with TokenGiver(gcs.tokens, tmp_path) as giver:
        other = giver.account() | {"client_email": "another@lab.example"}
        error = refusal(opened, GOOGLE_APPLICATION_CREDENTIALS_JSON=json.dumps(other))
        assert error.status == 77 and "invalid_grant" in error.message and giver.url in error.message
        for change, words in (({"private_key": "none"}, "private_key"), ({"type": "external_account"}, "type"),
                              ({"token_uri": "http://192.0.2.1/token"}, "without TLS"),
                              ({"client_email": 'a"b'}, "client_email")):
            error = refusal(opened, GOOGLE_APPLICATION_CREDENTIALS_JSON=json.dumps(giver.account() | change))
            assert error.status == 78 and words in error.message and "HMAC" in error.hint
            assert "PRIVATE KEY" not in error.message + error.hint
        error = refusal(opened, GOOGLE_APPLICATION_CREDENTIALS=str(tmp_path / "nowhere"))
        assert error.status == 65 and "nowhere" in error.message


def test_the_metadata_of_an_instance(opened, gcs):
    with Metadata(gcs.tokens) as metadata:
        of_instance = {"NO_GCE_CHECK": "", "GCE_METADATA_HOST": metadata.host}
        works(opened(**of_instance))
        assert len(metadata.asked) == 1
        metadata.status = 404
        error = refusal(opened, **of_instance)
        assert error.status == 77 and "service account" in error.hint
    error = refusal(opened, NO_GCE_CHECK="", GCE_METADATA_HOST="127.0.0.1:9")
    assert error.status == 77 and "GS_ACCESS_KEY_ID" in error.hint


def test_a_token_that_ends_is_fetched_anew_before_and_one_that_is_refused_at_once(opened, gcs):
    with Metadata(gcs.tokens, lifetime=240) as metadata:
        probe = opened(NO_GCE_CHECK="", GCE_METADATA_HOST=metadata.host)
        asked = len(metadata.asked)
        probe("put", name="n", text="there")
        assert len(metadata.asked) == asked + 1, "it has less than five minutes"
        metadata.lifetime = 3600
        probe("put", name="n", text="there")
        asked = len(metadata.asked)
        assert probe.text("n") == "there" and len(metadata.asked) == asked
        gcs.tokens.clear()
        assert probe.text("n") == "there" and len(metadata.asked) == asked + 1
        metadata.tokens = set()
        gcs.tokens.clear()
        error = refusal(probe, "get", name="n")
        assert error.status == 77 and "401" in error.message and metadata.given[-1] not in error.message
