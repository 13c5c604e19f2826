"""owctl reads and writes while real servers do the same: nothing is lost on either side."""
import concurrent.futures
import os

import pytest
from lab.parts import NEWEST

ADMIN = ("ada@example.org", "correct horse battery")
HASH = "$2b$12$" + "abcdefghijklmnopqrstuu" + "J8zJq0u8yPzv6vF0Yc1C0Hq5vJkq8mG"
BATCHES, BATCH, SIGN_UPS = 10, 100, 12


def people(number):
    rows = "".join(f"batch{number}-{row}@example.org,{HASH}\n" for row in range(BATCH))
    return "email,password_hash\n" + rows


def write_batches(owctl, where):
    for number in range(BATCHES):
        owctl("-q", "user", "import", "-", env=where, stdin=people(number)).ok()
        assert len(owctl("user", "list", "-o", "csv", env=where).ok().out.splitlines()) > (number + 1) * BATCH


def add_on(server, token, prefix):
    """People sign up, and an administrator adds some, in turn."""
    for number in range(SIGN_UPS):
        person = (f"Person {number}", f"{prefix}{number}@example.org", "a password")
        answer = server.signup(*person) if number % 2 else server.add_user(token, *person)
        assert answer.status == 200, answer.body


def write_on_both_sides(owctl, where, servers):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        jobs = [pool.submit(write_batches, owctl, where)]
        for number, server in enumerate(servers):
            jobs.append(pool.submit(add_on, server, server.token(*ADMIN), f"server{number}-"))
        for job in jobs:
            job.result()


def check_nothing_is_lost(owctl, where, servers):
    wanted = {ADMIN[0]}
    wanted |= {f"batch{number}-{row}@example.org" for number in range(BATCHES) for row in range(BATCH)}
    wanted |= {f"server{number}-{row}@example.org" for number in range(len(servers)) for row in range(SIGN_UPS)}
    seen = {row["email"] for row in owctl("user", "list", "-o", "json", env=where).ok().json()}
    assert seen == wanted
    for server in servers:
        # In one answer: its pages are in order of created_at alone, so accounts of one second may stand on none of them.
        answer = server.get("/api/v1/users/all", server.token(*ADMIN)).json()
        assert {user["email"] for user in answer["users"]} == wanted


def make_admin(owctl, where):
    owctl("user", "create", ADMIN[0], "--role", "admin", "--password-stdin", env=where, stdin=ADMIN[1]).ok()


@pytest.fixture
def sqlite_site(owctl, make_sqlite, start_openwebui):
    data_dir = make_sqlite(NEWEST).parent
    where = {"DATA_DIR": data_dir}
    make_admin(owctl, where)
    return where, start_openwebui(NEWEST, data_dir).wait()


def test_thousand_users_beside_a_server_on_sqlite(owctl, sqlite_site):
    where, server = sqlite_site
    write_on_both_sides(owctl, where, [server])
    check_nothing_is_lost(owctl, where, [server])
    server.restart()
    check_nothing_is_lost(owctl, where, [server])


def test_nothing_is_lost_after_the_servers_own_database_download(owctl, sqlite_site):
    """The download drops the server's locks: who then closes the file as the last one would unlink the live -wal."""
    where, server = sqlite_site
    log = where["DATA_DIR"] / "webui.db-wal"
    before = os.stat(log).st_ino
    assert server.download_database(server.token(*ADMIN)).status == 200
    write_on_both_sides(owctl, where, [server])
    assert os.stat(log).st_ino == before
    server.restart()
    check_nothing_is_lost(owctl, where, [server])


def test_thousand_users_beside_two_replicas_on_postgresql(owctl, make_postgresql, redis, start_openwebui):
    where = {"DATABASE_URL": make_postgresql(NEWEST)}
    make_admin(owctl, where)
    shared = dict(where, REDIS_URL=redis.url, WEBSOCKET_MANAGER="redis", WEBSOCKET_REDIS_URL=redis.url,
                  ENABLE_DB_MIGRATIONS="false")
    replicas = [start_openwebui(NEWEST, **shared).wait() for _ in range(2)]  # in turn: both at once race to seed config
    write_on_both_sides(owctl, where, replicas)
    check_nothing_is_lost(owctl, where, replicas)
