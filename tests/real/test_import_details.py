"""What an import writes besides the rows themselves, and which line it names: groups, defaults, places in the file."""
import contextlib
import json
import sqlite3

import pytest

OLD = 1_600_000_000


@pytest.fixture
def site(owctl, tmp_path):
    def call(*words, stdin=b"", **options):
        return owctl(*words, "-o", "json", env={"DATA_DIR": tmp_path}, stdin=stdin, **options)

    def sql(statement, *parameters):
        with contextlib.closing(sqlite3.connect(tmp_path / "webui.db")) as database, database:
            return database.execute(statement, parameters).fetchall()

    call.sql = sql
    return call


@pytest.fixture
def newest(site):
    site("migrate", "up").ok()
    return site


def members(site):
    return site.sql('select g.name, u.email from group_member m join "group" g on g.id = m.group_id'
                    ' join "user" u on u.id = m.user_id order by 1, 2')


def test_rows_are_those_of_the_form(newest):
    newest("user", "import", "-", stdin="email\nb@example.org\na@example.org\n").ok()
    users = newest.sql('select email, name, role, profile_image_url, last_active_at = created_at, updated_at = created_at,'
                       ' created_at > 1600000000 from "user" order by created_at, id')
    assert users == [(f"{name}@example.org", name, "user", "/user.png", 1, 1, 1) for name in ("b", "a")]
    credentials = newest.sql("select a.email = u.email, a.password, a.active, length(a.session_stamp) from auth a join \"user\" u using (id)")
    assert credentials == [(1, "", 1, 36)] * 2
    assert len(newest.sql("select distinct session_stamp from auth")) == 2


def test_argon2_that_the_release_cannot_check_is_refused_before_hashing(site, owctl, tmp_path):
    """Hashing these takes minutes; it is told at once."""
    site("migrate", "up", "--to", "0.8.12").ok()
    rows = "email,password\n" + "".join(f"p{n}@example.org,correct horse {n}\n" for n in range(3000))
    done = owctl("user", "import", "-", env={"DATA_DIR": tmp_path, "PASSWORD_HASH_ALGORITHM": "argon2"}, stdin=rows, timeout=20)
    assert "3000 of 3000 rows are bad; nothing was written" in done.ended(65).err
    assert "Open WebUI before 0.10 can't check an argon2 hash" in done.out


def test_order_of_the_file_is_the_order_of_creation(newest):
    emails = [f"p{n:02}@example.org" for n in range(40, 0, -1)]
    newest("user", "import", "-", stdin="email\n" + "\n".join(emails)).ok()
    assert [row["email"] for row in newest("user", "list", "--sort", "created").ok().json()] == emails


def test_groups_by_name_id_and_twice(newest):
    id = newest("group", "create", "Staff").ok().json()["id"]
    newest("group", "create", "Others").ok()
    newest.sql('update "group" set updated_at = ?', OLD)
    rows = f"email,groups\na@example.org,Staff;{id};Staff\nb@example.org,New;New\n"
    newest("user", "import", "-", "--create-groups", "--group", "Staff", stdin=rows).ok()
    assert members(newest) == [("New", "b@example.org"), ("Staff", "a@example.org"), ("Staff", "b@example.org")]
    assert newest.sql('select name from "group" where updated_at > ? order by 1', OLD) == [("New",), ("Staff",)]


def test_rows_that_are_not_written_make_no_groups_and_join_none(newest):
    newest("user", "create", "a@example.org", "--no-password").ok()
    rows = "email,groups,role\nA@example.org,One,user\nb@example.org,Two,boss\nc@example.org,Three,user\n"
    done = newest("user", "import", "-", "--create-groups", "--if-missing", "--skip-bad", stdin=rows).ended(65)
    assert [row["outcome"] for row in done.json()] == ["exists", "refused", "created"]
    assert members(newest) == [("Three", "c@example.org")]
    assert newest.sql('select name from "group"') == [("Three",)]


def test_new_groups_with_bad_names_are_refused(newest):
    done = newest("user", "import", "-", "--create-groups", stdin="email,groups\na@example.org,x\x1by\n").ended(65)
    assert done.json()[0]["outcome"] == "refused"
    assert not newest.sql('select 1 from "group"')


def test_lines_are_those_of_the_file(newest):
    csv = 'email,name\n"a@example.org","two\nlines"\n\nb@example.org,b,too many\nc@example.org,too many,""\n'
    done = newest("user", "import", "-", stdin=csv).ended(65)
    assert [row["line"] for row in done.json()] == [2, 5, 6]
    jsonl = '{"email": "a@example.org"}\n\n{"email": 1}\n{"email": "A@example.org"}\n'
    done = newest("user", "import", "-", stdin=jsonl).ended(65)
    assert [(row["line"], row["reason"]) for row in done.json()] == [
        (1, None), (3, "email is not a text"), (4, "the same address as on line 1")]


