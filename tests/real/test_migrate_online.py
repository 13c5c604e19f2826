"""`owctl migrate up --online`: others are at the database meanwhile. They are not kept waiting, and nothing of theirs is lost."""
import contextlib
import json
import sqlite3
import threading
import time
import uuid

import psycopg
import pytest

from lab.owctl import check_sanitizers
from lab.process import wait_until
from test_migrate_rows import IDS, OLDEST, migrate, old, read_catalogue  # noqa: F401 (fixtures)
from test_old_database import connected, copy, engine  # noqa: F401

HEAD = "0bd252b206fb"
MESSAGES = "8452d01d26d7"
BEFORE_MESSAGES = "374d2f66af06"
TIMERS = "d4c1a8e37b62"
BEFORE_TIMERS = "6d09d1bf1f23"
EVERY_PAGE = {"OWCTL_MIGRATE_COMMIT_MS": "0"}
# The rows of the pages; others come to it between them.
MANY = 1200
# Between two writes of the server, which is busy, and still not all that the machine does.
PAUSE = 0.005


def ended(process, status=0):
    said = process.communicate(timeout=120)[1].decode()
    check_sanitizers(process.args, said.encode())
    assert process.returncode == status, said
    return said


def conversation(number):
    """A chat as a server writes it, of a question and its answer; another one for each number."""
    messages = {f"q{number}": {"id": f"q{number}", "parentId": None, "role": "user", "content": f"question {number}"},
                f"a{number}": {"id": f"a{number}", "parentId": f"q{number}", "role": "assistant", "content": f"answer {number}"}}
    return json.dumps({"title": "t", "history": {"currentId": f"a{number}", "messages": messages}})


class OldServer(threading.Thread):
    """Makes, changes and deletes chats as a server of before chat_message does, until the database is at its newest
    revision. What it has committed by then is in `chats`: the number of each conversation, or None if it was deleted."""

    def __init__(self, url, until=HEAD):
        super().__init__(daemon=True)
        self.url, self.until, self.chats, self.seen, self.failed = url, until, {}, [], None
        self.sign = "?" if url.startswith("sqlite") else "%s"

    def run(self):
        try:
            with contextlib.closing(self._connect()) as connection:
                [*self.known] = [id for [id] in connection.execute("select id from chat order by id").fetchall()]
                connection.rollback()
                number = 0
                while self._write(connection, number):
                    number += 1
                    time.sleep(PAUSE)
        except Exception as error:  # told by the test
            self.failed = error

    def _connect(self):
        if self.url.startswith("sqlite"):
            return sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=20, isolation_level=None)
        return psycopg.connect(self.url)

    def _write(self, connection, number):
        if self.sign == "?":
            connection.execute("begin immediate")
        id = str(uuid.uuid4()) if number % 3 == 0 else self.known[number * 37 % len(self.known)]
        wrote = None if number % 7 == 6 else number
        if number % 3 == 0:
            self._run(connection, "insert into chat (id, user_id, title, chat, created_at, updated_at, archived, meta)"
                                  " values (?, 'u', 't', ?, 1790000000, 1790000000, false, '{}')",
                      id, conversation(number))
            wrote = number
        elif wrote is None:
            self._run(connection, "delete from chat where id = ?", id)
        else:
            changed = self._run(connection, "update chat set chat = ?, updated_at = 1790000001 where id = ?"
                                            " and user_id not like 'shared-%'", conversation(number), id).rowcount
            wrote = number if changed else self.chats.get(id)
        # Behind the write: whoever ends the migration has the chats for himself until it is seen here.
        version = self._run(connection, "select version_num from alembic_version").fetchone()[0]
        if version == self.until:
            connection.rollback()
            return False
        connection.commit()
        self.seen.append(version)
        if wrote is not None or number % 7 == 6:
            self.chats[id] = wrote
            if number % 3 == 0:
                self.known.append(id)
        return True

    def _run(self, connection, sql, *values):
        if self.sign != "?":
            sql = sql.replace("%", "%%").replace("?", self.sign)
        return connection.execute(sql, values)

    def ended(self):
        self.join(60)
        assert not self.is_alive()
        if self.failed:
            raise self.failed
        return self.chats


