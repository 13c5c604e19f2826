"""Where the real parts are: scripts/lab installs them, once, and says where."""
import functools
import pathlib
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parents[3]
CANNOT = 77

RELEASES = ("0.6.43", "0.8.12", "0.10.2", "0.11.4", "0.12.4")
NEWEST = RELEASES[-1]
# owctl looks at no older database than those of 0.6.43, but brings the older ones up.
BIRTHPLACES = ("0.3.35", "0.4.8", "0.5.20", "0.6.18", "0.6.43", "0.7.2", "0.8.12", "0.9.6", "0.10.2", "0.11.4")


@functools.cache
def _installed(name, *arguments):
    return subprocess.run([TREE / "scripts/lab" / name, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True)


def part(name, *arguments):
    """The path of a part. Skips the test, with the script's own words, where this machine can't have it."""
    done = _installed(name, *arguments)
    if done.returncode == CANNOT:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stderr
    return pathlib.Path(done.stdout.strip())
