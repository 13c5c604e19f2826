"""The examples of the groups user and group, as their man pages have them, are run; all others are at least taken by the
parser (tests/unit/test_commands.c). Each has an installation of its own, so that their order does not matter."""
import re
import shutil
import subprocess

import pytest

from lab.owctl import check_sanitizers
from lab.parts import TREE

PASSWORD = "correct horse battery staple"
PEOPLE = f"Name,Email,Password,Role\nGrace Hopper,grace@example.org,{PASSWORD},user\n"
LINES = f'{{"name": "Grace Hopper", "email": "grace@example.org", "password": "{PASSWORD}"}}\n'
# These ask for a password on the terminal, or name accounts by ids that somebody else's installation has.
ELSEWHERE = {
    "owctl user create alice@example.org --name Alice --role admin",
    "owctl user passwd admin@example.org",
    "owctl user check-password alice@example.org",
    "owctl user merge 5f2c0a6e-55bd-4d4c-9d0b-3f0a8d7f5a11 bob@example.org --dry-run",
    "owctl user merge 5f2c0a6e-55bd-4d4c-9d0b-3f0a8d7f5a11 c3d1b0a2-8e4f-4b7a-9c55-2d6e7f8a9b10 --yes",
}


def examples(page):
    for line in re.findall(r'^\.Dl "(.*)"$', (TREE / "man" / page).read_text(), re.MULTILINE):
        for escape, character in (("\\-", "-"), ("\\(aq", "'"), ("\\(ti", "~"), ("\\(dq", '"'), ("\\(ga", "`")):
            line = line.replace(escape, character)
        yield line


@pytest.fixture
def installations(owctl, tmp_path):
    """Where what the examples name is not there yet, and where it is."""
    folders = [tmp_path / "begun", tmp_path / "full"]
    for file, text in (("secret", PASSWORD), ("people.csv", PEOPLE), ("people.jsonl", LINES)):
        (tmp_path / file).write_text(text)
        (tmp_path / file).chmod(0o600)
    folders[0].mkdir()
    owctl("migrate", "up", "--data-dir", folders[0]).ok()
    owctl("user", "create", "alice@example.org", "--role", "admin", "--no-password", "--data-dir", folders[0]).ok()
    shutil.copytree(folders[0], folders[1])
    for name in ("bob", "ci"):
        owctl("user", "create", f"{name}@example.org", "--password-file", tmp_path / "secret", "--group", "Staff",
              "--create-groups", "--data-dir", folders[1]).ok()
    return folders


def test_examples_of_accounts_and_groups_do_what_they_say(shell_environment, installations, tmp_path):
    environment, _ = shell_environment
    lines = [line for page in ("owctl-user.1", "owctl-group.1") for line in examples(page)]
    assert ELSEWHERE < set(lines)
    for number, line in enumerate(line for line in lines if line not in ELSEWHERE):
        begun, full = installations
        folder = shutil.copytree(begun if " create " in line else full, tmp_path / f"example{number}")
        for file in ("people.csv", "people.jsonl"):
            shutil.copy(tmp_path / file, folder)
        done = subprocess.run(["bash", "-c", line.replace("/run/secrets/ci", str(tmp_path / "secret"))], cwd=folder,
                              env={**environment, "DATA_DIR": str(folder)}, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60)
        check_sanitizers([line], done.stderr)
        assert done.returncode == 0, f"{line}\n{done.stderr.decode()}"
