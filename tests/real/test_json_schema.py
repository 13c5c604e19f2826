"""`-o json` of every command is what its published schema says; a command without a case here fails."""
import json
import pathlib
import subprocess

import jsonschema
import pytest
from lab import chain
from lab.owctl import binary
from lab.parts import TREE

SCHEMAS = TREE / "docs/schema"
CSV = "email,name,groups\nbob@example.org,Bob,Staff\nbob@example.org,Twice,\n"

# What each command is given, and the status it ends with. {file} is a folder of the test's own.
CASES = {
    "version": ([], 0),
    "profile list": ([], 0),
    "profile show": ([], 0),
    "migrate up": ([], 0),
    "migrate status": ([], 0),
    "migrate history": ([], 0),
    "migrate plan": ([], 0),
    "migrate verify": ([], 0),
    "migrate stamp": ([chain.HEAD, "--dry-run"], 0),
    "migrate repair": (["--dry-run"], 0),
    "user create": (["ada@example.org", "--role", "admin", "--generate"], 0),
    "user import": (["people.csv", "--skip-bad", "--create-groups", "--generate"], 65),
    "user list": ([], 0),
    "user show": (["bob@example.org"], 0),
    "user export": (["--with-hashes"], 0),
    "user update": (["bob@example.org", "--name", "Robert"], 0),
    "user passwd": (["bob@example.org", "--generate"], 0),
    "user check-password": (["bob@example.org", "--password-file", "password"], 2),
    "group create": (["Others"], 0),
    "group list": ([], 0),
    "group show": (["Staff"], 0),
    "group add": (["Others", "bob@example.org", "ada@example.org"], 0),
    "group remove": (["Others", "bob@example.org"], 0),
    "group delete": (["Others", "--yes"], 0),
    "user conflicts": ([], 0),
    "user merge": (["bob@example.org", "ada@example.org", "--dry-run"], 0),
    "user delete": (["bob@example.org", "--yes"], 0),
    "repo keys": (["another-key"], 0),
    "repo init": ([], 0),
    "repo info": ([], 0),
    "backup create": (["--tag", "a", "--tag", "b"], 0),
    "backup list": ([], 0),
    "backup show": ([], 0),
    "backup status": ([], 0),
    "backup verify": (["--read-data"], 0),
    "backup restore": (["--data-dir", "restored"], 0),
    "backup drill": ([], 0),
    "backup prune": (["--keep-last", "1", "--yes"], 0),
    "health list": ([], 0),
    "health ready": (["--replica", "http://127.0.0.1:1", "--users", "500"], 2),
    "health check": (["--replica", "http://127.0.0.1:1"], 2),
}
# A pair of keys.
IDENTITY = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
RECIPIENT = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"


def schema(name):
    return json.loads((SCHEMAS / f"{name.replace(' ', '-')}.json").read_text())


def test_every_command_with_output_has_a_case_and_a_schema():
    listed = subprocess.run([binary(), "__schema"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert set(listed) == set(CASES)
    assert {path.stem for path in SCHEMAS.iterdir()} == {name.replace(" ", "-") for name in listed} | {"error"}


@pytest.mark.quick
def test_output_of_every_command_is_valid(owctl, tmp_path):
    (tmp_path / "people.csv").write_text(CSV)
    password = pathlib.Path(tmp_path / "password")
    password.write_text("not it\n")
    password.chmod(0o600)
    (tmp_path / "restored").mkdir()
    settings = {"DATA_DIR": tmp_path, "OWCTL_REPOSITORY": tmp_path / "repository", "OWCTL_RECIPIENTS": RECIPIENT, "OWCTL_IDENTITY": IDENTITY}
    for name, (words, status) in CASES.items():
        done = owctl(*name.split(), *words, "-o", "json", env=settings, cwd=tmp_path).ended(status)
        jsonschema.validate(done.json(), schema(name), cls=jsonschema.Draft202012Validator)


def test_error_is_valid_and_tells_status_and_hint(owctl, tmp_path):
    done = owctl("user", "list", "-o", "json", env={"DATA_DIR": tmp_path}).ended(78)
    error = json.loads(done.err)
    jsonschema.validate(error, schema("error"), cls=jsonschema.Draft202012Validator)
    assert (error["error"]["code"], error["error"]["status"]) == ("settings", 78)
    assert error["error"]["hint"]
    assert not done.out
