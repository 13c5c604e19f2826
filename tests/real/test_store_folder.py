"""A folder as a store, on real file systems."""
import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import time

import pytest

from lab.probe import Refused
from lab.store import HARD_NAMES, sha256_of

MIB = 1 << 20
DAY = 24 * 60 * 60


@pytest.fixture
def place(tmp_path):
    return tmp_path / "place"


@pytest.fixture
def store(start_store, place):
    probe = start_store()
    probe("open", location=str(place), make=True)
    return probe


def refused(call, *arguments, **options):
    with pytest.raises(Refused) as error:
        call(*arguments, **options)
    return error.value


def everything_in(place):
    return sorted(str(path.relative_to(place)) for path in place.rglob("*") if not path.is_dir())


@pytest.mark.quick
def test_a_folder_is_made_for_its_owner_alone_and_only_when_asked_for(start_store, place):
    probe = start_store()
    error = refused(probe, "open", location=str(place / "inner"))
    assert error.status == 78 and "mounted" in error.hint
    probe("open", location=f"file://{place}/inner", make=True)
    assert (place / "inner").stat().st_mode & 0o777 == 0o700
    probe("put", name="a/b", text="x")
    assert (place / "inner/a").stat().st_mode & 0o777 == 0o700
    assert (place / "inner/a/b").stat().st_mode & 0o777 == 0o600


@pytest.mark.quick
def test_names_of_every_kind_come_back_as_they_were(store, place):
    names = [name for name in HARD_NAMES if name not in ("a/b/c", "a/b c/d+e/%2F")] + ["A/b/c", "A/b c/d+e/%2F", "A.b", "A0"]
    names.sort(key=lambda name: name.encode())
    for name in names:
        store("put", name=name, text=f"this is {name}")
    assert store.names() == names
    for name in names:
        assert store.text(name) == f"this is {name}" == (place / name).read_text()
        assert store("look", name=name)["size"] == len(f"this is {name}".encode())
    for prefix in ("with", "A/b", "A/b/", "A", "A/b c/d", "none"):
        assert store.names(prefix) == [name for name in names if name.startswith(prefix)]
    for name in names:
        store("delete", name=name)
    assert store.names() == []


@pytest.mark.parametrize("name", ["", "/a", "a/", "a//b", "..", "a/../b", ".", "./a", "a/.", ".owctl-0123456789abcdef.part",
                                  "a/.owctl-0123456789abcdef.part", "x" * 256, "/".join("y" * 10 for _ in range(90))])
def test_names_that_lead_elsewhere_are_none(store, name):
    for do in ("put", "get", "look", "delete"):
        assert refused(store, do, name=name, text="").status == 65


