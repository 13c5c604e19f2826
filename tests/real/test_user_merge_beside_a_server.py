"""`owctl user merge` on the database of a running server of every release: it shows one account with what both had."""
import pytest

from lab import belongings
from lab.installation import people

PASSWORD = "a password of some length"
LISTS = ("/api/v1/chats/list", "/api/v1/files/", "/api/v1/notes/", "/api/v1/memories/", "/api/v1/chats/all/tags", "/api/v1/folders/",
         "/api/v1/groups/")


@pytest.fixture
def two(installation):
    """Addresses of two accounts that own a row of everything each; what hangs on a chat is made by the server."""
    emails = people(2)
    for email in emails:
        id = installation.create(email)["id"]
        belongings.through_the_server(installation, email)
        belongings.through_the_server(installation, email)
        belongings.by_rows(installation, id)
    return emails


def shown(server, token):
    """{address: ids} of all lists that the release has."""
    found = {}
    for path in LISTS:
        answer = server.get(path, token)
        if answer.status == 200 and answer.is_json:
            listed = answer.json()
            if isinstance(listed, dict):
                listed = listed.get("items", listed.get("notes", []))
            found[path] = {item["id"] for item in listed}
    return found


def test_server_shows_one_account_with_what_both_had(installation, two):
    server, (gone, kept) = installation.server, two
    tokens = [server.token(email, PASSWORD) for email in two]
    before = [shown(server, token) for token in tokens]
    owned = {}
    for table in belongings.tables_with_an_owner(installation):
        ids = [installation.show(email)["id"] for email in two]
        [[owned[table]]] = installation.query(f'select count(*) from "{table}" where user_id in (?, ?)', *ids)
    said = installation("user", "merge", gone, kept, "--yes", "-o", "json").ok().json()
    token = server.token(kept, PASSWORD)
    after = shown(server, token)
    assert len(after["/api/v1/chats/list"]) == 4
    assert after == {path: before[0][path] | before[1][path] for path in before[1]}
    for id in after["/api/v1/chats/list"]:
        answer = server.get(f"/api/v1/chats/{id}", token)
        assert (answer.status, answer.json()["user_id"]) == (200, ids[1]), answer.body
    assert server.whoami(tokens[0]).status == 401
    assert server.signin(gone, PASSWORD).status == 400
    assert server.whoami(tokens[1]).json()["email"] == kept
    less = {row["table"]: row["rows"] for row in said if row["outcome"] in ("dropped", "deleted")}
    for table, rows in owned.items():
        [[left]] = installation.query(f'select count(*) from "{table}" where user_id = ?', ids[1])
        assert left == rows - less.get(table, 0), table
        assert installation.query(f'select 1 from "{table}" where user_id = ?', ids[0]) == []
    assert installation.seen_by_server(gone) is None
