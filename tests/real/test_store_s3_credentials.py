"""Whose keys sign, where no setting of Open WebUI's gives any: AWS's own chain, with keys of a MinIO."""
import pytest

from lab.faulty import Faulty, says
from lab.keys import STS, Container, Instance
from lab.probe import Refused
from lab.s3 import ROOT

EVERYTHING = [{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::*"]}]


@pytest.fixture
def location(minio):
    return minio.location(minio.bucket())


@pytest.fixture
def session(minio):
    return lambda: minio.session(EVERYTHING)


@pytest.fixture
def works(open_store, location):
    """works(NAME=..): with these settings of the environment, objects are written and read."""
    def works(**environment):
        probe = open_store(location, key=None, environment=environment, patience=6)
        probe("put", name="n", text="there")
        assert probe.text("n") == "there"
        return probe

    return works


def refusal(works, **environment):
    with pytest.raises(Refused) as refused:
        works(**environment)
    return refused.value


def test_of_the_environment(works, session):
    works(AWS_ACCESS_KEY_ID=ROOT[0], AWS_SECRET_ACCESS_KEY=ROOT[1])
    access, secret, token = session()
    works(AWS_ACCESS_KEY_ID=access, AWS_SECRET_ACCESS_KEY=secret, AWS_SESSION_TOKEN=token)
    error = refusal(works, AWS_ACCESS_KEY_ID=access)
    assert error.status == 78 and "only one is set" in error.message
    error = refusal(works, AWS_ACCESS_KEY_ID=access, AWS_SECRET_ACCESS_KEY=secret, AWS_SESSION_TOKEN=f"{token}\r\nX: y")
    assert error.status == 78 and "line break" in error.message and token not in error.message


def test_of_a_profile(works, session, tmp_path):
    access, secret, token = session()
    shared = tmp_path / "shared"
    shared.write_text(f"# keys\n[default]\naws_access_key_id = nobody\naws_secret_access_key = nothing\n"
                      f"\n[ backup ]\r\naws_access_key_id={access}\r\naws_secret_access_key = {secret}\n"
                      f"aws_session_token={token}\n[other]\naws_access_key_id = x\n")
    works(AWS_SHARED_CREDENTIALS_FILE=str(shared), AWS_PROFILE="backup")
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(f"[default]\nregion = us-east-1\ns3 =\n  aws_access_key_id = wrong\n"
                                          f"aws_access_key_id = {ROOT[0]}\naws_secret_access_key = {ROOT[1]}\n"
                                          "[profile elsewhere]\nsso_session = us\n[profile half]\naws_access_key_id = x\n")
    works()
    for profile, words in (("none", 'no profile "none"'), ("elsewhere", "sso_session"), ("half", "only one")):
        error = refusal(works, AWS_PROFILE=profile)
        assert error.status == 78 and words in error.message and error.hint
    error = refusal(works, AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "none"))
    assert error.status == 65 and "AWS_SHARED_CREDENTIALS_FILE" in error.message


def test_of_a_role_by_web_identity(works, session, tmp_path):
    token = tmp_path / "token"
    token.write_text("the+identity/token=\n")
    with STS(session) as sts:
        works(AWS_WEB_IDENTITY_TOKEN_FILE=str(token), AWS_ROLE_ARN="arn:aws:iam::1:role/backup", AWS_ENDPOINT_URL_STS=sts.url)
        config = tmp_path / "config"
        config.write_text(f"[profile web]\nrole_arn = arn:aws:iam::1:role/backup\nweb_identity_token_file = {token}\n")
        works(AWS_CONFIG_FILE=str(config), AWS_PROFILE="web", AWS_ENDPOINT_URL_STS=sts.url)
        token.write_text("an-expired-one-0123456789")
        error = refusal(works, AWS_CONFIG_FILE=str(config), AWS_PROFILE="web", AWS_ENDPOINT_URL_STS=sts.url)
        assert error.status == 77 and "InvalidIdentityToken" in error.message and "AWS_ROLE_ARN" in error.hint
        assert "an-expired-one" not in error.message


def test_of_a_container(works, session, tmp_path):
    token = tmp_path / "authorization"
    token.write_text("the-authorization\n")
    with Container(session) as agent:
        works(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{agent.url}/keys", AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(token))
        works(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{agent.url}/keys", AWS_CONTAINER_AUTHORIZATION_TOKEN="the-authorization")
        assert agent.asked == ["GET /keys"] * 2
        error = refusal(works, AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{agent.url}/keys", AWS_CONTAINER_AUTHORIZATION_TOKEN="secret!")
        assert error.status == 77 and "403" in error.message and "secret!" not in error.message
    for uri in ("http://192.0.2.1/keys", "http://localhost.example/keys", "http://127.0.0.1@192.0.2.1/"):
        error = refusal(works, AWS_CONTAINER_CREDENTIALS_FULL_URI=uri, AWS_CONTAINER_AUTHORIZATION_TOKEN="secret!")
        assert error.status == 78 and "TLS" in error.message


def of_instance(giver):
    return {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": giver.url}


def test_of_an_instance(works, session):
    with Instance(session) as instance:
        works(**of_instance(instance))
        assert len(instance.asked) == 3, "they are kept while they are good"


def test_there_are_none(works):
    error = refusal(works)
    assert error.status == 77 and "AWS_ACCESS_KEY_ID" in error.hint


def test_keys_that_end_are_fetched_anew_before(works, session):
    with Instance(session, lifetime=4 * 60) as instance:
        probe = works(**of_instance(instance))
        assert len(instance.asked) == 9, "three requests, each with fresh keys"
        instance.refuses = True
        assert probe.text("n") == "there", "those that are there are still good"
        asked = len(instance.asked)
        assert probe.text("n") == "there" and len(instance.asked) == asked, "not asked each time"


def test_keys_that_are_refused_as_ended_are_fetched_anew_at_once(minio, open_store, session):
    with Instance(session) as instance, Faulty(minio.port) as faulty:
        probe = open_store(f"s3://{minio.bucket()}?endpoint={faulty.url}", key=None, environment=of_instance(instance))
        faulty.inject(says(400, "ExpiredToken", "The provided token has expired.", method="PUT"))
        probe("put", name="n", text="there")
        assert len(instance.asked) == 6
        faulty.inject(says(400, method="HEAD"))
        assert probe("look", name="n")["found"]
        assert len(instance.asked) == 9
        faulty.inject(*[says(400, "ExpiredToken", "The provided token has expired.", method="PUT")] * 5)
        with pytest.raises(Refused, match="ExpiredToken") as refused:
            probe("put", name="n", text="there")
        assert refused.value.status == 77 and len(faulty.faults) == 3


def test_no_key_is_in_what_is_told(works, session):
    with Instance(session) as instance:
        keys = []
        instance.keys = lambda: keys.append(session()) or keys[-1]
        probe = works(**of_instance(instance))
        probe.popen.stdin.close()
        told = probe.popen.stderr.read()
        assert probe.popen.wait(20) == 0 and "credentials of the instance" in told
        assert keys and not any(secret in told for secret in keys[0][1:])
