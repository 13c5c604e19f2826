"""owctl health: what is wrong with a PostgreSQL, each state really made; and nothing but that is told."""
import contextlib
import http.server
import json
import threading
import time

import psycopg
import pytest
from lab.cut_off import COMMITS, CutOff
from lab.health_family import BAD, Jumping, found, only, rows
from lab.parts import TREE
from lab.postgresql import PostgreSQL
from lab.process import wait_until
from lab.wire import Wire

# A page is committed as soon as it is done.
EVERY_PAGE = {"OWCTL_MIGRATE_COMMIT_MS": "0", "OWCTL_MIGRATE_PAGE_ROWS": "20"}
OPTIONS = ("max_prepared_transactions=5", "autovacuum_naptime=1h", "max_wal_size=32MB", "wal_sender_timeout=0", "archive_mode=on",
           "max_connections=30")


@pytest.fixture(scope="module")
def server():
    with Jumping("debian") as running:
        archive = running.folder / "archive"
        archive.touch()
        yield running.start(*OPTIONS, f"archive_command=test -e {archive}").wait()


@pytest.fixture
def url(server, owctl):
    """A database at the newest revision."""
    url = server.create()
    owctl("migrate", "up", "--database", url).ok()
    yield url
    server.drop(url)


@pytest.fixture
def check(owctl, url):
    return lambda where=url, **options: found(owctl, "database", "--database", where, **options)


@pytest.fixture
def sql(url):
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection.execute


@pytest.fixture
def session(server, url):
    """session(..): one more. Whatever they are at, they are ended."""
    opened = []

    def connect(**options):
        opened.append(psycopg.connect(url, **options))
        return opened[-1]

    yield connect
    for one in opened:
        server.execute(f"select pg_terminate_backend({one.info.backend_pid})")


def beside(function, *arguments):
    """A thread that runs it until it is done, or ended."""
    def run():
        with contextlib.suppress(psycopg.Error):
            function(*arguments)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


# ---- healthy

def test_nothing_is_told_of_a_healthy_server(check, owctl, url):
    assert check() == {} and owctl("health", "check", "--only", "database", "--database", url).rc == 0


def test_nothing_is_told_to_who_owns_the_database_and_no_more(each_postgresql, owctl):
    """As Open WebUI's own role does with most services."""
    url = each_postgresql.create()
    name = url.rsplit("/", 1)[1]
    each_postgresql.execute(f"create role app_{name} login")
    each_postgresql.execute(f"alter database {name} owner to app_{name}")
    where = each_postgresql.url(name, f"app_{name}")
    owctl("migrate", "up", "--database", where).ok()
    assert found(owctl, "database", "--database", where) == {}
    each_postgresql.drop(url)
    each_postgresql.execute(f"drop role app_{name}")


def test_a_role_with_the_least_rights_sees_all(server, owctl, url, check):
    server.psql(url, (TREE / "docs/health-role.sql").read_text())
    as_role = url.replace("owner@", "owctl_health@")
    assert check(as_role) == {}
    for forbidden in ('select email from "user"', "select value from config", "select key from api_key", "select chat from chat",
                      "select content from chat_message"):
        with psycopg.connect(as_role, autocommit=True) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(forbidden)
    others = {row["code"]: row["state"] for row in rows(owctl, "security,storage", "--database", as_role)}
    assert "unknown" not in others.values() and others["OW803"] == "skipped" and others["OW804"] == "good"
    server.psql(url, "create table owctl_migration (revision text)")  # made since, by a migration
    server.psql(url, (TREE / "docs/health-role.sql").read_text())
    server.psql(as_role, "select * from owctl_migration")
    server.psql(url, "drop table owctl_migration")
    server.psql(url, "drop owned by owctl_health; drop role owctl_health")


# ---- tables

def test_what_is_missing_of_the_schema(check, sql):
    sql("drop index ix_chat_file_chat_id")
    row = only(check(), "OW308")
    assert row["state"] == "warning" and "ix_chat_file_chat_id" in row["subject"] and "CREATE INDEX" in row["remedy"]


def test_an_index_that_is_not_valid(check, sql):
    sql("update pg_index set indisvalid = false where indexrelid = 'ix_chat_file_chat_id'::regclass")
    row = only(check(), "OW308")
    assert "invalid" in row["what"] and 'DROP INDEX "ix_chat_file_chat_id"' in row["remedy"]


