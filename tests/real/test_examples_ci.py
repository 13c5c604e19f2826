"""examples/ci: both pipelines, step by step as their files have them, on real databases and before real servers."""
import json
import re
import shutil
import sqlite3
import xml.etree.ElementTree

import pytest
import yaml

from lab.backups import Keys, Repository
from lab.openwebui import SECRET_KEY
from lab.parts import NEWEST, TREE
from lab.script import Script

OLD = "0.11.4"
REVISIONS = ["a7d3e9f2b641", "b8e4f0a3c752", "d6a8c3f912ab", "e7b9d4a023bc", "f8c0e5b134cd", "b8f2c6d91a04", "c92da83b017f",
             "0bd252b206fb"]
SECRETS = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "WEBUI_SECRET_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "")
EXAMPLES = TREE / "examples/ci"
EXPRESSION = re.compile(r"\$\{\{ (\w+)\.(\w+) \}\}")
# A GitHub runner runs a step so, a GitLab runner all lines of a job.
GITHUB, GITLAB = ("bash", "-e", "-c"), ("sh", "-e", "-c")


def github(secrets, changed):
    """[(name of the job, its commands, their environment)] of the workflow, with what somebody has filled in."""
    workflow = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text())
    inputs = workflow[True]["workflow_dispatch"]["inputs"]  # YAML takes `on` for a boolean
    given = {"secrets": secrets, "vars": changed, "inputs": {name: one["default"] for name, one in inputs.items()}}

    def filled(variables):
        return {name: EXPRESSION.sub(lambda found: str(given[found[1]][found[2]]), str(value)) for name, value in variables.items()}

    return [(name, [step["run"] for step in job["steps"] if "run" in step],
             filled(workflow["env"] | job.get("env", {})) | changed) for name, job in workflow["jobs"].items()]


def gitlab(secrets, changed):
    """The same of GitLab's file."""
    pipeline = yaml.safe_load((EXAMPLES / "gitlab-ci.yml").read_text())
    jobs = [(stage, pipeline[stage]) for stage in pipeline["stages"]]
    return [(name, job["script"], pipeline["variables"] | secrets | changed) for name, job in jobs]


@pytest.fixture
def keys(owctl, tmp_path):
    return Keys(owctl, tmp_path)


@pytest.fixture
def checkout(owctl, keys, tmp_path):
    """checkout(deploy): a repository with the examples and the site's own deploy.sh, which calls deploy("stop") and
    deploy("start", release). `changed` is what is to be changed in the files."""
    def make(deploy=lambda *_: None):
        folder = tmp_path / "checkout"
        folder.mkdir()
        shutil.copy(EXAMPLES / "migrate-step.sh", folder)
        (folder / "deploy.sh").write_text('#!/bin/sh\nexec ask deploy "$@"\n')
        (folder / "deploy.sh").chmod(0o755)
        script = Script(tmp_path / "script", owctl.environment(), deploy=deploy)
        script.checkout = folder
        script.repository = Repository(owctl, tmp_path / "repository", keys).init()
        script.changed = {**script.repository.settings, "HEALTH_WAIT": "20s"}
        return script

    return make


def run(script, jobs, shell):
    """All that the pipeline said."""
    return "".join(script(*shell, command, cwd=script.checkout, **environment).ok().said
                   for _, commands, environment in jobs for command in commands)


def artefact(script, name):
    return (script.checkout / "owctl-artefacts" / name).read_text()


def without_health(jobs):
    """Up to where the new servers would have to run."""
    return [(name, [command for command in commands if "health" not in command], environment) for name, commands, environment in jobs]


def test_github_upgrades_sqlite(checkout, owctl, make_sqlite):
    file = make_sqlite(OLD)
    calls = []
    script = checkout(lambda *words: calls.append(words))
    jobs = without_health(github(SECRETS | {"DATABASE_URL": f"sqlite:///{file}"}, script.changed))
    assert [name for name, *_ in jobs] == ["plan", "upgrade"]
    said = run(script, jobs, GITHUB)
    assert calls == [("stop",), ("start", NEWEST)]
    assert [row["revision"] for row in json.loads(artefact(script, "plan.json"))] == REVISIONS
    assert all(revision in artefact(script, "plan.txt") for revision in REVISIONS)
    [snapshot] = script.repository.list()
    assert snapshot["tags"] == ["before-migration"] and json.loads(artefact(script, "backup.json"))["snapshot"] == snapshot["snapshot"]
    assert "Nothing is pending, and nothing is broken." in said
    assert json.loads(artefact(script, "status.json"))["state"] == "current"


@pytest.mark.parametrize("installation, pipeline, shell", [
    (f"on {NEWEST}", github, GITHUB), (f"on {NEWEST} with PostgreSQL", gitlab, GITLAB)], indirect=["installation"],
    ids=[f"on {NEWEST}", f"on {NEWEST} with PostgreSQL"])
