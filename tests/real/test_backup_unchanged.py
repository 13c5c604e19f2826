"""What did not change since the last snapshot, or is there twice, is in a pack once; each snapshot is whole for all that."""
import hashlib
import os
import random
import shutil

import pytest

from lab import backup_reader
from lab.backups import Repository
from lab.cut_off import CutOff
from lab.owctl import binary
from lab.s3 import ROOT
from test_backup import LARGE, at_head, filled, keys, place  # noqa: F401 (fixtures)
from test_backup_without_owctl import restore as by_script  # noqa: F401 (fixture)

HOUR = 3600
BIG = random.Random(3).randbytes(9 << 20)  # three pieces
FILES = {f"uploads/{number:03}.txt": random.Random(number).randbytes(5000) for number in range(40)} | {
    "uploads/big": BIG, "uploads/empty": b"", "vector_db/0a/x.bin": random.Random(4).randbytes(50_000)}


class InAnHour(CutOff):
    """owctl when all files here are an hour old: it does not rely on the time of one that was just written."""

    def environment(self, **more):
        return super().environment(**self._preloaded(CLOCK_AHEAD=HOUR, **more))


@pytest.fixture
def repository(owctl, keys, tmp_path):  # noqa: F811
    return Repository(InAnHour(owctl.home, binary()), tmp_path / "repository", keys).init()


@pytest.fixture
def site(filled):  # noqa: F811
    return filled("small", "sqlite", FILES)


def stored(repository):
    """Bytes of packs."""
    return sum(len(content) for name, content in repository.objects().items() if name.startswith("packs/"))


def added(repository, site, *words, status=0):
    before = stored(repository)
    repository.create(site, *words, status=status)
    return stored(repository) - before


def comes_back(repository, place, site, snapshot="latest"):  # noqa: F811
    target = place("sqlite")
    repository.restore(target, snapshot).ok()
    assert target.files() == site.files()


def forget(repository, snapshot):
    for name in repository.objects():
        if snapshot in name:
            (repository.location / name).unlink()


def test_what_is_as_it_was_is_not_stored_again(repository, site, place):  # noqa: F811
    first, again = added(repository, site), added(repository, site)
    assert first > sum(map(len, FILES.values())) and again < 100_000
    one, two = (row["snapshot"] for row in repository.list())
    shown = repository.list()
    assert shown[0]["files"] == shown[1]["files"] and shown[0]["bytes"] == shown[1]["bytes"]
    assert repository.verify("--read-data") == []
    forget(repository, one)
    comes_back(repository, place, site, two)


@pytest.mark.parametrize("name", ["uploads/007.txt", "uploads/big", "vector_db/0a/x.bin"])
def test_a_change_is_seen_that_leaves_size_and_time(repository, site, place, name):  # noqa: F811
    added(repository, site)
    path = site.data / name
    info = path.stat()
    other = bytes(reversed(path.read_bytes()))
    with path.open("r+b") as file:
        file.write(other)
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert path.stat().st_mtime_ns == info.st_mtime_ns and path.stat().st_size == info.st_size
    added(repository, site)
    comes_back(repository, place, site)


def test_a_file_that_was_just_written_is_read_again(owctl, repository, site):
    added(repository, site)
    repository.owctl = owctl
    added(repository, site)
    added(repository, site)
    *young, known = (len(content) for name, content in repository.objects().items() if name.startswith("indexes/"))
    assert len(young) == 2 and all(size < known - 40 * len(FILES) for size in young), (known, young)  # no file is in them; of the other one, the clock was ahead


def test_the_same_content_is_stored_once(repository, site, place):  # noqa: F811
    content = random.Random(5).randbytes(1 << 20)
    alone = added(repository, site)
    site.write({f"uploads/copy {number}": content for number in range(5)})
    assert added(repository, site) < len(content) + 100_000
    site.write({f"uploads/large {number}": BIG + b"1" for number in range(3)})  # as large as each other: hashed first
    assert added(repository, site) < len(BIG) + 100_000
    os.rename(site.data / "uploads/big", site.data / "uploads/moved")
    os.rename(site.data / "uploads/001.txt", site.data / "uploads/another.txt")
    assert added(repository, site) < 100_000 < alone
    comes_back(repository, place, site)
    assert repository.verify("--read-data") == []