def test_a_missing_column_and_table(check, sql):
    sql("alter table file drop column hash")
    sql("drop table prompt_history")
    codes = check()
    assert set(codes) == {"OW307"} and {row["subject"] for row in codes["OW307"]} >= {"file.hash", "prompt_history"}
    assert {row["state"] for row in codes["OW307"]} == {"critical"}


def test_a_broken_state(check, sql):
    """As a release leaves it that went back to an earlier one and migrated again."""
    sql("create table _alembic_tmp_chat (id text)")
    row = only(check(), "OW306")
    assert "_alembic_tmp_chat" in row["what"] and "owctl migrate repair" in row["remedy"]


def test_a_migration_that_was_cut_off(owctl, server, check):
    url = server.create()
    owctl("migrate", "up", "--to", "0.6.43", "--database", url).ok()
    owctl("user", "create", "a@example.org", "--role", "admin", "--no-password", "--database", url).ok()
    server.psql(url, "insert into chat (id, user_id, title, chat, created_at, updated_at) select 'c' || n, u.id, 't', '{}', 1, 1"
                     " from \"user\" u, generate_series(1, 100) n")
    cut, words = CutOff(owctl.home), ("migrate", "up", "--no-backup", "--database", url)
    for number in range(4, 40):
        if cut.at(number, "killed", *words, env=COMMITS | EVERY_PAGE).rc == 0 or set(codes := check(url)) == {"OW305"}:
            break
    row = only(codes, "OW305")
    assert row["state"] == "critical" and "owctl migrate up" in row["remedy"]
    owctl(*words).ok()
    assert check(url) == {}


# ---- connections and sessions

def test_connections_that_are_nearly_used_up(check, server, session, sql):
    wait_until(lambda: server.psql(server.url("postgres"), "select count(*) from pg_stat_activity where backend_type = 'client backend'")
               .fetchone()[0] <= 3, 10, "an idle server")
    for _ in range(20):  # with the fixture's, that of the check, and 3 reserved: 22 of 27
        session()
    row = only(check(), "OW310")
    assert (row["state"], row["subject"]) == ("warning", "the server") and "of 27 connections" in row["what"]
    for _ in range(4):
        session()
    assert only(check(), "OW310")["state"] == "critical"


def test_the_limit_of_a_database(check, sql, session, url):
    name = url.rsplit("/", 1)[1]
    sql("create role limited login superuser connection limit 50")
    sql(f'alter database "{name}" connection limit 5')
    for _ in range(2):
        session()
    row = only(check(), "OW310")
    assert (row["state"], row["subject"]) == ("warning", f'database "{name}"') and "4 of 5" in row["what"]
    sql(f'alter database "{name}" connection limit -1')
    sql("alter role limited connection limit 3")
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(contextlib.closing(psycopg.connect(url.replace("owner@", "limited@"))))
        row = only(check(), "OW310")
        assert (row["state"], row["subject"]) == ("critical", 'role "limited"') and "3 of 3 connections" in row["what"]
    sql("drop role limited")


def test_pools_that_do_not_fit(owctl, url):
    """Two replicas that say who they are; the pools are those of the settings."""
    class Replica(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps({"version": "0.12.4"} if self.path == "/api/version" else {"status": True}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    def told(**env):
        words = [word for one in servers for word in ("--replica", f"http://127.0.0.1:{one.server_port}")]
        listed = owctl("health", "check", "--only", "OW311", "-o", "json", *words, "--database", url, env=env).json()
        return [row["what"] for row in listed if row["state"] != "good"]

    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Replica)) for _ in range(2)]
        for one in servers:
            threading.Thread(target=one.serve_forever, daemon=True).start()
            stack.callback(one.shutdown)
        what, = told()
        assert "60 connections (2 replicas x 1 workers x 2 engines x 15)" in what and "27 (max_connections 30 less 3" in what
        assert told(DATABASE_POOL_SIZE=6) == [] and told(DATABASE_POOL_SIZE=0) == []  # 24 fit; no pool at all
        what, = told(DATABASE_POOL_SIZE=2, DATABASE_POOL_MAX_OVERFLOW=1, UVICORN_WORKERS=3)
        assert "36 connections (2 replicas x 3 workers x 2 engines x 3)" in what


