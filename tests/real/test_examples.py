"""What holds for every file of examples/."""
import itertools
import re

import pytest

from lab.parts import NEWEST, TREE

EXAMPLES = TREE / "examples"
# Those whose comment tells what to change; the others are to be read as a whole.
PLACES = ("ci", "compose", "kubernetes", "nomad", "swarm", "upgrade")


def comment(path):
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#!")]
    return " ".join(itertools.takewhile(lambda line: line.startswith("#") or not line, lines))


@pytest.mark.quick
def test_every_file_says_what_it_is_for_and_what_to_change():
    files = [path for path in EXAMPLES.rglob("*") if path.is_file()]
    assert not [path for path in files if not comment(path) or "AGE-SECRET-KEY-1" in path.read_text()]
    files = [path for path in files if path.relative_to(EXAMPLES).parts[0] in PLACES]
    assert not [path for path in files if "change" not in comment(path)]
    assert not [path for path in files for line in path.read_text().splitlines() if len(line.expandtabs(8)) > 120]


@pytest.mark.quick
def test_examples_name_the_newest_release_and_this_owctl():
    text = "".join(path.read_text() for folder in PLACES for path in (EXAMPLES / folder).rglob("*") if path.is_file())
    assert set(re.findall(r"(?<![\d.])0[.-](?:[3-9]|1\d)[.-]\d+", text)) == {NEWEST, NEWEST.replace(".", "-")}
    version = re.search(r"^VERSION *:= *(.*)$", (TREE / "Makefile").read_text(), re.MULTILINE)[1]
    assert set(re.findall(r"(?:owctl:|newTag: )(\d[\d.]*)", text)) == {version}
