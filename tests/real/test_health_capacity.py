"""`owctl health ready --users`: what an installation has grown by, and what so many people at once need of it. Amounts are worked out
by hand, from formulas of docs/health-capacity.md."""
import contextlib
import datetime
import json
import time
import uuid

import psycopg
import pytest
from lab.findings import NOBODY, add_user, changing
from lab.owctl import binary
from lab.parts import NEWEST, RELEASES, TREE
from lab.postgresql import PostgreSQL
from lab.probe import Probe

DAY = 86400


@pytest.fixture
def figures(owctl):
    """figures(environment, users, ..): {name: row} of what so many people need."""
    def figures(environment, users, *words, replica=NOBODY):
        done = owctl("health", "ready", "--users", users, "--replica", replica, "-o", "json", *words, env=environment)
        assert done.rc in (0, 2, 3), done.err
        rows = done.json()
        assert done.rc == (2 if any(row["state"] == "missing" for row in rows) else done.rc)
        assert all(row["name"] is None for row in rows if row["section"] != "capacity")
        return {row["name"]: row for row in rows if row["section"] == "capacity"}

    return figures


def range_of(row):
    return row["low"], row["high"], row["present"], row["state"]


# ---- growth

def at(text):
    return int(datetime.datetime.fromisoformat(f"{text}+00:00").timestamp())


NOW = at("2026-11-16T12:00:00")
MONTHS = [f"2025-{month:02}" for month in (12,)] + [f"2026-{month:02}" for month in range(1, 12)]
# When accounts were made and last seen: the window of 30 days begins on 2026-10-17 at 12.
ACCOUNTS = [("2026-11-02T08:00:00", "2026-11-15T08:00:00"), ("2026-11-02T09:00:00", "2026-09-01T08:00:00"),
            ("2026-10-31T23:59:59", "2026-10-17T12:00:00"), ("2025-12-01T00:00:00", "2026-10-17T11:59:59"),
            ("2025-11-30T23:59:59", "2026-10-17T11:59:59")]
# When, in which unit, and of how many bytes; what is of the future counts in no month.
CHATS = [("2026-11-10T00:00:00", 1, 1000), ("2026-11-01T00:00:00", 10**3, 500), ("2026-10-18T00:00:00", 10**9, 250),
         ("2026-10-01T00:00:00", 1, 4000), ("2027-01-01T00:00:00", 1, 100)]
MESSAGES = [("2026-11-10T00:00:00", 100), ("2026-09-10T00:00:00", 900)]
FILES = [("2026-11-05T00:00:00", {"name": "a", "size": 12345}), ("2026-11-06T00:00:00", {"size": 55, "name": "b"}),
         ("2026-11-07T00:00:00", {"name": "a NUL \0", "size": 7}), ("2026-11-08T00:00:00", {"name": "without a size"}),
         ("2026-11-09T00:00:00", {"size": 10**12}), ("2026-11-09T00:00:00", {"size": 10**15 - 1}),  # which no file has
         ("2026-10-02T00:00:00", {"size": 700})]


def add_chat(execute, when, size):
    text = json.dumps("x" * (size - 2))
    number = str(uuid.uuid4())
    execute("insert into chat (id, user_id, title, chat, created_at, updated_at, archived, meta) values (?, ?, ?, ?, ?, ?, ?, ?)",
            number, "somebody", "", text, when, when, False, "{}")
    return number


def add_message(execute, chat, when, size):
    execute("insert into chat_message (id, chat_id, user_id, role, content, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?)",
            str(uuid.uuid4()), chat, "somebody", "user", json.dumps("x" * (size - 2)), when, when)


def add_file(execute, when, meta):
    execute("insert into file (id, user_id, filename, path, meta, data, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
            str(uuid.uuid4()), "somebody", "a.txt", "/uploads/a.txt", json.dumps(meta), "{}", when, when)


def fill(url, messages):
    with changing(url) as execute:
        for made, seen in ACCOUNTS:
            number = add_user(execute)
            execute('update "user" set created_at = ?, last_active_at = ? where id = ?', at(made), at(seen), number)
        for made, unit, size in CHATS:
            chat = add_chat(execute, at(made) * unit, size)
        for made, size in MESSAGES if messages else []:
            add_message(execute, chat, at(made), size)
        for made, meta in FILES:
            add_file(execute, at(made), meta)


@contextlib.contextmanager
def grown(url):
    with Probe(binary().parent / "growth-probe", env={"DATABASE_URL": url}) as probe:
        yield probe("look", now=NOW)


def check_growth(seen):
    months = {name: tuple(month.values()) for name, month in seen["months"].items()}
    empty = (0, 0, 0, 0)  # accounts, chats, files, their bytes
    assert months == {name: empty for name in MONTHS} | {
        "2025-12": (1, 0, 0, 0), "2026-10": (1, 2, 1, 700), "2026-11": (2, 2, 6, 12345 + 55 + 7)}
    assert (seen["accounts"], seen["chats"], seen["days"], seen["active_accounts"]) == (5, 5, 30, 2)
    assert seen["file_bytes"] == 12345 + 55 + 7 and seen["database_bytes"] > 100000


@pytest.mark.parametrize("release", RELEASES)
def test_a_file_of_each_release_tells_what_it_has_grown_by(make_sqlite, release):
    url = f"sqlite:///{make_sqlite(release)}"
    messages = release != RELEASES[0]  # they are in a table of their own from 0.8 on
    fill(url, messages)
    with grown(url) as seen:
        check_growth(seen)
        assert seen["chat_bytes"] == 1000 + 500 + 250 + (100 if messages else 0)