def test_transactions_that_are_open_for_long(server, check, session):
    idle, working, dump = session(application_name="forgotten"), session(application_name="slow"), session(application_name="pg_dump")
    idle.execute("select 1")
    dump.execute("select 1")
    backup = session(application_name="owctl backup")
    threads = [beside(one.execute, "select pg_sleep(100000)") for one in (working, backup)]
    time.sleep(0.3)
    assert check() == {}
    with server.jumped(600):
        codes = check()
        assert set(codes) == {"OW312", "OW313"}
        row, = codes["OW312"]
        assert row["state"] == "warning" and "slow of owner" in row["subject"] and "10 min" in row["what"]
        row, = codes["OW313"]
        assert row["state"] == "warning" and "forgotten of owner" in row["subject"] and "10 min" in row["what"]
    with server.jumped(7200):
        assert {code: [row["state"] for row in listed] for code, listed in check().items()} == {"OW312": ["critical"], "OW313": ["critical"]}
    for one, thread in zip((working, backup), threads):
        one.cancel()
        thread.join()


def test_sessions_that_a_role_does_not_see(owctl, server, url, session, sql):
    """One of the superuser's is long idle: to a role without pg_monitor that is not known, and not good."""
    sql("drop role if exists blind; create role blind login in role pg_read_all_data")
    session().execute("select 1")
    with server.jumped(600):
        states = {row["code"]: row for row in rows(owctl, "database", "--database", url.replace("owner@", "blind@"))}
    assert states["OW313"]["state"] == "skipped" and "pg_monitor" in states["OW313"]["what"]
    assert [states[code]["state"] for code in ("OW310", "OW312", "OW315", "OW316")] == ["good", "skipped", "skipped", "skipped"]
    sql("drop role blind")


def test_a_prepared_transaction(server, check, session, sql):
    one = session()
    one.execute("update config set value = value")
    one.execute("prepare transaction 'left'")
    assert check() == {}
    with server.jumped(600):
        row = only(check(), "OW314")
        assert row["state"] == "warning" and '"left" of owner' in row["subject"] and "10 min" in row["what"]
    sql("rollback prepared 'left'")


def test_who_keeps_whom_waiting(server, check, session):
    """Two wait behind one, and one of them behind the other: the head of the queue alone is told."""
    holder = session(application_name="holder")
    holder.execute("lock table chat in exclusive mode")
    waiting = [session(application_name="waiting") for _ in range(2)]
    threads = [beside(one.execute, "lock table chat in share row exclusive mode") for one in waiting]
    time.sleep(0.5)
    assert check() == {}
    for seconds, state in (10, "warning"), (60, "critical"):
        with server.jumped(seconds):
            row = only(check(), "OW315")
            assert row["state"] == state and "holder of owner" in row["subject"]
            assert "keeps 2 sessions waiting for a lock on chat" in row["what"] and "idle in transaction" in row["what"]
    holder.execute("lock table chat")  # the catalogue of it can't be read either
    began = time.monotonic()
    with server.jumped(60):
        codes = check()
    assert time.monotonic() - began < 8 and "holder of owner" in codes.pop("OW315")[0]["subject"]
    assert {row["state"] for listed in codes.values() for row in listed} == {"unknown"} and set(codes) <= {"OW306", "OW307", "OW308", "OW320"}, codes
    holder.rollback()


def test_commits_that_wait_for_a_standby(server, check, session):
    with server.set(synchronous_standby_names="nobody"):
        one = session()
        one.execute("set synchronous_commit = on")
        one.execute("create table t (i int)")
        thread = beside(one.commit)
        time.sleep(0.3)
        assert check() == {}
        with server.jumped(20):
            row = only(check(), "OW316")
            assert "1 commits wait" in row["what"] and "nobody" in row["what"]
    thread.join()


# ---- vacuum

BURN = "create procedure burn(n int) language plpgsql as $$ begin for i in 1..n loop perform pg_current_xact_id(); commit; end loop; end $$"


