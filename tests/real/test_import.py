"""`owctl user import`: all rows or none, each with its outcome, from every form that people have."""
import json
import os
import shutil
import signal
import sqlite3
import time

import bcrypt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab.examples import examples

HASH = bcrypt.hashpw(b"known", bcrypt.gensalt(4)).decode()


@pytest.fixture
def site(owctl, tmp_path):
    def call(*words, stdin=b"", folder=tmp_path):
        return owctl(*words, env={"DATA_DIR": folder}, stdin=stdin)

    call("migrate", "up").ok()
    call.database = tmp_path / "webui.db"
    return call


def outcomes(done):
    return [(row["line"], row["email"], row["outcome"]) for row in done.json()]


def accounts(site):
    with sqlite3.connect(f"file:{site.database}?mode=ro", uri=True) as database:
        return set(database.execute('select u.email, u.name, u.role, a.password from "user" u join auth a on a.id = u.id'))


FORMS = {
    "any order and case": "ROLE;groups\nadmin;Staff\n".replace("ROLE", "Role;Email").replace("admin", "admin;a@example.org"),
    "tabs and CRLF": "email\trole\r\na@example.org\tadmin\r\n",
    "byte order mark": "\ufeffemail,role\na@example.org,admin\n",
    "no last line end": "email,role\na@example.org,admin",
    "empty lines": "\nemail,role\n\na@example.org,admin\n\n",
    "quotes and a line end inside": 'email,name,role\na@example.org,"A ""quoted"", name",admin\n',
    "blanks around fields and a role in capitals": ' Name , Email , Password , Role \r\n A , a@example.org , , Admin \r\n',
    "the form of Open WebUI from a spreadsheet": "\ufeffName;Email;Password;Role\r\nA;A@example.org;;ADMIN\r\n",
    "a JSON array": '[{"email": "A@example.org", "role": "ADMIN", "groups": ["Staff"], "name": "[{\\"]"}]\n',
    "a JSON array over many lines, with a byte order mark": '\ufeff[\r\n  {\r\n    "email": "a@example.org",\r\n    "role": "admin"\r\n  }\r\n]\r\n',
    "JSON lines with a byte order mark": '\ufeff{"email": "A@example.org", "role": "admin"}\r\n',
    "JSON lines": '{"email": "A@example.org", "role": "admin", "groups": ["Staff"]}\n\n',
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.quick
def test_form_is_taken(site, form):
    done = site("user", "import", "-", "--create-groups", "-o", "json", stdin=FORMS[form]).ok()
    assert [row[1:] for row in outcomes(done)] == [("a@example.org", "created")]
    assert site("user", "show", "a@example.org", "-o", "json").ok().json()["role"] == "admin"


def test_blanks_around_a_password_are_dropped_unless_quoted(site):
    """As Open WebUI's form does; it knows no quotes."""
    site("user", "import", "-", stdin='Name, Email, Password, Role\nA, a@example.org, one , User\nB, b@example.org, " two ", User\n').ok()
    for email, password in ("a@example.org", "one"), ("b@example.org", " two "):
        site("user", "check-password", email, "--password-stdin", stdin=password).ok()


BAD = """email,name,role,password,password_hash,groups
good@example.org,,,,,
no-at-sign,,,,,
GOOD@Example.org,,,,,
x@example.org,,boss,,,
y@example.org,,,0123456789012345678901234567890123456789012345678901234567890123456789xxx,,
z@example.org,,,,md5,
g@example.org,,,,,Nowhere
both@example.org,,,password,$2b$04$x,
n@example.org,"a\x1bb",,,,
,Nobody,,,,
"""
REASONS = {3: "no name before an @", 4: "line 2", 5: "unknown role", 6: "73 bytes", 7: "neither bcrypt nor argon2", 8: "no group",
           9: "both a password and", 10: "control character", 11: "no mail address"}


def test_bad_rows_are_refused_with_their_lines_and_nothing_is_written(site):
    done = site("user", "import", "-", "-o", "json", stdin=BAD).ended(65)
    refused = {row["line"]: row["reason"] for row in done.json() if row["outcome"] == "refused"}
    assert refused.keys() == REASONS.keys()
    assert all(REASONS[line] in reason for line, reason in refused.items())
    assert not accounts(site)


def test_skip_bad_writes_the_good_rows_and_says_so(site):
    done = site("user", "import", "-", "--skip-bad", "-o", "json", stdin=BAD).ended(65)
    assert {row["line"] for row in done.json() if row["outcome"] == "refused"} == REASONS.keys()
    assert [email for email, *_ in accounts(site)] == ["good@example.org"]
    assert "9 of 10 rows were refused and skipped; the others were written" in done.err
    assert "exit status is 65" in site("user", "import", "--help").ok().out


@pytest.mark.parametrize("rows, more, others", [
    ("no-at-sign,\n", [], "1 of 1 rows were refused and skipped; nothing else was to be written"),
    ("no-at-sign,\nthere@example.org,\n", ["--if-missing"], "1 of 2 rows were refused and skipped; nothing else was to be written"),
    ("no-at-sign,\nnew@example.org,\n", ["--dry-run"], "1 of 2 rows were refused and skipped; the others would be written"),
])
def test_skip_bad_tells_of_others_only_where_there_are_some(site, rows, more, others):
    site("user", "create", "there@example.org", "--no-password").ok()
    assert others in site("user", "import", "-", "--skip-bad", *more, stdin=f"email,name\n{rows}").ended(65).err


def test_same_file_again(site):
    people = "email,name\n" + "".join(f"p{n}@example.org,P {n}\n" for n in range(600))
    site("user", "import", "-", stdin=people).ok()
    before = accounts(site)
    again = site("user", "import", "-", "-o", "json", stdin=people).ended(65)
    assert {row["outcome"] for row in again.json()} == {"refused"}
    idempotent = site("user", "import", "-", "--if-missing", "-o", "json", stdin=people.upper().replace("EMAIL,NAME", "email,name"))
    assert {row["outcome"] for row in idempotent.ok().json()} == {"exists"}
    assert accounts(site) == before and len(before) == 600


def test_dry_run_leaves_the_file_as_it_is(site):
    before = site.database.read_bytes()
    done = site("user", "import", "-", "-n", "--create-groups", "-o", "json", stdin="email,groups\na@example.org,New\n").ok()
    assert outcomes(done) == [(2, "a@example.org", "would create")]
    assert site.database.read_bytes() == before


def test_ambiguous_group_is_refused_with_the_ids(site):
    ids = [site("group", "create", "Staff", "--duplicate-name", "-o", "json").ok().json()["id"] for _ in range(2)]
    done = site("user", "import", "-", "-o", "json", stdin="email,groups\na@example.org,Staff\n").ended(65)
    assert all(id in done.json()[0]["reason"] for id in ids)
    site("user", "import", "-", stdin=f"email,groups\na@example.org,{ids[1]}\n").ok()
    assert site("group", "show", ids[1], "-o", "json").ok().json()["members"] == ["a@example.org"]


def test_generated_passwords_are_printed_and_work(site):
    done = site("user", "import", "-", "--generate", "-o", "json", stdin="email,password\na@example.org,\nb@example.org,own\n").ok()
    first, second = done.json()
    site("user", "check-password", "a@example.org", "--password-stdin", stdin=first["password"]).ok()
    site("user", "check-password", "b@example.org", "--password-stdin", stdin="own").ok()
    assert second["password"] is None, "only what was made is shown"
    assert len(first["password"]) >= 16


def test_a_table_shows_generated_passwords(site):
    done = site("user", "import", "-", "--generate", stdin="email\na@example.org\n").ok()
    password = done.out.splitlines()[1].split()[-1]
    site("user", "check-password", "a@example.org", "--password-stdin", stdin=password).ok()
    done = site("user", "create", "b@example.org", "--no-password").ok()
    assert "password" not in done.out  # nothing was made: a dash would look as if none was set


@pytest.mark.quick
def test_the_last_administrator_stays(site):
    for name, role in ("oldest", "user"), ("first", "admin"), ("second", "admin"):
        site("user", "create", f"{name}@example.org", "--role", role, "--no-password").ok()
    with sqlite3.connect(site.database) as database:
        database.execute("update user set created_at = created_at - 60 where email = 'oldest@example.org'")
    refused = site("user", "delete", "oldest@example.org", "--yes").ended(77).err
    assert "is the oldest account, which Open WebUI takes for the primary administrator" in refused
    site("user", "update", "first@example.org", "--role", "pending").ok()
    for words in ("update", "second@example.org", "--role", "user"), ("delete", "second@example.org", "--yes"):
        for dry in [], ["-n"]:
            said = site("user", *words, *dry).ended(1).err
            assert "second@example.org is the only administrator" in said and "--role admin" in said
    site("user", "update", "second@example.org", "--name", "Second").ok()
    site("user", "update", "oldest@example.org", "--role", "admin").ok()
    site("user", "delete", "second@example.org", "--yes").ok()


@pytest.mark.quick
def test_first_accounts_without_an_administrator_are_warned_of(site):
    first = ("user", "create", "a@example.org", "--no-password")
    for words, warned in ((*first, "-n"), True), ((*first, "-n", "--role", "admin"), False), (first, True):
        assert ("the first one that signs up" in site(*words).ok().err) == warned
    assert "signs up" not in site("user", "create", "b@example.org", "--no-password").ok().err


@pytest.mark.quick
def test_no_group_is_made_where_a_comma_may_separate_two(site):
    create = ("user", "create", "a@example.org", "--no-password", "--create-groups", "--group", "A,B")
    assert "repeat --group for each" in site(*create).ended(65).err
    done = site("user", "import", "-", "--create-groups", "-o", "json", stdin='email,groups\na@example.org,"A, B"\nb@example.org,C\n')
    assert 'no group "A, B"; are these several?' in done.ended(65).json()[0]["reason"]
    assert site("group", "list", "-o", "json").ok().json() == []
    site("user", "import", "-", "--create-groups", stdin='email,groups\nb@example.org,"A,B;"\n').ok()
    site(*create).ok()  # now it is there
    assert [row["members"] for row in site("group", "list", "-o", "json").ok().json()] == [2]


@pytest.mark.quick
def test_a_wrong_group_for_all_rows_is_refused_once_and_not_with_every_row(site):
    people = "email,password\na@example.org,one\nb@example.org,two\n"
    for words in ["--group", "Nope"], ["--group", "Nope", "--skip-bad"], ["--group", "A,B", "--create-groups"], ["-n", "--group", "Nope"]:
        done = site("user", "import", "-", *words, stdin=people).ended(65)
        assert not done.out and 'owctl: --group: there is no group "' in done.err
    assert "repeat --group for each" in site("user", "import", "-", "--group", "A,B", "--create-groups", stdin=people).err
    assert not accounts(site)
    site("user", "import", "-", "--group", "New", "--create-groups", stdin=people).ok()


@pytest.mark.quick
def test_a_dry_run_asks_for_no_password(site):
    done = site("user", "create", "a@example.org", "-n", "-o", "json").ok()
    assert done.json()["outcome"] == "would create"
    site("user", "create", "a@example.org").ended(64)


def test_an_account_that_exists_is_shown_as_it_is(site):
    site("user", "create", "a@example.org", "--name", "Ada", "--role", "admin", "--no-password").ok()
    done = site("user", "create", "A@example.org", "--role", "user", "--no-password", "--if-missing", "-o", "json").ok().json()
    assert (done["outcome"], done["name"], done["role"]) == ("exists", "Ada", "admin")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_cut_off_import_leaves_nothing(site, owctl, tmp_path, how):
    people = tmp_path / "people.csv"
    people.write_text("email,password\n" + "".join(f"p{n}@example.org,password {n}\n" for n in range(400)))
    running = owctl.start("user", "import", people, env={"DATA_DIR": tmp_path})
    while running.poll() is None and cpu_seconds(running.pid) < 0.5:
        time.sleep(0.02)  # it is hashing, which takes a minute or more
    started = time.monotonic()
    running.send_signal(how)
    status = running.wait(10)
    running.communicate()
    assert status == (-how if how == signal.SIGKILL else 130)
    assert time.monotonic() - started < 5
    assert not accounts(site)
    site("user", "import", "-", stdin="email\na@example.org\n").ok()


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


text = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), min_size=1, max_size=40)
row = st.fixed_dictionaries({
    "name": text.filter(lambda name: name.strip(" ")),
    "role": st.sampled_from(["pending", "user", "admin"]),
    "groups": st.lists(st.sampled_from(["Staff", "Team A, B", "É", "A;B", " blank ", '"']), unique=True),
    "password_hash": st.sampled_from([HASH, None]),
})


