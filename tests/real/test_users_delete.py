"""`owctl user delete` against the server's own DELETE: two accounts that own a row of everything, one for each of them."""
import pytest
from lab import belongings
from lab.installation import ADMIN, people

# What the server leaves behind and owctl's description says it removes.
MORE_THAN_THE_SERVER = {"api_key", "oauth_session", "access_grant"}


def by_owctl(site, id):
    return site("user", "delete", id, "--yes", "-o", "json").ok().json()


def by_the_server(site, id):
    answer = site.server.request("DELETE", f"/api/v1/users/{id}", token=site.admin)
    assert (answer.status, answer.json()) == (200, True), answer.body


def lost_rows(site, delete, id):
    """(what delete said, {table: rows fewer than before})"""
    before = site.row_counts()
    said = delete(site, id)
    after = site.row_counts()
    return said, {table: before[table] - after[table] for table in before if before[table] != after[table]}


@pytest.fixture
def owners(installation):
    """Two accounts with the same possessions; their ids."""
    ids = []
    for email in people(2):
        id = installation.create(email)["id"]
        belongings.through_the_server(installation, email)
        belongings.by_rows(installation, id)
        ids.append(id)
    return ids


def test_deletes_what_it_says_and_what_the_server_would(installation, owners):
    said, lost = lost_rows(installation, by_owctl, owners[0])
    _, lost_there = lost_rows(installation, by_the_server, owners[1])
    deleted = {row["table"]: row["rows"] for row in said if row["outcome"] == "deleted"}
    assert lost == deleted
    assert {"user", "auth", "chat", "group_member"} <= lost.keys()
    more = {table: rows for table, rows in lost.items() if table not in lost_there}
    assert more.keys() <= MORE_THAN_THE_SERVER
    assert lost_there == {table: rows for table, rows in lost.items() if table not in more}


def test_names_everything_that_remains(installation, owners):
    said = by_owctl(installation, owners[0])
    remains = {row["table"]: row["rows"] for row in said if row["outcome"] == "remains"}
    left = {}
    for table in belongings.tables_with_an_owner(installation):
        [[rows]] = installation.query(f'select count(*) from "{table}" where user_id = ?', owners[0])
        if rows:
            left[table] = rows
    assert remains == left
    assert {"file", "note", "model"} <= left.keys()


def test_dry_run_says_the_same_and_deletes_nothing(installation, owners):
    would, lost = lost_rows(installation, lambda site, id: site("user", "delete", id, "-n", "-o", "json").ok().json(), owners[0])
    assert lost == {}
    said = by_owctl(installation, owners[0])
    words = {"would delete": "deleted", "would remain": "remains"}
    assert [row | {"outcome": words[row["outcome"]]} for row in would] == said


def test_account_that_is_gone_does_not_sign_in_and_its_token_is_refused(installation):
    email = people()
    installation.create(email)
    token = installation.server.token(email, "a password of some length")
    installation("user", "delete", email.upper(), "--yes").ok()
    assert installation.server.signin(email, "a password of some length").status == 400
    assert installation.server.whoami(token).status == 401
    assert installation.seen_by_server(email) is None
    installation("user", "show", email).ended(65)
    installation.create(email)
    assert installation.server.signin(email, "a password of some length").status == 200


def test_account_that_the_server_deleted_is_gone(installation):
    email = people()
    by_the_server(installation, installation.create(email)["id"])
    assert "there is no account" in installation("user", "delete", email, "--yes").ended(65).err


def test_primary_administrator_is_refused_by_both(installation):
    id = installation.show(ADMIN[0])["id"]
    assert "primary administrator" in installation("user", "delete", ADMIN[0], "--yes").ended(77).err
    other = people()
    installation.create(other, "--role", "admin")
    token = installation.server.token(other, "a password of some length")
    assert installation.server.request("DELETE", f"/api/v1/users/{id}", token=token).status in (403, 500)
    assert installation.server.whoami(installation.admin).status == 200


def test_without_a_terminal_it_needs_yes(installation):
    email = people()
    installation.create(email)
    assert "--yes" in installation("user", "delete", email).ended(64).err
    installation.show(email)
