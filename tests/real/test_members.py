"""`owctl group add` and `remove`: many at once, odd ids, the same account twice; and times that nobody wrote."""
import sqlite3

import pytest

from lab.wire import Wire


@pytest.fixture
def site(owctl, tmp_path):
    def call(*words, stdin=""):
        return owctl(*words, "--audit-log", tmp_path / "audit", env={"DATA_DIR": tmp_path}, stdin=stdin)

    def sql(text, *values):
        with sqlite3.connect(tmp_path / "webui.db") as database:
            return database.execute(text, values).fetchall()

    call.sql, call.audit = sql, tmp_path / "audit"
    call("migrate", "up").ok()
    call("group", "create", "Staff").ok()
    return call


def members(site):
    return site("group", "show", "Staff", "-o", "json").ok().json()["members"]


def outcomes(done):
    return [row["outcome"] for row in done.ok().json()]


def test_an_id_that_is_not_utf_8(site):
    """In SQLite it can be anything. The member is added, and said to be."""
    site("user", "create", "bob@example.org", "--no-password").ok()
    site.sql("update user set id = cast(x'ff41' as text)")
    site.sql("update \"group\" set id = cast(x'fe42' as text)")
    assert outcomes(site("group", "add", "Staff", "bob@example.org", "-o", "json")) == ["added"]
    assert members(site) == ["bob@example.org"]
    assert '"group":"\\\\xfeB","name":"Staff","added":["\\\\xffA"]' in site.audit.read_text().splitlines()[-1]
    assert outcomes(site("group", "remove", "Staff", "bob@example.org", "-o", "json")) == ["removed"]
    assert members(site) == []
    assert site("group", "delete", "Staff", "--yes", "-o", "json").ok().json()["outcome"] == "deleted"
    assert '"id":"\\\\xfeB","name":"Staff"' in site.audit.read_text().splitlines()[-1]


@pytest.mark.parametrize("words", ["group add Staff bob@example.org", "user delete bob@example.org --yes", "user passwd bob@example.org --generate",
                                   "user update bob@example.org --name X"])
def test_an_account_without_an_id_is_refused(site, words):
    site("user", "create", "ada@example.org", "--no-password").ok()
    site("user", "create", "bob@example.org", "--no-password").ok()
    with sqlite3.connect(site.audit.parent / "webui.db") as database:  # as a database that was put together by hand may have it
        database.execute("pragma writable_schema = on")
        database.execute("update sqlite_master set sql = replace(sql, 'NOT NULL', '') where name = 'user'")
    site.sql("update user set id = null where email = 'bob@example.org'")
    done = site(*words.split()).ended(65)
    assert "the account bob@example.org has no id" in done.err and not done.out


def test_who_is_named_twice_changes_once(site):
    site("user", "create", "bob@example.org", "--no-password").ok()
    for direction, outcome in ("add", "added"), ("remove", "removed"):
        for dry in ["--dry-run"], []:
            said = outcomes(site("group", direction, "Staff", "bob@example.org", "BOB@example.org", "-o", "json", *dry))
            assert said == [f"would {direction}" if dry else outcome, "unchanged"]


def test_some_are_members_already(site):
    people = [f"p{n}@example.org" for n in range(600)]  # more than one statement takes
    site("user", "import", "-", stdin="email\n" + "\n".join(people)).ok()
    site("group", "add", "Staff", *people[100:300]).ok()
    assert outcomes(site("group", "add", "Staff", *people, "-o", "json")) == ["added"] * 100 + ["unchanged"] * 200 + ["added"] * 300
    assert members(site) == sorted(people)
    assert outcomes(site("group", "add", "Staff", *people, "-o", "json")) == ["unchanged"] * 600
    assert outcomes(site("group", "remove", "Staff", *people[1:], "-o", "json")) == ["removed"] * 599
    assert members(site) == people[:1]


def test_one_unknown_account_among_many_adds_none(site):
    people = [f"p{n}@example.org" for n in range(300)]
    site("user", "import", "-", stdin="email\n" + "\n".join(people)).ok()
    assert "there is no account nobody@example.org" in site("group", "add", "Staff", *people, "nobody@example.org").ended(65).err
    assert members(site) == []


def test_round_trips_do_not_grow_with_the_accounts(owctl, postgresql):
    url = postgresql.create()
    owctl("migrate", "up", "--database", url).ok()
    people = [f"p{n}@example.org" for n in range(80)]
    owctl("user", "import", "-", "--database", url, stdin="email\n" + "\n".join(people)).ok()
    with Wire(postgresql.port) as wire:
        def turns(name, *who):
            owctl("group", "create", name, "--database", url).ok()
            before = wire.turns
            owctl("group", "add", name, *who, "--database", wire.through(url)).ok()
            return wire.turns - before

        assert turns("One", people[0]) == turns("All", *people)


def test_times_that_nobody_wrote_are_not_1970(site):
    site.sql('update "group" set created_at = null, updated_at = null')
    assert [row["created_at"] for row in site("group", "list", "-o", "json").ok().json()] == [None]
    shown = site("group", "show", "Staff", "-o", "json").ok().json()
    assert (shown["created_at"], shown["updated_at"]) == (None, None)
    assert "1970" not in site("group", "list").ok().out
    assert site("group", "delete", "Staff", "--yes", "-o", "json").ok().json()["created_at"] is None


def test_times_of_an_account_that_nobody_wrote_are_not_1970(site):
    site("user", "create", "ann@example.org", "--no-password").ok()
    site.sql('update "user" set last_active_at = null, created_at = null, updated_at = null')
    for row in (site("user", "show", "ann@example.org", "-o", "json").ok().json(), *site("user", "list", "-o", "json").ok().json()):
        assert (row["last_active_at"], row["created_at"], row["updated_at"]) == (None, None, None)
    assert "1970" not in site("user", "show", "ann@example.org").ok().out


def test_outcomes_of_groups(site):
    assert [site("group", *words, "-o", "json").ok().json()["outcome"] for words in (
        ["create", "A", "-n"], ["create", "A"], ["create", "A", "--if-missing"], ["delete", "A", "-n"], ["delete", "A", "--yes"])] == [
        "would create", "created", "exists", "would delete", "deleted"]