def test_whole_pipeline_where_nothing_is_pending_and_all_is_well(checkout, installation, pipeline, shell):
    """With the real server, which is not stopped."""
    script = checkout()
    installation("backup", "create", "--database-only", env=script.repository.settings).ok()
    changed = script.changed | installation.where | {"OWCTL_REPLICAS": installation.server.url}
    said = run(script, pipeline(SECRETS | {"WEBUI_SECRET_KEY": SECRET_KEY}, changed), shell)
    assert "Nothing is pending.\n" in said and len(script.repository.list()) == 1
    suites = xml.etree.ElementTree.fromstring(artefact(script, "health.xml"))
    assert any("OW104" in str(case.attrib) for case in suites.iter("testcase")) and not list(suites.iter("error"))
    assert "</html>" in artefact(script, "health.html")


def test_gitlab_upgrades_postgresql_to_the_release_that_is_named(checkout, owctl, make_postgresql):
    """RELEASE is older than the newest that this owctl knows, which would be pending for `migrate status --check`. An earlier run was
    cut off, so the backup is not one from before."""
    url = make_postgresql(OLD)
    owctl("migrate", "up", "--to", REVISIONS[0], "--no-backup", "--database", url).ok()
    script = checkout()
    jobs = gitlab({"DATABASE_URL": url}, script.changed | {"RELEASE": "0.12.0"})
    said = run(script, without_health(jobs), GITLAB)
    assert "Nothing is pending, and nothing is broken." in said
    assert owctl("migrate", "status", "--database", url, "-o", "json").ok().json()["revision"] == "b8f2c6d91a04"
    [snapshot] = script.repository.list()
    assert snapshot["tags"] == ["half-way"]


def test_new_database_needs_no_backup(checkout, owctl, make_postgresql):
    script = checkout()
    url = make_postgresql()
    script("./migrate-step.sh", "migrate", cwd=script.checkout, DATABASE_URL=url, **script.changed).ok()
    assert owctl("migrate", "status", "--check", "--database", url).ok() and not script.repository.list()


def test_what_is_in_the_way_fails_the_plan_and_nothing_is_touched(checkout, make_sqlite):
    file = make_sqlite(OLD)
    with sqlite3.connect(file) as connection:
        connection.execute("drop table prompt_history")
    connection.close()
    before = file.read_bytes()
    script = checkout()
    for step in ("plan", "migrate"):
        done = script("./migrate-step.sh", step, cwd=script.checkout, DATABASE_URL=f"sqlite:///{file}", **script.changed)
        assert done.rc == 1 and "prompt_history" in done.said
    assert file.read_bytes() == before and not script.repository.list()


@pytest.mark.quick
def test_what_the_steps_write_is_kept_and_nobody_upgrades_without_a_plan():
    """What the services themselves do of the files; the steps are run above, and write health.xml."""
    workflow = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text())
    folder = workflow["env"]["ARTEFACTS"]
    for job in workflow["jobs"].values():
        [kept] = [step for step in job["steps"] if "upload-artifact" in step.get("uses", "")]
        assert (kept["if"], kept["with"]["path"]) == ("always()", folder) and kept == job["steps"][-1]
        assert any("actions/checkout" in step.get("uses", "") for step in job["steps"][:1])
    upgrade = workflow["jobs"]["upgrade"]
    assert (upgrade["needs"], upgrade["environment"]) == ("plan", "production") and workflow["concurrency"]
    pipeline = yaml.safe_load((EXAMPLES / "gitlab-ci.yml").read_text())
    folder = pipeline["variables"]["ARTEFACTS"]
    for stage in pipeline["stages"]:
        assert pipeline[stage]["stage"] == stage
        assert pipeline[stage]["artifacts"].items() >= {"when": "always", "paths": [folder]}.items()
    upgrade = pipeline["upgrade"]
    assert upgrade["artifacts"]["reports"] == {"junit": f"{folder}/health.xml"}
    assert (upgrade["when"], upgrade["allow_failure"]) == ("manual", False) and upgrade["resource_group"] and upgrade["environment"]


@pytest.mark.quick
def test_step_that_is_not_there_is_told(checkout):
    script = checkout()
    assert "plan|migrate|health" in script("./migrate-step.sh", "upgrade", cwd=script.checkout).ended(64).said


def test_health_that_is_critical_fails_the_pipeline(checkout, make_sqlite):
    file = make_sqlite(NEWEST)
    script = checkout()
    done = script("./migrate-step.sh", "health", cwd=script.checkout, DATABASE_URL=f"sqlite:///{file}", OWCTL_REPLICAS="http://127.0.0.1:1",
                  **script.changed | {"HEALTH_WAIT": "1s"})
    assert "OW102" in done.ended(2).said
