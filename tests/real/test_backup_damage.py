"""Whatever bit of a repository is not as it was written: verify says so, and nothing wrong is ever restored.
`FLIPS=5000 SEED=1 scripts/check -k test_backup_damage` tries that many, other ones for other seeds."""
import json
import os
import random
import sqlite3

import pytest

from lab import chain, old_database
from lab.backups import Keys, Place, Repository, exactly, tidy
from test_old_database import connected

FLIPS = int(os.environ.get("FLIPS", "60"))
SEED = int(os.environ.get("SEED", "0"))
# Text for whoever has no owctl; it is not needed to bring anything back with it.
NOT_NEEDED = ("RESTORE.txt", "restore.sh")
pytestmark = pytest.mark.timeout(300 + 3 * FLIPS)


@pytest.fixture
def repository(owctl, tmp_path):
    return Repository(owctl, tmp_path / "repository", Keys(owctl, tmp_path)).init()


@pytest.fixture
def before(tmp_path):
    """A small installation with rows of every kind."""
    data = tmp_path / "before"
    data.mkdir()
    place = Place(f"sqlite:///{data}/webui.db", data)
    with connected(place.url) as connection:
        chain.run("sqlite", connection, chain.version_table_sql(), *(step.sql("sqlite") for step in chain.revisions()))
        connection.execute(f"insert into alembic_version values ('{chain.HEAD}')")
        connection.commit()
        old_database.fill(connection, count=8)
        connection.execute("update file set path = null")
        tidy(connection)
        connection.execute("update chat set title = 5.0 where id = (select min(id) from chat)")
    place.write({"uploads/one": b"1" * 5000, "uploads/two": random.Random(2).randbytes(70_000), "vector_db/three": b"3"})
    return place


def damages(source, objects):
    """(what, name, content): flips and cuts of each object, more of the larger ones; and one that is gone."""
    total = sum(len(content) ** 0.5 for content in objects.values())
    for name, content in objects.items():
        yield f"{name} is gone", name, None
        yield f"{name} is empty", name, b""
        for _ in range(1 + int(FLIPS * len(content) ** 0.5 / total)):
            at = source.randrange(len(content))
            if source.random() < 0.8:
                bit = 1 << source.randrange(8)
                yield f"bit {bit} of byte {at} of {name}", name, content[:at] + bytes([content[at] ^ bit]) + content[at + 1:]
            else:
                yield f"{name} cut at {at}", name, content[:at]


def restored(tmp_path, repository):
    """What there is after a restore, or None: (files, rows)."""
    data = tmp_path / "after"
    data.mkdir()
    after = Place(f"sqlite:///{data}/webui.db", data)
    done = repository.restore(after)
    assert done.rc in (0, 1, 65, 77, 78), done.err
    found = after.files(), exactly(after.url) if (data / "webui.db").exists() else None
    assert (found[1] is not None) == (done.rc == 0), done.err
    assert not list(data.glob("webui.db?*"))
    for file in sorted(data.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    data.rmdir()
    return done.rc, *found


def names_it_otherwise(name, content, whole):
    """Whether another ID or day of the repository is all that came of it: nothing depends on these two."""
    if name != "owctl-repository.json" or not content:
        return False
    try:
        said = json.loads(content)
    except ValueError:
        return False
    return all(said.get(key) == json.loads(whole)[key] for key in ("format", "salt"))


def test_damage_is_reported_and_never_restored(repository, before, tmp_path):
    repository.create(before)
    whole, files, rows = repository.objects(), before.files(), exactly(before.url)
    assert restored(tmp_path, repository) == (0, files, rows)
    source = random.Random(SEED)
    for number, (what, name, content) in enumerate(damages(source, {name: content for name, content in whole.items() if name not in NOT_NEEDED})):
        file = repository.location / name
        file.unlink()
        if content is not None:
            file.write_bytes(content)
        said = repository("verify", "--read-data", **repository.opened)
        if not names_it_otherwise(name, content, whole[name]):
            assert said.rc in (1, 2, 65, 77, 78), f"{what}: {said.rc} {said.out} {said.err}"
        if name.startswith(("manifests/", "packs/")) and number % 3 == 1:  # no key is needed to see that
            assert name in dict(repository.verify("--read-data", status=2, opened=False)), what
        if number % 3 == 0:
            status, some, found = restored(tmp_path, repository)
            assert found in (None, rows), what
            assert some.items() <= files.items(), what
            assert status != 0 or some == files, what
        file.write_bytes(whole[name])
    assert repository.verify("--read-data") == [] and repository.objects() == whole


def test_what_was_swapped_is_damage(repository, before, tmp_path):
    """Whole objects of one snapshot in the place of another's."""
    for _ in range(2):
        repository.create(before, "--read-all")
        with connected(before.url) as connection:
            connection.execute("update chat set title = 'another'")
    whole = repository.objects()
    records = repository.records()
    packs = [record["packs"][0][0] for record in records.values()]
    for one, other in (records, [f"manifests/{record['snapshot']}.tar.age" for record in records.values()],
                       [f"packs/{pack[:2]}/{pack}.tar.age" for pack in packs]):
        (repository.location / one).write_bytes(whole[other])
        (repository.location / other).write_bytes(whole[one])
        assert len(repository.verify("--read-data", status=2)) == 2, one
        assert restored(tmp_path, repository)[0] == 65
        for name in one, other:
            (repository.location / name).write_bytes(whole[name])
    assert repository.verify("--read-data") == []