@pytest.mark.parametrize("release", [RELEASES[0], NEWEST])
def test_a_server_tells_it_to_a_role_that_may_not_read_what_people_wrote(owctl, postgresql, figures, release):
    url, messages = postgresql.create(), release != RELEASES[0]
    owctl("migrate", "up", "--database", url, "--to", release).ok()
    fill(url, messages)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute((TREE / "docs/health-role.sql").read_text())
        room = [connection.execute("select pg_total_relation_size(to_regclass(%s))", [table]).fetchone()[0] or 0
                for table in ("chat", "chat_message")]
    for where in url, url.replace("owner@", "owctl_health@"):
        with grown(where) as seen:
            check_growth(seen)
            assert seen["chat_bytes"] == room[0] * 3 // 5 + room[1] // 2  # so many of the rows are of the window
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("revoke select (created_at) on chat from owctl_health")
        row = figures({"DATABASE_URL": where}, 10)["database-growth"]
        connection.execute("drop owned by owctl_health; drop role owctl_health")
    assert row["state"] == "unknown" and "permission denied" in row["why"] and "docs/health-role.sql" in row["remedy"]
    postgresql.drop(url)


def test_room_that_people_will_take(make_sqlite, figures):
    folder = make_sqlite(NEWEST).parent
    now = int(time.time())
    with changing(f"sqlite:///{folder}/webui.db") as execute:
        number = add_user(execute)
        execute('update "user" set created_at = ? where id = ?', now - 40 * DAY, number)
        add_chat(execute, now - 2 * DAY, 3_000_000)
        add_file(execute, now - 2 * DAY, {"size": 30_000_000})
    (folder / "uploads").mkdir()
    rows = figures({"DATA_DIR": folder}, 5, "--concurrency", "50")
    # 0.1 MB of chats and 1 MB of files a day, of one account; there will be ten, of whom half are there at once
    assert range_of(rows["database-growth"])[:2] == (30_000_000, 60_000_000)
    assert range_of(rows["uploads-growth"])[:2] == (300_000_000, 300_000_000)
    low, high, free, _ = range_of(rows["free-space"])
    assert (low, high) == (990_000_000, 1_080_000_000) and free > 0
    assert rows["database-connections"]["state"] == "figure" and rows["database-connections"]["present"] is None
    assert range_of(figures({"DATA_DIR": folder}, 5)["uploads-growth"])[0] == 5 * 300_000_000  # one in ten is there at once


# ---- a server that is too small

@pytest.fixture(scope="module")
def small():
    with PostgreSQL("debian") as server:
        yield server.start("max_connections=20", "superuser_reserved_connections=3").wait()


def test_connections_that_the_database_has_not(small, owctl, figures):
    url = small.create()
    owctl("migrate", "up", "--database", url).ok()

    def connections(**settings):
        return figures({"DATABASE_URL": url, **settings}, 10)["database-connections"]

    # One process will do for ten people. It has two pools, of which requests use one.
    assert range_of(connections()) == (15, 30, 17, "unknown")
    assert range_of(connections(DATABASE_POOL_SIZE=4)) == (4, 8, 17, "ready")
    lacking = connections(DATABASE_POOL_SIZE=6, DATABASE_POOL_MAX_OVERFLOW=3, UVICORN_WORKERS=3)
    assert range_of(lacking) == (27, 54, 17, "missing")
    assert all(words in lacking["remedy"] for words in ("DATABASE_POOL_SIZE=2 ", "max_connections = 57", "PgBouncer"))
    assert "DATABASE_POOL_SIZE" in lacking["source"] and "3 processes x (6 pool + 3 overflow)" in lacking["formula"]
    assert connections(DATABASE_POOL_SIZE=0)["state"] == "unknown"
    small.drop(url)


def test_clients_that_redis_has_not(small, redis, owctl, figures):
    url = small.create()
    owctl("migrate", "up", "--database", url).ok()
    environment = {"DATABASE_URL": url, "REDIS_URL": redis.url, "UVICORN_WORKERS": 2}
    assert range_of(figures(environment, 10)["redis-clients"])[2:] == (10000, "ready")
    most = redis.client().config_get("maxclients")
    redis.client().config_set("maxclients", 4)
    try:
        row = figures(environment, 10)["redis-clients"]
    finally:
        redis.client().config_set("maxclients", most["maxclients"])
    assert row["state"] == "missing" and row["present"] == 4 and "CONFIG SET maxclients" in row["remedy"]
    small.drop(url)


# ---- what is asked for

def test_people_are_a_number_that_can_be(owctl):
    for words in (["--users", "0"], ["--users", "10000001"], ["--users", "many"], ["--concurrency", "10"],
                  ["--users", "5", "--concurrency", "101"]):
        assert owctl("health", "ready", "--replica", NOBODY, *words).rc == 64, words


def test_figures_stand_below_the_requirements(make_sqlite, owctl):
    done = owctl("health", "ready", "--users", "500", "--replica", NOBODY, env={"DATA_DIR": make_sqlite(NEWEST).parent})
    first, _, figures = done.ended(2).out.partition("\ncapacity for 500 people at once\n")
    assert first.startswith("NOT READY for several replicas and 500 people at once: ") and "observability" in first
    assert "connections to the database: needed " in figures and "too little to go by: 0 accounts in 30 days" in figures