@pytest.mark.quick
def test_elements_of_an_array_have_the_lines_that_they_begin_in(site):
    text = '[{"email": "a@example.org"},\n {"email":\n "b@example.org"}, {"email": "c@example.org"}\n,{"email": "d"}\n]'
    done = site("user", "import", "-", "-o", "json", stdin=text).ended(65)
    assert [row["line"] for row in done.json()] == [1, 2, 3, 4]
    assert outcomes(site("user", "import", "-", "-o", "json", stdin="[]").ok()) == []


@pytest.mark.quick
def test_elements_on_one_line_are_told_apart_by_their_number(site):
    text = '[{"email": "a@example.org"}, {"email": "b"}, {"email": "A@example.org"},\n{"email": "d"}]'
    done = site("user", "import", "-", "-o", "json", stdin=text).ended(65)
    assert [(row["line"], (row["reason"] or "").split(" has ")[0]) for row in done.json()] == [
        (1, ""), (1, "record 2: the mail address"), (1, "record 3: the same address as record 1"), (2, "the mail address")]


@pytest.mark.quick
@pytest.mark.parametrize("form", ["json", "csv"])
@pytest.mark.parametrize("command", ["list", "export"])
def test_what_owctl_writes_can_be_imported(site, tmp_path, form, command):
    """Ids and times are those of the new accounts, which is said once."""
    second = tmp_path / "second"
    second.mkdir()
    site("migrate", "up", folder=second).ok()
    people = 'email,name,role,groups\na@example.org," A, ""x"" ",admin,"Staff;Team"\nb@example.org,B;b,user,\n'
    site("user", "import", "-", "--create-groups", stdin=people).ok()
    written = site("user", command, "-o", form).ok().out
    done = site("user", "import", "-", "--create-groups", stdin=written, folder=second).ok()
    notes = [line for line in done.err.splitlines() if "left out" in line]
    assert len(notes) == (command == "list") and all("id, last_active_at, created_at, updated_at" in note for note in notes)
    columns = ["--columns", "email,name,role"] if command == "list" else []
    for words in (*columns, "-o", form), (*columns, "-o", "yaml"):
        assert site("user", command, *words).out == site("user", command, *words, folder=second).ok().out


