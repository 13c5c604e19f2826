"""Completion in the real shells, with the scripts that `owctl completion SHELL` prints."""
import pytest

from lab.shells import Zsh, complete_bash, complete_fish, need


@pytest.mark.parametrize("line, expected", [
    ("owctl us", ["user"]),
    ("owctl user li", ["list"]),
    ("owctl help user li", ["list"]),
    ("owctl user list --ro", ["--role"]),
    ("owctl user list --role ad", ["admin"]),
    ("owctl user list --role=ad", ["admin"]),
    ("owctl -o ", ["table", "json", "yaml", "csv"]),
    ("owctl --output=", ["table", "json", "yaml", "csv"]),
    ("owctl --output=js", ["json"]),
    ("owctl user list --columns em", ["email"]),
    ("owctl user list --columns id,ro", ["id,role"]),
    ("owctl user list --role admin,", ["admin,pending", "admin,user"]),
    ("owctl --env-file fi", ["file.env"]),
    ("owctl --env-file=fi", ["file.env"]),
    ("owctl --data-dir fo", ["folder"]),
    ("owctl --data-dir fi", []),
    ("owctl completion ", ["bash", "zsh", "fish"]),
    ("owctl zzz", []),
])
def test_bash(shell_environment, line, expected):
    assert complete_bash(shell_environment, line) == expected


@pytest.mark.parametrize("line, expected", [
    ("owctl us", ["user"]),
    ("owctl user li", ["list"]),
    ("owctl user list --ro", ["--role"]),
    ("owctl user list --role ad", ["admin"]),
    ("owctl user list --role=ad", ["--role=admin"]),
    ("owctl --env-file fi", ["file.env"]),
    ("owctl --env-file=fi", ["--env-file=file.env"]),
    ("owctl --data-dir fo", ["folder/"]),
    ("owctl completion ", ["bash", "fish", "zsh"]),
    ("owctl zzz", []),
])
def test_fish(shell_environment, line, expected):
    assert [row.split("\t")[0] for row in complete_fish(shell_environment, line)] == expected


def test_fish_shows_descriptions(shell_environment):
    rows = complete_fish(shell_environment, "owctl version")
    assert rows == ["version\tshow the versions of owctl and its libraries"]


@pytest.fixture
def zsh(shell_environment, tmp_path):
    need("zsh")
    shell = Zsh(shell_environment, tmp_path)
    yield shell
    shell.close()


def test_zsh(zsh):
    for line, expected in [
        ("owctl us", "owctl user "),
        ("owctl user li", "owctl user list "),
        ("owctl user list --ro", "owctl user list --role "),
        ("owctl user list --role ad", "owctl user list --role admin "),
        ("owctl user list --role=ad", "owctl user list --role=admin "),
        ("owctl --env-file fi", "owctl --env-file file.env "),
        ("owctl --env-file=fi", "owctl --env-file=file.env "),
        ("owctl --data-dir fo", "owctl --data-dir folder/"),
        ("owctl zzz", "owctl zzz"),
    ]:
        assert zsh.complete(line)[1] == expected


def test_zsh_shows_descriptions(zsh):
    seen, _ = zsh.complete("owctl ")
    assert b"show the versions of owctl and its libraries" in seen


def test_candidates_are_silent_and_need_no_settings(owctl):
    """A broken profile or a database that is away must not disturb a line that is being typed."""
    done = owctl("__complete", "--", "user", "list", "--role", "", env={"DATABASE_URL": "nonsense"}).ok()
    assert done.out.split() == ["pending", "user", "admin"]
    assert done.err == ""


def test_a_secret_is_offered_only_where_it_may_be_given(owctl):
    for option, expected in ("--set", []), ("--set-file", ["WEBUI_SECRET_KEY="]):
        done = owctl("__complete", "--", "profile", "add", "x", option, "WEBUI_SEC").ok()
        assert [line.split("\t")[0] for line in done.out.splitlines()] == expected


def test_accounts_on_postgresql(owctl, make_postgresql):
    env = {"DATABASE_URL": make_postgresql("0.12.4")}
    owctl("user", "create", "zoe@example.org", "--no-password", env=env).ok()
    done = owctl("__complete", "--", "user", "show", "ZO", env=env).ok()
    assert (done.out, done.err) == ("zoe@example.org\n", "")