def messages_of(url):
    found = {}
    with connected(url) as connection:
        for chat, content in connection.execute("select chat_id, cast(content as text) from chat_message").fetchall():
            found.setdefault(chat, set()).add(content)
        current = dict(connection.execute("select id, current_message_id from chat").fetchall())
    return found, current


def check_nothing_is_lost(url, chats):
    found, current = messages_of(url)
    for id, number in chats.items():
        assert found.get(id, set()) == (set() if number is None else {f'"question {number}"', f'"answer {number}"'}), id
        assert current.get(id) == (None if number is None else f"a{number}")
    assert set(found) <= set(current), "messages of chats that are gone"


def nothing_of_owctl_stays(url):
    with connected(url) as connection:
        if isinstance(connection, sqlite3.Connection):
            sql = "select name from sqlite_master where name like 'owctl_watch%' or name = 'owctl_changed'"
        else:
            sql = ("select tgname::text from pg_trigger where tgname like 'owctl%' union all select proname::text from pg_proc"
                   " where proname like 'owctl%' union all select relname::text from pg_class where relname = 'owctl_changed'"
                   " union all select description from pg_description where description like 'owctl%'")
        return not connection.execute(sql).fetchall()


def wal(url):
    """As the servers have it."""
    if url.startswith("sqlite"):
        with connected(url) as connection:
            connection.execute("pragma journal_mode = wal")


def test_what_an_old_server_writes_meanwhile_is_there_afterwards(migrate, old, engine, owctl):  # noqa: F811
    url = old(OLDEST, seed=3, count=MANY)
    wal(url)
    process = migrate.start(url, "--online", **EVERY_PAGE)
    server = OldServer(url)
    server.start()
    ended(process)
    chats = server.ended()
    assert BEFORE_MESSAGES in server.seen, "it wrote nothing while the messages were made"
    check_nothing_is_lost(url, chats)
    assert nothing_of_owctl_stays(url)
    owctl("migrate", "repair", "--dry-run", "--only", "messages", "--database", url).ok()


def test_killed_in_between_the_next_one_brings_over_what_was_written(migrate, old, engine):  # noqa: F811
    url = old(OLDEST, seed=3, count=MANY)
    wal(url)
    process = migrate.start(url, "--online", **EVERY_PAGE)
    server = OldServer(url)
    server.start()
    wait_until(lambda: BEFORE_MESSAGES in server.seen or process.poll() is not None, 60, "the messages")
    process.kill()
    check_sanitizers(process.args, process.communicate()[1])
    wrote = len(server.seen)
    wait_until(lambda: len(server.seen) > wrote + 50 or not server.is_alive(), 60, "what nobody looked at")
    assert not nothing_of_owctl_stays(url)
    if engine == "postgresql":
        with connected(url) as connection:
            [[granted]] = connection.execute("select count(*) from pg_proc p, aclexplode(coalesce(proacl, acldefault('f', proowner)))"
                                             " where proname = 'owctl_watch' and grantee = 0").fetchall()
        assert not granted, "everybody may make triggers of what runs as its owner"
    migrate(url, "--online", "--wait", "10").ok()
    check_nothing_is_lost(url, server.ended())
    assert nothing_of_owctl_stays(url)


def test_beside_a_server_or_alone_the_tables_are_the_same(migrate, old, engine, copy):  # noqa: F811
    url = old(OLDEST, seed=3)
    make_large(url)
    make_large_messages(url)
    alone = copy(url)
    migrate(url, "--online").ok()
    migrate(alone).ok()
    assert read_catalogue(url) == read_catalogue(alone)


