"""What `backup create` and `restore` tell an operator that a snapshot can't do: the secret key, vectors elsewhere, replicas."""
import hashlib
import os

import pytest

from test_backup import at_head, engine, filled, keys, place, repository, small  # noqa: F401 (fixtures)
from test_old_database import connected

KEY, ANOTHER = "the key of this installation", "a key that it never had"
PRINT = hashlib.blake2b(KEY.encode(), digest_size=32).hexdigest()[:16]
OF_VECTORS = "POST /api/v1/knowledge/reindex"


@pytest.fixture
def restored(repository, place):  # noqa: F811
    """restored(setting=..): what a restore with these settings says."""
    def run(*words, **settings):
        return repository("restore", *words, place=place("sqlite"), **repository.opened, **settings).ok().err

    return run


@pytest.fixture
def with_knowledge(small):  # noqa: F811
    with connected(small.url) as connection:
        [[rows]] = connection.execute("select count(*) from knowledge").fetchall()
    assert rows
    return small


def test_secret_key(repository, small, restored):  # noqa: F811
    repository("create", place=small, WEBUI_SECRET_KEY=KEY).ok()
    assert "WEBUI_SECRET_KEY" not in restored(WEBUI_SECRET_KEY=KEY)
    said = restored(WEBUI_SECRET_KEY=ANOTHER)
    assert "warning" in said and "WEBUI_SECRET_KEY (environment) is another one" in said and f"than the snapshot's ({PRINT})" in said and "sign in again" in said
    said = restored()
    assert f"whose hash begins with {PRINT} (it is not set here)" in said
    assert KEY not in said and ANOTHER not in said
    for words in ("--files-only",), ("--dry-run",):
        assert "WEBUI_SECRET_KEY" not in restored(*words)


def test_secret_key_that_the_snapshot_does_not_know(repository, small, restored):  # noqa: F811
    repository.create(small)
    assert "the snapshot does not know which" in restored(WEBUI_SECRET_KEY=KEY)


def test_vectors_that_are_elsewhere(repository, with_knowledge, restored):
    said = repository("create", place=with_knowledge, VECTOR_DB="qdrant").ok().err
    assert "VECTOR_DB qdrant" in said and OF_VECTORS in said
    assert "qdrant" not in repository("create", "-q", place=with_knowledge, VECTOR_DB="qdrant").ok().err
    assert "did not come back (qdrant)" in restored(VECTOR_DB="qdrant")


def test_vectors_that_come_back(repository, with_knowledge, restored):
    assert OF_VECTORS not in repository("create", place=with_knowledge).ok().err
    assert OF_VECTORS not in restored()
    assert "did not come back (chroma)" in restored("--database-only")
    assert "did not come back (milvus)" in restored(VECTOR_DB="milvus")
    assert "did not come back (chroma)" in restored(CHROMA_HTTP_HOST="chroma.example")


@pytest.mark.parametrize("other", [None, "same"])
def test_vectors_in_postgresql(repository, place, filled, other):  # noqa: F811
    before = filled("small", "postgresql")
    more = {} if other is None else {"PGVECTOR_DB_URL": before.url.replace("owner@", "somebody@")}
    assert OF_VECTORS not in repository("create", place=before, VECTOR_DB="pgvector", **more).ok().err


def test_replicas_with_redis(repository, small, restored):  # noqa: F811
    repository.create(small)
    assert "start every replica anew" in restored(REDIS_URL="redis://redis.example:6379/0")
    assert "every replica" not in restored()


def test_what_belongs_to_who_restored_it(repository, small, place):  # noqa: F811
    repository.create(small)
    there = place("sqlite")
    assert "chown" not in repository("restore", "--files-only", place=there, **repository.opened).ok().err
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    os.chown(there.data, 1234, 2345)
    said = repository("restore", place=there, **repository.opened).ok().err
    assert f"{there.data} belongs to the user 1234, and what was restored into it to 0" in said and "chown -R" in said


@pytest.mark.parametrize("name", ["webui.db-wal", "webui.db-journal", "vector_db/chroma.sqlite3-wal"])
def test_what_an_old_database_left_does_not_destroy_the_new_one(repository, small, place, name):  # noqa: F811
    small.write({"vector_db/chroma.sqlite3": b"its database"})
    repository.create(small)
    there = place("sqlite")
    there.write({name: b"the last changes"})
    left = there.data / name
    for words in ((), ("--replace", "--yes"), ("--dry-run",)) if name.startswith("webui") else ((),):
        said = repository("restore", *words, place=there, **repository.opened).ended(2).err
        assert f"{left} is there" in said and "move it away" in said
    assert [path for path in there.data.rglob("*") if path.is_file()] == [left] and left.read_bytes() == b"the last changes"
    left.unlink()
    repository("restore", place=there, **repository.opened).ok()


def test_which_snapshot_the_newest_is(repository, small, place):  # noqa: F811
    made = repository.create(small, "--label", "another one")
    said = repository("restore", place=place("sqlite"), **repository.opened).ok().err
    assert f'the snapshot is {made["snapshot"]} of "another one", made ' in said


def test_a_repository_inside_of_what_is_backed_up(repository, small, tmp_path):  # noqa: F811
    small.write({"uploads/one": b"1"})
    (tmp_path / "link").symlink_to(small.data / "uploads")
    repository.settings["OWCTL_REPOSITORY"] = tmp_path / "link/backups"
    repository.init()
    said = repository("create", place=small).ended(78).err
    assert f"is inside of {small.data}/uploads" in said and not (small.data / "uploads/backups/snapshots").exists()
    repository("create", "--database-only", place=small).ok()
