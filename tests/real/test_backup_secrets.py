"""`--include-secrets`: the server's keys are in a snapshot for who can open it, and nowhere else."""
import json
import subprocess

import pytest

from lab.openwebui import python
from lab.parts import NEWEST, part
from test_backup import at_head, filled, keys, place, repository  # noqa: F401 (fixtures)

KEY = "webui-key+of/the_tests=="
ODD = "it's \\ an \"odd\" one # $HOME \n of two lines"
SET = {"WEBUI_SECRET_KEY": KEY, "OAUTH_CLIENT_INFO_ENCRYPTION_KEY": ODD}


@pytest.fixture
def said(repository, filled):  # noqa: F811
    """What the creation said, and an installation."""
    here = filled("small", "sqlite", {"uploads/one": b"1"})
    return repository("create", "--include-secrets", "-vv", place=here, **SET).ok(), here


def nowhere(secret, *texts):
    return all(secret.encode() not in text for text in texts)


def test_only_who_has_the_secret_key_gets_them(repository, said, place, tmp_path):  # noqa: F811
    made, here = said
    part("age")
    file, there = tmp_path / "secrets.env", place("sqlite")
    runs = [made, repository("list", "-o", "json").ok(), repository("show", "-vv", **repository.opened).ok(),
            repository("verify", "--read-data", "-vv", **repository.opened).ok(),
            repository("restore", "--secrets", file, "-vv", place=there, **repository.opened).ok()]
    assert str(file) in runs[-1].err
    for secret in KEY, ODD[:20]:
        assert nowhere(secret, *repository.objects().values(), *(text for run in runs for text in (run.raw_out, run.raw_err)))
    assert file.stat().st_mode & 0o777 == 0o600
    [manifest] = (repository.location / "manifests").iterdir()
    opened = subprocess.run(["sh", "-c", f"age -d -i {repository.keys.file} {manifest} | tar -xO secrets.env"], capture_output=True, check=True)
    assert opened.stdout == file.read_bytes()
    repository("create", "--include-secrets", "--env-file", file, "--database", here.url, "--data-dir", here.data).ok()
    repository("restore", "--files-only", "--secrets", tmp_path / "again", place=there, **repository.opened).ok()
    assert (tmp_path / "again").read_bytes() == file.read_bytes()
    again = subprocess.run(["sh", "-c", f'eval "$(head -n 1 {file})"; printf %s "$WEBUI_SECRET_KEY"'], capture_output=True, check=True)
    assert again.stdout.decode() == KEY


def test_what_python_dotenv_reads_is_what_it_was(repository, said, place, tmp_path):  # noqa: F811
    repository("restore", "--files-only", "--secrets", tmp_path / "env", place=place("sqlite"), **repository.opened).ok()
    script = "import dotenv, json, sys; print(json.dumps(dotenv.dotenv_values(sys.argv[1])))"
    read = subprocess.run([python(NEWEST), "-c", script, tmp_path / "env"], capture_output=True, check=True).stdout
    assert json.loads(read) == SET


def test_a_file_that_is_there_stays_and_a_snapshot_without_says_so(repository, said, filled, place, tmp_path):  # noqa: F811
    file, there = tmp_path / "secrets.env", place("sqlite")
    file.write_text("mine")
    assert "there already" in repository("restore", "--secrets", file, place=there, **repository.opened).ended(65).err
    assert file.read_text() == "mine" and not (there.data / "webui.db").exists()
    hinted = repository("restore", place=there, WEBUI_SECRET_KEY="another", **repository.opened).ok().err
    assert "--secrets FILE writes them" in hinted and "WEBUI_SECRET_KEY (environment) is another one" in hinted
    repository.create(said[1], "--tag", "without")
    told = repository("restore", "--secrets", tmp_path / "new", place=place("sqlite"), **repository.opened).ended(65).err
    assert "has no secret keys" in told and not (tmp_path / "new").exists()


def test_a_drill_gives_them_to_the_server(repository, said, tmp_path):  # noqa: F811
    program, scratch = tmp_path / "program", tmp_path / "scratch"
    program.write_text(f'#!/bin/sh\nprintf %s "$WEBUI_SECRET_KEY$OAUTH_CLIENT_INFO_ENCRYPTION_KEY" | tee {tmp_path}/seen\n')
    program.chmod(0o700)
    scratch.mkdir()
    done = repository("drill", "-v", "--scratch", scratch, "--release", program, **repository.opened).ended(2)
    assert (tmp_path / "seen").read_text() == KEY + ODD
    assert nowhere(KEY, done.raw_err, done.raw_out) and list(scratch.iterdir()) == []


def test_nothing_is_made_without_the_key(repository, filled):  # noqa: F811
    here = filled("small", "sqlite", {})
    assert "WEBUI_SECRET_KEY is not set" in repository("create", "--include-secrets", place=here).ended(78).err
    assert "${" in repository("create", "--include-secrets", place=here, WEBUI_SECRET_KEY="a${b}").ended(78).err
    assert repository.list() == []
