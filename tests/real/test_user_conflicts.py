"""`owctl user conflicts`: who is in whose way, as the database sees it and as Unicode does, on databases of any age."""
import sqlite3

import pytest

from lab import merged
from test_migrate_rows import IDS, connected, old  # noqa: F401 (fixtures)
from test_old_database import engine  # noqa: F401 (fixture)

HEAD = IDS[-1]
OLD = ("7e5b5dc7342b", "922e7a387820", "c440947495f3", "959eaac8f909", HEAD)


class Site:
    def __init__(self, owctl, url):
        self.owctl, self.url = owctl, url
        with connected(url) as connection:
            for table in ("api_key", "oauth_session", "group_member"):
                if table in merged.old_database.schema(connection):
                    connection.execute(f"delete from {table}")
            connection.execute("delete from auth")
            connection.execute('delete from "user"')
            self.columns = set(merged.old_database.schema(connection)["user"])

    def sql(self, sql, *values):
        with connected(self.url) as connection:
            connection.execute(sql if isinstance(connection, sqlite3.Connection) else sql.replace("?", "%s"), values)

    def add(self, id, email, auth_email=None, **more):
        values = {"id": id, "email": email, "name": id, "role": "user", "profile_image_url": "/", "created_at": 1, "updated_at": 1,
                  "last_active_at": 1, **more}
        names = ", ".join(values)
        self.sql(f'insert into "user" ({names}) values ({", ".join("?" * len(values))})', *values.values())
        if auth_email != "":
            self.sql("insert into auth (id, email, password, active) values (?, ?, '', true)", id, auth_email or email)

    def found(self, status=2):
        """{kind: [ids of each conflict]}"""
        found = {}
        for row in self.owctl("user", "conflicts", "--database", self.url, "-o", "json").ended(status).json():
            found.setdefault(row["kind"], {}).setdefault(row["conflict"], []).append(row["id"])
        return {kind: sorted(conflicts.values()) for kind, conflicts in found.items()}


@pytest.fixture
def site(owctl, old):  # noqa: F811
    return lambda revision: Site(owctl, old(revision))


@pytest.mark.parametrize("revision", OLD)
def test_none(site, owctl, revision):
    site = site(revision)
    site.add("a", "a@example.org")
    site.add("b", "b@example.org")
    assert site.found(0) == {}
    assert "no accounts clash" in owctl("user", "conflicts", "--database", site.url).ok().err


@pytest.mark.parametrize("revision", OLD[:-1])
def test_addresses_by_the_database_and_by_unicode(site, engine, revision):  # noqa: F811
    site = site(revision)
    for id, email in (("a", "ada@example.org"), ("b", "Ada@example.ORG"), ("c", "ADA@EXAMPLE.ORG"), ("d", "bob@example.org"),
                      ("e", "zoë@example.org"), ("f", "ZOË@example.org"), ("g", "Zoë@example.org"), ("h", "eve@example.org")):
        site.add(id, email)
    if engine == "sqlite":
        assert site.found() == {"address": [["a", "b", "c"], ["e", "g"]], "address-unicode": [["e", "f", "g"]]}
    else:
        assert site.found() == {"address": [["a", "b", "c"], ["e", "f", "g"]]}


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_addresses_by_unicode_where_the_locale_of_postgresql_does_not_see_them(owctl, old, postgresql):  # noqa: F811
    url = old("c440947495f3")
    with connected(url) as connection:
        connection.execute('alter table "user" alter column email type varchar collate "C"')
    site = Site(owctl, url)
    site.add("a", "zoë@example.org")
    site.add("b", "ZOË@example.org")
    assert site.found() == {"address-unicode": [["a", "b"]]}


@pytest.mark.parametrize("revision", OLD)
def test_rows_of_auth_that_do_not_fit(site, revision):
    site = site(revision)
    site.add("a", "a@example.org", "A@example.org")
    site.add("b", "b@example.org", "")
    site.sql("insert into auth (id, email, password, active) values ('c', 'c@example.org', 'x', true)")
    assert site.found() == {"no-account": [["c"]], "no-credentials": [["b"]], "sign-in-address": [["a"]]}


def test_identities(site):
    site = site(HEAD)
    for id, oauth in (("a", '{"google": {"sub": "1"}, "oidc": {"sub": "x"}}'), ("b", '{"oidc": {"sub": "1"}}'), ("c", '{"oidc": {"sub": "x"}}'),
                      ("d", '{"google": {"sub": "1"}}'), ("e", "null"), ("f", '"text"'), ("g", '{"google": "1"}'), ("h", '{"google": {}}'),
                      ("i", '{"a\\u0000": {"sub": "1"}}'), ("j", None)):
        site.add(id, f"{id}@example.org", oauth=oauth)
    assert site.found() == {"identity": [["a", "c"], ["a", "d"]]}


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_identities_and_keys_of_old_databases_that_have_lost_a_constraint(site):
    site = site("922e7a387820")
    for column in ("oauth_sub", "api_key"):
        site.sql(f'alter table "user" drop constraint user_{column}_key')
    for id in "abc":
        site.add(id, f"{id}@example.org", oauth_sub="google@1" if id < "c" else "", api_key="sk-1" if id > "a" else None)
    assert site.found() == {"identity": [["a", "b"]], "api-key": [["b", "c"]]}


def test_what_an_account_owns_is_counted(site):
    site = site("b2c3d4e5f6a7")
    site.add("a", "a@example.org")
    site.add("b", "A@example.org", role="admin", created_at=1_700_000_000)
    for table in ("chat", "file", "note", "memory"):
        site.sql(f"update {table} set user_id = 'b' where id in (select id from {table} limit 3)")
    done = site.owctl("user", "conflicts", "--database", site.url, "-o", "json").ended(2)
    [a, b] = done.json()
    assert (a["chats"], a["files"], a["others"]) == (0, 0, 0)
    assert (b["chats"], b["files"], b["others"]) == (3, 3, 6)
    assert (b["role"], b["created_at"]) == ("admin", "2023-11-14T22:13:20Z")
    assert "owctl user merge" in done.err
