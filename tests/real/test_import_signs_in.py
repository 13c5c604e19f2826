"""Imported people sign in on the real server of every release: from each form of file, with passwords and with hashes."""
import json

import pytest
from lab.installation import people

PASSWORD = "nanoseconds are short"


def import_rows(site, text, *words):
    return site("user", "import", "-", "-o", "json", *words, stdin=text).ok().json()


def check_sign_in(site, email, password, role="user"):
    answer = site.server.signin(email, password)
    assert answer.status == 200, (email, answer.body)
    assert answer.json().get("role", role) == role
    assert site.server.signin(email, password + "x").status == 400


def test_form_of_the_servers_own_import(installation):
    """As its export template has it; the server's own form takes the columns by position, in this order."""
    bob, eve = people(2)
    rows = import_rows(installation, f"Name,Email,Password,Role\nBob,{bob.upper()},{PASSWORD},user\nEve,{eve},{PASSWORD},admin\n")
    assert [row["outcome"] for row in rows] == ["created", "created"]
    check_sign_in(installation, bob, PASSWORD)
    check_sign_in(installation, eve, PASSWORD, "admin")
    assert installation.seen_by_server(bob)["name"] == "Bob"


def test_json_lines(installation):
    bob, eve = people(2)
    lines = [{"email": bob, "name": 'B "x", 😀', "password": PASSWORD}, {"role": "admin", "email": eve, "password": PASSWORD}]
    import_rows(installation, "\n".join(json.dumps(line) for line in lines))
    check_sign_in(installation, bob, PASSWORD)
    check_sign_in(installation, eve, PASSWORD, "admin")
    assert installation.seen_by_server(bob)["name"] == 'B "x", 😀'


def test_hash_out_of_the_servers_own_database(installation):
    there, here = people(2)
    assert installation.server.add_user(installation.admin, "There", there, PASSWORD).status == 200
    [[hash]] = installation.query("select password from auth where email = ?", there)
    import_rows(installation, f"email,password_hash\n{here},{hash}\n")
    check_sign_in(installation, here, PASSWORD)


def test_exported_account_signs_in_after_its_import(installation):
    """The road of a move: as everything of the account but the address."""
    there, here = people(2)
    assert installation.server.add_user(installation.admin, "There", there, PASSWORD, "admin").status == 200
    exported = installation("user", "export", "--with-hashes", "-o", "csv").ok().out.splitlines()
    row = next(line for line in exported if line.startswith(there))
    import_rows(installation, f"{exported[0]}\n{row.replace(there, here)}\n")
    check_sign_in(installation, here, PASSWORD, "admin")


def test_groups_column_and_group_option(installation):
    bob, eve = people(2)
    known, fresh, all_of_them = f"Known {bob}", f"Fresh, {bob}", f"All {bob}"
    installation("group", "create", known).ok()
    text = f'email;groups\n{bob};"{known};{fresh}"\n{eve};\n'
    refused = installation("user", "import", "-", "--group", known, stdin=text).ended(65)
    assert f'no group "{fresh}"' in refused.out
    import_rows(installation, text, "--create-groups", "--group", all_of_them)
    groups = installation.server.get("/api/v1/groups/", installation.admin).json()
    members = {}
    for group in groups:
        answer = installation.server.post(f"/api/v1/groups/id/{group['id']}/users", {}, installation.admin)
        members[group["name"]] = {user["email"] for user in answer.json()}
    assert (members[known], members[fresh], members[all_of_them]) == ({bob}, {bob}, {bob, eve})


def test_generated_passwords_sign_in(installation):
    bob, eve = people(2)
    for row in import_rows(installation, f"email\n{bob}\n{eve}\n", "--generate"):
        check_sign_in(installation, row["email"], row["password"])


def test_account_of_the_server_is_left_alone_with_if_missing(installation):
    there, here = people(2)
    assert installation.server.add_user(installation.admin, "There", there, PASSWORD).status == 200
    before = installation.show(there)
    rows = import_rows(installation, f"email,name,role,password\n{there.upper()},Other,admin,other\n{here},,,{PASSWORD}\n", "--if-missing")
    assert [row["outcome"] for row in rows] == ["exists", "created"]
    assert installation.show(there) == before
    check_sign_in(installation, there, PASSWORD)


@pytest.mark.parametrize("password", ["a password", None])
def test_argon2_only_where_the_release_knows_it(installation, password):
    """Before 0.10 the server breaks over such a hash at the sign-in."""
    email = people()
    hash = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0c2FsdA$vCDHq2Rz0JEpGMhBXgzaIkLXFyLu2Fgp1gBF2xGQMCk"
    row = f"email,password\n{email},{password}\n" if password else f'email,password_hash\n{email},"{hash}"\n'
    done = installation("user", "import", "-", stdin=row, env={"PASSWORD_HASH_ALGORITHM": "argon2"})
    if installation.release in ("0.6.43", "0.8.12"):
        assert "before 0.10 can't check an argon2 hash" in done.ended(65).err
        assert installation.seen_by_server(email) is None
    else:
        done.ok()
        if password:
            check_sign_in(installation, email, password)
