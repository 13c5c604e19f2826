"""What hangs on an account or a group: each change takes what it must, and nothing of anybody else's."""
import itertools
import json
import sqlite3

import pytest

OLD = 1_600_000_000
REMOVED = {"user", "auth", "chat", "chat_message", "chat_file", "shared_chat", "group_member", "api_key", "oauth_session", "access_grant"}


class Site:
    def __init__(self, owctl, folder):
        self.owctl, self.folder, self.path = owctl, folder, folder / "webui.db"
        self.numbers = itertools.count(1000)

    def __call__(self, *words, stdin=b""):
        return self.owctl(*words, "-o", "json", env={"DATA_DIR": self.folder}, stdin=stdin)

    def sql(self, statement, *parameters):
        """Without foreign keys, as Open WebUI itself uses SQLite."""
        with sqlite3.connect(self.path) as database:
            return database.execute(statement, parameters).fetchall()

    def put(self, table, **values):
        """A row; what the table demands besides is made up, different for each row."""
        columns = self.sql(f'select name, type, "notnull" and dflt_value is null or pk from pragma_table_info("{table}")')
        values = {name: value for name, value in values.items() if name in {column[0] for column in columns}}
        for name, type, required in columns:
            if required and name not in values:
                values[name] = next(self.numbers) if "INT" in type else "{}" if type == "JSON" else f"made-up-{next(self.numbers)}"
        names = ", ".join(f'"{name}"' for name in values)
        self.sql(f'insert into "{table}" ({names}) values ({", ".join("?" * len(values))})', *values.values())

    def rows(self):
        tables = [name for [name] in self.sql("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")]
        return {(table, row) for table in tables for row in self.sql(f'select * from "{table}"')}


@pytest.fixture
def site(owctl, tmp_path):
    site = Site(owctl, tmp_path)
    site("migrate", "up").ok()
    for number, name in enumerate(("ada", "bob", "eve")):
        site.put("user", id=name, name=name, email=f"{name}@example.org", role="admin" if name == "ada" else "user", created_at=OLD + number,
                 updated_at=OLD)
        site.put("auth", id=name, email=f"{name}@example.org", password="", active=1)
    return site


def owned_tables(site):
    tables = [name for [name] in site.sql("select m.name from sqlite_master m, pragma_table_info(m.name) c"
                                          " where m.type = 'table' and c.name = 'user_id'")]
    assert len(tables) > 30
    return tables


def test_deletion_takes_the_account_and_its_chats_and_leaves_the_rest(site):
    for name in ("bob", "eve"):
        for table in owned_tables(site):
            more = {"chat_id": f"chat-of-{name}"} if table in ("chat_message", "chat_file", "shared_chat") else {}
            site.put(table, id=f"{table}-of-{name}" if table != "chat" else f"chat-of-{name}", user_id=name, **more)
        site.put("access_grant", resource_type="model", resource_id="m", principal_type="user", principal_id=name, permission="read")
    for table in ("chat_message", "chat_file", "shared_chat"):  # of others, but in Bob's chat
        site.put(table, id=f"{table}-in-bobs", user_id="eve", chat_id="chat-of-bob", **({"file_id": "f"} if table == "chat_file" else {}))
    site.put("access_grant", resource_type="model", resource_id="m", principal_type="group", principal_id="bob", permission="read")
    before = site.rows()

    planned = site("user", "delete", "bob@example.org", "--dry-run").ok().json()
    assert site.rows() == before
    said = site("user", "delete", "bob@example.org", "--yes").ok().json()
    gone = before - site.rows()
    assert site.rows() < before

    assert {table for table, _ in gone} == REMOVED
    assert all("bob" in row or "chat-of-bob" in row for _, row in gone)
    assert len(gone) == len(REMOVED) + 3
    left = {table for table, row in site.rows() if "bob" in row}
    assert {row["table"] for row in said if row["outcome"] == "remains"} == left - {"access_grant"}
    assert {row["table"] for row in said if row["outcome"] == "deleted"} == REMOVED
    assert [(row["table"], row["rows"]) for row in planned] == [(row["table"], row["rows"]) for row in said]


def test_deleted_group_hands_its_groups_to_the_one_above(site):
    for id, parent in (("top", None), ("middle", "top"), ("below", "middle"), ("beside", "top")):
        site.put("group", id=id, name=id, parent_group_id=parent, updated_at=OLD)
        site.put("group_member", id=f"m-{id}", group_id=id, user_id="bob")
        site.put("access_grant", resource_type="model", resource_id="m", principal_type="group", principal_id=id, permission="read")
    site.put("access_grant", resource_type="model", resource_id="m", principal_type="user", principal_id="middle", permission="read")
    site("group", "delete", "middle", "--yes").ok()
    assert dict(site.sql('select id, parent_group_id from "group"')) == {"top": None, "below": "top", "beside": "top"}
    assert {group for [group] in site.sql("select group_id from group_member")} == {"top", "below", "beside"}
    grants = set(site.sql("select principal_type, principal_id from access_grant"))
    assert grants == {("group", "top"), ("group", "below"), ("group", "beside"), ("user", "middle")}
    touched = {id for [id] in site.sql('select id from "group" where updated_at > ?', OLD)}
    assert touched == {"below"}


