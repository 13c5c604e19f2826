"""A snapshot of the real Open WebUI while people write to it; a server on what comes back, on either engine, shows what they had."""
import random
import threading

import pytest

from lab.backups import Keys, Place, Repository
from lab.filling.site import part_of
from lab.parts import NEWEST
from test_old_database import engine  # noqa: F401 (fixture)

PASSWORD = "a password of some length"
PEOPLE = {"Ada": "ada@example.org", "Bob": "bob@example.org"}


class Writer:
    """Makes chats and files until it is stopped; `made` has those whose making was answered."""

    def __init__(self, server):
        self.server, self.token = server, server.token(PEOPLE["Bob"], PASSWORD)
        self.made, self.stopped, self.source = [], threading.Event(), random.Random(0)
        self.thread = threading.Thread(target=self._run)

    def write(self):
        number = len(self.made)
        content = {"title": f"Nr {number} ü", "history": {"messages": {}, "currentId": None}, "note": "\t\\N😀" * self.source.randrange(3000)}
        chat = self.server.post("/api/v1/chats/new", {"chat": content}, self.token)
        assert chat.status == 200, chat.body
        bytes = self.source.randbytes(self.source.choice((1, 1000, 100_000)))
        file = self.server.upload("/api/v1/files/?process=false", f"Nr {number} ü.bin", bytes, self.token)
        assert file.status == 200, file.body
        self.made.append((chat.json()["id"], content, file.json()["id"], bytes))

    def _run(self):
        while not self.stopped.is_set():
            self.write()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()


def settle(server):
    """Two accounts, and a group with one of them; the group's id."""
    admin = server.signup("Ada", PEOPLE["Ada"], PASSWORD).json()["token"]
    bob = server.add_user(admin, "Bob", PEOPLE["Bob"], PASSWORD)
    assert bob.status == 200, bob.body
    group = server.post("/api/v1/groups/create", {"name": "Büro", "description": "of tests"}, admin).json()
    added = server.post(f"/api/v1/groups/id/{group['id']}/users/add", {"user_ids": [bob.json()["id"]]}, admin)
    assert added.status == 200, added.body
    return group["id"]


def assert_shows(server, made, group):
    tokens = {name: server.token(email, PASSWORD) for name, email in PEOPLE.items()}
    members = server.post(f"/api/v1/groups/id/{group}/users", {}, tokens["Ada"]).json()
    assert [member["email"] for member in members] == [PEOPLE["Bob"]]
    for chat, content, file, bytes in made:
        assert part_of(content, server.get(f"/api/v1/chats/{chat}", tokens["Bob"]).json()["chat"]) == content
        answer = server.get(f"/api/v1/files/{file}/content", tokens["Bob"])
        assert (answer.status, answer.body) == (200, bytes)
    shown = server.get("/api/v1/chats/list", tokens["Bob"]).json()
    assert len(shown) >= min(len(made), 10)


def assert_a_person_comes_back(server, repository, there, made, group):
    """Whom an administrator has deleted, beside the server that did it: with the password, the group, chats and files."""
    admin = server.token(PEOPLE["Ada"], PASSWORD)
    bob = server.whoami(server.token(PEOPLE["Bob"], PASSWORD)).json()["id"]
    assert server.request("DELETE", f"/api/v1/users/{bob}", token=admin).status == 200
    assert server.signin(PEOPLE["Bob"], PASSWORD).status == 400
    assert [server.get(f"/api/v1/chats/{chat}", admin).status for chat, *_ in made] == [401] * len(made)
    said = repository.restore(there, "--user", PEOPLE["Bob"], "--yes").ok()
    assert f"the account {bob} is not there, and comes back" in said.err
    assert_shows(server, made, group)


def test_written_to_meanwhile_it_comes_back_on_both_engines(owctl, start_openwebui, postgresql, tmp_path, engine):  # noqa: F811
    before = tmp_path / "before"
    before.mkdir()
    url = postgresql.create() if engine == "postgresql" else f"sqlite:///{before}/webui.db"
    server = start_openwebui(NEWEST, before, DATABASE_URL=url).wait()
    group = settle(server)
    repository = Repository(owctl, tmp_path / "repository", Keys(owctl, tmp_path)).init()
    with Writer(server) as writer:
        while len(writer.made) < 5:
            assert writer.thread.is_alive()
        made = list(writer.made)
        while len(writer.made) == len(made):
            assert writer.thread.is_alive()
            snapshot = repository.create(Place(url, before))
    assert snapshot["outcome"] == "created" and snapshot["files"] >= len(made)
    server.stop()
    assert repository.verify("--read-data") == []
    servers, places = [], []
    for name in "sqlite", "postgresql":
        after = tmp_path / name
        after.mkdir()
        there = Place(postgresql.create() if name == "postgresql" else f"sqlite:///{after}/webui.db", after)
        assert f"files begin with {after}/uploads/ now" in repository("restore", place=there, **repository.opened).ok().err
        assert owctl("--database", there.url, "-o", "json", "migrate", "verify").ok().json() == []
        servers.append(start_openwebui(NEWEST, after, DATABASE_URL=there.url))
        places.append(there)
    (before / "uploads").rename(before / "elsewhere")
    for server, there in zip(servers, places):
        assert_shows(server.wait(), made, group)
        assert_a_person_comes_back(server, repository, there, made, group)