# ---- PostgreSQL: who waits, and for whom ----

def make_large(url):
    """More than what is taken for small: then indexes are made concurrently, and keys are validated later."""
    if url.startswith("sqlite"):
        return
    with connected(url) as connection:
        connection.execute("alter table chat alter column title set storage external")
        connection.execute("insert into chat (id, user_id, title, chat, created_at, updated_at, archived, meta)"
                           " select 'large' || n, 'u', repeat('x', 1000000), '{}', 1, 1, false, '{}' from generate_series(1, 40) n")


def make_large_messages(url):
    """Of which the revision makes a table that is large before it has its indexes."""
    if url.startswith("sqlite"):
        return
    with connected(url) as connection:
        connection.execute("insert into chat (id, user_id, title, chat, created_at, updated_at, archived, meta)"
                           " select 'messages' || n, 'u', 't', ('{\"history\": {\"messages\": {\"m\": {\"role\": \"user\", \"content\": \"'"
                           " || (select string_agg(md5(n || ' ' || i), '') from generate_series(1, 32000) i) || '\"}}}}')::json,"
                           " 1, 1, false, '{}' from generate_series(1, 40) n")


pg = pytest.mark.parametrize("engine", ["postgresql"])


def versions(url):
    with connected(url) as connection:
        return [version for [version] in connection.execute("select version_num from alembic_version")]


@contextlib.contextmanager
def transaction(url, sql, name="reporting job"):
    with contextlib.closing(psycopg.connect(url, application_name=name)) as connection:
        for statement in sql.split(";"):
            connection.execute(statement)
        yield connection
        connection.rollback()


def is_waiting(url, table="chat"):
    with connected(url) as connection:
        return bool(connection.execute("select from pg_locks l join pg_stat_activity a using (pid) where not l.granted"
                                       f" and l.relation = '{table}'::regclass and a.application_name like 'owctl%'").fetchall())


@pg
def test_a_long_reader_keeps_owctl_waiting_and_nobody_else(migrate, old, engine):  # noqa: F811
    url = old(OLDEST, seed=2)
    with transaction(url, "select count(*) from chat /* a private remark */"):
        process = migrate.start(url, "--online", "--lock-wait", "10m")
        wait_until(lambda: is_waiting(url), 60, "owctl to wait for its lock")
        # The reader stays: whoever queued behind owctl would wait for ever.
        with connected(url) as other:
            other.execute("select count(*) from chat")
            other.execute("update chat set title = 'changed'")
        wait_until(lambda: is_waiting(url), 60, "owctl to try again")
        assert process.poll() is None and versions(url) != [HEAD]
    said = ended(process)
    assert '"reporting job"' in said and "waiting for a lock on" in said and "private" not in said
    assert versions(url) == [HEAD]


@pg
def test_what_a_writer_has_not_committed_yet_is_not_passed_by(migrate, old, engine):  # noqa: F811
    """Where no watch is kept, writers of a table are locked out before its rows are read: and so this one is waited for."""
    url = old(IDS[IDS.index("f1e2d3c4b5a6") - 1], seed=5, count=30)
    lists = '{"read": {"user_ids": ["late"], "group_ids": []}, "write": {"user_ids": [], "group_ids": []}}'
    with contextlib.closing(psycopg.connect(url, application_name="writer")) as writer:
        writer.execute("update knowledge set access_control = %s", (lists,))
        process = migrate.start(url, "--online", "--to", "f1e2d3c4b5a6", "--lock-wait", "10m")
        wait_until(lambda: is_waiting(url, "knowledge"), 60, "owctl to wait")
        writer.commit()  # in the midst of a try, which goes on
    ended(process)
    with connected(url) as connection:
        assert connection.execute("select (select count(*) from knowledge) = (select count(*) from access_grant where"
                                  " resource_type = 'knowledge' and principal_id = 'late')").fetchall() == [(True,)]


