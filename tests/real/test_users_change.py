"""`owctl user update` and `passwd` beside the running server: what it shows, and whom it still lets in."""
import json

import pytest
from lab.installation import ADMIN, Installation, people
from lab.parts import NEWEST

OLD, NEW = "the old password", "the new password"


def test_name_and_role_are_seen_by_the_server_at_once(installation):
    email = people()
    installation.create(email, "--name", "Bob", password=OLD)
    installation("user", "update", email, "--name", "Robert 😀", "--role", "admin").ok()
    seen = installation.seen_by_server(email)
    assert (seen["name"], seen["role"]) == ("Robert 😀", "admin")
    assert installation.server.signin(email, OLD).json()["role"] == "admin"
    installation("user", "update", email, "--role", "pending").ok()
    assert installation.seen_by_server(email)["role"] == "pending"


def test_new_address_signs_in_and_the_old_one_does_not(installation):
    email, other = people(2)
    made = installation.create(email, password=OLD)
    installation("user", "update", email, "--email", other.upper()).ok()
    assert installation.server.signin(email, OLD).status == 400
    assert installation.server.signin(other, OLD).status == 200
    assert installation.seen_by_server(other)["id"] == made["id"]
    assert installation.seen_by_server(email) is None
    assert installation.query("select email from auth where id = ?", made["id"]) == [(other,)]  # old releases look there


def test_address_of_somebody_else_is_refused(installation):
    first, second = people(2)
    installation.create(first)
    assert installation.server.add_user(installation.admin, "Second", second, OLD).status == 200
    before = installation.show(first)
    for dry in ["--dry-run"], []:
        assert "has the address" in installation("user", "update", first, "--email", second.upper(), *dry).ended(65).err
    assert installation.show(first) == before


def test_dry_run_changes_nothing(installation):
    email = people()
    installation.create(email, password=OLD)
    before = installation.show(email)
    installation("user", "update", email, "--name", "X", "--role", "admin", "--email", people(), "--dry-run").ok()
    installation("user", "passwd", email, "--password-stdin", "--dry-run", stdin=NEW).ok()
    assert installation.show(email) == before
    assert installation.server.signin(email, OLD).status == 200


def test_change_by_the_server_is_seen(installation):
    email, other = people(2)
    id = installation.create(email, password=OLD)["id"]
    body = {"name": "Changed there", "email": other, "role": "admin", "profile_image_url": "/user.png", "password": NEW}
    answer = installation.server.post(f"/api/v1/users/{id}/update", body, installation.admin)
    assert answer.status == 200, answer.body
    shown = installation.show(other)
    assert (shown["id"], shown["name"], shown["role"]) == (id, "Changed there", "admin")
    installation("user", "check-password", other, "--password-stdin", stdin=NEW).ok()


def test_primary_administrator_keeps_the_role(installation):
    assert "primary administrator" in installation("user", "update", ADMIN[0], "--role", "user").ended(77).err
    assert installation.show(ADMIN[0])["role"] == "admin"


def change_password(site, email):
    """(the old token is refused now, what owctl says of the sessions)"""
    token = site.server.token(email, OLD)
    assert site.server.whoami(token).status == 200
    said = site("user", "passwd", email, "--password-stdin", "-o", "json", stdin=NEW).ok().json()
    assert site.server.signin(email, OLD).status == 400
    assert site.server.signin(email, NEW).status == 200
    return site.server.whoami(token).status == 401, said["sessions"]


def test_new_password_signs_in_and_the_old_token_is_refused_where_the_release_can(installation):
    """Without Redis only 0.12 can: it compares the stamp of the token with that of the account."""
    email = people()
    installation.create(email, password=OLD)
    refused, said = change_password(installation, email)
    assert refused == installation.release.startswith("0.12.")
    assert said == ("ended" if refused else "kept")
    assert installation.server.whoami(installation.admin).status == 200


def test_password_that_was_changed_by_owctl_can_be_changed_by_its_owner(installation):
    email = people()
    installation.create(email, password=OLD)
    installation("user", "passwd", email, "--password-stdin", stdin=NEW).ok()
    token = installation.server.token(email, NEW)
    body = {"password": NEW, "new_password": "chosen by the owner"}
    assert installation.server.post("/api/v1/auths/update/password", body, token).status == 200
    installation("user", "check-password", email, "--password-stdin", stdin="chosen by the owner").ok()


@pytest.mark.parametrize("release, redis, said", [("0.8.12", True, "would keep"), ("0.10.2", False, "would keep"),
                                                  ("0.10.2", True, "would end"), (NEWEST, False, "would end")])
def test_dry_run_does_not_say_that_sessions_were_ended(release, redis, said, owctl, make_sqlite):
    site = Installation(owctl, {"DATA_DIR": make_sqlite(release).parent} | ({"REDIS_URL": "redis://127.0.0.1:1/0"} if redis else {}))
    email = people()
    site.create(email)
    done = site("user", "passwd", email, "--generate", "--dry-run", "-o", "json").ok()
    assert (done.json()["outcome"], done.json()["sessions"], done.json()["password"]) == ("would change", said, None)
    assert "keeps sessions" not in done.err


@pytest.mark.parametrize("release", ["0.10.2", "0.11.4", NEWEST])
def test_old_token_is_refused_by_means_of_redis(release, owctl, redis, make_sqlite, start_openwebui):
    data_dir = make_sqlite(release).parent
    site = Installation(owctl, {"DATA_DIR": data_dir, "REDIS_URL": redis.url})
    email, other = people(2)
    for address in (email, other):
        site.create(address, password=OLD)
    site.server = start_openwebui(release, data_dir, REDIS_URL=redis.url).wait()
    unconcerned = site.server.token(other, OLD)
    assert change_password(site, email) == (True, "ended")
    assert site.server.whoami(unconcerned).status == 200
    assert len(redis.client().keys("open-webui:auth:user:*:revoked_at")) == 1


def test_passwords_are_never_told(installation):
    email = people()
    done = installation("-vv", "user", "create", email, "--password-stdin", "-o", "json", stdin=OLD).ok()
    changed = installation("-vv", "user", "passwd", email, "--password-stdin", "-o", "json", stdin=NEW).ok()
    [[hash]] = installation.query("select password from auth where email = ?", email)
    for secret in (OLD, NEW, hash):
        assert secret not in done.out + done.err + changed.out + changed.err
    assert json.loads(changed.out)["password"] is None
