"""`owctl user merge`: all that one account has is the other's, nothing else is touched, and nothing names the first."""
import json
import re
import shlex
import signal
import sqlite3

import psycopg
import pytest

from lab import merged
from lab.owctl import check_sanitizers
from lab.terminal import Terminal
from test_interrupted import wait_until
from test_migrate_rows import IDS, connected, migrate, old  # noqa: F401 (fixtures)
from test_old_database import engine  # noqa: F401 (fixture)

HEAD = IDS[-1]
# The first; heads of 0.4.8, 0.5.20, 0.6.40, 0.6.43, 0.8.12, 0.10.2, then the last before the index on addresses, and the newest.
REVISIONS = ("7e5b5dc7342b", "922e7a387820", "3781e22d8b01", "37f288994c47", "c440947495f3", "b2c3d4e5f6a7", "42e2978c7933", "959eaac8f909", HEAD)
BLOCKED = ("3e0e00844bb0", "c440947495f3", "b2c3d4e5f6a7", "959eaac8f909")


@pytest.fixture
def made(old):  # noqa: F811
    """made(revision): the URL of a filled database, the account that goes and the one that stays."""
    def make(revision, seed=0):
        url = old(revision, seed=seed)
        with connected(url) as connection:
            return url, *merged.prepare(connection)

    return make


@pytest.fixture
def merge(owctl):
    def run(url, gone, kept, *words):
        return owctl("user", "merge", gone, kept, "--database", url, "-o", "json", *(words or ["--yes"]))

    return run


def read(url):
    with connected(url) as connection:
        return merged.read(connection)


def change(url, sql, *values):
    with connected(url) as connection:
        connection.execute(sql if isinstance(connection, sqlite3.Connection) else sql.replace("?", "%s"), values)


def email(url, id):
    return next(row["email"] for row in read(url)["user"] if row["id"] == id)


def check_same(expected, found, kept):
    expected, found = merged.without_stamp(expected, kept), merged.without_stamp(found, kept)
    for table in expected:
        assert found[table] == expected[table], table


@pytest.mark.parametrize("revision", REVISIONS)
def test_all_rows_are_those_that_python_works_out(made, merge, engine, revision):  # noqa: F811
    url, gone, kept = made(revision, seed=REVISIONS.index(revision))
    number = REVISIONS.index(revision) + (engine == "sqlite")
    if number % 4:  # else the one that stays has a key of its own
        change(url, "delete from api_key where user_id = ?" if IDS.index(revision) >= IDS.index("b10670c03dd5")
               else "update \"user\" set api_key = null where id = ?", kept)
    if number % 2:  # a key of the one that goes would open more than it did
        change(url, "update \"user\" set role = 'admin' where id = ?", kept)
    for id in gone, kept:  # so that the settings of one are lost
        change(url, "update \"user\" set settings = ? where id = ?", f'{{"of": "{id}"}}', id)
    before = read(url)
    planned = merge(url, gone, kept, "--dry-run").ok().json()
    assert read(url) == before
    said = merge(url, gone, kept).ok().json()
    found = read(url)
    check_same(merged.merged(before, gone, kept), found, kept)
    assert gone not in [value for listed in found.values() for row in listed for value in row.values()]
    assert [(row["kind"], row["table"], row["rows"]) for row in planned] == [(row["kind"], row["table"], row["rows"]) for row in said]
    assert {row["outcome"] for row in said} == {"moved", "dropped", "changed", "deleted", "lost"}
    # What the plan says is what became of the rows of each table.
    for table in before.keys() - {"user"}:
        lost = sum(row["rows"] for row in said if row["table"] == table and row["outcome"] in ("dropped", "deleted"))
        assert len(before[table]) - len(found[table]) == lost, table


@pytest.mark.parametrize("revision", BLOCKED)
def test_migration_that_was_held_up_goes_on(made, merge, migrate, owctl, revision):  # noqa: F811
    url, gone, kept = made(revision)
    change(url, 'update "user" set email = ? where id = ?', email(url, kept).upper(), gone)
    before = read(url)
    blocked = migrate(url).ended(1)
    assert gone in blocked.err and kept in blocked.err
    assert "owctl user conflicts" in blocked.err and "owctl user merge" in blocked.err
    assert read(url) == before
    found = owctl("user", "conflicts", "--database", url, "-o", "json").ended(2).json()
    assert {row["id"] for row in found if row["kind"] == "address"} == {gone, kept}
    refused = merge(url, email(url, gone), kept).ended(65)
    assert gone in refused.err and kept in refused.err
    merge(url, gone, kept).ok()
    migrate(url).ok()
    assert owctl("migrate", "status", "--check", "--database", url).ok()


