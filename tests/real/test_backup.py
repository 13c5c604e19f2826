"""`owctl backup`: what goes into a snapshot comes back, on the engine that it was made of and on the other one."""
import contextlib
import hashlib
import html
import io
import json
import os
import pathlib
import random
import re
import signal
import sqlite3
import subprocess
import tarfile
import time

import pytest

from lab import azurite as azure
from lab import catalogue, chain, old_database
from lab.backups import Keys, Place, Repository, exactly, make_hostile, meaning, tidy
from lab.owctl import Owctl
from lab.parts import part
from lab.rows_difference import difference
from lab.s3 import ROOT
from lab.sftp import PASSPHRASE
from lab.store import HARD_NAMES
from test_migrate_rows import read_catalogue
from test_old_database import connected, copied, copy, engine  # noqa: F401 (fixtures)

START = "c440947495f3"
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}
LARGE = bytes(range(256)) * 28672  # 7 MiB: more than one piece
FILES = {f"uploads/{name}": name.encode() * 3 for name in HARD_NAMES} | {
    "uploads/nothing": b"", "uploads/large": LARGE, "uploads/noise": random.Random(1).randbytes(100_000),
    "vector_db/0a1b/data_level0.bin": b"\0\1\2" * 1000, "vector_db/0a1b/header.bin": b""}


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    return Keys(Owctl(folder), folder)


@pytest.fixture
def repository(owctl, keys, tmp_path):
    return Repository(owctl, tmp_path / "repository", keys).init()


