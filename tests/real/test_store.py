"""What every store does, whatever keeps it."""
import time

import pytest

from lab import gcs
from lab.probe import Refused
from lab.s3 import MinIO, Versitygw
from lab.store import HARD_NAMES, sha256_of

MIB = 1 << 20


@pytest.fixture(params=["folder", "MinIO", "versitygw", "GCS", "Azurite", "SFTP"])
def place(request, tmp_path, start_store, open_store):
    """place(): another store-probe that has the same place open."""
    def here():
        if request.param == "folder":
            return f"{tmp_path}/a prefix/of it"
        if request.param == "SFTP":
            sshd = request.getfixturevalue("sshd")
            return sshd.location(f"{sshd.place()}/a prefix/of it")
        if request.param == "GCS":
            api = request.getfixturevalue("gcs")
            return api.location(api.server.bucket(), "a prefix/of it")
        if request.param == "Azurite":
            azurite = request.getfixturevalue("azurite")
            return azurite.location(azurite.container(), "a prefix/of it")
        server = request.getfixturevalue("s3_servers")(MinIO if request.param == "MinIO" else Versitygw)
        return server.location(server.bucket(), "a prefix/of it")

    def opened():
        keys = dict(zip(("key", "secret"), gcs.KEYS)) if location.startswith("gs:") else {}
        probe = open_store(location, make=True, **keys)
        probe.hard_names = [name for name in HARD_NAMES if request.param != "Azurite" or "\\" not in name]
        return probe

    location = here()
    return opened


@pytest.fixture
def store(place):
    return place()


# ---- objects ----


def test_names_of_every_kind_come_back_as_they_were(store):
    names = store.hard_names
    for name in names:
        store("put", name=name, text=f"this is {name}")
    assert store.names() == names
    for name in names:
        assert store.text(name) == f"this is {name}"
        assert store("look", name=name)["size"] == len(f"this is {name}".encode())
    assert store.names("with") == [name for name in names if name.startswith("with")]
    assert store.names("a/b") == [name for name in names if name.startswith("a/b")]
    for name in names:
        store("delete", name=name)
    assert store.names() == []


def test_a_list_of_more_than_one_page_is_whole_and_in_order(store):
    store("crowd", prefix="d/many+ ", count=2345)
    store("put", name="d.before", text="")
    store("put", name="e", text="behind")
    names = store.names("d/")
    assert names == [f"d/many+ {number:04}" for number in range(2345)]
    assert store.names()[-1] == "e"
    assert len(store.names("d/many+ 1")) == 1000


def test_the_lister_can_stop_a_list(store):
    store("crowd", prefix="x", count=20)
    with pytest.raises(Refused, match="the lister has enough"):
        store.names(stop_after=3)


def test_an_object_of_no_bytes(store):
    store("put", name="none", text="")
    assert store("look", name="none")["size"] == 0 and store.text("none") == ""
    assert store.text("none", offset=5, size=10) == ""
    store.upload("none by an upload", 0)
    assert store.text("none by an upload") == ""


def test_what_is_not_there(store):
    assert store("look", name="nothing")["found"] is False
    store("delete", name="nothing")
    with pytest.raises(Refused) as refused:
        store("get", name="nothing")
    assert refused.value.status == 65 and "nothing" in refused.value.message


def test_an_object_is_replaced_and_ranges_of_it_are_read(store):
    store("put", name="n", text="old")
    store("put", name="n", text="0123456789")
    assert store.text("n") == "0123456789"
    assert store.text("n", offset=3) == "3456789"
    assert store.text("n", offset=3, size=2) == "34"
    assert store.text("n", offset=8, size=100) == "89"
    assert store.text("n", offset=10) == "" == store.text("n", offset=99, size=3)


def test_a_small_object_is_read_whole_or_not_at_all(store):
    store("put", name="n", text="0123456789")
    assert store("read", name="n", limit=10)["text"] == "0123456789"
    with pytest.raises(Refused, match="more than 9 bytes") as refused:
        store("read", name="n", limit=9)
    assert refused.value.status == 65


@pytest.mark.parametrize("size,piece", [(8 * MIB - 1, MIB), (8 * MIB, 3 * MIB), (8 * MIB + 1, 8 * MIB + 1),
                                        (21 * MIB + 5, 65521), (40 * MIB, 40 * MIB)])
def test_uploads_of_one_part_and_of_several(store, size, piece):
    store.upload("pack", size, piece=piece, seed=7)
    assert store("look", name="pack")["size"] == size
    assert store.sha256("pack") == sha256_of(7, size)
    assert store.sha256("pack", offset=size - 70000) == sha256_of(7, size, size - 70000)
    assert store.sha256("pack", offset=MIB, size=MIB) == sha256_of(7, size, MIB, 2 * MIB)


# ---- STORE_NEW ----


def test_what_is_there_is_not_replaced_by_new(store):
    store("put", name="n", text="first", new=True)
    with pytest.raises(Refused, match="is there already") as refused:
        store("put", name="n", text="second", new=True)
    assert refused.value.status == 2
    with pytest.raises(Refused, match="is there already"):
        store.upload("n", 5, new=True)
    with pytest.raises(Refused, match="is there already"):
        store.upload("n", 9 * MIB, new=True)
    assert store.text("n") == "first"
    store.upload("large", 9 * MIB, seed=3, new=True)
    assert store.sha256("large") == sha256_of(3, 9 * MIB)


@pytest.mark.parametrize("size", [10, 9 * MIB])
def test_of_two_that_create_the_same_at_once_one_wins(place, size):
    probes = [place(), place()]
    assert probes[0]("can")["create"] is True
    for turn in range(8):
        for seed, probe in enumerate(probes):
            probe.send("upload", name=f"lock-{turn}", size=size, piece=size, seed=seed, new=True)
        won = []
        for seed, probe in enumerate(probes):
            try:
                probe.answer()
                won.append(seed)
            except Refused as refused:
                assert refused.status in (2, 75), refused
        assert len(won) == 1
        assert probes[0].sha256(f"lock-{turn}") == sha256_of(won[0], size)


def test_whether_the_server_keeps_to_new_is_found_out_and_leaves_nothing(store):
    assert store("can")["create"] is True
    assert store.names() == []


def test_the_clock_of_the_store(store):
    before = time.time_ns()
    store("put", name="n", text="")
    now = store("time", scratch="scratch")["now"]
    assert abs(now - before) < 60e9 and abs(store("look", name="n")["modified"] - now) < 60e9
    assert store.names() == ["n"]