def test_what_can_not_be_merged(made, merge):
    url, gone, kept = made(HEAD)
    with connected(url) as connection:
        first = merged.Filler(connection).first
    before = read(url)
    assert f"owctl user merge {kept} {first}" in merge(url, first, kept).ended(77).err
    assert "same account" in merge(url, kept, email(url, kept).upper()).ended(65).err
    assert "there is no account nobody" in merge(url, gone, "nobody").ended(65).err
    assert "--yes" in merge(url, gone, kept, "--quiet").ended(64).err
    after = read(url)
    after["user"] = before["user"] = []  # the roles that making the Filler again has reset
    assert after == before


def test_only_administrator_stays(made, merge):
    url, gone, kept = made(HEAD)
    change(url, "update \"user\" set role = case when id = ? then 'admin' else 'user' end", gone)
    assert "the only administrator" in merge(url, gone, kept).ended(1).err


def test_tables_of_the_operator_are_told_and_left(made, merge):
    url, gone, kept = made(HEAD)
    change(url, "create table my_badges (id integer, user_id text, \"granted by\" text, given_by text)")
    change(url, "insert into my_badges values (1, ?, 'x', ?), (2, 'x', 'x', 'x')", gone, gone)
    said = merge(url, gone, kept).ok().json()
    assert {(row["kind"], row["rows"]) for row in said if row["outcome"] == "remains"} == {
        ("rows by column user_id", 1), ("rows by column given_by", 1)}
    assert sum(gone in row.values() for row in read(url)["my_badges"]) == 1


@pytest.mark.parametrize("trigger", ["before update on note", "before delete on user", "before update of chat on chat", "before delete on tag",
                                     "before delete on auth", "before update of snapshot on prompt_history"])
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_swallowed_write_changes_nothing(made, merge, trigger):
    url, gone, kept = made(HEAD)
    change(url, f"create trigger swallow {trigger} begin select raise(ignore); end")
    before = read(url)
    assert "nothing was changed" in merge(url, gone, kept).ended(1).err
    assert read(url) == before


@pytest.mark.parametrize("trigger", [
    "update of user_id on note begin update note set user_id = old.user_id where id = new.id; end",
    "update of user_id on note begin delete from note where id = new.id; end",
    "update of chat on chat begin update chat set chat = old.chat where id = new.id; end",
    "delete on user begin insert into user (id, email, role) values (old.id, 'x', 'user'); end"])
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_altered_write_is_found(made, merge, trigger):
    url, gone, kept = made(HEAD)
    change(url, f"create trigger alter_it after {trigger}")
    before = read(url)
    assert "nothing was changed" in merge(url, gone, kept).ended(1).err
    assert read(url) == before


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_killed_in_the_middle_on_postgresql(made, owctl):
    url, gone, kept = made(HEAD)
    before = read(url)
    with psycopg.connect(url) as held, psycopg.connect(url, autocommit=True) as watching:
        held.execute("lock table message in share mode")  # what the merge comes to after chats and groups
        process = owctl.start("user", "merge", gone, kept, "--yes", "--database", url)
        wait_until(lambda: watching.execute("select 1 from pg_locks where not granted and relation = 'message'::regclass").fetchone())
        process.send_signal(signal.SIGKILL)
        process.communicate()
        held.rollback()
        wait_until(lambda: not watching.execute("select 1 from pg_locks where relation = 'message'::regclass").fetchone())
    assert read(url) == before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_ended_in_the_middle_on_sqlite(made, owctl, tmp_path, number):
    url, gone, kept = made(HEAD)
    before = read(url)
    # The row of "user" goes last: everything else is written by then. The trigger works until it is ended.
    change(url, "create trigger endless before delete on user begin select count(*) from (with recursive n(i) as"
           " (select 1 union all select i + 1 from n) select i from n); end")
    path = url.removeprefix("sqlite:///")
    process = owctl.start("user", "merge", gone, kept, "--yes", "--database", url)

    def busy():
        try:
            with sqlite3.connect(path, timeout=0) as other:
                other.execute("begin immediate")
                other.rollback()
        except sqlite3.OperationalError:
            return True

    wait_until(busy)
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    check_sanitizers(process.args, err)
    assert not out
    assert read(url) == before