def test_all_is_read_where_that_is_asked_for(repository, site, place):  # noqa: F811
    first = added(repository, site)
    assert abs(added(repository, site, "--read-all") - first) < 1000
    assert added(repository, site) < 100_000
    comes_back(repository, place, site)


def test_snapshots_of_the_database_alone_are_passed_over(repository, site, place):  # noqa: F811
    added(repository, site)
    repository.create(site, "--database-only")
    assert added(repository, site) < 100_000
    comes_back(repository, place, site)


def test_another_installation_is_another(repository, site):
    first = added(repository, site)
    assert added(repository, site, "--label", "other") > 0.9 * first


def test_a_pack_that_is_gone_is_not_relied_upon(repository, site, place):  # noqa: F811
    first = added(repository, site)
    shutil.rmtree(repository.location / "packs")
    assert added(repository, site) > 0.9 * first
    forget(repository, repository.list()[0]["snapshot"])
    assert repository.verify("--read-data") == []
    comes_back(repository, place, site)


@pytest.mark.parametrize("how", ["flipped", "gone", "other"])
def test_a_damaged_index_is_not_relied_upon(repository, site, place, how):  # noqa: F811
    first = added(repository, site)
    [path] = (repository.location / "indexes").iterdir()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    if how != "gone":
        path.write_bytes(content if how == "flipped" else b"nothing")
    found = repository.verify(*(["--read-data"] if how == "flipped" else []), status=2)
    assert found[0][0] == f"indexes/{path.name}"
    done = repository("create", place=site).ok()
    assert "every file is read again" in done.err
    assert stored(repository) > 1.9 * first
    comes_back(repository, place, site)


def test_who_does_not_know_the_recipients_can_not_open_it(repository, site, keys, place):  # noqa: F811
    first = added(repository, site)
    [path] = (repository.location / "indexes").iterdir()
    assert b"007.txt" not in path.read_bytes()
    other = Repository(repository.owctl, repository.location, type(keys)(repository.owctl, repository.owctl.home))
    assert added(other, site) > 0.9 * first
    comes_back(other, place, site)


def test_it_comes_back_without_owctl(repository, site, by_script, tmp_path):  # noqa: F811
    added(repository, site)
    site.write({"uploads/new": b"new", "uploads/new copy": b"new"})
    added(repository, site)
    forget(repository, repository.list()[0]["snapshot"])
    reader = backup_reader.Repository(repository.location, repository.keys.file)
    status, said = by_script(reader, tmp_path / "back.db", tmp_path / "back")
    assert status == 0, said
    here = {str(file.relative_to(tmp_path / "back")).replace("vectors/", "vector_db/"): file.read_bytes()
            for file in (tmp_path / "back").rglob("*") if file.is_file()}
    assert here == site.files()


def test_objects_of_s3_are_known_by_their_tag(owctl, repository, filled, place, minio):  # noqa: F811
    repository.owctl = owctl  # the server would see that the clock is wrong
    site, bucket = filled("small", "sqlite", {}), minio.bucket()
    client = minio.client()
    put = lambda name, content: client("PUT", f"/{bucket}/{name}", body=content).ok()  # noqa: E731
    contents = {f"{number}.txt": random.Random(number).randbytes(9000) for number in range(20)}
    for name, content in contents.items():
        put(name, content)
    settings = {"STORAGE_PROVIDER": "s3", "S3_BUCKET_NAME": bucket, "S3_REGION_NAME": minio.region, "S3_ENDPOINT_URL": minio.url,
                "S3_ADDRESSING_STYLE": "path", "S3_ACCESS_KEY_ID": ROOT[0], "S3_SECRET_ACCESS_KEY": ROOT[1]}
    sizes = []
    for turn in range(3):
        if turn == 2:
            contents["7.txt"] = bytes(reversed(contents["7.txt"]))
            put("7.txt", contents["7.txt"])
        before = stored(repository)
        repository("create", place=site, **settings).ok()
        sizes.append(stored(repository) - before)
    assert sizes[0] - sizes[1] > 180_000 and 9000 < sizes[2] - sizes[1] < 12_000, sizes
    target, other = place("sqlite"), minio.bucket()
    repository("restore", place=target, **repository.opened, **settings | {"S3_BUCKET_NAME": other}).ok()
    for name, content in contents.items():
        found = client("GET", f"/{other}/{name}").ok().body
        assert hashlib.sha256(found).digest() == hashlib.sha256(content).digest()
