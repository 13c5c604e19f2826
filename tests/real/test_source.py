"""The source as one file, as `make dist` makes it of what git has."""
import os
import shutil
import subprocess
import tarfile

import pytest
from lab.clean_build import RELEASED, VERSION
from lab.memory import scratch_folder
from lab.parts import TREE


def make_dist(tree, build, **environment):
    """The path of the source as one file."""
    done = subprocess.run(["make", "-s", "dist", f"BUILD={build}"], cwd=tree, env={"PATH": os.environ["PATH"], **environment},
                          capture_output=True, text=True, preexec_fn=lambda: os.umask(int(environment.get("UMASK", "022"), 8)))
    assert done.returncode == 0, done.stderr
    return build / f"owctl-{VERSION}.tar.gz"


@pytest.fixture(scope="module")
def source():
    """The source as one file, and a folder for more of it."""
    folder = scratch_folder("owctl-source-")
    yield make_dist(TREE, folder / "here"), folder
    shutil.rmtree(folder)


def test_source_is_what_git_has_byte_for_byte(source):
    listed = subprocess.check_output(["git", "ls-tree", "-r", "--name-only", "-z", "HEAD"], cwd=TREE, text=True).split("\0")[:-1]
    with tarfile.open(source[0]) as archive:
        of_files = {member.name.removeprefix(f"owctl-{VERSION}/"): member for member in archive if not member.isdir()}
        assert set(of_files) == set(listed)
        shown = subprocess.check_output(["git", "show", "HEAD:Makefile"], cwd=TREE)
        assert archive.extractfile(of_files["Makefile"]).read() == shown
    assert {(member.uid, member.gid, member.mtime) for member in of_files.values()} == {(0, 0, RELEASED)}
    assert {member.mode for member in of_files.values() if not member.issym()} == {0o644, 0o755}


def test_source_is_the_same_wherever_it_is_made(source):
    here, folder = source
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", TREE, clone], check=True)
    there = make_dist(clone, folder / "there", UMASK="077", TZ="Asia/Kolkata", LC_ALL="C")
    assert here.read_bytes() == there.read_bytes()
    later = make_dist(clone, folder / "later", SOURCE_DATE_EPOCH="1800000000")
    with tarfile.open(later) as archive:
        assert {member.mtime for member in archive} == {1800000000}


def test_source_without_git_is_refused(tmp_path):
    """As in what `make dist` has made: there is nobody to tell what is part of it."""
    subprocess.run(["cp", "-R", TREE / "Makefile", TREE / "scripts", tmp_path], check=True)
    done = subprocess.run(["make", "-s", "dist"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0 and "this tree is no clone" in done.stderr
