"""Every fuzz target still builds, and takes what is kept for it, under sanitizers."""
import subprocess

import pytest
from lab.owctl import SANITIZERS, binary
from lab.parts import TREE

TARGETS = sorted(path.stem.removeprefix("fuzz_") for path in (TREE / "tests/fuzz").glob("fuzz_*.c"))


@pytest.mark.quick
@pytest.mark.parametrize("target", TARGETS)
def test_kept_corpus_is_taken(target):
    kept = sorted((TREE / "tests/fuzz/corpus" / target).iterdir())
    done = subprocess.run([binary().parent / "replay" / target, *kept], cwd=TREE, env=SANITIZERS, capture_output=True, text=True,
                          timeout=120)
    assert done.returncode == 0, done.stderr
    assert kept and done.stdout == f"{len(kept)}\n"
