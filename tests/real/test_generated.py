"""What is made from the command descriptors and committed: man pages and JSON schemas. `make man schemas` renews them."""
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
    pages = {"owctl.1": owctl("__man").ok().out}
    pages |= {f"owctl-{name}.1": owctl("__man", name).ok().out for name in candidates(owctl, "")}
    assert {path.name: path.read_text() for path in (TREE / "man").glob("*.1")} == pages, "run `make man`"


def test_man_pages_are_good_mdoc():
    if not shutil.which("mandoc"):
        pytest.skip("mandoc is not installed")
    pages = sorted((TREE / "man").glob("*.1"))
    assert pages
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "style", *pages], capture_output=True, text=True)
    # The pages refer to one another before they are installed.
    findings = [line for line in done.stdout.splitlines() if "referenced manual not found: Xr owctl" not in line]
    assert findings == []


def test_pages_name_every_command_and_option(owctl):
    """A reader of the rendered pages finds what is to be typed."""
    if not shutil.which("mandoc"):
        pytest.skip("mandoc is not installed")

    def rendered(name):
        page = subprocess.run(["mandoc", "-T", "utf8", TREE / "man" / name], capture_output=True, text=True, check=True)
        return re.sub(".\b", "", page.stdout)

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
