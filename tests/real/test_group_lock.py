"""On PostgreSQL changes of groups wait for those that a server makes (the lock is upstream's own), and migrations for each other."""
import pytest

GROUPS, MIGRATION = 731947205, 0x6F7763746C

WORDS = [
    ["group", "create", "Others"],
    ["group", "add", "Staff", "bob@example.org"],
    ["group", "remove", "Staff", "bob@example.org"],
    ["group", "delete", "Staff", "--yes"],
    ["user", "create", "eve@example.org", "--no-password", "--group", "Staff"],
    ["user", "delete", "bob@example.org", "--yes"],
    ["user", "update", "ada@example.org", "--email", "ida@example.org"],
]


@pytest.fixture
def site(owctl, make_postgresql, postgresql):
    url = make_postgresql()

    def call(*words):
        return owctl(*words, "--timeout", "1", env={"DATABASE_URL": url})

    call.connect = lambda: postgresql.connect(url.rpartition("/")[2])
    return call


def test_changes_of_groups_wait_for_the_servers(site):
    site("migrate", "up").ok()
    for name in ("ada", "bob"):
        site("user", "create", f"{name}@example.org", "--role", "admin" if name == "ada" else "user", "--no-password").ok()
    site("group", "create", "Staff").ok()
    with site.connect() as server:
        server.autocommit = False
        server.execute("select pg_advisory_xact_lock(%s)", (GROUPS,))
        for words in WORDS:
            site(*words).ended(75)
        site("group", "list").ok()
        server.rollback()
    for words in WORDS[:1] + WORDS[4:]:
        site(*words).ok()


def test_migrations_wait_for_each_other(site):
    with site.connect() as other:
        other.autocommit = False
        other.execute("select pg_advisory_xact_lock(%s)", (MIGRATION,))
        site("migrate", "up").ended(75)
        other.rollback()
    site("migrate", "up").ok()