@pytest.mark.quick
def test_a_group_without_a_name_of_its_own_is_exported_as_an_id_and_made_nowhere_else(site, tmp_path):
    second = tmp_path / "second"
    second.mkdir()
    site("migrate", "up", folder=second).ok()
    twins = [site("group", "create", "Staff", "--duplicate-name", "-o", "json").ok().json()["id"] for _ in range(2)]
    semicolon = site("group", "create", "A; B", "-o", "json").ok().json()["id"]
    for name, role in ("a", "admin"), ("b", "user"):
        groups = [word for group in (*twins, semicolon) for word in ("--group", group)]
        site("user", "create", f"{name}@example.org", "--role", role, "--no-password", *groups).ok()
    exported = site("user", "export", "-o", "json").ok()
    assert [set(row["groups"]) for row in exported.json()] == [{"A; B", *twins}] * 2
    assert exported.err.count("2 groups are named by id") == 1 and all(exported.err.count(id) == 1 for id in twins)
    as_csv = site("user", "export").ok()
    assert "3 groups are named by id" in as_csv.err and semicolon in as_csv.err and "-o json" in as_csv.err
    assert not site("user", "export", "--columns", "email").ok().err
    for words in [], ["--skip-bad"]:
        done = site("user", "import", "-", "--create-groups", "-o", "json", *words, stdin=as_csv.out, folder=second).ended(65)
        assert all("no group has the id" in row["reason"] for row in done.json())
    assert site("group", "list", "-o", "json", folder=second).ok().json() == []
    site("user", "delete", "b@example.org", "--yes").ok()
    site("user", "import", "-", "--if-missing", "-o", "json", stdin=as_csv.out).ok()  # where the ids are known
    assert [set(row["groups"]) for row in site("user", "export", "-o", "json").ok().json()] == [{"A; B", *twins}] * 2


