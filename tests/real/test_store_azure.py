"""Azure Blob Storage as a store, against Azurite. What only Azure itself refuses is answered by the proxy before it, in
the words of its reference."""
import base64
import email.utils
import time

import pytest

from lab.azurite import ACCOUNT, KEY, shared_access
from lab.faulty import Fault, Faulty, changes, cuts, is_silent, loses_the_answer, reply, resets, says
from lab.probe import Refused
from lab.store import bytes_of, sha256_of

MIB = 1 << 20


@pytest.fixture
def proxied(azurite, open_store):
    """A store behind a proxy; its `faulty` is that proxy."""
    with Faulty(azurite.port) as faulty:
        container = azurite.container()
        location = f"azure://{ACCOUNT}/{container}/p?endpoint={faulty.url}/{ACCOUNT}"
        probe = open_store(location, patience=120, silence=20)
        probe.faulty, probe.container, probe.location = faulty, container, location
        faulty.seen.clear()
        yield probe


def refusal(call, *arguments, **options):
    with pytest.raises(Refused) as refused:
        call(*arguments, **options)
    return refused.value


# ---- names and lists ----


def test_a_backslash_would_be_a_slash_and_is_refused(azurite, open_store):
    probe = open_store(azurite.location(azurite.container()))
    probe("put", name="a/b", text="there")
    for do in (lambda: probe("put", name="a\\b", text=""), lambda: probe("delete", name="a\\b")):
        error = refusal(do)
        assert error.status == 65 and "a\\b" in error.message
    assert probe.text("a/b") == "there"


def test_a_list_is_in_the_order_of_bytes_whatever_the_server_compares(azurite, open_store):
    """Azurite compares units of UTF-16, in which an emoji comes before a wide letter."""
    probe = open_store(azurite.location(azurite.container(), "p"))
    names = ["a/\uff41x", "a/\uff41😀", "a/\uff41\uff42", "a/😀", "a/😀\uff41", "a/😁", "b", "b\uff41", "b😀", "\uff41", "😀"]
    for name in reversed(names):
        probe("put", name=name, text=name)
    assert probe.names() == sorted(names, key=lambda name: name.encode())
    assert probe("list", prefix="a/")["sizes"] == [len(name.encode()) for name in probe.names("a/")]


def test_names_that_xml_can_not_hold_and_folders_of_a_hierarchical_account(proxied):
    """As Azure itself lists them; Azurite does neither."""
    proxied("put", name="n", text="there")

    def encoded(answer):
        name = b'<Name Encoded="true">p/50%25%EF%BF%BE+</Name>'
        entry = b"<Blob><Name>p/a</Name><Properties><Content-Length>0</Content-Length>%s</Properties></Blob>"
        folder = entry % b"<ResourceType>directory</ResourceType>"
        answer.content = answer.content.replace(b"<Name>p/n</Name>", name).replace(b"<Blobs>", b"<Blobs>" + folder)

    proxied.faulty.inject(changes(encoded, method="GET"))
    assert proxied.names() == ["50%\ufffe+"]


def test_an_upload_that_is_given_up_is_no_object(azurite, open_store):
    probe = open_store(azurite.location(azurite.container()))
    probe.upload("n", 20 * MIB, abort=True)
    assert probe("look", name="n")["found"] is False and probe.names() == []
    probe.upload("n", 9 * MIB, seed=4, new=True)
    assert probe.sha256("n") == sha256_of(4, 9 * MIB)


@pytest.mark.parametrize("new,status,words", [(False, 75, "another upload"), (True, 2, "is there already")])
def test_two_uploads_of_one_name_at_once_do_not_mix(proxied, azurite, open_store, new, status, words):
    """The one that ends last finds its blocks taken away, and says so."""
    other = open_store(azurite.location(proxied.container, "p"))

    def the_other_ends_first(handler, forward):
        other.upload("n", 10 * MIB, seed=2)
        reply(handler, forward())

    proxied.faulty.inject(Fault(the_other_ends_first, method="PUT", path="comp=blocklist"))
    error = refusal(proxied.upload, "n", 9 * MIB, seed=1, new=new)
    assert error.status == status and words in error.message
    assert proxied.sha256("n") == sha256_of(2, 10 * MIB)


def test_the_tier_goes_with_every_write(azurite, open_store):
    container = azurite.container()
    probe = open_store(azurite.location(container, tier="Cool"))
    probe("put", name="small", text="")
    probe.upload("large", 9 * MIB)
    for name in ("small", "large"):
        assert azurite.client()("HEAD", f"/{container}/{name}").headers["x-ms-access-tier"] == "Cool"
    assert refusal(open_store, azurite.location(container, tier="Archive")).status == 78


# ---- what an operator gets wrong ----


