"""`owctl migrate up --online` beside a real server of the release that the database is of: what it acknowledges is there
afterwards, for the newest release too."""
import contextlib
import threading

import pytest

from lab import births, filling
from lab.filling import Site
from lab.parts import NEWEST
from lab.process import wait_until
from test_migrate_online import HEAD, ended, nothing_of_owctl_stays
from test_migrate_rows import migrate  # noqa: F401 (fixture)
from test_old_database import connected

BEFORE_CHAT_MESSAGE = "0.7.2"
MANY = 100


def conversation(number):
    """As a browser of that release sends it."""
    question = {"id": f"q{number}", "parentId": None, "childrenIds": [f"a{number}"], "role": "user", "content": f"question {number}",
                "timestamp": 1790000000}
    answer = {"id": f"a{number}", "parentId": f"q{number}", "childrenIds": [], "role": "assistant", "content": f"answer {number}",
              "timestamp": 1790000001, "model": "m", "done": True}
    return {"title": f"conversation {number}", "models": ["m"], "messages": [question, answer],
            "history": {"currentId": f"a{number}", "messages": {f"q{number}": question, f"a{number}": answer}}}


class People(threading.Thread):
    """Write chats through the server's API, and change them, until the database is at its newest revision. In `chats`: the
    numbers of the conversations that each may have by what the server answered; several where it did not acknowledge one, or
    only when that revision was there."""

    def __init__(self, server, token, url):
        super().__init__(daemon=True)
        self.server, self.token, self.url = server, token, url
        self.chats, self.acknowledged = {}, 0

    def run(self):
        number = 1
        while revision(self.url) != HEAD:
            known = [*self.chats]
            path = known[number * 37 % len(known)] if number % 3 and known else "new"
            self._write(path, number)
            number += 1

    def _write(self, path, number):
        answer = write(self.server, self.token, path, number)
        acknowledged = answer and answer.status == 200
        settled = acknowledged and revision(self.url) != HEAD
        self.acknowledged += settled
        if path != "new":
            self.chats[path] = {number} if settled else self.chats[path] | {number}
        elif settled:
            self.chats[answer.json()["id"]] = {number}


def write(server, token, path, number):
    with contextlib.suppress(OSError):
        return server.post(f"/api/v1/chats/{path}", {"chat": conversation(number)}, token)


def revision(url):
    with connected(url) as connection:
        [[version]] = connection.execute("select version_num from alembic_version").fetchall()
    return version


@pytest.fixture(params=["sqlite", "postgresql"])
def birth(request, tmp_path):
    if request.param == "sqlite":
        return births.of_sqlite(BEFORE_CHAT_MESSAGE, tmp_path)
    return births.of_postgresql(BEFORE_CHAT_MESSAGE, tmp_path, request.getfixturevalue("postgresql"))


def add_chats(url):
    """Pages enough for people to come between."""
    with connected(url) as connection:
        for number in range(MANY):
            connection.execute("insert into chat (id, user_id, title, chat, created_at, updated_at, archived, meta) values"
                               f" ('filler-{number:04}', 'nobody', 't', '{{}}', 1, 1, false, '{{}}')")


def texts_of_rows(url):
    found = {}
    with connected(url) as connection:
        for chat, content in connection.execute("select chat_id, cast(content as text) from chat_message").fetchall():
            found.setdefault(chat, set()).add(content)
    return found


def texts_of(conversation):
    return {message["content"] for message in conversation["history"]["messages"].values()}


def test_what_a_real_server_acknowledges_is_there(migrate, birth, start_openwebui, owctl):  # noqa: F811
    settings = {**filling.SETTINGS, **birth.environment}
    server = start_openwebui(BEFORE_CHAT_MESSAGE, birth.data_dir, **settings).wait()
    site = Site(server)
    site.sign_in()
    add_chats(birth.url)
    migrate(birth.url).ended(75)  # it is seen, and nothing is done beside it without --online
    people = People(server, site.tokens["ada"], birth.url)
    people.start()
    wait_until(lambda: people.acknowledged >= 10, 60, "the first chats")
    before = people.acknowledged
    said = ended(migrate.start(birth.url, "--online", OWCTL_MIGRATE_COMMIT_MS="0", OWCTL_MIGRATE_PAGE_ROWS="5"))
    people.join(60)
    assert people.acknowledged > before + 20, "nothing was written meanwhile"
    assert nothing_of_owctl_stays(birth.url)
    rows = texts_of_rows(birth.url)
    for chat, numbers in people.chats.items():
        assert rows.get(chat) in [{f'"question {number}"', f'"answer {number}"'} for number in numbers], chat

    # What it writes from now on has no rows, as is said, until they are made.
    repair = ("migrate", "repair", "--only", "messages", "--no-backup", "--database", birth.url)
    assert "`owctl migrate repair --only messages`" in said
    late = write(server, site.tokens["ada"], "new", 0).json()["id"]
    server.stop()
    owctl(*repair, "--dry-run").ended(2)
    owctl(*repair, "--yes").ok()
    assert texts_of_rows(birth.url)[late] == {'"question 0"', '"answer 0"'}
    newest = Site(start_openwebui(NEWEST, birth.data_dir, **settings).wait())
    newest.sign_in()
    for chat, numbers in [*people.chats.items(), (late, {0})]:
        shown = newest.get(f"/chats/{chat}")["chat"]
        assert texts_of(shown) in [texts_of(conversation(number)) for number in numbers], chat
    newest.server.stop()
    assert "Running upgrade" not in newest.server.log.read_text(errors="replace")