def test_first_of_two_lines_is_the_good_one(newest):
    rows = "email,name\n" + "".join(f"{'A' if n % 2 else 'a'}@example.org,n{n}\n" for n in range(9))
    done = newest("user", "import", "-", "--skip-bad", stdin=rows).ended(65)
    assert [row["outcome"] for row in done.json()] == ["created"] + ["refused"] * 8
    assert all("line 2" in row["reason"] for row in done.json()[1:])
    assert newest.sql('select name from "user"') == [("n0",)]


@pytest.mark.parametrize("release", ["0.6.43", "0.12.4"])
def test_default_group_is_joined_if_it_is_there(site, release):
    site("migrate", "up", "--to", release).ok()
    id = site("group", "create", "Everybody").ok().json()["id"]
    for email, group in (("a@example.org", "gone"), ("b@example.org", id), ("c@example.org", "")):
        if release == "0.6.43":  # one document; the newest row counts
            site.sql("insert into config (data, version) values (?, 0)", json.dumps({"ui": {"default_group_id": group}}))
        else:
            site.sql("insert or replace into config (key, value) values ('ui.default_group_id', ?)", json.dumps(group))
        site("user", "create", email, "--no-password").ok()
    assert members(site) == [("Everybody", "b@example.org")]


def test_dry_run_with_a_default_group_tells_what_the_real_run_does(newest):
    """The group is set by its id: that another one has this id for a name is no matter for either."""
    id = newest("group", "create", "Everybody").ok().json()["id"]
    newest("group", "create", id).ok()
    newest.sql("insert or replace into config (key, value) values ('ui.default_group_id', ?)", json.dumps(id))
    for words, rows in ((["user", "create", "a@example.org", "--no-password"], ""), (["user", "import", "-"], "email\nb@example.org\n")):
        for flags in (["-n"], []):
            newest(*words, *flags, stdin=rows).ok()
    assert members(newest) == [("Everybody", "a@example.org"), ("Everybody", "b@example.org")]


def test_what_keeps_the_default_group_from_being_read_is_told_before_hashing(newest):
    newest.sql("alter table config rename to other")
    rows = "email,password\n" + "".join(f"p{n}@example.org,correct horse {n}\n" for n in range(3000))
    for flags in (["-n"], []):
        assert "config" in newest("user", "import", "-", *flags, stdin=rows, timeout=20).ended(1).err


@pytest.mark.parametrize(("release", "share"), [("0.6.43", True), ("0.8.0", True), ("0.8.1", "members"), ("0.12.4", "members")])
def test_who_may_share_with_a_new_group_by_default(site, release, share):
    site("migrate", "up", "--to", release).ok()
    site("group", "create", "Staff").ok()
    assert json.loads(site.sql('select data from "group"')[0][0]) == {"config": {"share": share}}


@pytest.mark.parametrize("table", ["user", "auth"])
def test_rows_that_the_database_does_not_take_undo_all(newest, table):
    newest.sql(f"""create trigger drops before insert on "{table}" when new.email like 'b@%' begin select raise(ignore); end""")
    done = newest("user", "import", "-", stdin="email\na@example.org\nb@example.org\n").ended(1)
    assert "the database took" in done.err and "nothing was written" in done.err
    assert not newest.sql('select 1 from "user" union all select 1 from auth')


ALTERED = {
    "credentials that are gone": "after insert on auth when new.email like 'b@%' begin delete from auth where id = new.id; end",
    "another role": "after insert on user when new.email like 'b@%' begin update user set role = 'pending' where id = new.id; end",
    "another password": "after insert on auth when new.email like 'b@%' begin update auth set password = 'x' where id = new.id; end",
    "another address": "after insert on auth when new.email like 'b@%' begin update auth set email = 'x' where id = new.id; end",
    "a membership that is gone": "after insert on group_member when exists (select 1 from user u where u.id = new.user_id and u.email"
                                 " like 'b@%') begin delete from group_member where id = new.id; end",
}


@pytest.mark.parametrize("how", ALTERED)
def test_rows_that_are_not_as_written_undo_all(newest, how):
    """As a trigger leaves them that the count of rows does not show."""
    newest("group", "create", "Staff").ok()
    newest.sql(f"create trigger alters {ALTERED[how]}")
    rows = "email,groups\na@example.org,Staff\nb@example.org,Staff\n"
    done = newest("user", "import", "-", stdin=rows).ended(1)
    assert "the account b@example.org does not read back as it was written; nothing was changed" in done.err
    assert not newest.sql('select id from "user" union all select id from auth union all select id from group_member')


@pytest.mark.parametrize("who", ["b", ""])
def test_memberships_that_the_database_does_not_take_undo_all(newest, who):
    newest("group", "create", "Staff").ok()
    newest.sql(f"""create trigger drops before insert on group_member when exists (select 1 from user u where u.id = new.user_id and
                   u.email like '{who}%') begin select raise(ignore); end""")
    done = newest("user", "import", "-", "--group", "Staff", stdin="email\na@example.org\nb@example.org\n").ended(1)
    assert f"the database took {1 if who else 0} memberships instead of 2; nothing was written" in done.err
    assert not newest.sql('select id from "user" union all select id from auth')