def test_membership_changes_are_for_one_group_and_one_account(site):
    for id in ("one", "two"):
        site.put("group", id=id, name=id, updated_at=OLD)
        for name in ("bob", "eve"):
            site.put("group_member", id=f"{id}-{name}", group_id=id, user_id=name)
    assert site("group", "remove", "one", "bob", "--dry-run").ok().json()[0]["outcome"] == "would remove"
    assert site("group", "remove", "one", "ada", "--dry-run").ok().json()[0]["outcome"] == "unchanged"
    assert site("group", "add", "one", "bob", "--dry-run").ok().json()[0]["outcome"] == "unchanged"
    assert site("group", "add", "one", "bob").ok().json()[0]["outcome"] == "unchanged"
    assert not site.sql('select 1 from "group" where updated_at > ?', OLD)
    site("group", "remove", "one", "bob").ok()
    assert {id for [id] in site.sql("select id from group_member")} == {"one-eve", "two-bob", "two-eve"}
    assert site.sql('select id from "group" where updated_at > ?', OLD) == [("one",)]


def test_new_group_is_the_primary_administrators(site):
    id = site("group", "create", "Staff").ok().json()["id"]
    assert site.sql('select user_id from "group" where id = ?', id) == [("ada",)]
    site("group", "create", "Staff").ended(65)
    assert site("group", "create", "Staff", "--if-missing").ok().json()["id"] == id
    assert site("group", "create", "Staff", "--duplicate-name").ok().json()["id"] != id


@pytest.mark.parametrize(("bob_made", "primary"), [(OLD - 5, "bob"), (OLD, "eve")])
def test_primary_administrator_is_the_oldest_and_of_one_second_the_administrator(site, bob_made, primary):
    site.sql("update \"user\" set created_at = ?, role = case when id = 'eve' then 'admin' else 'user' end", OLD)
    site.sql("update \"user\" set created_at = ? where id = 'bob'", bob_made)
    site("user", "delete", primary, "--yes").ended(77)
    if primary == "eve":
        site("user", "update", primary, "--role", "user").ended(77)
    for other in {"ada", "bob", "eve"} - {primary}:
        site("user", "delete", other, "--yes").ended(1 if other == "eve" else 0)  # the only administrator


def test_update_changes_what_is_given_in_both_places(site):
    site("user", "update", "bob", "--username", "bobby", "--name", "Robert", "--email", "Rob@Example.org").ok()
    assert site.sql("select name, email, username, role from \"user\" where id = 'bob'") == [("Robert", "rob@example.org", "bobby", "user")]
    assert dict(site.sql("select id, email from auth")) == {"ada": "ada@example.org", "bob": "rob@example.org", "eve": "eve@example.org"}
    assert site.sql('select id from "user" where updated_at > ?', OLD) == [("bob",)]
    site.sql("drop index uq_user_email_lower")  # which releases before 0.12 do not have
    site("user", "update", "bob", "--email", "EVE@example.org").ended(65)
    assert site("user", "update", "bob", "--name", "Robert").ok().json()["outcome"] == "unchanged"


def test_new_password_ends_sessions_and_challenges_and_keeps_the_second_factor(site):
    factor = {"secret": "s", "revision": "r", "login_challenge": {"a": 1}, "manage_challenge": {"b": 1}, "reset_ticket": {"c": 1}}
    for name in ("bob", "eve"):
        site.sql("update auth set mfa = ?, session_stamp = 'old' where id = ?", json.dumps(factor), name)
    site("user", "passwd", "bob", "--password-stdin", stdin="a new one").ok()
    [(mfa, stamp)] = site.sql("select mfa, session_stamp from auth where id = 'bob'")
    kept = {name: value for name, value in json.loads(mfa).items() if value is not None}
    assert kept.keys() == {"secret", "revision"} and kept["secret"] == "s" and kept["revision"] != "r"
    assert stamp not in (None, "old")
    assert site.sql("select password, mfa, session_stamp from auth where id = 'eve'") == [("", json.dumps(factor), "old")]
    site.sql("delete from auth where id = 'bob'")
    assert "no row in auth" in site("user", "passwd", "bob", "--password-stdin", stdin="a new one").ended(65).err


@pytest.mark.parametrize(("role", "active", "expected"), [("user", 1, True), ("admin", 1, True), ("pending", 1, False), ("user", 0, False)])
def test_check_password_tells_who_gets_in(site, role, active, expected):
    site("user", "import", "-", stdin=f"email,role,password_hash\nx@example.org,{role},$2b$04$QJ8rvFrU2aDKH6KDu0tun.RG9Hz2Mu0IUnY2gWFaCaPFXUTV0/mm6\n").ok()
    site.sql("update auth set active = ? where email = 'x@example.org'", active)
    said = site("user", "check-password", "x@example.org", "--password-stdin", stdin="correct horse").ok().json()
    assert (said["matches"], said["can_sign_in"]) == (True, expected)


def test_two_accounts_of_one_address_are_refused_with_their_ids(site):
    site.sql("drop index uq_user_email_lower")
    site.put("user", id="bob2", name="bob", email="BOB@example.org", role="user", created_at=OLD)
    done = site("user", "delete", "bob@example.org", "--yes").ended(65)
    assert "bob (bob@example.org)" in done.err and "bob2 (BOB@example.org)" in done.err
    site("user", "delete", "bob2", "--yes").ok()
    assert {id for [id] in site.sql('select id from "user"')} == {"ada", "bob", "eve"}
