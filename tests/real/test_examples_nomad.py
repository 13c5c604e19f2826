"""examples/nomad: there is no Nomad to be had, so the files are read by the grammar of their language, and what their tasks run is
run."""
import json
import re
import subprocess

import pytest

from lab.backups import Keys, Repository
from lab.parts import TREE, part

OLD = "0.11.4"
# As Nomad orders the tasks of a group.
ORDER = ("prestart", "main", "poststop")


def plain(value):
    """The parser marks texts by quotes, and blocks by a word of its own."""
    if isinstance(value, dict):
        return {plain(name): plain(one) for name, one in value.items() if not name.startswith("__")}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.removeprefix('"').removesuffix('"') if isinstance(value, str) else value


@pytest.fixture(scope="module")
def jobs():
    """{name: job} of the files."""
    found = {}
    for file in sorted((TREE / "examples/nomad").glob("*.hcl")):
        done = subprocess.run([part("hcl2") / "bin/hcl2tojson", file], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        for job in plain(json.loads(done.stdout))["job"]:
            found |= job
    return found


def tasks(job):
    """{name: task} in the order in which they run."""
    [[group]] = [each.values() for each in job["group"]]
    found = {name: task for each in group["task"] for name, task in each.items()}
    hooks = {name: task["lifecycle"][0]["hook"] if "lifecycle" in task else "main" for name, task in found.items()}
    assert len(set(hooks.values())) == len(found) and all("lifecycle" not in task for name, task in found.items() if hooks[name] == "main")
    return dict(sorted(found.items(), key=lambda pair: ORDER.index(hooks[pair[0]])))


def environment(task, variables):
    """With what the template fills in from Nomad's variables: no secret stands in the file."""
    found = dict((task.get("env") or [{}])[0])
    [template] = task["template"]
    assert template["env"] in (True, "true") and "${NOMAD_SECRETS_DIR}" in template["destination"]
    for name, variable in re.findall(r"^\s*(\w+)=\{\{ \.(\w+) \}\}$", template["data"], re.MULTILINE):
        assert name == variable
        found[name] = variables[variable]
    return found


def test_periodic_backup_and_migration_run(jobs, owctl, make_postgresql, tmp_path):
    assert jobs["owctl-backup"]["periodic"][0]["crons"] == ["17 2 * * *"]
    keys = Keys(owctl, tmp_path)
    repository = Repository(owctl, tmp_path / "repository", keys).init()
    variables = {"DATABASE_URL": make_postgresql(OLD), "WEBUI_SECRET_KEY": "a secret key of theirs", "AWS_ACCESS_KEY_ID": "",
                 "AWS_SECRET_ACCESS_KEY": ""}
    changed = {**repository.settings, "DATA_DIR": tmp_path, "TMPDIR": tmp_path}
    ran = {}
    for name in ("owctl-migrate", "owctl-backup"):
        assert jobs[name]["type"] == "batch"
        for task, said in tasks(jobs[name]).items():
            [config] = said["config"]
            assert said["driver"] == "docker" and config["entrypoint"] == ["owctl"] and config["readonly_rootfs"] in (True, "true")
            filled = environment(said, variables)
            filled |= {key: value for key, value in changed.items() if key in filled}
            ran[name, task] = owctl(*config["args"], env=filled).ok()
    assert [task for job, task in ran if job == "owctl-migrate"] == ["backup", "migrate", "verify"]
    assert owctl("migrate", "status", "--check", "--database", variables["DATABASE_URL"]).ok()
    assert [row["tags"] for row in repository.list()] == [["rollout"], ["before-migration"], []] and not ran["owctl-backup", "backup"].out