def put_large(connection):
    """A chat that is more than a piece of rows, and one that is just less, with much to escape."""
    for which, size in ("min", 9 << 20), ("max", 4_150_000):
        text = json.dumps({"title": "\t\n\\\\" * (size // 8)})
        mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
        connection.execute(f"update chat set chat = {mark} where id = (select {which}(id) from chat)", [text])
    connection.commit()


@pytest.fixture(scope="session")
def at_head(postgresql, tmp_path_factory):
    """at_head(engine, name): the URL of a database at the newest revision, with rows; not to be written to. "healthy" was brought
    there by owctl, "hostile" has all values that both engines take and that somebody has found in one, "odd" what only this one
    takes."""
    made = {}

    def fill(connection, engine, name):
        steps = chain.revisions()
        last = START if name == "healthy" else chain.HEAD
        chain.run(engine, connection, chain.version_table_sql())
        for step in steps[:[step.id for step in steps].index(last) + 1]:
            chain.run(engine, connection, step.sql(engine))
        connection.execute(f"insert into alembic_version values ('{last}')")
        connection.commit()
        old_database.fill(connection, count=8 if name == "small" else 30)
        tidy(connection)
        if name in ("hostile", "odd"):
            make_hostile(connection)
            put_large(connection)
        if name == "hostile":
            tidy(connection)
        if name == "odd" and engine == "sqlite":
            make_hostile(connection, odd=True)

    def make(engine, name="healthy"):  # noqa: F811
        if (engine, name) not in made:
            folder = tmp_path_factory.mktemp("at-head")
            url = f"sqlite:///{folder}/webui.db" if engine == "sqlite" else postgresql.create()
            with connected(url) as connection:
                fill(connection, engine, name)
            if name == "healthy":
                Owctl(folder)("migrate", "up", "--no-backup", "--database", url).ok()
                with connected(url) as connection:
                    tidy(connection)
            made[engine, name] = url
        return made[engine, name]

    return make


@pytest.fixture
def place(postgresql, tmp_path):
    """place(engine): an installation of its own without a database yet; place(engine, url) has a copy of that one. Its
    database ends with the test."""
    made = []

    def make(engine, url=None, data=None):  # noqa: F811
        folder = tmp_path / f"place-{len(made)}"
        data = data or folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        if url:
            here = copied(url, data / "webui.db", postgresql)
        else:
            here = postgresql.create() if engine == "postgresql" else f"sqlite:///{data}/webui.db"
        made.append(here)
        return Place(here, data)

    yield make
    postgresql.drop(*(url for url in made if url.startswith("postgresql:")))


@pytest.fixture
def filled(at_head, place):
    """filled(name, engine): an installation with a copy of at_head's and FILES."""
    def make(name, engine, files=FILES):  # noqa: F811
        made = place(engine, at_head(engine, name))
        with connected(made.url) as connection:
            connection.execute("update file set path = null")
        made.write(files)
        return made

    return make


def assert_same_rows(one, other):
    assert difference(meaning(one), meaning(other), ("before", "after")) == ""


def assert_healthy(owctl, url):
    assert owctl("--database", url, "-o", "json", "migrate", "verify").json() == []


# --- there and back

@pytest.mark.parametrize("engine, name", [("sqlite", "healthy"), ("sqlite", "odd"), ("postgresql", "healthy"), ("postgresql", "hostile")])
def test_comes_back_as_it_was(repository, owctl, filled, place, engine, name):  # noqa: F811
    before = filled(name, engine)
    made = repository.create(before)
    assert (made["outcome"], made["missing"], made["files"]) == ("created", [], len(FILES))
    assert repository.verify("--read-data") == []
    after = place(engine)
    said = repository.restore(after).ok().json()
    assert (said["outcome"], said["rows"], said["files"], said["left_out"]) == ("restored", made["rows"], len(FILES), [])
    assert exactly(before.url) == exactly(after.url)
    assert after.files() == FILES
    assert catalogue.difference(read_catalogue(before.url), read_catalogue(after.url), ("before", "after")) == ""
    if name == "healthy":
        assert_healthy(owctl, after.url)


@pytest.mark.parametrize("name", ["healthy", "hostile"])
def test_comes_back_on_the_other_engine_and_from_there(repository, owctl, filled, place, at_head, engine, name):  # noqa: F811
    before = filled(name, engine)
    repository.create(before)
    between, after = place(OTHER[engine]), place(engine)
    assert repository.restore(between).ok().json()["left_out"] == []
    assert_same_rows(before.url, between.url)
    assert between.files() == FILES
    made_there = read_catalogue(at_head(OTHER[engine], "hostile"))
    assert catalogue.difference(made_there, read_catalogue(between.url), ("the chain", "restored")) == ""
    repository.create(between)
    assert repository.verify("--read-data") == []
    repository.restore(after).ok()
    assert_same_rows(before.url, after.url)
    if name == "healthy":
        assert_healthy(owctl, between.url)
        assert_healthy(owctl, after.url)


def test_number_that_the_engine_gives_out_follows_those_that_were_restored(repository, place):
    """Until 3ff2c63645b8 the table config has SERIAL for its key, and Open WebUI leaves it to the engine."""
    before, after = place("sqlite"), place("postgresql")
    steps = chain.revisions()
    steps = steps[:[step.id for step in steps].index("3ff2c63645b8")]
    with connected(before.url) as connection:
        chain.run("sqlite", connection, chain.version_table_sql(), *(step.sql("sqlite") for step in steps))
        connection.execute(f"insert into alembic_version values ('{steps[-1].id}')")
        for id in 1, 41:
            connection.execute(f"insert into config (id, data, version, created_at) values ({id}, '{{}}', 0, '2026-11-29 12:34:56')")
        connection.commit()
    repository.create(before, "--database-only")
    repository.restore(after, "--database-only").ok()
    with connected(after.url) as connection:
        assert connection.execute("insert into config (data, version) values ('{}', 0) returning id").fetchone() == (42,)


# --- what is in a snapshot, and what not

@pytest.fixture
def small(filled):
    """One with few rows and two files."""
    return filled("small", "sqlite", {"uploads/one": b"1", "vector_db/two": b"22"})


def files_of(place, *names):
    with connected(place.url) as connection:
        for id, path in zip([id for (id,) in connection.execute("select id from file order by id").fetchall()], names):
            connection.execute(f"update file set path = '{path}' where id = '{id}'")


def test_file_that_is_not_there_is_named_and_all_else_comes_back(repository, small, place):
    files_of(small, small.data / "uploads/one", small.data / "uploads/it is gone")
    made = repository.create(small, status=2)
    assert (made["outcome"], made["missing"], made["files"]) == ("incomplete", [str(small.data / "uploads/it is gone")], 2)
    [listed] = repository.list()
    assert (listed["complete"], listed["files"]) == (False, 2)
    assert repository.verify("--read-data") == []
    after = place("sqlite")
    repository.restore(after).ok()
    assert after.files() == small.files()


def test_label_tags_and_ids(repository, small):
    made = [repository.create(small, "--label", "här", "--tag", "a b", "--tag", "é")["snapshot"], repository.create(small)["snapshot"]]
    listed = repository.list()
    assert [row["snapshot"] for row in listed] == sorted(made)
    assert [(row["label"], row["tags"]) for row in listed if row["snapshot"] == made[0]] == [("här", ["a b", "é"])]
    assert [(row["label"], row["tags"]) for row in listed if row["snapshot"] == made[1]] == [("default", [])]
    said = repository("show", made[0], "-o", "json", **repository.opened).ok()
    shown = said.json()
    assert '"här"' in said.err.replace('\\"', '"') and "sqlite, revision " in said.err
    assert {row["name"] for row in shown if row["kind"] == "file"} == {"uploads/one", "vectors/two"}
    assert {row["name"] for row in shown if row["kind"] == "table"} >= {"user", "chat", "alembic_version"}
    for words, status in (["latest"], 0), ([made[0][:-1]], 0), (["2"], 65), (["2099"], 65):
        repository("show", *words, **repository.opened).ended(status)


def test_latest_is_the_last_one_that_was_made(repository, small):
    """Also of those of one second."""
    made = [repository.create(small, "--database-only", "--tag", str(number))["snapshot"] for number in range(6)]
    assert made == sorted(made)
    assert [row["tags"] for row in repository.list()] == [[str(number)] for number in range(6)]


def test_parts_of_an_installation(repository, small, place):
    assert repository.create(small, "--database-only")["files"] == 0
    repository.create(small)
    files, database = place("sqlite"), place("sqlite")
    assert repository.restore(files, "--files-only").ok().json()["rows"] == 0
    assert files.files() == small.files() and not (files.data / "webui.db").exists()
    assert repository.restore(database, "--database-only").ok().json()["files"] == 0
    assert database.files() == {} and exactly(database.url) == exactly(small.url)
    repository.restore(place("sqlite"), "--database-only", "--files-only").ended(64)
    repository.restore(files).ok()  # the files are there already, as they should be
    assert exactly(files.url) == exactly(small.url)


def test_what_the_folders_hold_that_is_no_file_is_left_alone(repository, small, place):
    (small.data / "uploads/empty folder").mkdir()
    (small.data / "uploads/link").symlink_to("/etc/passwd")
    assert repository.create(small)["files"] == 2


def test_dry_runs_change_nothing(owctl, repository, small, place, tmp_path):
    before = repository.objects()
    assert repository.create(small, "--dry-run") | {"database": ""} == {
        "snapshot": None, "database": "", "vectors_database": None, "repository": str(repository.location), "rows": None, "files": None,
        "bytes": None, "added": None, "missing": [], "outcome": "would create"}
    assert repository.objects() == before
    made = repository.create(small)
    before, after = repository.objects(), place("sqlite")
    said = repository.restore(after, "--dry-run").ok().json()
    assert (said["outcome"], said["rows"], said["files"]) == ("would restore", made["rows"], 2)
    assert repository.objects() == before and list(after.data.iterdir()) == []
    owctl("repo", "init", tmp_path / "other", "--dry-run").ok()
    owctl("repo", "keys", tmp_path / "other.txt", "--dry-run").ok()
    assert not (tmp_path / "other").exists() and not (tmp_path / "other.txt").exists()


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_nothing_is_restored_over_what_is_there(repository, small, filled, place, target):
    repository.create(small)
    there = filled("small", target, {})
    with connected(there.url) as connection:
        connection.execute("delete from chat")
    before = exactly(there.url)
    assert "has tables already" in repository.restore(there, "--database-only").ended(2).err
    assert "has tables already" in repository.restore(there, "--database-only", "--dry-run").ended(2).err
    assert exactly(there.url) == before
    other = place("sqlite")
    other.write({"uploads/one": b"another"})
    assert "uploads/one: another one is there already" in repository.restore(other).ended(2).err
    assert other.files()["uploads/one"] == b"another" and not (other.data / "webui.db").exists()


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_paths_of_files_are_those_of_the_new_place(repository, small, place, target):
    """As far as the old ones were of the old place, under either of its names."""
    link = small.data.parent / "link to 100%_"
    link.symlink_to(small.data)
    linked = Place(small.url, link)
    files_of(small, link / "uploads/one", small.data / "uploads/one", f"{small.data}/uploadsone", f"/x{small.data}/uploads/one")
    repository("create", place=linked).ended(2)  # the third one's name is not among the files
    after = place(target)
    said = repository("restore", place=after, **repository.opened).ok()
    assert f"the paths of 2 files begin with {after.data}/uploads/ now" in said.err
    with connected(after.url) as connection:
        paths = [path for (path,) in connection.execute("select path from file where path is not null order by id").fetchall()]
    assert paths == [f"{after.data}/uploads/one"] * 2 + [f"{small.data}/uploadsone", f"/x{small.data}/uploads/one"]


# --- what is written to meanwhile

@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_sqlite_of_the_vectors_is_copied_as_it_is_at_one_moment(repository, small, place, mode):
    """With what stands in a -wal, and while a transaction of somebody else has begun to change it."""
    file = small.data / "vector_db/chroma.sqlite3"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute(f"pragma journal_mode = {mode}")
        writer.execute("create table vectors (id integer primary key, bytes blob)")
        for _ in range(3):
            writer.execute("insert into vectors (bytes) select randomblob(5000) from (select 1 from sqlite_master, pragma_function_list limit 50)")
        before = writer.execute("select * from vectors order by id").fetchall()
        writer.execute("begin immediate")
        writer.execute("update vectors set bytes = zeroblob(5000)")
        made = repository.create(small)
        writer.execute("rollback")
    assert made["files"] == 3  # none of -wal, -shm, -journal
    after = place("sqlite")
    repository.restore(after).ok()
    assert sorted(after.files()) == ["uploads/one", "vector_db/chroma.sqlite3", "vector_db/two"]
    with contextlib.closing(sqlite3.connect(after.data / "vector_db/chroma.sqlite3")) as reader:
        assert reader.execute("pragma integrity_check").fetchone() == ("ok",)
        assert reader.execute("select * from vectors order by id").fetchall() == before


def test_file_that_can_not_be_read_keeps_nobody_from_having_the_others(repository, small, place):
    """A damaged database among the vectors, and a file of another user: root without its way around that."""
    files_of(small, small.data / "uploads/one", small.data / "uploads/closed")
    (small.data / "vector_db/chroma.sqlite3").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    (small.data / "uploads/closed").write_bytes(b"of somebody else")
    (small.data / "uploads/closed").chmod(0)
    if os.geteuid() == 0:
        command = repository.owctl.command
        repository.owctl.command = lambda *words: ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command(*words)]
    missing = ["uploads/closed", "vectors/chroma.sqlite3"]
    for _ in range(2):
        done = repository("create", "-o", "json", place=small).ended(2)
        assert (done.json()["outcome"], done.json()["missing"], done.json()["files"]) == ("incomplete", missing, 2)
        assert "uploads/closed can't be read" in done.err and "vectors/chroma.sqlite3 can't be read" in done.err
    assert repository.verify("--read-data") == []
    after = place("sqlite")
    repository.restore(after).ok()
    assert sorted(after.files()) == ["uploads/one", "vector_db/two"]
    (small.data / "uploads/closed").chmod(0o600)
    (small.data / "vector_db/chroma.sqlite3").unlink()
    assert repository.create(small)["files"] == 3


def test_file_that_is_deleted_before_it_is_read_is_none_of_the_snapshot(repository, small, keys):
    """owctl is held while it has the first one open: it has listed all of them then."""
    first = small.data / "uploads/0 large"
    first.write_bytes(random.Random(3).randbytes(1 << 20) * 64)
    for name in "gone", "gone, and named":
        (small.data / "uploads" / name).write_bytes(b"x")
    files_of(small, small.data / "uploads/gone, and named")
    with repository.owctl.start("backup", "create", "-o", "json", env=repository.settings | small.where) as running:
        while str(first) not in open_files(running.pid):
            assert running.poll() is None
        running.send_signal(signal.SIGSTOP)
        assert str(first) in open_files(running.pid)
        for name in "gone", "gone, and named":
            (small.data / "uploads" / name).unlink()
        running.send_signal(signal.SIGCONT)
        out, err = running.communicate()
    assert running.returncode == 2, err
    made = json.loads(out)
    assert (made["files"], made["missing"]) == (3, [str(small.data / "uploads/gone, and named")])
    assert repository.verify("--read-data") == []


def open_files(pid):
    found = set()
    for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            found.add(os.readlink(link))
    return found


# --- stores

def test_in_a_bucket(owctl, keys, minio, filled, place):
    access = {"AWS_ACCESS_KEY_ID": ROOT[0], "AWS_SECRET_ACCESS_KEY": ROOT[1], "AWS_EC2_METADATA_DISABLED": "true"}
    bucket = minio.bucket()
    repository = Repository(owctl, minio.location(bucket, "a prefix/of ü"), keys, access).init()
    owctl("repo", "init", env=repository.settings).ended(2)
    before = filled("healthy", "sqlite")
    assert "OWCTL_REPOSITORY_RATE" in repository("create", place=before, OWCTL_REPOSITORY_RATE="fast").ended(78).err
    began = time.monotonic()
    stored = repository("create", "-o", "json", place=before, OWCTL_REPOSITORY_RATE="100k").ok().json()["added"]
    assert time.monotonic() - began > 0.8 * stored / 100_000
    assert len(repository.list()) == 1 and repository.verify() == [] == repository.verify("--read-data")
    for target in "sqlite", "postgresql":
        after = place(target)
        repository.restore(after).ok()
        assert_same_rows(before.url, after.url)
        assert after.files() == before.files()
    client = minio.client()
    [name] = [key for key in keys_of(client, bucket) if "/packs/" in key][:1]
    content = client("GET", f"/{bucket}/{name}").ok().body
    client("PUT", f"/{bucket}/{name}", body=content[:100] + bytes([content[100] ^ 1]) + content[101:]).ok()
    assert repository.verify() == [] and len(repository.verify("--read-data", status=2)) == 1
    client("DELETE", f"/{bucket}/{name}").ok()
    assert [what for _, what in repository.verify(status=2)] == ["it is not there"]


def test_in_a_container(owctl, keys, azurite, filled, place):
    container = azurite.container()
    repository = Repository(owctl, azurite.location(container, "a prefix/of ü"), keys, {"AZURE_STORAGE_KEY": azure.KEY})
    repository.init()
    owctl("repo", "init", env=repository.settings).ended(2)
    before = filled("healthy", "sqlite")
    for _ in range(2):
        repository.create(before)
    repository("prune", "--keep-last", "1", "--yes").ok()
    assert len(repository.list()) == 1 and repository.verify() == [] == repository.verify("--read-data")
    for target in "sqlite", "postgresql":
        after = place(target)
        repository.restore(after).ok()
        assert_same_rows(before.url, after.url)
        assert after.files() == before.files()
    [name] = [name for name in azurite.names(container) if "/packs/" in name][:1]
    azurite.client()("DELETE", f"/{container}/{name}").ok()
    assert [what for _, what in repository.verify(status=2)] == ["it is not there"]


def test_on_another_machine(owctl, keys, sshd, filled, place, tmp_path):
    """By a key with a passphrase, which is in a file."""
    key = sshd.key("of-backups", passphrase=PASSPHRASE)
    sshd.trust(key)
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE + "\n")
    secret.chmod(0o600)
    where, access = sshd.place(), {"OWCTL_SFTP_PASSPHRASE_FILE": secret}
    repository = Repository(owctl, sshd.location(f"{where}/a prefix/of ü", identity=key), keys, access)
    assert "OWCTL_SFTP_PASSPHRASE" in owctl("repo", "init", env=repository.settings | {"OWCTL_SFTP_PASSPHRASE_FILE": ""}).ended(77).err
    repository.init()
    owctl("repo", "init", env=repository.settings).ended(2)
    before = filled("healthy", "sqlite")
    for _ in range(2):
        repository.create(before)
    assert len(repository.list()) == 2 and repository.verify() == [] == repository.verify("--read-data")
    repository("prune", "--keep-last", "1", "--yes").ok()
    assert len(repository.list()) == 1 and repository.verify("--read-data") == []
    for target in "sqlite", "postgresql":
        after = place(target)
        repository.restore(after).ok()
        assert_same_rows(before.url, after.url)
        assert after.files() == before.files()
    next(file for file in (sshd.home / where / "a prefix/of ü/packs").rglob("*") if file.is_file()).unlink()
    assert "it is not there" in [what for _, what in repository.verify(status=2)]


def keys_of(client, bucket):
    text = client("GET", f"/{bucket}", {"list-type": "2"}).ok().text
    return [html.unescape(key) for key in re.findall("<Key>(.*?)</Key>", text)]


# --- keys

def test_who_can_open_it(owctl, repository, small, place, keys, tmp_path):
    other, third = Keys(owctl, tmp_path), Keys(owctl, tmp_path)
    made = repository.create(small, "--recipient", keys.recipient, "--recipient", other.recipient)
    for pair in keys, other:
        repository("show", "-i", pair.file).ok()
    for command in "show", "restore":
        done = repository(command, "-i", third.file, place=place("sqlite")).ended(77)
        assert f"the manifest of snapshot {made['snapshot']}: the secret key that is given does not open it" in done.err
    repository("show", "-i", repository.location / "RESTORE.txt").ended(65)
    repository("show").ended(78)
    assert "was changed, or written for other public keys" in repository("list").ended(65).err
    both = ("--recipient", other.recipient, "--recipient", keys.recipient)
    [listed] = repository("list", "-o", "json", *both).ok().json()
    assert listed["snapshot"] == made["snapshot"]
    assert repository("list", "-o", "json", OWCTL_RECIPIENTS="").ok().json() == [listed]


def test_no_key_and_no_content_is_in_what_is_printed_or_stored(owctl, repository, small, keys):
    secret = keys.file.read_text().splitlines()[-1]
    assert secret.startswith("AGE-SECRET-KEY-1")
    made = repository("create", "--verbose", place=small)
    said = repository("restore", "--dry-run", "--verbose", place=small, **repository.opened)
    stored = repository.objects()
    assert not [name for name, content in stored.items() if secret.encode() in content]
    assert secret not in made.out + made.err + said.out + said.err
    with connected(small.url) as connection:
        [[mail]] = connection.execute('select email from "user" limit 1').fetchall()
    assert not [name for name, content in stored.items() if mail.encode() in content]


def test_settings_are_in_the_manifest_and_secrets_as_a_part_of_their_hash(repository, small, keys):
    secrets = {"WEBUI_SECRET_KEY": "a secret key ü", "S3_SECRET_ACCESS_KEY": "another", "DATABASE_PASSWORD": "a third"}
    repository("create", place=small, REDIS_URL="redis://:hidden@127.0.0.1:1/0", **secrets).ok()
    [manifest] = (repository.location / "manifests").iterdir()
    opened = subprocess.run([part("age") / "bin/age", "-d", "-i", keys.file, manifest], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(opened)) as tar:
        text = tar.extractfile("manifest.json").read().decode()
    assert not [value for value in (*secrets.values(), "hidden") if value in text]
    said = json.loads(text)["settings"]
    assert {name: said[name] for name in secrets} == {
        name: hashlib.blake2b(value.encode(), digest_size=32).hexdigest()[:16] for name, value in secrets.items()}
    assert (said["DATA_DIR"], said["STORAGE_PROVIDER"], said["uploads"]) == (str(small.data), "local", [f"{small.data}/uploads/"])
    assert said["REDIS_URL"] == "redis://:***@127.0.0.1:1/0" and not [name for name in said if name.startswith("OWCTL_")]


# --- repositories

def test_a_repository_is_made_once_and_nowhere_else(owctl, repository, tmp_path):
    before = repository.objects()
    assert set(before) == {"owctl-repository.json", "RESTORE.txt", "restore.sh"}
    assert "is a repository already" in owctl("repo", "init", repository.location).ended(2).err
    assert repository.objects() == before
    (tmp_path / "full").mkdir()
    (tmp_path / "full/thing").write_text("mine")
    assert "thing" in owctl("repo", "init", tmp_path / "full").ended(65).err
    assert [file.name for file in (tmp_path / "full").iterdir()] == ["thing"]
    owctl("repo", "info", "-r", tmp_path / "full").ended(78)
    owctl("repo", "info", "-r", tmp_path / "nowhere").ended(78)
    owctl("repo", "info").ended(78)
    assert owctl("repo", "info", "-o", "json", "-r", repository.location).ok().json()["snapshots"] == 0
    for file in repository.keys.file, repository.location / "owctl-repository.json":
        assert file.stat().st_mode & 0o077 == 0


def test_keys_that_are_there_stay(owctl, keys):
    before = keys.file.read_text()
    owctl("repo", "keys", keys.file).ended(65)
    assert keys.file.read_text() == before


def test_for_cron_all_is_silent(repository, small, place):
    log = {"OWCTL_AUDIT_LOG": small.data / "log"}
    for words in ["create"], ["verify"], ["verify", "--read-data"]:
        done = repository(*words, "-q", place=small, **log).ok()
        assert (done.out, done.err) == ("", ""), words
    done = repository("restore", "-q", place=place("sqlite"), **repository.opened, **log).ok()
    assert (done.out, done.err) == ("", "")
    assert repository("create", "-q", "-o", "json", place=small, **log).ok().json()["outcome"] == "created"
    files_of(small, "/gone")
    done = repository("create", "-q", place=small, **log).ended(2)
    assert "/gone" in done.out and "not there" in done.err


def test_compression_is_chosen(repository, filled):
    place = filled("healthy", "sqlite")
    sizes = []
    for level in "0", "1", "19":
        before = sum(map(len, repository.objects().values()))
        repository("create", "--database-only", "--read-all", "--compression", level, place=place).ok()
        sizes.append(sum(map(len, repository.objects().values())) - before)
    assert sizes[2] < 0.98 * sizes[1] and abs(sizes[0] - sizes[1]) < 1000, sizes
    assert repository.verify("--read-data") == []
    for level in "20", "-1", "best":
        repository("create", "--compression", level, place=place).ended(64)


def test_settings_that_are_missing(owctl, repository, small):
    for name in "OWCTL_REPOSITORY", "OWCTL_RECIPIENTS":
        settings = {key: value for key, value in repository.settings.items() if key != name}
        owctl("backup", "create", env=settings | small.where).ended(78)
    repository("create", "--recipient", "age1nonsense", place=small).ended(65)
    assert repository.list() == []


def test_empty_repository(repository, small):
    assert repository.list() == [] and repository.verify(status=2) == []
    repository("show", **repository.opened).ended(65)
    repository("restore", place=small, **repository.opened).ended(65)


def test_a_new_folder_may_be_named(repository, filled, tmp_path):
    before = filled("small", "sqlite", {})
    made = repository.create(before)
    data = tmp_path / "not/there/yet"
    where = {"DATABASE_URL": "", "DATA_DIR": data}
    done = repository("restore", "--dry-run", "-o", "json", **where, **repository.opened).ok()
    assert done.json()["outcome"] == "would restore" and "would make the folder" in done.err and not data.parent.exists()
    assert repository("restore", "-o", "json", **where, **repository.opened).ok().json()["rows"] == made["rows"]
    assert exactly(f"sqlite:///{data}/webui.db") == exactly(before.url)
    assert data.stat().st_mode & 0o777 == 0o700
