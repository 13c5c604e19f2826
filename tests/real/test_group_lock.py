"""On PostgreSQL changes of groups wait for those that a server makes (the lock is upstream's own), and migrations for each other."""
import pytest
from lab.owctl import check_sanitizers
from lab.process import wait_until

GROUPS, MIGRATION = 731947205, 0x6F7763746C

WORDS = [
    ["group", "create", "Others"],
    ["group", "add", "Staff", "bob@example.org"],
    ["group", "remove", "Staff", "bob@example.org"],
    ["group", "delete", "Staff", "--yes"],
    ["user", "create", "eve@example.org", "--no-password", "--group", "Staff"],
    ["user", "delete", "bob@example.org", "--yes"],
    ["user", "update", "ada@example.org", "--email", "ida@example.org"],
    ["user", "passwd", "ida@example.org", "--generate"],
]


@pytest.fixture
def site(owctl, make_postgresql, postgresql):
    url = make_postgresql()

    def call(*words):
        return owctl(*words, "--timeout", "1", env={"DATABASE_URL": url})

    call.connect = lambda: postgresql.connect(url.rpartition("/")[2])
    call.start = lambda *words: owctl.start(*words, env={"DATABASE_URL": url})
    return call


def test_changes_of_groups_wait_for_the_servers(site):
    site("migrate", "up").ok()
    for name in ("ada", "bob"):
        site("user", "create", f"{name}@example.org", "--role", "admin" if name == "ada" else "user", "--no-password").ok()
    site("group", "create", "Staff").ok()
    with site.connect() as server:
        server.autocommit = False
        server.execute("select pg_advisory_xact_lock(%s)", (GROUPS,))
        for process in [site.start(*words, "--timeout", "1") for words in WORDS]:
            said = process.communicate(timeout=30)[1]
            check_sanitizers(process.args, said)
            assert process.returncode == 75, said
        site("group", "list").ok()
        server.rollback()
    for words in WORDS[:1] + WORDS[4:]:
        site(*words).ok()


def test_two_that_take_the_role_from_the_last_two_administrators(site):
    site("migrate", "up").ok()
    for name, role in [("oldest", "user"), ("ada", "admin"), ("bob", "admin")]:
        site("user", "create", f"{name}@example.org", "--role", role, "--no-password").ok()
    with site.connect() as server:
        server.execute("update \"user\" set created_at = 1 where email = 'oldest@example.org'")
        server.autocommit = False
        server.execute("select pg_advisory_xact_lock(%s)", (GROUPS,))
        running = [site.start("user", "update", "ada@example.org", "--role", "user"),
                   site.start("user", "delete", "bob@example.org", "--yes")]
        wait_until(lambda: server.execute("select count(*) from pg_locks where not granted and locktype = 'advisory'").fetchone() == (2,),
                   20, "both")
        server.rollback()
    said = [process.communicate(timeout=30)[1].decode() for process in running]
    assert sorted(process.returncode for process in running) == [0, 1], said
    assert "only administrator" in "".join(said)


def test_migrations_wait_for_each_other(site):
    with site.connect() as other:
        other.autocommit = False
        other.execute("select pg_advisory_xact_lock(%s)", (MIGRATION,))
        site("migrate", "up").ended(75)
        other.rollback()
    site("migrate", "up").ok()
