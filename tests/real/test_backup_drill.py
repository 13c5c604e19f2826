"""`owctl backup drill`: a snapshot is restored where nobody sees it, looked at, thrown away, and the repository knows of it."""
import datetime
import hashlib
import json
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from lab import births
from lab.backups import Place
from lab.openwebui import SECRET_KEY, python
from lab.parts import NEWEST, TREE
from lab.process import wait_until
from test_backup import OTHER, at_head, engine, files_of, filled, keys, place, repository  # noqa: F401 (fixtures)
from test_backup_monitoring import metrics, parse  # noqa: F401 (fixtures)
from test_old_database import connected

FEW = {"uploads/one": b"1" * 100_000, "vector_db/two": b"2"}


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def drill(repository, scratch, *words, status=0, **environment):  # noqa: F811
    said = repository("drill", "-o", "json", "--scratch", scratch, *words, **repository.opened, **environment).ended(status)
    return said.json() if said.raw_out else None, said.err


def left(scratch):
    return sorted(path.name for path in scratch.iterdir())


def drills(repository):  # noqa: F811
    return {name: content for name, content in repository.objects().items() if name.startswith("drills/")}


def damage(repository, kind):  # noqa: F811
    for path in (repository.location / kind).rglob("*.age"):
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.fixture
def program(tmp_path):
    """program(script): stands in the place of a Python."""
    def make(script):
        path = tmp_path / "program"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o700)
        return path

    return make


def test_of_each_engine_and_what_is_said_of_it(repository, filled, engine, scratch):  # noqa: F811
    here = filled("healthy", engine, FEW)
    made = repository.create(here)
    assert (repository.list()[0]["drilled"], repository.list()[0]["drill"]) == (None, None)
    assert "never drilled" in repository("show", **repository.opened).ok().err
    before = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    said, _ = drill(repository, scratch, **here.where)
    assert (said["outcome"], said["failed"], said["fault"], said["recorded"]) == ("good", None, None, True)
    assert (said["snapshot"], said["database"], said["rows"], said["files"]) == (made["snapshot"], "sqlite", made["rows"], len(FEW))
    assert (said["findings"], said["left_out"], said["release"]) == (0, [], None)
    assert left(scratch) == []
    [row] = repository.list()
    assert row["drill"] == "good" and before <= datetime.datetime.fromisoformat(row["drilled"]) <= before + datetime.timedelta(seconds=60)
    [installation] = repository("status", "-o", "json", "--max-drill-age", "1h").ok().json()
    assert (installation["drilled"], installation["drill"]) == (row["drilled"], "good")
    assert "and good" in repository("show", **repository.opened).ok().err


def test_the_object_is_what_the_format_says(repository, filled, scratch, keys):  # noqa: F811
    repository.create(filled("small", "sqlite", FEW))
    said, _ = drill(repository, scratch)
    [(name, content)] = drills(repository).items()
    line, mac = content.decode().splitlines()
    found = json.loads(line)
    assert name == f"drills/{found['drill']}.{said['snapshot']}.json" and found["snapshot"] == said["snapshot"]
    assert {key: found[key] for key in ("format", "label", "failed", "engine", "release", "rows", "files")} == {
        "format": 1, "label": "default", "failed": None, "engine": "sqlite", "release": None, "rows": said["rows"], "files": 2}

    def keyed(text, key):
        return hashlib.blake2b(text.encode(), key=key, digest_size=32).digest()

    salt = bytes.fromhex(json.loads((repository.location / "owctl-repository.json").read_text())["salt"])
    key = keyed("owctl drill key 1\n", keyed(f"owctl repository key 1\n{keys.recipient}\n", salt))
    assert mac == "mac " + keyed(line + "\n", key).hex()
    (repository.location / name).write_text(line.replace('"failed":null', '"failed":"rows"') + f"\n{mac}\n")
    said = repository("list", "-o", "json").ok()
    assert said.json()[0]["drill"] is None and name in said.err


def test_into_an_empty_database_of_postgresql_and_no_other(repository, filled, place, scratch):  # noqa: F811
    made = repository.create(filled("small", "sqlite", FEW))
    empty, full = place("postgresql"), filled("small", "postgresql", {})
    said, _ = drill(repository, scratch, "--database", empty.url)
    assert (said["outcome"], said["database"], said["rows"]) == ("good", "postgresql", made["rows"])
    with connected(empty.url) as connection:
        assert connection.execute("select count(*) from information_schema.tables where table_schema = 'public'").fetchone() == (0,)
    said, err = drill(repository, scratch, "--database", full.url, status=2)
    assert said is None and "has tables" in err and left(scratch) == [] and len(drills(repository)) == 1
    with connected(full.url) as connection:
        assert connection.execute('select count(*) from "user"').fetchone()[0] > 0
    drill(repository, scratch, "--database", f"sqlite:///{scratch}/x.db", status=64)