def test_record_has_both_accounts_and_what_moved(made, owctl, tmp_path):
    url, gone, kept = made(HEAD)
    addresses = email(url, gone), email(url, kept)
    notes = sum(row["user_id"] == gone for row in read(url)["note"])
    owctl("user", "merge", gone, kept, "--yes", "--database", url, "--audit-log", tmp_path / "log").ok()
    record = json.loads((tmp_path / "log").read_text())
    details = record["details"]
    assert (record["command"], record["outcome"]) == ("user merge", "made")
    assert (details["from"]["id"], details["into"]["id"]) == (gone, kept)
    assert (details["from"]["email"], details["into"]["email"]) == addresses
    assert {"kind": "notes", "table": "note", "rows": notes, "outcome": "moved"} in details["rows"]


def test_asks_on_a_terminal_and_says_what_becomes_of_it(made, owctl):
    url, gone, kept = made(HEAD)
    before = read(url)
    for answer, status in (("n", 1), ("y", 0)):
        terminal = Terminal(owctl, "user", "merge", gone, kept, "--database", url, env={})
        terminal.wait_for("[y/N]")
        assert read(url) == before
        terminal.type(answer + "\n")
        assert terminal.end() == status
        for piece in (f"Merge {gone}", f"into {kept}", " Moves: ", " Drops what the other has too: ", " Deletes: 1 account"):
            assert piece.encode() in terminal.seen.replace(b"\r\n", b"")
    check_same(merged.merged(before, gone, kept), read(url), kept)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("id", ["bob", "1", 'quote " and \\ back', "é 😀", "%", "'; drop table chat; --"])
def test_ids_of_any_form(made, merge, id):
    url, gone, kept = made("37f288994c47")
    text = json.dumps(id)[1:-1]
    with connected(url) as connection:
        for table, columns in merged.old_database.schema(connection).items():
            for name, column in columns.items():
                new = text if column.is_json or name in ("access_control", "meta") else id
                connection.execute(f'update "{table}" set "{name}" = replace("{name}", ?, ?) where typeof("{name}") = \'text\'', (gone, new))
    before = read(url)
    merge(url, id, kept).ok()
    found = read(url)
    for table in ("chat", "model", "knowledge", "tool", "note", "group", "channel"):
        assert found[table] == merged.merged(before, id, kept)[table], table


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_sessions_of_the_one_that_goes_are_marked_as_ended(made, owctl, redis):
    url, gone, kept = made(HEAD)
    owctl("user", "merge", gone, kept, "--yes", "--database", url, env={"REDIS_URL": redis.url}).ok()
    assert [key.decode() if isinstance(key, bytes) else key for key in redis.client().keys()] == [f"open-webui:auth:user:{gone}:revoked_at"]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_merge_is_made_when_redis_is_not_there(made, owctl):
    url, gone, kept = made(HEAD)
    done = owctl("user", "merge", gone, kept, "--yes", "--database", url, env={"REDIS_URL": "redis://127.0.0.1:1"}).ok()
    assert "the account is gone, but its sessions are not marked as ended in Redis" in done.err


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("revision", REVISIONS[0::8])
def test_what_it_says_to_look_with_works_on_a_database_as_old(made, owctl, revision):
    url, gone, kept = made(revision)
    odd = "bob's $(id)"
    change(url, 'update "user" set id = ? where id = ?', odd, gone)
    with open("/dev/full", "w") as full:
        process = owctl.start("user", "merge", odd, kept, "--yes", "--database", url, stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and b"the change was made, but could not be shown" in err
    look = re.search("`owctl (.*)` shows what is there", err.decode())[1]
    assert f"no account {odd}" in owctl(*shlex.split(look), "--database", url).ended(65).err
