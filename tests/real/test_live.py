"""Values of the installation as what may come next in a line: accounts, groups, snapshots, places of replicas."""
import os
import re
import socket
import sqlite3
import stat
import time

import pytest

from lab.process import wait_until
from lab.shells import Bash, Zsh, complete_bash, complete_fish

pytestmark = pytest.mark.quick

PEOPLE = ["ada@example.org", "adam@example.org", "a%b@example.org", "a_b@example.org", "axb@example.org"]


@pytest.fixture
def env(owctl, tmp_path):
    """An installation with a few people and groups, and a folder for this login alone."""
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/webui.db", "XDG_RUNTIME_DIR": runtime}
    owctl("migrate", "up", "--yes", env=env).ok()
    people = "".join(f"{email},{email},user\n" for email in PEOPLE)
    owctl("user", "import", "-", stdin="email,name,role\n" + people, env=env).ok()
    for group in ("Night Shift", "Nurses", "Ärzte"):
        owctl("group", "create", group, env=env).ok()
    return env


def offers(owctl, env, *words):
    done = owctl("__complete", "--", *words, env=env).ok()
    assert done.err == ""
    return [line.split("\t")[0] for line in done.out.splitlines()]


def kept(env):
    folder = env["XDG_RUNTIME_DIR"] / "owctl"
    return sorted(folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("words, expected", [
    (["user", "show", "ad"], PEOPLE[:2]),
    (["user", "show", "AD"], PEOPLE[:2]),
    (["user", "show", "a%"], ["a%b@example.org"]),
    (["user", "show", "a_"], ["a_b@example.org"]),
    (["user", "show", "zz"], []),
    (["user", "passwd", "--generate", "adam"], ["adam@example.org"]),
    (["group", "show", "N"], ["Night Shift", "Nurses"]),
    (["group", "show", "är"], ["Ärzte"]),
    (["group", "add", "Nurses", "adam@"], ["adam@example.org"]),
    (["group", "add", "Nurses", "ada@example.org", "adam@"], ["adam@example.org"]),
    (["user", "list", "--group=Nu"], ["--group=Nurses"]),
    (["health", "check", "--replica", "ku"], ["kubernetes:"]),
])
def test_what_is_there(owctl, env, words, expected):
    assert offers(owctl, env, *words) == expected


def test_the_line_says_which_installation(owctl, env, tmp_path):
    other = tmp_path / "other.db"
    owctl("migrate", "up", "--yes", "--database", other, env=env).ok()
    owctl("user", "create", "eve@example.org", "--no-password", "--database", other, env=env).ok()
    assert offers(owctl, env, "user", "show", "--database", str(other), "") == ["eve@example.org"]
    assert offers(owctl, env, f"--database={other}", "user", "show", "") == ["eve@example.org"]
    assert "eve@example.org" not in offers(owctl, env, "user", "show", "")


def test_snapshots_of_the_lines_repository(owctl, env, tmp_path):
    repository = tmp_path / "repository"
    public = re.search("age1[a-z0-9]{58}", owctl("repo", "keys", tmp_path / "key", env=env).ok().out)[0]
    owctl("repo", "init", repository, env=env).ok()
    for _ in range(2):
        owctl("backup", "create", "-r", repository, "--recipient", public, env=env).ok()
    ids = [row["snapshot"] for row in owctl("backup", "list", "-r", repository, "-o", "json", env=env).ok().json()]
    assert offers(owctl, env, "backup", "show", "-r", str(repository), "") == ["latest", *reversed(ids)]
    assert offers(owctl, env | {"OWCTL_REPOSITORY": repository}, "backup", "show", ids[0]) == [ids[0]]
    assert offers(owctl, env | {"OWCTL_REPOSITORY": repository}, "backup", "verify", "--read-data", ids[0]) == [ids[0]], "it may stand alone"


def test_many_are_cut_so_that_what_they_have_in_common_is_right(owctl, env):
    rows = "".join(f"many{'a' if i < 550 else 'b'}{i:04}@example.org,x,user\n" for i in range(600))
    owctl("user", "import", "-", stdin="email,name,role\n" + rows, env=env).ok()
    offered = offers(owctl, env, "user", "show", "many")
    assert len(offered) == 501 and offered[-1] == "manyb0599@example.org"
    assert os.path.commonprefix(offered) == "many"
    assert len(offers(owctl, env, "user", "show", "manyb")) == 50, "what was cut is not narrowed, but asked for again"


def test_what_is_kept_is_this_logins_alone_and_answers_at_once(owctl, env, tmp_path):
    assert offers(owctl, env, "user", "show", "ad") == PEOPLE[:2]
    (file,) = wait_until(lambda: len(kept(env)) == 1 and kept(env), 20, "what is kept, which comes behind the answer")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    (tmp_path / "webui.db").rename(tmp_path / "away")
    assert offers(owctl, env, "user", "show", "adam") == ["adam@example.org"], "narrowed without the database"
    assert offers(owctl, env, "user", "show", "") == [], "of others nothing is known"
    for hours in -1, 1:
        then = time.time() + hours * 3600
        os.utime(file, (then, then))
        assert offers(owctl, env, "user", "show", "adam") == [], "an hour later, or after the clock was put back"


def test_what_changes_is_seen(owctl, env):
    offers(owctl, env, "user", "show", "new")
    owctl("user", "create", "new@example.org", "--no-password", env=env).ok()
    limit = time.monotonic() + 20
    while offers(owctl, env, "user", "show", "new") != ["new@example.org"]:
        assert time.monotonic() < limit
        time.sleep(0.2)


def test_nothing_is_kept_without_a_folder_of_its_own(owctl, env, tmp_path):
    places = {"": tmp_path / "nowhere", "missing": tmp_path / "missing", "open": tmp_path / "open", "group's": tmp_path / "group's"}
    for name, mode in ("open", 0o701), ("group's", 0o710):
        places[name].mkdir()
        places[name].chmod(mode)
    if not os.geteuid():
        places["another's"] = tmp_path / "another's"
        places["another's"].mkdir(mode=0o700)
        os.chown(places["another's"], 65534, 65534)
    for name, place in places.items():
        settings = env | {"XDG_RUNTIME_DIR": name and place}
        assert offers(owctl, settings, "user", "show", "ad") == PEOPLE[:2]
        assert offers(owctl, settings | {"DATABASE_URL": "sqlite:////nowhere/webui.db"}, "user", "show", "ad") == []
        assert not place.exists() or list(place.iterdir()) == [], name
    assert not (tmp_path / "owctl").exists()


def test_a_server_that_hangs_holds_nobody_up(owctl, env):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://owui@127.0.0.1:{silent.getsockname()[1]}/owui"
        assert offers(owctl, env | {"DATABASE_URL": url}, "user", "show", "") == []
        asking, _ = silent.accept()
        with asking, pytest.raises(BlockingIOError):
            while asking.recv(4096, socket.MSG_DONTWAIT):
                pass  # it is there still, and would be for five seconds


def call_groups(tmp_path, *names):
    with sqlite3.connect(tmp_path / "webui.db") as db:
        for (group,), name in zip(db.execute('select id from "group"').fetchall(), names):
            db.execute('update "group" set name = ? where id = ?', (name, group))


def test_what_is_no_name_for_a_terminal_is_not_offered(owctl, env, tmp_path):
    """Nor what would say something to the shell that asks."""
    call_groups(tmp_path, "N\x1b[2J", "Nurses\tof the night", "Night Shift")
    assert offers(owctl, env, "group", "show", "N") == ["Night Shift"]
    call_groups(tmp_path, "N" * 501, "N" * 500, "other")
    assert offers(owctl, env, "group", "show", "n") == ["N" * 500], "shells take long to quote what nobody types"
    call_groups(tmp_path, ":file", "Night Shift", "Nurses")
    assert "Night Shift" in offers(owctl, env, "group", "show", "")
    assert ":file" not in offers(owctl, env, "group", "show", "")


def test_a_password_is_not_offered(owctl, env):
    places = {"OWCTL_REPLICAS": "http://10.0.0.7:8080,http://u:hunter2@10.0.0.8:8080"}
    assert offers(owctl, env | places, "health", "check", "--replica", "http://1") == ["http://10.0.0.7:8080"]
    assert offers(owctl, env | places, "health", "check", "--replica", "http://u") == []


# ---- in the real shells ----


def in_shells(shell_environment, env):
    environment, work = shell_environment
    return environment | {name: str(value) for name, value in env.items()}, work


def test_bash(shell_environment, env):
    here = in_shells(shell_environment, env)
    assert complete_bash(here, "owctl user show adam") == ["adam@example.org"]
    assert complete_bash(here, "owctl user show adam@e") == ["example.org"], "bash keeps what stands before the @"
    assert " ".join(complete_bash(here, "owctl group show Ni")) == "Night\\ Shift"


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_name_runs_nothing_in_bash(shell_environment, env, tmp_path, locale):
    """Whoever may make a group in Open WebUI chooses its name, and an administrator types Tab and Enter."""
    names = ["aä $(echo ran) x", "b'$(echo ran)'`echo ran`x", 'c"$(echo ran)"\\ x&;|!x']
    call_groups(tmp_path, *names)
    bash = Bash(in_shells(shell_environment, env | {"LC_ALL": locale}))
    for quote in "", "'", '"':
        for name in names:
            assert bash.last_word(f"owctl group show {quote}{name[0]}\t") == name
        assert bash.last_word(f"owctl user list --group={quote}a\t") == "--group=" + names[0]
    bash.close()


def test_fish(shell_environment, env):
    here = in_shells(shell_environment, env)
    assert complete_fish(here, "owctl user show ada") == PEOPLE[:2]
    for typed in "Night\\ S", "'Night S", '"Ni':
        assert complete_fish(here, f"owctl group show {typed}") == ["Night Shift"]


def test_zsh(shell_environment, env, tmp_path):
    zsh = Zsh(in_shells(shell_environment, env), tmp_path)
    assert zsh.complete("owctl user show adam")[1] == "owctl user show adam@example.org "
    assert zsh.complete("owctl group show Ni")[1] == "owctl group show Night\\ Shift "
    zsh.close()
