"""The lab itself: every real part starts, answers and is what its name says."""
import pathlib
import sqlite3
import subprocess

import pytest
from lab.installation import ADMIN, people
from lab.parts import NEWEST, TREE


def sign_in_and_add(server, admin):
    assert server.signin(*admin).status == 200
    assert server.signin(admin[0], "wrong").status == 400
    token = server.token(*admin)
    bob = people()
    assert server.add_user(token, "Bob", bob, "another password").status == 200
    assert [user["email"] for user in server.users(token)].count(bob) == 1


def test_each_release_serves_the_database_of_its_own_migrations(installation):
    server = installation.server
    assert server.get("/api/version").json()["version"] == installation.release
    sign_in_and_add(server, ADMIN)
    if "DATA_DIR" in installation.where:
        assert server.data_dir == installation.where["DATA_DIR"]


def test_newest_release_runs_on_postgresql_and_redis(replicas):
    _, [first, second] = replicas  # whose administrator has signed up
    sign_in_and_add(first, ADMIN)
    assert second.whoami(first.token(*ADMIN)).status == 200


@pytest.mark.parametrize("installation", [f"on {NEWEST}"], indirect=True)
def test_unknown_path_answers_html(installation):
    assert not installation.server.get("/api/no/such/path").is_json


def test_postgresql_gives_each_test_a_database_of_its_own(each_postgresql):
    first, second = each_postgresql.create(), each_postgresql.create()
    assert first != second
    with each_postgresql.connect(first.rsplit("/", 1)[1]) as connection:
        version = connection.info.server_version // 10000
    assert version >= (18 if each_postgresql.version == "newest" else 15)


def test_template_is_copied(make_sqlite):
    with sqlite3.connect(make_sqlite(NEWEST)) as database:
        assert database.execute("select count(*) from user").fetchone() == (0,)


@pytest.mark.parametrize("check, kept", [("kill -TERM $BASHPID", True), ("true", True), ("false", False)])
def test_installed_part_is_built_again_only_if_its_check_says_so(tmp_path, check, kept):
    """A check that was cut off says nothing, and others may be using the part."""
    words = f'. {TREE}/scripts/lib/lab.sh; build() {{ touch "$1/new"; }}; works() {{ [ -e "$1/new" ] || ({check}); }}; part x build works'

    def part():
        done = subprocess.run(["bash", "-c", words], env={"PATH": "/usr/bin:/bin", "OWCTL_CACHE": str(tmp_path)},
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return pathlib.Path(done.stdout.strip())

    (part() / "new").unlink()
    assert (part() / "new").exists() != kept


def test_redis_is_empty(redis):
    assert redis.client().dbsize() == 0


@pytest.mark.quick
def test_environment_of_owctl_holds_nothing_of_the_machine(owctl, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/")
    monkeypatch.setenv("PGHOST", "elsewhere")
    assert set(owctl.environment()) <= {"PATH", "LANG", "HOME", "XDG_CONFIG_HOME", "TZ", "ASAN_OPTIONS"}
