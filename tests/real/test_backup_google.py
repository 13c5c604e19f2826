"""Uploaded files at Google (STORAGE_PROVIDER=gcs): written by the storage provider of a real release, backed up, and
restored to another bucket, where that provider reads them. lab/gcs.py says what stands for Google's own service."""
import json
import subprocess

import pytest

from lab import openwebui
from lab.backups import Keys, Repository
from lab.parts import NEWEST
from lab.tokens import TokenGiver
from test_backup import at_head, filled, place  # noqa: F401 (fixtures)
from test_old_database import connected

FILES = {"11_a report.txt": b"the report", "22_+plus %41 ä.bin": bytes(range(256)) * 40000}

PROVIDER = """
import io, json, sys
from open_webui.storage.provider import Storage
for line in sys.stdin:
    asked = json.loads(line)
    if "name" in asked:
        answer = Storage.upload_file(io.BytesIO(bytes.fromhex(asked["content"])), asked["name"], {})[1]
    else:
        answer = open(Storage.get_file(asked["path"]), "rb").read().hex()
    print("=" + json.dumps(answer), flush=True)
"""


def provider(folder, settings, *asked):
    """What the release's own provider answers to each."""
    folder.mkdir(exist_ok=True)
    lines = "".join(json.dumps(one) + "\n" for one in asked)
    environment = openwebui.environment(NEWEST, folder, **settings)
    run = subprocess.run([openwebui.python(NEWEST), "-c", PROVIDER], env=environment, cwd=folder, input=lines,
                         capture_output=True, text=True, timeout=120)
    answers = [json.loads(line[1:]) for line in run.stdout.splitlines() if line.startswith("=")]
    assert len(answers) == len(asked), run.stderr[-3000:]
    return answers


@pytest.fixture
def account(gcs, tmp_path):
    with TokenGiver(gcs.tokens, tmp_path) as giver:
        yield json.dumps(giver.account() | {"project_id": "lab"})


def test_files_at_google_come_back_in_another_bucket(owctl, filled, place, gcs, account, tmp_path):  # noqa: F811
    def settings(bucket):
        return {"STORAGE_PROVIDER": "gcs", "GCS_BUCKET_NAME": bucket, "STORAGE_EMULATOR_HOST": gcs.url,
                "GOOGLE_APPLICATION_CREDENTIALS_JSON": account, "NO_GCE_CHECK": "true"}

    one, other = gcs.server.bucket(), gcs.server.bucket()
    paths = provider(tmp_path / "server", settings(one),
                     *({"name": name, "content": content.hex()} for name, content in FILES.items()))
    assert paths == [f"gs://{one}/{name}" for name in FILES]
    site = filled("small", "sqlite", {})
    with connected(site.url) as connection:
        ids = [row[0] for row in connection.execute("select id from file order by id limit 2")]
        assert len(ids) == 2
        for id_, path in zip(ids, paths):
            connection.execute("update file set path = ? where id = ?", (path, id_))
    repository = Repository(owctl, str(tmp_path / "repository"), Keys(owctl, tmp_path)).init()
    made = json.loads(repository("create", "-o", "json", place=site, **settings(one)).ok().out)
    assert made["files"] == len(FILES) and made["missing"] == []
    target = place("sqlite")
    repository("restore", place=target, **repository.opened, **settings(other)).ok()
    with connected(target.url) as connection:
        now = [connection.execute("select path from file where id = ?", (id_,)).fetchone()[0] for id_ in ids]
    assert now == [f"gs://{other}/{name}" for name in FILES]
    read = provider(tmp_path / "reader", settings(other), *({"path": path} for path in now))
    assert [bytes.fromhex(content) for content in read] == list(FILES.values())
    run = repository("create", place=site, **settings(one) | {"GCS_BUCKET_NAME": ""}).ended(78)
    assert "GCS_BUCKET_NAME" in run.err
