"""A database that `owctl migrate up` made: the real server starts on it, migrates nothing, and works."""
import pytest
from lab import catalogue
from lab.installation import ADMIN, Installation
from lab.parts import NEWEST
from lab.postgresql import VERSIONS

ENGINES = ["SQLite", *(f"PostgreSQL, {version}" for version in VERSIONS)]


@pytest.fixture(params=ENGINES)
def site(request, owctl, tmp_path, postgresql_clusters, start_openwebui):
    folder = tmp_path / "data"
    folder.mkdir()
    where = {"DATA_DIR": folder}
    if request.param != "SQLite":
        where = {"DATABASE_URL": postgresql_clusters(request.param.rpartition(" ")[2]).create()}
    site = Installation(owctl, where)
    site("migrate", "up").ok()
    site.before = site.catalogue(), site.query("select * from alembic_version")
    site.server = start_openwebui(NEWEST, where.get("DATA_DIR"), **{k: v for k, v in where.items() if k != "DATA_DIR"}).wait()
    return site


def test_server_starts_on_it_without_a_migration_and_works(site):
    before, versions = site.before
    assert "Running upgrade" not in site.server.log.read_text()
    assert site.query("select * from alembic_version") == versions
    assert catalogue.difference(before, site.catalogue()) == ""
    first = site.server.signup("Ada", *ADMIN)
    assert (first.status, first.json()["role"]) == (200, "admin")
    assert site.show(ADMIN[0])["primary"] is True
    answer = site.server.post("/api/v1/chats/new", {"chat": {"title": "Hello", "messages": []}}, site.admin)
    assert answer.status == 200, answer.body
    assert site.server.get(f"/api/v1/chats/{answer.json()['id']}", site.admin).json()["title"] == "Hello"
    assert site("migrate", "status", "-o", "json").ok().json()["state"] == "current"
    site.create("bob@example.org", "--name", "Bob")
    assert site.server.signin("bob@example.org", "a password of some length").status == 200
