"""`owctl migrate up` on databases with rows makes of them what upstream's own Alembic makes, and nothing is lost on the way."""
import json
import os
import sqlite3
import time

import pytest

from lab import catalogue, chain, old_database, openwebui, rows
from lab.examples import FACTOR
from lab.parts import RELEASES
from lab.rows_difference import difference
from test_old_database import connected, copied, copy, engine  # noqa: F401 (fixtures)

OLDEST = "c440947495f3"
SEED = int(os.environ.get("SEED", "0"))
OWN = ("owctl_migration", "owctl_kept")
IDS = [revision.id for revision in chain.revisions()]
STARTS = IDS[:-1]
EVERY = 1 if FACTOR > 1 else 5  # of the starts, on SQLite; half as many others on PostgreSQL
CASES = [("sqlite", start) for start in STARTS[::EVERY]] + [
    ("postgresql", start) for start in STARTS[EVERY // 2::2 * EVERY if EVERY > 1 else 1]]
# Before revisions there was another way to make tables; up to its last revision, a release that still knows it.
PEEWEE = "0.6.43"
PEEWEE_STARTS = IDS[:IDS.index("c440947495f3")]
PEEWEE_CASES = [(engine, start) for engine in ("sqlite", "postgresql")
                for start in (PEEWEE_STARTS if FACTOR > 1 else (IDS[0], "a5c220713937"))]


def read_catalogue(url):
    with connected(url) as connection:
        read = catalogue.of_sqlite if isinstance(connection, sqlite3.Connection) else catalogue.of_postgresql
        found = read(connection)
    for own in OWN:
        found["tables"].pop(own, None)
    return found


def everything(url, since=None):
    return rows.of(url, since)


def same_folders(theirs, ours):
    """4ace53fd72c8 makes a year of the times on SQLite; what was meant is in test_migrate_meant.py."""
    for folder, row in theirs.get("folder", {}).items():
        for time in ("created_at", "updated_at"):
            row[time] = ours["folder"][folder][time] if row[time] == 2024 else row[time]
    return theirs, ours


@pytest.fixture
def old(revisions, engine, postgresql, tmp_path):  # noqa: F811
    """old(revision, ..): the URL of a database as the chain makes it there, with the rows of old_database.fill(..); it ends with the
    test."""
    made = []

    def make(revision, **how):
        if engine == "postgresql":
            made.append(revisions.postgresql(postgresql, revision, how))
            return made[-1]
        revisions.sqlite(path := tmp_path / f"{revision}.db", revision, how)
        return f"sqlite:///{path}"

    yield make
    postgresql.drop(*made)


@pytest.fixture
def migrate(owctl):
    def words(url, more, backup, wait):
        return ["migrate", "up", "--database", url, *more, *([] if backup else ["--no-backup"]), *(["--wait", wait] if wait else [])]

    def up(url, *more, backup=False, wait=None, **environment):
        return owctl(*words(url, more, backup, wait), env=environment)

    up.start = lambda url, *more, wait=None, **environment: owctl.start(*words(url, more, False, wait), env=environment)
    return up


def check_same(upgrade, migrate, ours, theirs):
    since = time.time()
    upgrade(theirs)
    migrate(ours).ok()
    assert difference(*same_folders(everything(theirs, since), everything(ours, since))) == ""
    assert catalogue.difference(read_catalogue(theirs), read_catalogue(ours), ("upstream", "owctl")) == ""


@pytest.mark.parametrize("engine, start", CASES, indirect=["engine"])
def test_rows_are_those_of_upstream(upgrade, migrate, old, copy, engine, start):  # noqa: F811
    ours = old(start, seed=SEED + IDS.index(start))
    check_same(upgrade, migrate, ours, copy(ours))


@pytest.mark.parametrize("engine, start", PEEWEE_CASES, indirect=["engine"])
def test_databases_that_are_older_than_the_chain(upgrade, migrate, copy, engine, start, postgresql, tmp_path):  # noqa: F811
    """In their shape, and brought to a revision by a release of old."""
    theirs = postgresql.create() if engine == "postgresql" else f"sqlite:///{tmp_path}/webui.db"
    openwebui.migrate(PEEWEE, tmp_path, start, DATABASE_URL=theirs)
    with connected(theirs) as connection:
        old_database.fill(connection, seed=SEED + IDS.index(start), without=("migratehistory", "alembic_version"))
    check_same(upgrade, migrate, copy(theirs), theirs)


@pytest.mark.parametrize("release", [release for release in RELEASES if release != RELEASES[-1]])
def test_databases_that_a_release_has_made(upgrade, migrate, templates, copy, engine, release, postgresql, tmp_path):  # noqa: F811
    """Of 0.6.43 and 0.8.12 they are older than the chain in their shape, whatever it says about their revision."""
    theirs = templates.postgresql(postgresql, release, tmp_path) if engine == "postgresql" else f"sqlite:///{templates.sqlite(release, tmp_path)}"
    with connected(theirs) as connection:
        old_database.fill(connection, seed=7, without=("migratehistory", "alembic_version"))
    check_same(upgrade, migrate, copy(theirs), theirs)


# ---- what the rows drawn above may not have, against upstream as well

def message(role="user", parent=None, at=None):
    return {"role": role, "parentId": parent, "timestamp": at}


def history(current=None, **messages):
    return {"currentId": current, "messages": messages}


# {chat: (its JSON, its rows in chat_message as (id, parent, time), its current message)}
CURRENT = {
    "best": ({"history": history("m2"), "currentId": "m3", "branchPointMessageId": "m1"},
             [("m1", None, 9), ("m2", None, 1), ("m3", None, 5)], "m2"),
    "second": ({"history": history("gone"), "currentId": "m3", "branchPointMessageId": "m1"},
               [("m1", None, 9), ("m2", None, 1), ("m3", None, 5)], "m3"),
    "branch": ({"history": history(), "branchPointMessageId": "m2"}, [("m1", None, 9), ("m2", None, 1)], "m2"),
    "leaf": ({"history": history("gone")}, [("m1", None, 1), ("m2", "m1", 9), ("m3", "m2", 2), ("m4", "m1", 3)], "m4"),
    "tie": ({"history": history()}, [("m1", None, 5), ("m2", None, 5)], "m1"),
    "twice": ('{"history": {"currentId": "m1"}, "history": {"messages": {}}}', [("m1", None, 1), ("m2", None, 9)], "m2"),
    "circle": ({"history": history()}, [("m1", "m2", 1), ("m2", "m1", 9)], "m2"),
    "prefixed": ({"history": history("prefixed-m1")}, [("m1", None, 1), ("m2", None, 9)], "m1"),
    "object": ({"history": history("m1", m1=message(at=1), m2=message(at=9))}, [], "m1"),
    "object leaf": ({"history": history("gone", m1=message(at=1), m2=message(parent="m1", at=9), m3=message(parent="m2", at=2))}, [], "m3"),
    "list": ({"history": history(), "messages": [{"id": "m1", "timestamp": 9}, {"id": "m2", "timestamp": 1}]}, [], "m1"),
    "nothing": ({}, [], None),
}


def test_current_messages_are_those_of_upstream(upgrade, migrate, old, copy, engine):  # noqa: F811
    url = old(IDS[IDS.index("9a1b2c3d4e5f") - 1], count=3)
    with connected(url) as connection:
        for chat, (text, found, _) in CURRENT.items():
            connection.execute("insert into chat (id, user_id, title, chat, created_at, updated_at, archived, meta)"
                               f" values ('{chat}', 'u', 't', '{text if isinstance(text, str) else json.dumps(text)}', 1, 1, false, '{{}}')")
            for id, parent, at in found:
                parent = f"'{parent}'" if parent else "null"
                connection.execute("insert into chat_message (id, chat_id, user_id, role, parent_id, created_at)"
                                   f" values ('{chat}-{id}', '{chat}', 'u', 'user', {parent}, {at})")
    theirs = copy(url)
    upgrade(theirs, "9a1b2c3d4e5f")
    migrate(url, "--to", "9a1b2c3d4e5f").ok()
    for end in theirs, url:
        with connected(end) as connection:
            found = dict(connection.execute("select id, current_message_id from chat where user_id = 'u'").fetchall())
        assert found == {chat: current for chat, (_, _, current) in CURRENT.items()}, end


def test_settings_are_those_of_upstream(upgrade, migrate, old, copy, engine):  # noqa: F811
    """Of the newest row, which was encoded twice: known ones are kept whole, those that had another name get theirs."""
    url = old(IDS[IDS.index("3ff2c63645b8") - 1], count=3)
    settings = {"audio": {"tts": {"openai": {"params": {"speed": 2}}}}, "oauth": {"oidc": {"client_id": {"a": 1}}}, "own": {"a": {"b": None}},
                "ENABLE_SIGNUP": False, "ui": {"enable_signup": True, "default_locale": "de"}, "a.b": 1, "a": {"b": 2}, "empty": {}}
    with connected(url) as connection:
        connection.execute("delete from config")
        for id, data in (1, {"own": 5}), (2, settings):
            text = json.dumps(json.dumps(data))
            connection.execute("insert into config (id, data, version, created_at) values"
                               f" ({id}, '{text}', 0, '2026-01-01 00:00:00')")
    theirs = copy(url)
    upgrade(theirs, "3ff2c63645b8")
    migrate(url, "--to", "3ff2c63645b8").ok()
    known = {"audio.tts.openai.params": {"speed": 2}, "oauth.client_id": {"a": 1}, "own.a.b": None, "ui.enable_signup": False,
             "ui.default_locale": "de", "a.b": 2}
    for end in theirs, url:
        with connected(end) as connection:
            found = dict(connection.execute("select key, cast(value as text) from config").fetchall())
        assert {key: json.loads(value) for key, value in found.items()} == known, end