def test_links_are_not_followed(store, place, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (place / "folder").symlink_to(outside)
    (place / "file").symlink_to(outside / "secret")
    for do, name in (("get", "folder/secret"), ("put", "folder/new"), ("look", "folder/secret"), ("delete", "folder/secret"),
                     ("get", "file"), ("look", "file")):
        error = refused(store, do, name=name, text="x")
        assert "symbolic link" in error.hint, (do, name)
    store("put", name="file", text="mine")
    assert (outside / "secret").read_text() == "secret" and not (place / "file").is_symlink()
    assert everything_in(outside) == ["secret"] and store.names() == ["file"]


def test_ranges_empty_objects_and_what_is_not_there(store):
    store("put", name="n", text="0123456789")
    store("put", name="none", text="")
    assert store.text("n", offset=3, size=2) == "34" and store.text("n", offset=8, size=9) == "89"
    assert store.text("n", offset=10) == "" == store.text("none")
    assert store("look", name="nothing")["found"] is False and store("look", name="a/b/c")["found"] is False
    assert refused(store, "get", name="nothing").status == 65
    assert refused(store, "get", name="a/b/c").status == 65
    store("delete", name="a/b/c")
    assert refused(store, "read", name="n", limit=9).status == 65
    assert store("read", name="n", limit=10)["text"] == "0123456789"


def test_new_is_kept_by_the_file_system(store, start_store, place):
    assert store("can")["create"] is True and everything_in(place) == []
    store("put", name="n", text="first", new=True)
    error = refused(store, "put", name="n", text="second", new=True)
    assert error.status == 2 and "is there already" in error.message
    assert store.text("n") == "first"
    other = start_store()
    other("open", location=str(place))
    for turn in range(30):
        won = []
        for seed, probe in enumerate((store, other)):
            probe.send("upload", name=f"lock-{turn}", size=1000, piece=100, seed=seed, new=True)
        for seed, probe in enumerate((store, other)):
            try:
                probe.answer()
                won.append(seed)
            except Refused as lost:
                assert lost.status == 2
        assert len(won) == 1 and store.sha256(f"lock-{turn}") == sha256_of(won[0], 1000)
    assert len(everything_in(place)) == 31


def test_an_object_is_there_when_it_is_whole(store, place):
    store.upload("n", 5 * MIB, seed=1)
    store.upload("n", 3 * MIB, seed=2, abort=True)
    assert store.sha256("n") == sha256_of(1, 5 * MIB) and everything_in(place) == ["n"]


def test_what_a_killed_writer_leaves_is_no_object_and_goes_when_it_is_old(store, start_store, place):
    writer = start_store()
    writer("open", location=str(place))
    writer.send("upload", name="a/pack", size=64, piece=64, turns=10**9)
    while not (left := list(place.rglob("*.part"))):
        time.sleep(0.01)
    assert store.names() == []
    long_ago = time.time() - 2 * DAY

    def grow_old():
        os.utime(left[0], (long_ago, long_ago))

    os.kill(writer.popen.pid, signal.SIGSTOP)
    grow_old()
    assert store.names() == [] and left[0].exists(), "its writer lives"
    os.kill(writer.popen.pid, signal.SIGKILL)
    writer.popen.wait()
    os.utime(left[0])
    assert store.names() == [] and left[0].exists(), "it is young"
    grow_old()
    assert store.names() == [] and not left[0].exists()


def test_the_clock_of_the_store_is_that_of_its_files(store, place):
    store("put", name="n", text="")
    now = store("time", scratch="deep/scratch")["now"]
    modified = (place / "n").stat().st_mtime_ns
    assert store("look", name="n")["modified"] == modified and 0 <= now - modified < 60e9
    assert everything_in(place) == ["n"]


def test_a_list_can_be_stopped_and_one_of_many_is_in_order(store):
    store("crowd", prefix="d/many ", count=1500)
    assert store.names() == [f"d/many {number:04}" for number in range(1500)]
    assert refused(store.names, stop_after=3).status == 2


# ---- file systems that refuse ----


@pytest.fixture
def mounted(tmp_path):
    """mounted(options): a small file system in memory, or the reason why not."""
    places = []

    def mount(*options, kind="tmpfs"):
        place = tmp_path / f"mount-{len(places)}"
        place.mkdir()
        done = subprocess.run(["mount", "-t", kind, "-o", ",".join(options), kind, place], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"this machine mounts nothing: {done.stderr.strip()}")
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", "--lazy", place], check=True)


def test_a_full_disk(mounted, start_store):
    place = mounted("size=4m")
    probe = start_store()
    probe("open", location=str(place))
    probe("put", name="n", text="there")
    error = refused(probe.upload, "pack", 6 * MIB)
    assert error.status == 1 and "No space left" in error.message and "make room" in error.hint
    assert everything_in(place) == ["n"] and probe.text("n") == "there"
    assert probe.upload("pack", 2 * MIB) == {}


def test_a_read_only_place(mounted, start_store):
    place = mounted("size=4m")
    (place / "n").write_text("there")
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)
    probe = start_store()
    probe("open", location=str(place))
    assert probe.text("n") == "there" and probe.names() == ["n"] and probe("can")["create"] is False
    for do in (lambda: probe("put", name="m", text=""), lambda: probe("delete", name="n"),
               lambda: probe("time", scratch="scratch")):
        error = refused(do)
        assert error.status == 77 and "read-only" in error.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_folder_of_somebody_else(start_store):
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / "n").write_text("there")
        place.chmod(0o755)
        probe = start_store()
        probe("become", user=65534)
        probe("open", location=folder)
        assert probe.text("n") == "there" and probe("can")["create"] is False
        error = refused(probe, "put", name="m", text="")
        assert error.status == 77 and "rights" in error.hint
        place.chmod(0o700)
        error = refused(probe, "open", location=folder)
        assert error.status == 77 and "rights" in error.hint
        probe("become", user=0)


def test_no_file_may_be_so_large(store, place):
    resource.prlimit(store.popen.pid, resource.RLIMIT_FSIZE, (MIB, MIB))
    error = refused(store.upload, "pack", 2 * MIB)
    assert error.status == 1 and "ulimit" in error.hint and everything_in(place) == []


def test_a_signal_ends_an_upload_and_leaves_nothing(store, place):
    store.send("upload", name="pack", size=64, piece=64, turns=10**9)
    while not list(pathlib.Path(place).rglob("*.part")):
        time.sleep(0.01)
    store.popen.terminate()
    with pytest.raises(Refused) as error:
        store.answer()
    assert error.value.status == 130 and everything_in(place) == []
