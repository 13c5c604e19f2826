"""Writes that a trigger of the database swallows or alters without an error are no success, and nothing is left of them."""
import sqlite3

import pytest

# What the trigger does, the command, and a piece of what is said. "ignore" stands for swallowing the row.
SWALLOWED = [
    ("before delete on \"group\" ignore", "group delete Staff --yes", 'the group "Staff", or a membership or grant of it, is still there'),
    ("before delete on group_member ignore", "group delete Staff --yes", "is still there"),
    ("before insert on \"group\" ignore", "group create Others", 'the group "Others" does not read back as it was written'),
    ("after insert on \"group\" begin update \"group\" set name = 'X' where id = new.id; end", "group create Others", "does not read back"),
    ("before insert on group_member ignore", "group add Staff ada@example.org", 'ada@example.org is no member of "Staff"'),
    ("before delete on group_member ignore", "group remove Staff bob@example.org", 'bob@example.org is still a member of "Staff"'),
    ("before delete on user ignore", "user delete bob@example.org --yes", "the account bob@example.org is still there"),
    ("before delete on auth ignore", "user delete bob@example.org --yes", "1 credentials of the account bob@example.org are still there"),
    ("before update of name on user ignore", "user update bob@example.org --name X", 'the database does not change name of "user"'),
    ("after update of role on user begin update user set role = 'user' where id = new.id; end", "user update bob@example.org --role admin",
     "does not read back as it was written"),
    ("before update of email on auth ignore", "user update bob@example.org --email x@example.org", "does not read back as it was written"),
    ("after update of password on auth begin update auth set password = 'x' where id = new.id; end", "user passwd bob@example.org --generate",
     "the password does not read back as it was written"),
    ("before update of session_stamp on auth ignore", "user passwd bob@example.org --generate", 'the database does not change session_stamp of "auth"'),
    ("before insert on \"group\" ignore", "user create eve@example.org --no-password --create-groups --group New", "the database took 0 groups instead of 1"),
    ("before insert on user ignore", "user create eve@example.org --no-password", "the database took 0 users instead of 1"),
    ("after insert on user begin update user set role = 'admin' where id = new.id; end", "user create eve@example.org --no-password",
     "does not read back as it was written"),
    ("after insert on auth begin update auth set password = 'x' where id = new.id; end", "user create eve@example.org --no-password",
     "the account eve@example.org does not read back as it was written"),
    ("after insert on auth begin update auth set email = 'x' where id = new.id; end", "user create eve@example.org --no-password",
     "the account eve@example.org does not read back as it was written"),
    ("after insert on group_member begin delete from group_member where id = new.id; end", "user create eve@example.org --no-password --group Staff",
     "the account eve@example.org does not read back as it was written"),
    ("before delete on access_grant ignore", "user delete bob@example.org --yes", "1 grants to the account bob@example.org are still there"),
]


@pytest.mark.parametrize("trigger, command, said", SWALLOWED, ids=lambda text: text if " " in text else None)
def test_swallowed_write(owctl, tmp_path, trigger, command, said):
    path = tmp_path / "webui.db"

    def call(*words):
        return owctl(*words, env={"DATA_DIR": tmp_path, "OWCTL_AUDIT_LOG": tmp_path / "audit"})

    def dump():
        with sqlite3.connect(path) as database:
            return list(database.iterdump())

    call("migrate", "up").ok()
    call("user", "create", "ada@example.org", "--role", "admin", "--no-password").ok()
    call("group", "create", "Staff").ok()
    call("user", "create", "bob@example.org", "--no-password", "--group", "Staff").ok()
    with sqlite3.connect(path) as database:
        database.execute("pragma recursive_triggers = off")
        database.execute("insert into access_grant (id, resource_type, resource_id, principal_type, principal_id, permission, created_at)"
                         " select 'g', 'note', 'n', 'user', id, 'read', 1 from user where email = 'bob@example.org'")
        database.execute("create trigger t " + trigger.replace("ignore", "begin select raise(ignore); end"))
    before, records = dump(), (tmp_path / "audit").read_text()
    done = call(*command.split()).ended(1)
    assert said in done.err and "trigger or a rule" in done.err and "nothing was" in done.err
    assert "changing" not in done.err and not done.out
    assert dump() == before and (tmp_path / "audit").read_text() == records


def test_a_rule_of_postgresql_swallows_as_well(owctl, make_postgresql, postgresql):
    url = make_postgresql()
    call = lambda *words: owctl(*words, "--database", url)
    call("migrate", "up").ok()
    call("user", "create", "ada@example.org", "--role", "admin", "--no-password").ok()
    call("group", "create", "Staff").ok()
    with postgresql.connect(url.rpartition("/")[2]) as connection:
        connection.execute('create rule r as on delete to "group" do instead nothing')
        connection.execute("create rule r as on insert to group_member do instead nothing")
    assert 'the group "Staff"' in call("group", "delete", "Staff", "--yes").ended(1).err
    assert 'ada@example.org is no member of "Staff"; nothing was changed' in call("group", "add", "Staff", "ada@example.org").ended(1).err
    assert call("group", "list", "-o", "csv", "--columns", "name,members").ok().out.split() == ["name,members", "Staff,0"]
