"""A new release of Open WebUI takes one folder and two lines (docs/new-release.md): shown on one that is made up."""
import os
import pathlib
import shutil
import subprocess
import time

import pytest

from lab import catalogue, chain, later
from lab.owctl import Owctl
from lab.parts import NEWEST, TREE
from lab.rows_difference import difference
from lab.upgrades import Upgrades
from test_migrate_rows import everything, old, read_catalogue  # noqa: F401 (fixture)
from test_old_database import connected, copy, engine  # noqa: F401 (fixtures)

NEW = pathlib.Path(__file__).parent / "new_release/67_67c0ffee0001"
REVISION = f'REVISION(67, {later.FIRST}, "badges", SHARED, CODE)\n'
RELEASE = f'RELEASE("{later.VERSION}", {later.FIRST})\n'
BUILT_FROM = ("src", "completions", "docs", "examples", "Makefile")
BUILT = ("build/src", "build/flags")  # what the release leaves as it is need not be compiled again


def add_release(tree):
    """All that is done for it, as one who follows the page does it."""
    shutil.copytree(NEW, tree / "src/migrate/chain" / NEW.name)
    for name, line in ("revisions.def", REVISION), ("releases.def", RELEASE):
        with (tree / "src/openwebui" / name).open("a") as file:
            file.write(line)


def take(name, home):
    """With its times, by which make goes."""
    (home / name).parent.mkdir(exist_ok=True)
    (shutil.copytree if (TREE / name).is_dir() else shutil.copy2)(TREE / name, home / name)


def build(home):
    for name in BUILT_FROM:
        take(name, home)
    before = files(home)
    add_release(home)
    after = files(home)
    touched = sorted(name for name in after if after[name] != before.get(name))
    flags = TREE / "build/flags"
    for name in BUILT if flags.exists() else ():
        take(name, home)
    werror = ["WERROR=1"] if flags.exists() and "-Werror" in flags.read_text() else []
    environment = {name: os.environ[name] for name in ("PATH", "CC", "HOME") if name in os.environ}
    subprocess.run(["make", "-s", "BUILD=build", *werror, "all"], cwd=home, env=environment, check=True)
    (home / "touched").write_text("\n".join(touched))


def files(tree):
    return {str(path.relative_to(tree)): path.read_bytes() for path in tree.rglob("*") if path.is_file()}


@pytest.fixture(scope="session")
def tree(once):
    return once("new-release", build)


@pytest.fixture
def newer(tree, tmp_path):
    """owctl with the release."""
    class Newer(Owctl):
        def command(self, *words):
            return [str(tree / "build/owctl"), *map(str, words)]

    (tmp_path / "newer").mkdir()
    return Newer(tmp_path / "newer")


@pytest.fixture(scope="session", params=[f"on {NEWEST} with badges"])
def upgrade(request, tmp_path_factory):
    """upgrade(url): the release's own migrations."""
    site = later.make(tmp_path_factory.mktemp("later") / "site", later.BADGES)
    with Upgrades(NEWEST, tmp_path_factory.mktemp("upstream"), PYTHONPATH=site) as upgrade:
        yield upgrade


def test_one_folder_and_two_lines_are_all(tree):
    own = [f"src/migrate/chain/{NEW.name}/{name}" for name in ("code.c", "up.sql")]
    assert (tree / "touched").read_text().split() == [*own, "src/openwebui/releases.def", "src/openwebui/revisions.def"]


@pytest.mark.parametrize("start", (chain.HEAD, "c440947495f3"))
def test_it_makes_what_the_releases_own_migrations_make(newer, upgrade, old, copy, start):  # noqa: F811
    ours = old(start, seed=2, count=8)
    theirs = copy(ours)
    since = time.time()
    upgrade(theirs)
    said = newer("--database", ours, "-o", "json", "migrate", "up", "--no-backup").ok().json()
    assert (said["to"], said["releases"]) == (later.FIRST, later.VERSION)
    assert catalogue.difference(read_catalogue(theirs), read_catalogue(ours), ("upstream", "owctl")) == ""
    assert difference(everything(theirs, since), everything(ours, since)) == ""
    with connected(ours) as connection:
        assert connection.execute("select count(*) from badge").fetchone() == connection.execute('select count(*) from "user"').fetchone()


def test_commands_know_it(newer, owctl, old):  # noqa: F811
    url = old(chain.HEAD, count=3)
    run = lambda *words: newer("--database", url, "-o", "json", "migrate", *words)
    [pending] = run("plan").ok().json()
    assert (pending["revision"], pending["title"]) == (later.FIRST, "badges")
    assert "badge" in pending["does"] and "user" in pending["does"]
    run("status", "--check").ended(2)
    run("up", "--no-backup", "--to", later.VERSION).ok()
    status = run("status", "--check").ok().json()
    assert (status["state"], status["revision"], status["releases"]) == ("current", later.FIRST, later.VERSION)
    assert run("history").ok().json()[-1]["revision"] == later.FIRST
    assert run("verify", "--catalogue-only").ok().json() == []
    with connected(url) as connection:
        connection.execute("drop index ix_badge_user_id")
    assert [row["place"] for row in run("verify", "--catalogue-only").ended(2).json()] == ["ix_badge_user_id on badge"]
    assert "does not know" in owctl("--database", url, "migrate", "up", "--no-backup").ended(1).err


def test_new_database_has_it(newer, tmp_path):
    url = f"sqlite:///{tmp_path}/webui.db"
    assert newer("--database", url, "-o", "json", "migrate", "up").ok().json()["applied"] == len(chain.revisions()) + 1
    with connected(url) as connection:
        assert connection.execute("select badge_id from \"user\"").fetchall() == []