def test_wrong_keys(azurite, open_store):
    location = azurite.location(azurite.container())
    wrong = base64.b64encode(b"another key of the same length, and not that one of the account!").decode()
    error = refusal(open_store, location, secret=wrong)
    assert error.status == 77 and "failed to authenticate" in error.message and "check both" in error.hint
    assert wrong not in error.message + error.hint
    error = refusal(open_store, location, secret="in no base64!")
    assert error.status == 78 and "base64" in error.message and "in no" not in error.message + error.hint


def test_no_such_container_or_account(azurite, open_store):
    error = refusal(open_store, azurite.location("no-such-container"))
    assert error.status == 78 and "ContainerNotFound" in error.message and "makes no containers" in error.hint
    error = refusal(open_store, azurite.location("c-1").replace(ACCOUNT, "nobody"))
    assert error.status == 78 and "account's name" in error.hint


def test_a_container_that_goes_meanwhile_is_not_an_object_that_is_not_there(azurite, open_store):
    container = azurite.container()
    probe = open_store(azurite.location(container))
    azurite.client()("DELETE", f"/{container}", {"restype": "container"}).ok()
    for do in (lambda: probe("look", name="n"), lambda: probe("delete", name="n"), lambda: probe("get", name="n")):
        assert refusal(do).status == 78


@pytest.mark.parametrize("off", [3600, -3600])
def test_a_clock_that_is_off_by_an_hour(proxied, off):
    """Azurite does not look at it, Azure does."""
    proxied("clock", off=off)
    proxied.faulty.inject(says(403, "AuthenticationFailed", "Server failed to authenticate the request.",
                               {"Date": email.utils.formatdate(usegmt=True)}, method="GET"))
    error = refusal(proxied, "get", name="n")
    assert error.status == 78 and f"{'ahead of' if off > 0 else 'behind'}" in error.hint and "36" in error.hint


def test_nobody_listens(open_store):
    error = refusal(open_store, f"azure://{ACCOUNT}/container?endpoint=http://127.0.0.1:9", patience=3)
    assert error.status == 69 and "127.0.0.1:9" in error.message


def test_a_server_that_speaks_something_else(proxied, open_store):
    for answer in (says(200), says(200, "NoList")):
        proxied.faulty.inject(answer)
        error = refusal(open_store, proxied.location)
        assert error.status == 65 and "does not speak Azure" in error.message


@pytest.mark.parametrize("status,code,expected,words", [
    (403, "AuthorizationFailure", 77, "network rules"),
    (403, "KeyBasedAuthenticationNotPermitted", 77, "identity"),
    (403, "SomethingNew", 77, "Storage Blob Data Contributor"),
    (409, "BlobImmutableDueToPolicy", 77, "policy"),
    (412, "LeaseIdMissing", 77, "lease"),
    (409, "SnapshotsPresent", 77, "snapshots"),
    (409, "BlobArchived", 1, "rehydrated"),
    (404, "ResourceNotFound", 78, "account's name"),
    (418, "Teapot", 1, None),
])
def test_what_the_server_says_is_told_with_what_to_do(proxied, status, code, expected, words):
    proxied.faulty.inject(says(status, code, "in the server's words\nRequestId:0815", method="PUT"))
    error = refusal(proxied, "put", name="n", text="", new=True)
    assert error.status == expected and f"{status} {code}: in the server's words" in error.message
    assert "0815" not in error.message
    assert (words in error.hint) if words else not error.hint


# ---- a line and a server that fail ----


def test_storms_of_503_and_resets_are_outlasted(proxied):
    faults = [says(503, "ServerBusy", "The server is busy."), resets(), says(500, "OperationTimedOut"), says(429), says(502),
              resets(), says(500, "InternalError")]
    for number, fault in enumerate(faults):
        proxied.faulty.inject(fault)
        proxied("put", name=f"n{number}", text=f"text {number}")
    proxied.faulty.inject(*faults)
    assert proxied.text("n1") == "text 1"
    assert proxied.faulty.faults == []
    assert len(proxied.names()) == len(faults)


def test_every_request_of_an_upload_is_tried_again(proxied):
    proxied.faulty.inject(says(503, "ServerBusy", method="PUT", path="comp=block&"), resets(method="PUT", path="comp=block&"),
                          loses_the_answer(method="PUT", path="comp=block&"), resets(method="PUT", path="comp=blocklist"))
    proxied.upload("pack", 21 * MIB, seed=5)
    assert proxied.faulty.faults == []
    assert proxied.sha256("pack") == sha256_of(5, 21 * MIB)


def test_a_lost_answer_does_not_make_a_write_that_of_another(proxied, azurite):
    proxied.faulty.inject(loses_the_answer(method="PUT", path="/small"), loses_the_answer(method="PUT", path="blocklist"))
    proxied("put", name="small", text="mine", new=True)
    proxied.upload("large", 9 * MIB, new=True)
    proxied.faulty.inject(loses_the_answer(method="PUT", path="blocklist"))
    proxied.upload("large too", 9 * MIB)
    assert proxied.faulty.faults == []
    assert proxied.names() == ["large", "large too", "small"]
    azurite.client()("PUT", f"/{proxied.container}/p/other", body=b"not mine", headers={"x-ms-blob-type": "BlockBlob"}).ok()
    proxied.faulty.inject(resets(method="PUT", path="/other"))
    error = refusal(proxied, "put", name="other", text="mine", new=True)
    assert error.status == 2 and "is there already" in error.message