@pytest.mark.parametrize("words, kind, step", [([], "packs", "files"), (["--database-only"], "packs", "rows"), ([], "manifests", "manifest")])
def test_what_is_damaged_fails(repository, filled, scratch, words, kind, step):  # noqa: F811
    repository.create(filled("small", "sqlite", FEW), *words)
    before = step == "files"
    if before:
        drill(repository, scratch)
        time.sleep(1.1)  # the newest drill is that of the latest second
    damage(repository, kind)
    said, err = drill(repository, scratch, status=2)
    assert (said["outcome"], said["failed"]) == ("failed", step) and said["fault"] and said["fault"] in err and left(scratch) == []
    recorded = step != "manifest"  # which tells the recipients
    assert said["recorded"] == recorded
    assert repository.list()[0]["drill"] == ("failed" if recorded else None)
    [row] = repository("status", "-o", "json").ok().json()
    assert bool(row["drilled"]) == before and row["drill"] == ("failed" if recorded else None)


def test_the_real_server_starts_on_it_and_on_nothing_else(repository, scratch, metrics, tmp_path):  # noqa: F811
    """With all of the installation's settings in the environment."""
    here = Place((born := births.of_sqlite(NEWEST, tmp_path)).url, born.data_dir)
    with connected(here.url) as connection:
        connection.execute("delete from file")  # their contents stayed where they were made
        connection.commit()
    here.write(FEW)
    repository.create(here)
    database = (here.data / "webui.db").read_bytes()
    said, err = drill(repository, scratch, "-v", "--release", python(NEWEST), "--metrics", metrics, **here.where, WEBUI_SECRET_KEY=SECRET_KEY,
                      PYTHONPATH=TREE / "tests/real/lab/inside", REDIS_URL="redis://127.0.0.1:1", STORAGE_PROVIDER="s3", S3_BUCKET_NAME="none")
    assert (said["outcome"], said["release"], said["fault"]) == ("good", NEWEST, None)
    assert "GET /api/config" in err and SECRET_KEY not in err
    assert left(scratch) == [] and not users_of(scratch)
    assert (here.data / "webui.db").read_bytes() == database and here.files() == FEW
    [content] = drills(repository).values()
    assert json.loads(content.splitlines()[0])["release"] == NEWEST
    values, label = parse(metrics)
    assert label is None and (values["drill_success"], values["drill_rows"], values["drill_files"]) == (1, said["rows"], 2)


def users_of(folder):
    """Processes that have it in their environment."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"DATA_DIR={folder}".encode() in path.read_bytes():
                found.append(path)
        except OSError:
            pass  # it is gone, or somebody else's
    return found


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])  # noqa: F811
def test_its_python_connects_to_nothing_but_its_database(repository, filled, place, scratch, tmp_path, engine):  # noqa: F811
    """With a server of the test's own in the place of Open WebUI's."""
    modules = tmp_path / "modules"
    (modules / "open_webui").mkdir(parents=True)
    (modules / "open_webui/__init__.py").touch()
    (modules / "open_webui/main.py").write_text("app = None")
    (modules / "uvicorn.py").write_text("""
import asyncio, os, socket, urllib.parse, urllib.request
def tried(what, call):
    try:
        call()
        print(what, "connected")
    except Exception as error:
        print(what, type(error).__name__, getattr(error, "reason", error))