def test_old_transaction_numbers(owctl):
    """autovacuum_freeze_max_age is 100000 here; what is told is twice that."""
    with Jumping("debian") as server:
        server.start("autovacuum_freeze_max_age=100000", "max_prepared_transactions=1", "synchronous_commit=off").wait()
        url = server.create()
        with psycopg.connect(url) as one:
            one.execute("create table t (i int)")
            one.execute("prepare transaction 'old'")  # keeps autovacuum from making them younger
        server.psql(url, BURN)
        server.psql(url, "call burn(150000)")
        assert found(owctl, "OW317", "--database", url) == {}
        server.psql(url, "call burn(60000)")
        told = found(owctl, "OW317", "--database", url)["OW317"]
    name = url.rsplit("/", 1)[1]
    assert f'database "{name}"' in {row["subject"] for row in told}
    assert all(row["state"] == "warning" and "has transaction numbers that are 0.2 million old" in row["what"] for row in told)


def test_a_table_full_of_dead_rows(check, sql):
    sql("create table t (i int, text text)")
    sql("alter table t alter text set storage external")
    sql("insert into t select n, repeat('x', 5000) from generate_series(1, 20000) n")
    sql("analyze t")
    sql("delete from t where i % 4 < 3")
    sql("select pg_stat_force_next_flush()")
    row = wait_until(lambda: check().get("OW318"), 10, "the statistics")[0]
    assert row["subject"] == "t" and "has 15000 dead rows" in row["what"]
    sql("vacuum t")
    assert check() == {}


def test_autovacuum_that_is_off(server, check, sql):
    sql("alter table chat set (autovacuum_enabled = off)")
    assert only(check(), "OW319")["subject"] == "chat"
    sql("alter table chat reset (autovacuum_enabled)")
    with server.set(autovacuum="off"):
        assert only(check(), "OW319")["what"] == "autovacuum is off"


def test_a_large_table_that_was_never_analyzed(check, sql):
    sql("create table t (i int, text text)")
    sql("alter table t alter text set storage external")
    sql("insert into t select n, repeat('x', 9000) from generate_series(1, 2000) n")
    assert only(check(), "OW320")["subject"] == "t"
    sql("analyze t")
    assert check() == {}


# ---- the server

def test_a_database_that_takes_no_writes(check, url, sql):
    name = url.rsplit("/", 1)[1]
    sql(f'alter database "{name}" set default_transaction_read_only = on')
    row = only(check(), "OW321")
    assert row["state"] == "critical" and "by the database" in row["what"]
    sql(f'alter database "{name}" reset default_transaction_read_only')
    sql("create role reader login superuser")
    sql("alter role reader set default_transaction_read_only = on")
    assert check(url.replace("owner@", "reader@")) == {}  # a matter of that role alone
    sql("drop role reader")


def test_a_standby(server, owctl, url, check, sql):
    """The address of one is told; and one that does not replay, by its primary."""
    with PostgreSQL("debian") as standby:
        standby.quick = (*standby.quick, "max_prepared_transactions=5")  # as many as the primary, at least
        standby.start_as_standby_of(server).wait()
        there = standby.url(url.rsplit("/", 1)[1])
        wait_until(lambda: owctl("migrate", "status", "--database", there).rc == 0, 20, "the standby")
        assert "OW321" in check(there) and "standby" in check(there)["OW321"][0]["what"]
        assert check() == {}
        standby.execute("select pg_wal_replay_pause()")
        sql("create table t (text text)")
        sql("alter table t alter text set storage external")
        sql("insert into t select repeat('x', 1000000) from generate_series(1, 70)")
        sql("analyze t")
        wait_until(lambda: "OW322" in check(), 10, "the lag")
        assert "MB" in only(check(), "OW322")["what"] and "behind" in only(check(), "OW322")["what"]
        server.psql(url, "create role plain login")
        server.psql(url, "grant select on alembic_version, \"user\" to plain")
        [row] = rows(owctl, "OW322", "--database", url.replace("owner@", "plain@"))
        assert row["state"] == "skipped" and "this role" in row["what"]
        server.psql(url, "drop owned by plain; drop role plain")


def test_a_slot_that_nobody_uses(check, sql, server):
    sql("select pg_create_physical_replication_slot('gone', true)")
    assert check() == {}
    sql("create table t (text text)")
    sql("alter table t alter text set storage external")
    sql("insert into t select repeat('x', 1000000) from generate_series(1, 40)")
    sql("analyze t")
    row = only(check(), "OW323")
    sql("select pg_drop_replication_slot('gone')")
    assert row["subject"] == 'slot "gone"' and "MB of WAL" in row["what"]


