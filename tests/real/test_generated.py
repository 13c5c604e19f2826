"""What the program makes and is committed: man pages and JSON schemas. `make man schemas` renews them."""
import json
import re
import shutil
import subprocess

import jsonschema
import pytest

from lab.parts import TREE


def candidates(owctl, *words):
    return [line.split("\t")[0] for line in owctl("__complete", "--", *words).ok().out.splitlines()]


def test_man_pages_are_fresh(owctl):
    names = owctl("__man").ok().out.split()
    assert {"owctl.1", *(f"owctl-{name}.1" for name in candidates(owctl, ""))} < set(names)
    pages = {name: owctl("__man", name).ok().out for name in names}
    assert {path.name: path.read_text() for path in (TREE / "man").iterdir()} == pages, "run `make man`"
    assert "there is no page 'user'" in owctl("__man", "user").ended(64).err


def test_man_pages_are_good_mdoc():
    if not shutil.which("mandoc"):
        pytest.skip("mandoc is not installed")
    pages = sorted((TREE / "man").iterdir())
    assert pages
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "style", *pages], capture_output=True, text=True)
    # The pages refer to one another before they are installed.
    findings = [line for line in done.stdout.splitlines() if "referenced manual not found: Xr owctl" not in line]
    assert findings == []


def rendered(name):
    if not shutil.which("mandoc"):
        pytest.skip("mandoc is not installed")
    page = subprocess.run(["mandoc", "-T", "utf8", TREE / "man" / name], capture_output=True, text=True, check=True)
    return re.sub(".\b", "", page.stdout)


def test_pages_name_every_command_and_option(owctl):
    """A reader of the rendered pages finds what is to be typed."""
    root = rendered("owctl.1")
    for group in candidates(owctl, ""):
        text = rendered(f"owctl-{group}.1")
        assert f"owctl-{group}(1)" in root
        if group in ("completion", "version", "help"):
            continue
        for name in candidates(owctl, group, ""):
            assert f"owctl {group} {name}" in text
            for option in candidates(owctl, group, name, "--"):
                assert option in text or option in root or option.startswith("--no-")


def test_pages_tell_all_that_owctl_knows(owctl):
    checks, configuration, migrations = map(rendered, ("owctl-checks.7", "owctl.yaml.5", "owctl-migrations.7"))
    known = owctl("health", "list", "-o", "json").ok().json()
    assert known and all(f"{check['code']} {check['name']}\n" in checks for check in known)
    database = str(owctl.home / "webui.db")
    owctl("migrate", "up", "--database", database).ok()
    revisions = owctl("migrate", "history", "--database", database, "-o", "json").ok().json()
    assert all(re.search(rf"^ +{revision['revision']}\b", migrations, re.MULTILINE) for revision in revisions)
    kinds = candidates(owctl, "migrate", "repair", "--only", "")
    assert kinds and all(re.search(rf"^ +{kind}\b", migrations, re.MULTILINE) for kind in kinds)
    settings = owctl("profile", "show", "--all", "-o", "json", "--database", database).ok().json()
    assert all(re.search(rf"^ +{setting['name']}\b", configuration, re.MULTILINE) for setting in settings)


def test_every_page_is_named_where_people_begin(owctl):
    """In `owctl help`, in the README and on owctl(1)."""
    help_text, readme, root = owctl("help").ok().out, (TREE / "README.md").read_text(), rendered("owctl.1")
    for path in (TREE / "man").iterdir():
        name, _, section = path.name.rpartition(".")
        if section != "1":
            assert all(f"{name}({section})" in text for text in (help_text, readme, root)), path.name


def schemas(owctl):
    return {"error": ["error"], **{words.replace(" ", "-"): words.split() for words in
                                   owctl("__schema").ok().out.splitlines()}}


def test_schemas_are_fresh(owctl):
    made = {f"{name}.json": owctl("__schema", *words).ok().out for name, words in schemas(owctl).items()}
    assert {path.name: path.read_text() for path in (TREE / "docs/schema").glob("*.json")} == made, "run `make schemas`"


def test_schemas_are_schemas():
    for path in (TREE / "docs/schema").glob("*.json"):
        jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))


def validate(name, document):
    schema = json.loads((TREE / f"docs/schema/{name}.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)


def test_version_matches_its_schema(owctl):
    validate("version", owctl("version", "-o", "json").ok().json())


@pytest.mark.parametrize("words", [
    ["user", "lsit"], ["user", "list", "--role", "x"], ["version", "--columns", "x"], [],
])
def test_errors_match_their_schema(owctl, words):
    done = owctl("-o", "json", *words).ended(64)
    error = json.loads(done.err.splitlines()[-1])
    validate("error", error)
    assert error["error"]["code"] == "usage" and error["error"]["status"] == 64


def test_error_is_json_although_the_parser_stopped_before_it_was_asked_for(owctl):
    done = owctl("user", "lsit", "-o", "json").ended(64)
    validate("error", json.loads(done.err))
