"""Accounts made by owctl sign in on the real server of every release, and those of the server are known to owctl."""
import pytest
from lab.installation import ADMIN, people
from lab.terminal import Terminal

PASSWORD = "nanoseconds are short"


def by_standard_input(site, email, folder):
    site("user", "create", email, "--password-stdin", stdin=f"{PASSWORD}\n").ok()
    return PASSWORD


def by_file(site, email, folder):
    file = folder / "password"
    file.write_text(PASSWORD + "\n")
    file.chmod(0o600)
    site("user", "create", email, "--password-file", file).ok()
    return PASSWORD


def by_prompt(site, email, folder):
    terminal = Terminal(site.owctl, "user", "create", email, env=site.where)
    for question in ("password for", "again"):
        terminal.wait_for(question)
        terminal.type(PASSWORD + "\n")
    assert terminal.end() == 0
    assert PASSWORD.encode() not in terminal.seen
    return PASSWORD


def generated(site, email, folder):
    return site("user", "create", email, "--generate", "-o", "json").ok().json()["password"]


@pytest.mark.parametrize("source", [by_standard_input, by_file, by_prompt, generated])
def test_password_of_each_source_signs_in_and_a_wrong_one_does_not(installation, tmp_path, source):
    email = people()
    password = source(installation, email.upper(), tmp_path)
    answer = installation.server.signin(email, password)
    assert (answer.status, answer.json()["role"]) == (200, "user")
    assert installation.server.whoami(answer.json()["token"]).json()["email"] == email
    assert installation.server.signin(email, password + "x").status == 400
    assert installation.server.signin(email, "").status == 400


@pytest.mark.parametrize("password", ["é" * 36, "😀 ünïcode \\ \" '", " blanks around "])
def test_password_of_any_letters_signs_in(installation, password):
    email = people()
    installation.create(email, password=password)
    assert installation.server.signin(email, password).status == 200


def test_administrator_may_administrate(installation):
    email = people()
    installation.create(email, "--role", "admin", "--name", "Zoë 😀")
    token = installation.server.token(email, "a password of some length")
    assert installation.server.get("/api/v1/users/all", token).status == 200
    assert installation.seen_by_server(email)["name"] == "Zoë 😀"


def test_pending_account_signs_in_and_is_kept_waiting(installation):
    """Until 0.12 the server hands out a token whose role is pending and refuses every use; 0.12 names it as the next step."""
    email = people()
    installation.create(email, "--role", "pending")
    answer = installation.server.signin(email, "a password of some length")
    assert answer.status == 200
    body = answer.json()
    assert body.get("role", body.get("next_step")) == "pending"
    if token := body.get("token"):
        assert installation.server.get("/api/v1/chats/", token).status == 401


def test_account_without_password_does_not_sign_in(installation):
    email = people()
    installation("user", "create", email, "--no-password").ok()
    assert installation.show(email)["has_password"] is False
    for password in ("", " ", "password", email):
        assert installation.server.signin(email, password).status == 400


def check_known_to_owctl(installation, email, password, name, role):
    shown = installation.show(email.upper())
    assert (shown["name"], shown["role"], shown["has_password"], shown["active"]) == (name, role, True, True)
    rows = installation("user", "list", "--search", email, "-o", "json").ok().json()
    assert [row["id"] for row in rows] == [shown["id"]] == [installation.seen_by_server(email)["id"]]
    installation("user", "check-password", email, "--password-stdin", stdin=password).ok()
    installation("user", "check-password", email, "--password-stdin", stdin=password + "x").ended(2)


def test_account_that_an_administrator_made_is_known(installation):
    email = people()
    assert installation.server.add_user(installation.admin, "Zoë", email, "made by the server").status == 200
    check_known_to_owctl(installation, email, "made by the server", "Zoë", "user")


def test_account_that_signed_up_is_known(installation):
    email = people()
    answer = installation.server.signup("Somebody", email, "made by a sign-up")
    assert answer.status == 200, answer.body
    check_known_to_owctl(installation, email, "made by a sign-up", "Somebody", "pending")


def test_first_account_is_the_primary_administrator(installation):
    assert installation.show(ADMIN[0])["primary"] is True
    email = people()
    installation.create(email, "--role", "admin")
    assert installation.show(email)["primary"] is False