def test_an_archive_that_takes_nothing(check, sql, server):
    archive = server.folder / "archive"
    archive.unlink()
    sql("select pg_switch_wal()")
    row = only(wait_until(check, 20, "the archiver"), "OW324")
    assert row["state"] == "warning" and "0000" in row["what"]
    archive.touch()
    sql("create table t (i int)")
    sql("select pg_switch_wal()")  # wakes it
    wait_until(lambda: not check(), 70, "the archiver")


@pytest.mark.parametrize(("setting", "state"), [("fsync", "critical"), ("full_page_writes", "warning")])
def test_settings_that_are_not_safe(check, server, setting, state):
    with server.set(**{setting: "off"}):
        row = only(check(), "OW325")
    assert row["state"] == state and row["what"].startswith(f"{setting} is off")


def test_a_damaged_page(server, owctl, url, check):
    """In a copy of the database, as the server has the page of this one in its memory."""
    server.psql(url, "create table t as select generate_series(1, 1000) i")
    path = server.folder / "cluster" / server.psql(url, "select pg_relation_filepath('t')").fetchone()[0]
    server.psql(url, "checkpoint")
    with path.open("r+b") as file:
        file.seek(5000)
        file.write(b"damaged!")
    server.execute("create database copy template {} strategy file_copy", url.rsplit("/", 1)[1])
    with pytest.raises(psycopg.errors.DataCorrupted):
        server.psql(server.url("copy"), "select count(*) from t")
    row = only(wait_until(lambda: check(server.url("copy")), 10, "the statistics"), "OW326")
    assert row["state"] == "critical" and "1 pages were found damaged" in row["what"]
    server.drop(server.url("copy"))


def test_an_encoding_that_lacks_characters(server, owctl, check):
    for encoding, state in ("LATIN1", "critical"), ("SQL_ASCII", "warning"):
        server.execute(f"create database other encoding '{encoding}' locale 'C' template template0")
        where = server.url("other")
        owctl("migrate", "up", "--database", where).ok()
        row = only(check(where), "OW327")
        assert row["state"] == state and encoding in row["what"]
        server.drop(where)


def test_an_order_that_has_changed(server, owctl, check):
    """As with an image of another system."""
    server.execute("create database ordered template template0 locale_provider icu icu_locale 'en-US'")
    url = server.url("ordered")
    owctl("migrate", "up", "--database", url).ok()
    assert check(url) == {}
    server.psql(url, "update pg_database set datcollversion = '2.28' where datname = 'ordered'")
    assert "version 2.28" in only(check(url), "OW328")["what"]
    server.drop(url)


def test_a_release_that_is_mended_no_more(owctl, url):
    cut, year = CutOff(owctl.home), 365 * 86400
    words = ("health", "check", "--only", "OW329", "--replica", "http://127.0.0.1:1", "-o", "json", "--database", url)
    assert [row["state"] for row in cut.with_clock_ahead(0, *words).json()] == ["good"]
    row, = cut.with_clock_ahead(6 * year, *words).json()
    assert row["state"] == "warning" and "PostgreSQL 15" in row["what"]


def test_a_database_that_is_far_away(owctl, server, url):
    class Slow(Wire):
        def _to_client(self, data):
            time.sleep(0.02)
            return super()._to_client(data)

    with Slow(server.port) as wire:
        row = only(found(owctl, "OW330", "--database", wire.through(url)), "OW330")
    assert row["state"] == "warning" and float(row["what"].split("takes ")[1].split(" ms")[0]) >= 20


def test_a_large_database(server, owctl, url, sql):
    """Its file has holes: as large as it says, and nearly nothing on the disk."""
    sql("create table t (i int)")
    path = server.folder / "cluster" / sql("select pg_relation_filepath('t')").fetchone()[0]
    for part in range(11):
        with (path if not part else path.with_name(f"{path.name}.{part}")).open("ab") as file:
            file.truncate(1 << 30)
    listed = [row for row in rows(owctl, "database", "--database", url) if row["state"] in BAD | {"info"}]
    told = {(row["code"], row["state"], row["subject"]) for row in listed}
    sql("truncate t")
    assert ("OW331", "info", "t") in told and {code for code, *_ in told} <= {"OW331", "OW320"}
