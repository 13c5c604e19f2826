"""What holds for every file of examples/."""
import itertools

import pytest

from lab.parts import TREE

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
