"""owctl reads and writes while real servers do the same: nothing is lost on either side."""
import concurrent.futures
import os

from lab.installation import ADMIN

HASH = "$2b$12$" + "abcdefghijklmnopqrstuu" + "J8zJq0u8yPzv6vF0Yc1C0Hq5vJkq8mG"
BATCHES, BATCH, SIGN_UPS = 10, 100, 12


class Sides:
    """owctl on one side and servers of the same database on the other; `name` is in all addresses that they make."""

    def __init__(self, name, owctl, where, servers):
        self.name, self.owctl, self.where, self.servers = name, owctl, where, servers
        self.before = self.seen_by_owctl()

    def by_owctl(self, batch):
        return [f"{self.name}-batch{batch}-{row}@example.org" for row in range(BATCH)]

    def by_server(self, number):
        return [f"{self.name}-server{number}-{row}@example.org" for row in range(SIGN_UPS)]

    def write(self):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            jobs = [pool.submit(self.write_batches)]
            for number, server in enumerate(self.servers):
                jobs.append(pool.submit(self.add_on, server, server.token(*ADMIN), number))
            for job in jobs:
                job.result()

    def write_batches(self):
        for batch in range(BATCHES):
            rows = "".join(f"{email},{HASH}\n" for email in self.by_owctl(batch))
            self.owctl("-q", "user", "import", "-", env=self.where, stdin="email,password_hash\n" + rows).ok()
            listed = self.owctl("user", "list", "-o", "csv", env=self.where).ok().out.splitlines()
            assert len(listed) > len(self.before) + (batch + 1) * BATCH

    def add_on(self, server, token, number):
        """People sign up, and an administrator adds some, in turn."""
        for row, email in enumerate(self.by_server(number)):
            person = (f"Person {row}", email, "a password")
            answer = server.signup(*person) if row % 2 else server.add_user(token, *person)
            assert answer.status == 200, answer.body

    def seen_by_owctl(self):
        return {row["email"] for row in self.owctl("user", "list", "-o", "json", env=self.where).ok().json()}

    def check_nothing_is_lost(self):
        wanted = self.before.union(*map(self.by_owctl, range(BATCHES)), *map(self.by_server, range(len(self.servers))))
        assert ADMIN[0] in wanted and len(wanted) == len(self.before) + BATCHES * BATCH + len(self.servers) * SIGN_UPS
        assert self.seen_by_owctl() == wanted
        for server in self.servers:
            # In one answer: its pages are in order of created_at alone, so accounts of one second may stand on none of them.
            answer = server.get("/api/v1/users/all", server.token(*ADMIN)).json()
            assert {user["email"] for user in answer["users"]} == wanted


def test_thousand_users_beside_a_server_on_sqlite(crowded):
    sides = Sides("locked", crowded.owctl, crowded.where, [crowded.server])
    sides.write()
    sides.check_nothing_is_lost()
    crowded.server.restart()
    sides.check_nothing_is_lost()


def test_nothing_is_lost_after_the_servers_own_database_download(crowded):
    """The download drops the server's locks: who then closes the file as the last one would unlink the live -wal."""
    sides = Sides("unlocked", crowded.owctl, crowded.where, [crowded.server])
    token = crowded.server.token(*ADMIN)
    log = crowded.where["DATA_DIR"] / "webui.db-wal"
    before = os.stat(log).st_ino
    assert crowded.server.download_database(token).status == 200
    sides.write()
    assert os.stat(log).st_ino == before
    crowded.server.restart()
    sides.check_nothing_is_lost()


def test_thousand_users_beside_two_replicas_on_postgresql(owctl, replicas):
    where, servers = replicas
    owctl("user", "create", "owner@example.org", "--role", "admin", "--password-stdin", env=where, stdin=ADMIN[1]).ok()
    # Since somebody signed up first, nobody else may.
    token = servers[0].token("owner@example.org", ADMIN[1])
    config = servers[0].get("/api/v1/auths/admin/config", token).json()
    assert servers[0].post("/api/v1/auths/admin/config", config | {"ENABLE_SIGNUP": True}, token).status == 200
    sides = Sides("replicas", owctl, where, servers)
    sides.write()
    sides.check_nothing_is_lost()