def test_a_body_that_breaks_off_is_gone_on_with(proxied):
    proxied.upload("pack", 7 * MIB, seed=9)
    proxied.faulty.inject(cuts(3 * MIB, method="GET"), cuts(0, method="GET"), cuts(2 * MIB, method="GET"))
    assert proxied.sha256("pack") == sha256_of(9, 7 * MIB)
    proxied.faulty.inject(cuts(MIB, method="GET"))
    assert proxied.sha256("pack", offset=100, size=2 * MIB) == sha256_of(9, 7 * MIB, 100, 100 + 2 * MIB)
    assert proxied.faulty.faults == []


def test_a_body_that_breaks_off_and_is_another_one_then(proxied, azurite):
    proxied.upload("pack", 3 * MIB, seed=9)

    def replaced_and_cut(handler, forward):
        answer = forward()
        azurite.client()("PUT", f"/{proxied.container}/p/pack", body=bytes_of(1, 3 * MIB),
                         headers={"x-ms-blob-type": "BlockBlob"}).ok()
        cut.act(handler, lambda: answer)

    cut = cuts(MIB, method="GET")
    proxied.faulty.inject(Fault(replaced_and_cut, method="GET"))
    error = refusal(proxied, "get", name="pack")
    assert error.status == 65 and "was changed while it was read" in error.message


def test_bytes_that_the_server_has_changed_are_seen(proxied):
    proxied("put", name="n", text="0123456789")

    def flip(answer):
        answer.content = b"0123456780"

    proxied.faulty.inject(changes(flip, method="GET"))
    error = refusal(proxied, "read", name="n", limit=100)
    assert error.status == 65 and "MD5" in error.message


@pytest.mark.parametrize("size", [10, 9 * MIB])
def test_bytes_that_change_on_the_way_to_the_server_are_refused(proxied, open_store, size):
    """Azurite's own check of what it gets, and Azure's words, which are tried again. A key would sign the sum as well."""
    probe = open_store(proxied.location, key=None, environment={"AZURE_STORAGE_SAS_TOKEN": shared_access()})
    def garbled(handler, forward):
        handler.headers.replace_header("Content-MD5", base64.b64encode(b"of another body!").decode())
        reply(handler, forward())

    proxied.faulty.inject(says(400, "Md5Mismatch", "The MD5 value specified is invalid.", method="PUT"), Fault(garbled, method="PUT"))
    error = refusal(probe.upload, "n", size)
    assert error.status == 1 and "doesn't match" in error.message and proxied.faulty.faults == []
    assert proxied("look", name="n")["found"] is False


def test_a_server_that_stays_away_is_given_up(proxied):
    proxied("open", location=proxied.location, secret=KEY, patience=1)
    proxied.faulty.inject(*[says(503, "ServerBusy", "The server is busy.")] * 100)
    error = refusal(proxied, "put", name="n", text="")
    assert error.status == 75 and "ServerBusy" in error.message
    assert 2 <= len(proxied.faulty.seen) < 40


def test_a_silent_server_is_not_waited_for_without_end(proxied):
    proxied("open", location=proxied.location, secret=KEY, patience=120, silence=2)
    proxied.faulty.inject(is_silent())
    proxied("put", name="n", text="there")
    assert proxied.text("n") == "there"


def test_connections_are_used_again(proxied):
    before = proxied.faulty.connections
    for number in range(20):
        proxied("put", name=f"n{number}", text="x")
        proxied("get", name=f"n{number}")
    assert proxied.faulty.connections == before


def test_a_signal_ends_every_wait(proxied):
    proxied.faulty.inject(is_silent(method="PUT"))
    proxied.send("put", name="n", text="")
    while not proxied.faulty.seen:
        time.sleep(0.02)
    proxied.popen.terminate()
    assert refusal(proxied.answer).status == 130


# ---- who may only read ----


def test_who_may_only_read(azurite, open_store):
    container = azurite.container()
    open_store(azurite.location(container))("put", name="n", text="there")
    token = shared_access("rl")
    probe = open_store(azurite.location(container), key=None, environment={"AZURE_STORAGE_SAS_TOKEN": token})
    assert probe.text("n") == "there" and probe.names() == ["n"]
    for do in (lambda: probe("put", name="m", text=""), lambda: probe("delete", name="n"),
               lambda: probe.upload("m", 9 * MIB), lambda: probe("put", name="m", text="", new=True)):
        error = refusal(do)
        assert error.status == 77 and "permissions r, w, c, l" in error.hint
        assert token not in error.message and "sig=" not in error.message
    assert probe("look", name="m")["found"] is False