@examples(15)
@given(rows=st.lists(row, min_size=1, max_size=6))
def test_export_of_one_installation_imports_into_another(site, tmp_path_factory, rows):
    first, second = (tmp_path_factory.mktemp("site") for _ in range(2))
    lines = "".join(json.dumps(row | {"email": f"p{n}@example.org"}) + "\n" for n, row in enumerate(rows))
    for folder in (first, second):
        shutil.copy(site.database, folder)  # still empty: only copies of it are written to
    site("user", "import", "-", "--create-groups", stdin=lines, folder=first).ok()
    exported = site("user", "export", "--with-hashes", folder=first).ok().out
    whole = site("user", "export", "--with-hashes", "-o", "json", folder=first).ok()
    assert not whole.err
    by_id = any(not name.strip() == name or ";" in name for row in rows for name in row["groups"])
    written = exported if len(rows) % 2 and not by_id else whole.out
    site("user", "import", "-", "--create-groups", stdin=written, folder=second).ok()
    def sorted_rows(text):
        return sorted(json.loads(text), key=lambda row: row["email"])
    assert sorted_rows(site("user", "export", "--with-hashes", "-o", "json", folder=second).ok().out) == sorted_rows(whole.out)
    assert len(exported.splitlines()) >= len(rows) + 1
