"""`owctl user list`: filters, orders and forms; whatever is in the data, and however much of it there is."""
import contextlib
import csv
import io
import json
import os
import pty
import re
import sqlite3
import subprocess
import time

import pytest
import yaml
from lab.parts import NEWEST, TREE

#         address, name, role, last active, created
PEOPLE = [("ada@example.org", "Ada", "admin", 1_700_000_500, 1_600_000_000),
          ("bob@example.org", "Bob 100%", "user", 1_700_000_400, 1_600_000_001),
          ("cleo@example.org", "Cléo_x", "user", 1_700_000_300, 1_600_000_002),
          ("dan@sample.net", "Dan", "pending", 1_700_000_200, 1_600_000_003)]
ALL = [person[0] for person in PEOPLE]


def insert(database, people, mark):
    for number, (email, name, role, active, created) in enumerate(people):
        database.execute('insert into "user" (id, email, name, role, profile_image_url, last_active_at, created_at, updated_at)'
                         f" values ({', '.join([mark] * 8)})", (f"id-{number}", email, name, role, "", active, created, created))


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def site(request, owctl, tmp_path, make_postgresql, postgresql):
    where = {"DATA_DIR": tmp_path} if request.param == "SQLite" else {"DATABASE_URL": make_postgresql()}

    def call(*words, **options):
        return owctl(*words, env=where, **options)

    call("migrate", "up").ok()
    if request.param == "SQLite":
        with sqlite3.connect(tmp_path / "webui.db") as database:
            insert(database, PEOPLE, "?")
    else:
        with postgresql.connect(where["DATABASE_URL"].rpartition("/")[2]) as database:
            insert(database, PEOPLE, "%s")
    call.where = where
    return call


FILTERS = {
    (): ALL,
    ("--role", "user"): ALL[1:3],
    ("--role", "user,admin"): ALL[:3],
    ("--role", "user", "--role", "pending"): ALL[1:],
    ("--active-since", "2023-11-14T22:20:00Z"): ALL[:2],
    ("--inactive-since", "2023-11-14T22:20:00Z"): ALL[2:],
    ("--search", "EXAMPLE.org"): ALL[:3],
    ("--search", "100%"): ALL[1:2],
    ("--search", "o_x"): ALL[2:3],
    ("--search", "_"): ALL[2:3],
    ("--search", "\\"): [],
    ("--group", "Staff"): ALL[1:2],
    ("--sort", "email", "--reverse"): ALL[::-1],
    ("--sort", "active"): ALL[::-1],
    ("--sort", "role"): [ALL[0], ALL[3], ALL[1], ALL[2]],
    ("--sort", "name", "--limit", "2"): ALL[:2],
    ("--search", "nobody"): [],
    ("--search", "CLÉO"): ALL[2:3],
    ("--search", "cléo"): ALL[2:3],
    ("--search", "cleo_"): [],
}

@pytest.mark.parametrize("key", ["created", "name", "role", "active"])
def test_accounts_that_are_alike_stand_in_order_of_id(owctl, tmp_path, key):
    call = lambda *words: owctl(*words, env={"DATA_DIR": tmp_path})
    call("migrate", "up").ok()
    with sqlite3.connect(tmp_path / "webui.db") as database:
        insert(database, [(f"{9 - number}@example.org", "Name", "user", 1, 1) for number in range(9)], "?")
        database.execute("update user set id = 'n' || (9 - substr(id, 4)), email = substr(email, 1, 1) || '@x.y'")
    for more, order in ([], sorted), (["--reverse"], lambda ids: sorted(ids, reverse=True)):
        ids = [row["id"] for row in call("user", "list", "--sort", key, "-o", "json", *more).ok().json()]
        assert len(ids) == 9 and ids == order(ids)


# Letters beyond A to Z, each as stored and as searched for, both ways round.
LETTERS = [("Ärger", "äRGER"), ("Ørsted", "øRSTED"), ("ŁÓDŹ", "łódź"), ("Иван", "иВАН"), ("ΩΜΕΓΑ", "ωμεγα"), ("Straße", "STRAßE"), ("日本", "日本"),
           ("I\u0307x", "i\u0307X"), ("\U00010400", "\U00010428")]


@pytest.mark.quick
@pytest.mark.parametrize("age, seconds", [("7d", 7 * 86400), ("12h", 12 * 3600), ("30m", 1800), ("2w", 14 * 86400), ("90s", 90)])
@pytest.mark.parametrize("site", ["SQLite"], indirect=True)
def test_an_age_is_a_time_ago(site, age, seconds):
    """Two accounts are active a minute before and after that time; the other two were long ago."""
    now = time.time()
    with contextlib.closing(sqlite3.connect(site.where["DATA_DIR"] / "webui.db")) as database, database:
        for email, active in zip(ALL, (now - seconds + 60, now - seconds - 60)):
            database.execute("update user set last_active_at = ? where email = ?", (int(active), email))
    names = {row["email"] for row in site("user", "list", "--active-since", age, "-o", "json").ok().json()}
    assert names == {ALL[0]}
    names = {row["email"] for row in site("user", "list", "--inactive-since", age, "-o", "json").ok().json()}
    assert names == set(ALL[1:])
    everybody = site("user", "list", "--active-since", "9999w", "-o", "json").ok().json()
    assert len(everybody) == len(ALL)


