"""Who may, where no setting of Open WebUI's says so: Azure's own chain, with an Azurite that looks at tokens."""
import pytest

from lab.azurite import ACCOUNT, KEY, shared_access
from lab.identities import ASSERTION, CLIENT, SECRET, TENANT, Entra, Metadata, Service
from lab.probe import Refused

OF_CLIENT = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT}


@pytest.fixture
def works(azurite, open_store):
    """works(NAME=..): with these settings of the environment, objects are written and read."""
    location = azurite.location(azurite.container())

    def works(location=location, **environment):
        probe = open_store(location, key=None, environment=environment, patience=6)
        probe("put", name="n", text="there")
        probe.upload("large", 9 << 20)
        assert probe.text("n") == "there" and probe.names() == ["large", "n"]
        return probe

    return works


@pytest.fixture
def identity_works(azurite_of_identities, works):
    server = azurite_of_identities
    location = server.location(server.container(), ca=str(server.authority))
    return lambda **environment: works(location=location, **environment)


def refusal(works, **environment):
    with pytest.raises(Refused) as refused:
        works(**environment)
    return refused.value


def test_of_the_environment(works):
    works(AZURE_STORAGE_KEY=KEY)
    token = shared_access()
    works(AZURE_STORAGE_SAS_TOKEN=token)
    works(AZURE_STORAGE_SAS_TOKEN=f"?{token}")
    error = refusal(works, AZURE_STORAGE_SAS_TOKEN=f"{token}\r\nX: y")
    assert error.status == 78 and "line break" in error.message and token not in error.message
    ended = shared_access(minutes=-5)
    error = refusal(works, AZURE_STORAGE_SAS_TOKEN=ended)
    assert error.status == 77 and "make a new one" in error.hint and ended not in error.message


def test_of_a_connection_string(works, azurite):
    start = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT}"
    bare = f"azure://{ACCOUNT}/{azurite.container()}"
    works(AZURE_STORAGE_CONNECTION_STRING=f"{start};AccountKey={KEY}")
    works(AZURE_STORAGE_CONNECTION_STRING=f"{start};AccountKey={KEY};BlobEndpoint={azurite.url}/;", location=bare)
    works(AZURE_STORAGE_CONNECTION_STRING=f"BlobEndpoint={azurite.url};SharedAccessSignature={shared_access()}", location=bare)
    error = refusal(works, AZURE_STORAGE_CONNECTION_STRING=f"AccountName=another;AccountKey={KEY}")
    assert error.status == 78 and "another" in error.message and KEY not in error.message
    error = refusal(works, AZURE_STORAGE_CONNECTION_STRING=KEY.rstrip("="))
    assert error.status == 78 and "is not one" in error.message and KEY[:20] not in error.message
    error = refusal(works, AZURE_STORAGE_CONNECTION_STRING=f"{start};AccountKey={KEY};EndpointSuffix=127.0.0.1.invalid",
                    location=bare)
    assert error.status == 69 and f"http://{ACCOUNT}.blob.127.0.0.1.invalid" in error.message


def test_of_a_client_secret(identity_works, works):
    with Entra() as entra:
        identity_works(**OF_CLIENT, AZURE_CLIENT_SECRET=SECRET, AZURE_AUTHORITY_HOST=entra.url)
        assert len(entra.tokens) == 1, "it is kept while it is good"
        error = refusal(identity_works, **OF_CLIENT, AZURE_CLIENT_SECRET="not that one", AZURE_AUTHORITY_HOST=entra.url)
        assert error.status == 77 and "AADSTS7000215: Invalid client secret provided." in error.message
        assert "0815" not in error.message and "not that one" not in error.message and "AZURE_CLIENT_SECRET" in error.hint
        error = refusal(works, **OF_CLIENT, AZURE_CLIENT_SECRET=SECRET, AZURE_AUTHORITY_HOST=entra.url)
        assert error.status == 78 and "only sent over https://" in error.message
    error = refusal(identity_works, **OF_CLIENT, AZURE_CLIENT_SECRET=SECRET, AZURE_AUTHORITY_HOST="http://192.0.2.1")
    assert error.status == 78 and "TLS" in error.message