def run(*_, **__):
    other = socket.create_server(("127.0.0.1", 0)).getsockname()
    url = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    tried("plain", lambda: socket.create_connection(other, 5))
    tried("http", lambda: urllib.request.urlopen("http://127.0.0.1:%d" % other[1], timeout=5))
    tried("asyncio", lambda: asyncio.run(asyncio.wait_for(asyncio.open_connection(*other), 5)))
    tried("datagram", lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", other))
    if url.hostname:
        tried("database", lambda: socket.create_connection((url.hostname, url.port), 5))
""")
    repository.create(filled("small", "sqlite", {}))
    words = ["--database", place(engine).url] if engine == "postgresql" else []
    said, err = drill(repository, scratch, "-v", "--release", sys.executable, *words, status=2, PYTHONPATH=modules)
    for way in "plain", "http", "asyncio", "datagram":
        assert f"owctl: {way} " in err and "connects to nothing but" in next(line for line in err.splitlines() if line.startswith(f"owctl: {way} "))
    assert ("owctl: database connected" in err) == (engine == "postgresql") and said["failed"] == "server"


def test_a_server_that_does_not_start_is_a_failure(repository, filled, scratch, program):  # noqa: F811
    repository.create(filled("small", "sqlite", FEW))
    said, err = drill(repository, scratch, "--release", sys.executable, status=2)
    assert (said["failed"], said["release"]) == ("server", None) and "before it answered" in said["fault"]
    assert "rows and files came back whole" in err and "is damaged" not in err
    assert "No module named 'open_webui'" in err and repository.list()[0]["drill"] == "failed"
    said, err = drill(repository, scratch, "--release", program("exec sleep 60"), "--wait", "1", "--no-record", status=2)
    assert said["failed"] == "server" and "within 1 s" in said["fault"] and not said["recorded"] and len(drills(repository)) == 1
    for none in scratch / "none", scratch, "no-such-python":
        said, err = drill(repository, scratch, "--release", none, status=78)
        assert "installed for" in err and "changing" not in err, "nothing is restored for a server that can't be started"
    assert said is None and len(drills(repository)) == 1 and left(scratch) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_is_cut_off_leaves_nothing_for_long(repository, filled, scratch, program, number):  # noqa: F811
    """It is at the server by then, with everything in the scratch place."""
    repository.create(filled("small", "sqlite", FEW))
    words = ["backup", "drill", "--scratch", scratch, "--release", program("exec cat")]
    running = repository.owctl.start(*words, env=repository.settings | repository.opened, stdout=subprocess.DEVNULL)
    wait_until(lambda: users_of(scratch), 30, "the server")
    [folder] = scratch.iterdir()
    assert (folder / "webui.db").exists() and folder.stat().st_mode & 0o777 == 0o700
    running.send_signal(number)
    _, err = running.communicate(timeout=30)
    wait_until(lambda: not users_of(scratch), 15, "the end of the server")
    assert drills(repository) == {}
    if number != signal.SIGKILL:
        assert running.returncode == 130 and left(scratch) == [], err
        return
    assert left(scratch) == [folder.name]
    (scratch / "owctl-drill-mine").write_text("a file of somebody's")
    said, err = drill(repository, scratch)
    assert said["outcome"] == "good" and "1 drill " in err and left(scratch) == ["owctl-drill-mine"]


def test_one_that_is_under_way_is_left_alone(repository, filled, scratch, program):  # noqa: F811
    repository.create(filled("small", "sqlite", FEW))
    words = ["backup", "drill", "--scratch", scratch, "--release", program("exec cat")]
    running = repository.owctl.start(*words, env=repository.settings | repository.opened, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: users_of(scratch), 30, "the server")
        said, err = drill(repository, scratch)
        assert said["outcome"] == "good" and "removed" not in err and len(left(scratch)) == 1
    finally:
        running.terminate()
        running.communicate(timeout=30)


def test_a_dry_run_and_silence(repository, filled, scratch):  # noqa: F811
    repository.create(filled("small", "sqlite", FEW))
    said, _ = drill(repository, scratch, "--dry-run")
    assert (said["outcome"], said["recorded"]) == ("would drill", False) and drills(repository) == {} and left(scratch) == []
    said = repository("drill", "-q", "--scratch", scratch, "--audit-log", scratch / "log", **repository.opened).ok()
    assert (said.out, said.err) == ("", "") and json.loads((scratch / "log").read_text())["command"] == "backup drill"
    drill(repository, scratch / "none", status=1)


def test_drills_of_snapshots_that_are_gone_go_with_the_next(repository, filled, scratch, metrics):  # noqa: F811
    here = filled("small", "sqlite", FEW)
    first = repository.create(here)["snapshot"]
    repository.create(here, "--label", "other")
    drill(repository, scratch, first)
    drill(repository, scratch, "--label", "other")
    for path in (repository.location / "snapshots").iterdir():
        path.unlink()
    last = repository.create(here, "--metrics", metrics)["snapshot"]
    assert len(drills(repository)) == 2
    values, _ = parse(metrics)
    assert values["last_drill_success"] == 1 and abs(values["last_drill_timestamp_seconds"] - time.time()) < 60
    repository("prune", "--keep-last", "1", "--yes", "--grace", "0s").ok()
    assert len(drills(repository)) == 2
    gone = repository("drill", "--scratch", scratch, "--label", "one", "--metrics", metrics, **repository.opened).ended(65)
    assert parse(metrics)[1] == 'label="one"' and parse(metrics)[0]["drill_success"] == 0 and "has no snapshot" in gone.err
    drill(repository, scratch)
    assert len(drills(repository)) == 2
    assert any(last in name for name in drills(repository)) and not any(first in name for name in drills(repository))


def test_how_long_ago_the_last_good_one_may_be(repository, filled, scratch):  # noqa: F811
    repository.create(filled("small", "sqlite", FEW))
    assert "no drill of" in repository("status", "--max-drill-age", "1h").ended(2).err
    drill(repository, scratch)
    repository("status", "--max-drill-age", "1h").ok()
    time.sleep(2.1)
    assert "last good drill" in repository("status", "--max-drill-age", "1").ended(2).err
    [old] = drills(repository)
    drill(repository, scratch)
    assert len(drills(repository)) == 1 and old not in drills(repository), "the newer one says as much"
