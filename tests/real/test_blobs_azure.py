"""Uploaded files in Azure, as the newest release's own provider writes and reads them."""
import contextlib
import json
import sqlite3
import subprocess

import pytest

from lab.azurite import KEY
from lab.backups import Keys, Place, Repository
from lab.openwebui import environment, python
from lab.parts import NEWEST, TREE

TEXTS = {"0a_plain.txt": "plain", "0b_with space+50% ü.txt": "with more", "0c_large.bin": "0123456789abcdef" * 560_000}
ELSEWHERE = "https://other.example/c/elsewhere"


def settings_of(azurite, container):
    return {"STORAGE_PROVIDER": "azure", "AZURE_STORAGE_ENDPOINT": azurite.url, "AZURE_STORAGE_CONTAINER_NAME": container,
            "AZURE_STORAGE_KEY": KEY}


@pytest.fixture
def provider(tmp_path):
    """provider(settings, upload={name: text}, read=[path]): by the release's own code."""
    def ask(settings, **wanted):
        folder = tmp_path / "provider"
        folder.mkdir(exist_ok=True)
        own = environment(NEWEST, folder, ENABLE_DB_MIGRATIONS="false", **settings)
        done = subprocess.run([python(NEWEST), TREE / "tests/real/lab/run_azure_provider.py"], input=json.dumps(wanted), cwd=folder,
                              env=own, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return ask


def paths_in(database):
    with contextlib.closing(sqlite3.connect(database)) as db:
        return dict(db.execute("select filename, path from file order by filename"))


def test_files_in_a_container_come_back_to_another_one_and_to_a_folder(owctl, azurite, provider, make_sqlite, tmp_path):
    before, after = settings_of(azurite, azurite.container()), settings_of(azurite, azurite.container())
    paths = provider(before, upload=TEXTS)["paths"]
    database = make_sqlite(NEWEST)
    with contextlib.closing(sqlite3.connect(database)) as db:
        for number, (name, path) in enumerate({**paths, "elsewhere": ELSEWHERE}.items()):
            db.execute("insert into file (id, user_id, filename, path, created_at, updated_at) values (?, 'u', ?, ?, 1, 1)",
                       (f"f{number}", name, path))
        db.commit()
    repository = Repository(owctl, tmp_path / "repository", Keys(owctl, tmp_path)).init()
    site = Place(f"sqlite:///{database}", database.parent)
    said = repository("create", "-o", "json", place=site, **before).ended(2)
    assert (said.json()["files"], said.json()["missing"]) == (len(TEXTS), [ELSEWHERE]) and KEY not in said.err

    other = tmp_path / "other"
    other.mkdir()
    repository("restore", place=Place(f"sqlite:///{other}/webui.db", other), **repository.opened, **after).ok()
    start = f"{azurite.url}/{after['AZURE_STORAGE_CONTAINER_NAME']}/"
    moved = {name: f"{start}{name}" for name in TEXTS}
    assert paths_in(other / "webui.db") == {**moved, "elsewhere": ELSEWHERE}
    assert provider(after, read=list(moved.values()))["texts"] == {moved[name]: text for name, text in TEXTS.items()}

    local = Place(f"sqlite:///{tmp_path}/local/webui.db", tmp_path / "local")
    local.data.mkdir()
    repository("restore", place=local, **repository.opened).ok()
    assert local.files() == {f"uploads/{name}": text.encode() for name, text in TEXTS.items()}
    assert {name: paths_in(local.data / "webui.db")[name] for name in TEXTS} == {
        name: f"{local.data}/uploads/{name}" for name in TEXTS}


def test_settings_that_are_not_all_there(owctl, azurite, make_sqlite, tmp_path):
    database = make_sqlite(NEWEST)
    repository = Repository(owctl, tmp_path / "repository", Keys(owctl, tmp_path)).init()
    for wrong, words in (({"AZURE_STORAGE_ENDPOINT": ""}, "AZURE_STORAGE_ENDPOINT is not set"),
                         ({"AZURE_STORAGE_CONTAINER_NAME": ""}, "AZURE_STORAGE_CONTAINER_NAME is not set"),
                         ({"AZURE_STORAGE_ENDPOINT": "https://files.example"}, "does not tell the account"),
                         ({"AZURE_STORAGE_CONTAINER_NAME": "no-such-container"}, "ContainerNotFound")):
        said = repository("create", place=Place(f"sqlite:///{database}", database.parent),
                          **{**settings_of(azurite, "files"), **wrong}).ended(78)
        assert words in said.err and KEY not in said.err