def test_of_a_workload_identity(identity_works, tmp_path):
    token = tmp_path / "token"
    token.write_text(f"{ASSERTION}\n")
    with Entra() as entra:
        settings = {**OF_CLIENT, "AZURE_FEDERATED_TOKEN_FILE": str(token), "AZURE_AUTHORITY_HOST": f"{entra.url}/"}
        identity_works(**settings)
        token.write_text("an-expired-one-0123456789")
        error = refusal(identity_works, **settings)
        assert error.status == 77 and "invalid_client" in error.message and "AZURE_FEDERATED_TOKEN_FILE" in error.hint
        assert "an-expired-one" not in error.message
        token.unlink()
        error = refusal(identity_works, **settings)
        assert error.status == 65 and str(token) in error.message


def test_of_a_managed_identity_of_a_service(identity_works):
    with Service() as service:
        settings = {"IDENTITY_ENDPOINT": f"{service.url}/msi/token", "IDENTITY_HEADER": "the-header"}
        identity_works(**settings)
        identity_works(**settings, AZURE_CLIENT_ID=CLIENT)
        error = refusal(identity_works, **settings, AZURE_CLIENT_ID="another")
        assert error.status == 77 and "Identity not found" in error.message and "AZURE_CLIENT_ID" in error.hint
    error = refusal(identity_works, IDENTITY_ENDPOINT="http://192.0.2.1/msi/token", IDENTITY_HEADER="secret!")
    assert error.status == 78 and "TLS" in error.message and "secret!" not in error.message


def test_of_an_instance(identity_works):
    with Metadata() as metadata:
        identity_works(AZURE_POD_IDENTITY_AUTHORITY_HOST=metadata.url)
        assert len(metadata.tokens) == 1
        error = refusal(identity_works, AZURE_POD_IDENTITY_AUTHORITY_HOST=metadata.url, AZURE_CLIENT_ID="another")
        assert error.status == 77 and "metadata service answers 400" in error.message


def test_there_are_none(works):
    error = refusal(works)
    assert error.status == 77 and "AZURE_STORAGE_KEY" in error.hint


def test_a_token_that_ends_is_fetched_anew_before(identity_works):
    with Metadata(lifetime=4 * 60) as metadata:
        probe = identity_works(AZURE_POD_IDENTITY_AUTHORITY_HOST=metadata.url)
        assert len(metadata.tokens) > 5, "one each request"
        metadata.refuses = True
        assert probe.text("n") == "there", "the one that is there is still good"
        asked = len(metadata.asked)
        assert probe.text("n") == "there" and len(metadata.asked) == asked, "not asked each time"


def test_a_token_that_is_refused_is_fetched_anew_at_once(identity_works):
    with Metadata() as metadata:
        probe = identity_works(AZURE_POD_IDENTITY_AUTHORITY_HOST=metadata.url)
        probe("clock", off=24 * 3600)  # by which the token has ended
        assert probe.text("n") == "there" and len(metadata.tokens) == 2
        good = metadata.token
        metadata.token = lambda: "no.token.atall"
        probe("clock", off=48 * 3600)
        with pytest.raises(Refused) as refused:
            probe.text("n")
        assert refused.value.status == 78 and "no.token" not in refused.value.message
        metadata.token = good
        assert probe.text("n") == "there"


def test_no_secret_is_in_what_is_told(identity_works, works):
    token = shared_access()
    with Metadata() as metadata:
        for probe in (identity_works(AZURE_POD_IDENTITY_AUTHORITY_HOST=metadata.url), works(AZURE_STORAGE_SAS_TOKEN=token),
                      works(AZURE_STORAGE_KEY=KEY)):
            probe.popen.stdin.close()
            told = probe.popen.stderr.read()
            assert probe.popen.wait(20) == 0 and "Azure credentials of" in told
            assert not any(secret in told for secret in (token, KEY, *metadata.tokens))