@pytest.mark.quick
def test_filters_and_orders(site):
    site("group", "create", "Staff").ok()
    site("group", "add", "Staff", "bob@example.org").ok()
    for words, expected in FILTERS.items():
        assert [row["email"] for row in site("user", "list", *words, "-o", "json").ok().json()] == expected, words
    assert "there may be more" in site("user", "list", "--limit", "2").ok().err


@pytest.mark.parametrize("command", ["user", "group"])
def test_search_knows_the_letters_of_every_alphabet(site, command):
    names = [name for pair in LETTERS for name in dict.fromkeys(pair)]
    for number, name in enumerate(names):
        site(*(("user", "create", f"x{number}@y.org", "--no-password", "--name", name) if command == "user" else ("group", "create", name))).ok()
    for pair in LETTERS:
        for searched in pair:
            found = [row["name"] for row in site(command, "list", "--search", searched, "-o", "json").ok().json()]
            assert sorted(found) == sorted(set(pair)), searched


def test_each_form_holds_the_same(site):
    rows = site("user", "list", "-o", "json").ok().json()
    assert rows[0] | {"id": "id-0"} == rows[0]
    assert rows[0]["last_active_at"] == "2023-11-14T22:21:40Z"
    assert yaml.safe_load(site("user", "list", "-o", "yaml").ok().out) == rows
    assert list(csv.DictReader(io.StringIO(site("user", "list", "-o", "csv").ok().out))) == rows
    chosen = site("user", "list", "--columns", "role,email", "--no-headings", "-o", "csv").ok().out
    assert chosen.splitlines() == [f"{person[2]},{person[0]}" for person in PEOPLE]
    table = site("user", "list").ok().out.splitlines()
    assert len(table) == 5 and table[1].split()[0] == ALL[0] and max(map(len, table)) <= 80


HOSTILE = "\x1b]0;owned\x07\x1b[31m\u202emoc\x9b2J\n\t\r\x00end".replace("\x00", "")


@pytest.mark.parametrize("form", ["table", "csv", "json", "yaml"])
def test_control_characters_never_reach_a_terminal(owctl, tmp_path, form):
    owctl("migrate", "up", env={"DATA_DIR": tmp_path}).ok()
    with sqlite3.connect(tmp_path / "webui.db") as database:
        insert(database, [("x@example.org", HOSTILE, HOSTILE, 1, 1)], "?")
    master, slave = pty.openpty()
    running = owctl.start("user", "list", "-o", form, env={"DATA_DIR": tmp_path}, stdout=slave, stderr=slave)
    os.close(slave)
    seen = b""
    try:
        while piece := os.read(master, 65536):
            seen += piece
    except OSError:
        pass  # how Linux says that the last writer is gone
    os.close(master)
    assert running.wait() == 0
    text = seen.decode()
    assert "end" in text
    assert not re.search(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", text.replace("\r\n", "\n"))


MANY = 300_000
FILL = ("insert into \"user\" (id, email, name, role, profile_image_url, last_active_at, created_at, updated_at) "
        "select 'id-' || n, 'user' || n || '@example.org', 'User Number ' || n, 'user', '/user.png', n, n, n from {}")


def peak_of_a_long_list(where):
    """Peak resident bytes just before the last rows are read; of the release build, as sanitizers need memory themselves."""
    program = TREE / "build/owctl"
    if not program.exists():
        pytest.skip("build/owctl is not built")
    listing = subprocess.Popen([program, "user", "list", "-o", "json"], env={**os.environ, **where}, stdout=subprocess.PIPE, text=True)
    for _ in range(MANY - 2000):
        last = listing.stdout.readline()
    peak = int(re.search(r"VmHWM:\s*(\d+)", open(f"/proc/{listing.pid}/status").read())[1]) * 1024
    rest = listing.stdout.read()
    assert listing.wait() == 0
    assert json.loads(last.rstrip(",\n"))["role"] == "user"
    assert rest.count("\n") == 2002
    return peak


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_long_list_needs_little_memory_on_sqlite(owctl, tmp_path, mode):
    owctl("migrate", "up", env={"DATA_DIR": tmp_path}).ok()
    with sqlite3.connect(tmp_path / "webui.db") as database:
        database.execute(f"pragma journal_mode = {mode}")
        database.execute(FILL.format(f"(with recursive c(n) as (select 1 union all select n + 1 from c where n < {MANY}) select n from c)"))
    assert peak_of_a_long_list({"DATA_DIR": str(tmp_path)}) < 20_000_000


def test_long_list_needs_little_memory_on_postgresql(make_postgresql, postgresql):
    url = make_postgresql(NEWEST)
    with postgresql.connect(url.rpartition("/")[2]) as database:
        database.execute(FILL.format(f"generate_series(1, {MANY}) n"))
    assert peak_of_a_long_list({"DATABASE_URL": url}) < 20_000_000
