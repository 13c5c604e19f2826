"""Whatever stops a writer: each object is there as a whole, the old one or the new one, or it is not there."""
import contextlib

import pytest

from lab.cut_off import libraries
from lab.owctl import binary
from lab.probe import Refused
from lab.s3 import ROOT
from lab.store import StoreProbe, sha256_of

MIB = 1 << 20
OLD, NEW = 1, 2


@pytest.fixture
def cut(tmp_path):
    """cut(number, how, open, work): work(probe) by a probe that is cut off at its call of that number; how many there were."""
    counted = tmp_path / "calls"

    def cut(number, how, opened, work):
        counted.unlink(missing_ok=True)
        probe = StoreProbe(tmp_path, LD_PRELOAD=libraries(binary().parent / "store-probe"), CUT_OFF_AT=str(number),
                           CUT_OFF_HOW=how, CUT_OFF_COUNT=str(counted))
        ended = "well"
        try:
            probe("open", **opened)
            work(probe)
        except Refused as refused:
            ended = refused.status
        except (AssertionError, OSError):
            assert how in ("killed", "torn")
            ended = "killed"
        with contextlib.suppress(OSError):
            probe.popen.stdin.close()
        probe.popen.wait(20)
        assert "Sanitizer" not in probe.popen.stderr.read()
        return int(counted.read_text()) if counted.exists() else ended

    return cut


def replace_and_create(size):
    def work(probe):
        probe.upload("a/pack", size, seed=NEW)
        probe.upload("b/pack", size, seed=NEW, new=True)
        probe("delete", name="gone")

    return work


def check(probe, size):
    """In the order of the work: who is at a later step has done those before."""
    names, pack = probe.names(), probe.sha256("a/pack")
    steps = [pack == sha256_of(NEW, size), "b/pack" in names, "gone" not in names]
    assert pack in (sha256_of(OLD, size), sha256_of(NEW, size))
    assert "b/pack" not in names or probe.sha256("b/pack") == sha256_of(NEW, size)
    assert steps == sorted(steps, reverse=True) and set(names) <= {"a/pack", "b/pack", "gone"}
    return sum(steps)


def begin(probe, size):
    for name in probe.names():
        probe("delete", name=name)
    probe.upload("a/pack", size, seed=OLD)
    probe("put", name="gone", text="")


@pytest.mark.parametrize("how", ["killed", "torn", "full", "broken"])
def test_a_folder(cut, start_store, tmp_path, how):
    size = MIB
    opened = {"location": str(tmp_path / "place"), "make": True}
    judge = start_store()
    judge("open", **opened)
    begin(judge, size)
    calls = cut(0, how, opened, replace_and_create(size))
    assert check(judge, size) == 3 and calls > 10
    seen = set()
    for number in range(1, calls + 1):
        begin(judge, size)
        cut(number, how, opened, replace_and_create(size))
        seen.add(check(judge, size))
    assert len(seen) >= 3


@pytest.mark.parametrize("how", ["killed", "torn", "lost"])
@pytest.mark.parametrize("kind", ["S3", "SFTP"])
def test_another_machine(cut, start_store, minio, sshd, kind, how):
    size = 9 * MIB
    location = minio.location(minio.bucket()) if kind == "S3" else sshd.location(sshd.place())
    opened = {"location": location, "key": ROOT[0], "secret": ROOT[1], "patience": 1, "make": True}
    judge = start_store()
    judge("open", **opened)
    begin(judge, size)
    calls = cut(0, how, opened, replace_and_create(size))
    assert check(judge, size) == 3
    seen = set()
    for number in (calls * part // 8 for part in range(1, 8)):
        begin(judge, size)
        cut(number, how, opened, replace_and_create(size))
        seen.add(check(judge, size))
    assert len(seen) > 1
