"""An account made by owctl, from its making to its end, on every supported release: the real server decides at each step."""
import dataclasses

import pytest
from lab.parts import NEWEST, RELEASES

ADMIN, BOB, EVE = "ada@example.org", "bob@example.org", "eve@example.org"
PASSWORDS = {ADMIN: "correct horse battery", BOB: "nanoseconds are short", EVE: "on computable numbers"}


@dataclasses.dataclass
class Installation:
    """A running server, and owctl pointed at its database."""

    server: object
    owctl: object
    where: dict

    def __call__(self, *words, password=None):
        return self.owctl(*words, env=self.where, stdin=password or b"")

    def token(self, email, password=None):
        return self.server.token(email, password or PASSWORDS[email])


def open_installation(owctl, start, release, where, data_dir=None, **more):
    for email, role in ((ADMIN, "admin"), (BOB, "user"), (EVE, "pending")):
        words = ["user", "create", email.upper(), "--name", email.split("@")[0].title(), "--role", role, "--password-stdin"]
        owctl(*words, env=where, stdin=PASSWORDS[email]).ok()
    server = start(release, data_dir, **{name: value for name, value in where.items() if name != "DATA_DIR"}, **more)
    return Installation(server.wait(), owctl, where)


@pytest.fixture(params=[*RELEASES, f"{NEWEST} on PostgreSQL"])
def installation(request, owctl, make_sqlite, make_postgresql, start_openwebui):
    release = request.param.split()[0]
    if "PostgreSQL" in request.param:
        where = {"DATABASE_URL": make_postgresql(release)}
        return open_installation(owctl, start_openwebui, release, where)
    data_dir = make_sqlite(release).parent
    return open_installation(owctl, start_openwebui, release, {"DATA_DIR": data_dir}, data_dir)


def check_signing_in(site):
    for email, role in ((ADMIN, "admin"), (BOB, "user")):
        answer = site.server.signin(email, PASSWORDS[email])
        assert (answer.status, answer.json()["role"]) == (200, role)
    assert site.server.signin(BOB, "wrong").status == 400
    pending = site.server.signin(EVE, PASSWORDS[EVE])
    assert pending.status == 200
    assert pending.json().get("role", pending.json().get("next_step")) == "pending"


def check_what_the_server_makes(site, admin):
    assert site.server.add_user(admin, "Zoë", "zoe@example.org", "made by the server").status == 200
    shown = site("user", "show", "ZOE@example.org", "-o", "json").ok().json()
    assert (shown["name"], shown["role"], shown["has_password"]) == ("Zoë", "user", True)
    site("user", "check-password", "zoe@example.org", "--password-stdin", password="made by the server").ok()
    site("user", "check-password", "zoe@example.org", "--password-stdin", password="not that").ended(2)


def check_changes(site, admin):
    site("user", "update", BOB, "--name", "Robert", "--role", "admin").ok()
    bob = site.server.signin(BOB, PASSWORDS[BOB]).json()
    assert (bob["name"], bob["role"]) == ("Robert", "admin")
    site("user", "update", BOB, "--email", "Robert@Example.org", "--role", "user").ok()
    assert site.server.signin(BOB, PASSWORDS[BOB]).status == 400
    assert site.server.signin("robert@example.org", PASSWORDS[BOB]).status == 200
    site("user", "update", "robert@example.org", "--email", BOB).ok()


def check_password_change(site):
    old = site.token(BOB)
    assert site.server.whoami(old).status == 200
    changed = site("user", "passwd", BOB, "--password-stdin", "-o", "json", password="a new one").ok().json()
    assert site.server.signin(BOB, PASSWORDS[BOB]).status == 400
    assert site.server.signin(BOB, "a new one").status == 200
    ended = site.server.whoami(old).status == 401
    assert changed["sessions"] == ("ended" if ended else "kept")
    assert ended == site.server.release.startswith("0.12.")


def check_groups(site, admin):
    site("group", "create", "Staff", "--description", "everybody").ok()
    site("group", "add", "Staff", BOB, EVE).ok()
    groups = site.server.get("/api/v1/groups/", admin).json()
    staff = next(group for group in groups if group["name"] == "Staff")
    assert staff["description"] == "everybody"
    members = staff.get("member_count", len(staff.get("user_ids") or []))
    assert members == 2
    answer = site.server.post("/api/v1/groups/create", {"name": "Made there", "description": ""}, admin)
    assert answer.status == 200, answer.body
    assert {group["name"] for group in site("group", "list", "-o", "json").ok().json()} == {"Staff", "Made there"}
    site("group", "remove", "Staff", EVE).ok()
    assert site("group", "show", "Staff", "-o", "json").ok().json()["members"] == [BOB]


def check_deletion(site, admin):
    site("user", "delete", ADMIN, "--yes").ended(77)
    site("user", "delete", EVE).ended(64)
    site("user", "delete", EVE, "--yes").ok()
    assert site.server.signin(EVE, PASSWORDS[EVE]).status == 400
    assert EVE not in {user["email"] for user in site.server.users(admin)}
    site("user", "show", EVE).ended(65)


def test_life_of_an_account(installation):
    site = installation
    check_signing_in(site)
    admin = site.token(ADMIN)
    assert {ADMIN, BOB, EVE} <= {user["email"] for user in site.server.users(admin)}
    check_what_the_server_makes(site, admin)
    check_changes(site, admin)
    check_groups(site, admin)
    check_password_change(site)
    check_deletion(site, admin)


@pytest.mark.parametrize("release", ["0.10.2", "0.11.4"])
def test_redis_ends_sessions_where_the_release_looks_there(release, owctl, redis, make_sqlite, start_openwebui):
    data_dir = make_sqlite(release).parent
    site = open_installation(owctl, start_openwebui, release, {"DATA_DIR": data_dir, "REDIS_URL": redis.url}, data_dir)
    old = site.token(BOB)
    assert site.server.whoami(old).status == 200
    changed = site("user", "passwd", BOB, "--password-stdin", "-o", "json", password="a new one").ok().json()
    assert changed["sessions"] == "ended"
    assert site.server.whoami(old).status == 401


def test_database_made_by_owctl_is_taken_without_a_migration(owctl, start_openwebui, tmp_path, make_postgresql):
    folder = tmp_path / "data"
    folder.mkdir()
    for where, data_dir in (({"DATA_DIR": folder}, folder), ({"DATABASE_URL": make_postgresql()}, None)):
        owctl("migrate", "up", env=where).ok()
        site = open_installation(owctl, start_openwebui, NEWEST, where, data_dir)
        assert "Running upgrade" not in site.server.log.read_text()
        assert site("migrate", "status", "-o", "json").ok().json()["state"] == "current"
        admin = site.token(ADMIN)
        answer = site.server.post("/api/v1/chats/new", {"chat": {"title": "Hello", "messages": []}}, admin)
        assert answer.status == 200, answer.body
        assert site.server.get(f"/api/v1/chats/{answer.json()['id']}", admin).json()["title"] == "Hello"