@pg
def test_a_reader_that_never_ends_is_named_and_what_is_done_stays(migrate, old, engine):  # noqa: F811
    url = old(OLDEST, seed=2)
    with transaction(url, "select count(*) from chat /* a private remark */"):
        done = migrate(url, "--online", "--lock-wait", "3").ended(75)
        assert '"reporting job"' in done.err and "--lock-wait" in done.err and "private" not in done.err
        [stopped] = versions(url)
        assert stopped == "b2c3d4e5f6a7"  # the next one changes chat, which the reader has
    migrate(url).ok()
    assert versions(url) == [HEAD] and nothing_of_owctl_stays(url)


@pg
def test_repair_does_not_queue_either(migrate, old, owctl, engine):  # noqa: F811
    url = old(OLDEST, seed=2)
    migrate(url).ok()
    with connected(url) as connection:
        connection.execute("delete from chat_message")
    repair = ("migrate", "repair", "--only", "messages", "--yes", "--no-backup", "--online", "--database", url)
    with contextlib.closing(psycopg.connect(url, application_name="reporting job")) as other:
        other.execute("lock table chat_message in share mode")
        done = owctl(*repair, "--lock-wait", "3").ended(75)
        assert '"reporting job"' in done.err and "--lock-wait" in done.err
    owctl(*repair).ok()


def is_building(url):
    with connected(url) as connection:
        return bool(connection.execute("select from pg_stat_progress_create_index").fetchall())


def index_state(url, index):
    with connected(url) as connection:
        return connection.execute("select indisvalid from pg_index where indexrelid = to_regclass(%s)", (index,)).fetchone()


@pg
def test_an_index_of_a_large_table_is_made_beside_writers(migrate, old, engine):  # noqa: F811
    url = old(BEFORE_TIMERS, seed=2)
    make_large(url)
    # An old snapshot, of another table: what is made concurrently waits for it in the end, when all of it is built.
    with transaction(url, 'set transaction isolation level repeatable read; select count(*) from "user"'):
        process = migrate.start(url, "--to", TIMERS, "--online")
        wait_until(lambda: index_state(url, "timer_at_idx") == (False,), 60, "the first index")
        with connected(url) as writer:
            writer.execute("insert into chat (id, user_id, title, chat, created_at, updated_at, archived, meta)"
                           " values ('beside', 'u', 't', '{}', 1, 1, false, '{}')")
        with connected(url) as connection:
            commands = connection.execute("select command from pg_stat_progress_create_index").fetchall()
        assert commands == [("CREATE INDEX CONCURRENTLY",)]
        assert process.poll() is None and versions(url) == [BEFORE_TIMERS]
    ended(process)
    assert versions(url) == [TIMERS]
    for index in ("timer_at_idx", "user_id_updated_at_id_idx", "user_id_timer_at_idx", "user_id_folder_unread_idx"):
        assert index_state(url, index) == (True,)


@pg
@pytest.mark.parametrize("again", [(), ("--online",)])
def test_an_index_that_was_cut_off_is_made_again(migrate, old, engine, again):  # noqa: F811
    url = old(BEFORE_TIMERS, seed=2)
    make_large(url)
    with transaction(url, 'set transaction isolation level repeatable read; select count(*) from "user"'):
        process = migrate.start(url, "--to", TIMERS, "--online")
        wait_until(lambda: index_state(url, "timer_at_idx") == (False,), 60, "the first index")
        process.kill()
        check_sanitizers(process.args, process.communicate()[1])
        with connected(url) as connection:
            connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'owctl%'")
        wait_until(lambda: not is_building(url), 60, "its end")
    assert index_state(url, "timer_at_idx") == (False,) and versions(url) == [BEFORE_TIMERS]
    migrate(url, "--to", TIMERS, "--wait", "10", *again).ok()
    assert versions(url) == [TIMERS] and index_state(url, "timer_at_idx") == (True,)
    assert nothing_of_owctl_stays(url)

