"""The quick start's demonstration; all of it on machines that have nothing but Debian's base is in test_package.py."""
import json
import re
import subprocess

import pytest
from lab.owctl import binary
from lab.parts import TREE


@pytest.mark.quick
def test_demonstration(owctl, tmp_path):
    script = f". scripts/lib/say.sh && . scripts/lib/demo.sh && demo {tmp_path} {binary().parent}; whats_next"
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=TREE, env=owctl.environment(),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "can_sign_in  yes" in done.stdout
    assert re.search("^outcome +restored$", done.stdout, re.MULTILINE)
    assert "recorded nowhere" not in done.stderr
    assert [json.loads(line)["command"] for line in done.stdout.splitlines() if line.startswith("{")] == [
        "migrate up", "user create", "user import", "repo keys", "repo init", "backup create", "backup restore"]


def files_of(folder):
    return {str(path.relative_to(folder)): path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}


@pytest.mark.quick
def test_install_puts_everything_in_its_place(tmp_path):
    """What was built already: an old file is not made again."""
    subprocess.run(["make", "-s", "-o", binary(), "install", f"PROGRAM={binary()}", f"DESTDIR={tmp_path}", "PREFIX=/usr"],
                   cwd=TREE, check=True, capture_output=True)
    share = tmp_path / "usr/share"
    assert (tmp_path / "usr/bin/owctl").stat().st_mode & 0o777 == 0o755
    assert {f"man{name[-1]}/{name}" for name in files_of(TREE / "man")} == set(files_of(share / "man"))
    for place, source in ("doc/owctl/docs", "docs"), ("doc/owctl/examples", "examples"):
        there = files_of(share / place)
        for name, mode in files_of(TREE / source).items():
            assert there[name] & 0o111 == mode & 0o111, name
    for page in ("README.md", *(f"docs/{name}" for name in files_of(TREE / "docs") if name.endswith(".md"))):
        folder = (share / "doc/owctl" / page).parent
        for link in re.findall(r"\]\(([^)#:]+)\)", (TREE / page).read_text()):
            assert (folder / link).exists() or "/" not in link and folder.name == "owctl", (page, link)
    for script in "bash-completion/completions/owctl", "zsh/site-functions/_owctl", "fish/vendor_completions.d/owctl.fish":
        assert (share / script).is_file()
