"""The PostgreSQL driver against servers with a temper: passwords, TLS, poolers, standbys, crashes, no room left."""
import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import time

import psycopg
import pytest

from lab.pgbouncer import for_the_server, pooled, written_for_the_server
from lab.postgresql import PostgreSQL
from lab.probe import COLUMNS, TABLE, Probe, Refused

PASSWORD = "s3cret-Pass word"


# ---- passwords

@pytest.fixture(scope="module")
def guarded():
    """A server that wants a password on TCP."""
    with PostgreSQL("debian") as server:
        rules = written_for_the_server(server.folder / "hba", "local all all trust\nhost all guest 127.0.0.1/32 scram-sha-256\nhost all owner all trust\n")
        if os.geteuid() == 0:
            for_the_server(server.folder, 0o755)
        server.start(f"hba_file={rules}").wait()
        server.execute(f"create role guest login password '{PASSWORD}'")
        yield server


def guest(server, **more):
    return " ".join([f"host=127.0.0.1 port={server.port} user=guest dbname=postgres", *(f"{key}='{value}'" for key, value in more.items())])


def test_password(guarded, probe):
    assert re.fullmatch(r"\d+\.\d+", probe("open", postgresql=guest(guarded, password=PASSWORD))["version"])
    probe.begin()
    assert probe.rows("select current_user", 1) == [["guest"]]


def test_wrong_password_is_refused_and_not_shown(guarded, probe):
    refusal, _ = probe.refused("open", postgresql=guest(guarded, password="wr0ng"))
    assert refusal.status == 77 and "password authentication failed" in refusal.message
    assert "DATABASE_URL" in refusal.hint
    assert "wr0ng" not in refusal.message + refusal.hint + probe.end()[1]


def test_missing_password_is_asked_for_by_name(guarded, probe):
    refusal, _ = probe.refused("open", postgresql=guest(guarded))
    assert refusal.status == 77 and "no password supplied" in refusal.message
    assert all(name in refusal.hint for name in ("DATABASE_URL", "PGPASSWORD", ".pgpass"))


def test_password_file_and_environment(guarded, tmp_path):
    file = tmp_path / "pgpass"
    file.write_text(f"*:*:*:guest:{PASSWORD}\n")
    file.chmod(0o600)
    for environment in ({"PGPASSFILE": str(file)}, {"PGPASSWORD": PASSWORD}):
        with Probe(env=environment) as probe:
            probe.open(postgresql=guest(guarded))


def test_role_without_a_rule(guarded, probe):
    refusal, _ = probe.refused("open", postgresql=guest(guarded).replace("guest", "stranger"))
    assert refusal.status == 77 and "pg_hba.conf" in refusal.message and refusal.hint


# ---- TLS

def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.crt", "-days", "2",
            "-subj", f"/CN={name}")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """ca.crt has signed server.crt, for "localhost" alone; other.crt has signed nothing."""
    folder = tmp_path_factory.mktemp("certificates")
    authority(folder, "ca")
    authority(folder, "other")
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-out", "server.crt")
    return folder


@pytest.fixture(scope="module")
def with_tls(certificates):
    with PostgreSQL("debian") as server:
        own = [for_the_server(shutil.copy2(certificates / name, server.folder) and server.folder / name) for name in ("server.crt", "server.key")]
        yield server.start("ssl=on", f"ssl_cert_file={own[0]}", f"ssl_key_file={own[1]}").wait()


def tls(server, **more):
    return " ".join([f"hostaddr=127.0.0.1 port={server.port} user=owner dbname=postgres", *(f"{key}={value}" for key, value in more.items())])


@pytest.mark.parametrize("settings, encrypted", (({"host": "x", "sslmode": "disable"}, 0), ({"host": "x", "sslmode": "prefer"}, 1),
                                                 ({"host": "x", "sslmode": "require"}, 1), ({"host": "localhost", "sslmode": "verify-full"}, 1)))
def test_tls(with_tls, certificates, probe, settings, encrypted):
    if settings["sslmode"] == "verify-full":
        settings = settings | {"sslrootcert": certificates / "ca.crt"}
    probe.open(postgresql=tls(with_tls, **settings))
    probe.begin()
    assert probe.rows("select ssl from pg_stat_ssl where pid = pg_backend_pid()", 1) == [[encrypted]]


def test_tls_streams_load_and_are_cancelled(with_tls, probe):
    probe.open(postgresql=tls(with_tls, host="x", sslmode="require"))
    probe.begin("write")
    probe("script", sql=TABLE)
    assert probe("generate", table="people", columns=COLUMNS, count=100000)["rows"] == 100000
    assert probe("stream", sql="select * from people", columns=7)["rows"] == 100000
    assert probe("unload", sql="select * from people")["text"].count("\n") == 100000
    probe.send("run", sql="select pg_sleep(60)")
    time.sleep(0.3)
    assert probe.interrupted() < 1


@pytest.mark.parametrize("settings, words", (({"host": "localhost", "sslrootcert": "other.crt"}, "verify failed"),
                                             ({"host": "database", "sslrootcert": "ca.crt"}, "does not match host name"),
                                             ({"host": "localhost", "sslrootcert": "missing.crt"}, "does not exist")))
def test_certificate_that_cannot_be_verified(with_tls, certificates, probe, settings, words):
    root = certificates / settings["sslrootcert"]
    refusal, _ = probe.refused("open", postgresql=tls(with_tls, sslmode="verify-full", **settings | {"sslrootcert": root}))
    assert refusal.status == 78 and words in refusal.message and refusal.hint


@pytest.mark.parametrize("name", ("x\nFATAL:  57P03: the database system is starting up",
                                  'x\nconnection to server at "a" failed: FATAL:  57P03: b', "x\nno password supplied"))
def test_the_name_in_a_certificate_says_nothing_about_the_server(certificates, probe, name):
    """A stranger's certificate is a matter of settings, whatever it calls itself: no reason to try again or give a password."""
    with PostgreSQL("debian") as server:
        folder = server.folder
        openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "own.key", "-out", "own.csr", "-utf8", "-subj", f"/CN={name}")
        openssl(folder, "x509", "-req", "-in", "own.csr", "-CA", certificates / "ca.crt", "-CAkey", certificates / "ca.key",
                "-CAcreateserial", "-days", "2", "-out", "own.crt")
        own = [for_the_server(folder / file) for file in ("own.crt", "own.key")]
        server.start("ssl=on", f"ssl_cert_file={own[0]}", f"ssl_key_file={own[1]}").wait()
        settings = tls(server, host="localhost", sslmode="verify-full", sslrootcert=certificates / "ca.crt")
        refusal, seconds = probe.refused("open", postgresql=settings)
    assert refusal.status == 78 and "does not match host name" in refusal.message, refusal
    assert "server's certificate" in refusal.hint and seconds < 3


def test_server_without_tls(postgresql, probe):
    refusal, _ = probe.refused("open", postgresql=tls(postgresql, host="x", sslmode="require"))
    assert refusal.status == 78 and "does not support SSL" in refusal.message and "ssl = on" in refusal.hint


# ---- crashes, and no room

@pytest.fixture(params=("debian", "newest"))
def own_server(request):
    with PostgreSQL(request.param) as server:
        yield server.start("max_connections=5", "superuser_reserved_connections=1").wait()


def kill_all(server):
    """As when the machine loses power: the backends as well."""
    children = subprocess.run(["pgrep", "-P", str(server.popen.pid)], capture_output=True, text=True).stdout.split()
    for pid in [server.popen.pid, *map(int, children)]:
        os.kill(pid, signal.SIGKILL)
    server.popen.wait()


@pytest.mark.parametrize("end", (kill_all, lambda server: server.popen.send_signal(signal.SIGINT)), ids=("killed", "stopped"))
@pytest.mark.parametrize("do, values", (("run", {"sql": "select pg_sleep(60)"}), ("generate", {"table": "people", "columns": COLUMNS, "count": 100000000}),
                                        ("unload", {"sql": "select generate_series(1, 1000000000)"}),
                                        ("stream", {"sql": "select generate_series(1, 1000000000)", "columns": 1})),
                         ids=("query", "load", "unload", "stream"))
def test_server_goes_away(own_server, probe, do, values, end):
    probe.open(postgresql=own_server.url("postgres"))
    probe.begin("write")
    probe("script", sql=TABLE)
    probe.send(do, **values)
    time.sleep(0.3)
    end(own_server)
    start = time.monotonic()
    with pytest.raises(Refused) as refusal:
        probe.answer()
    assert refusal.value.status == 69 and refusal.value.hint, refusal.value
    assert time.monotonic() - start < 3


def backend_of(probe):
    return probe.rows("select pg_backend_pid()", 1)[0][0]


@contextlib.contextmanager
def frozen(*pids):
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)


def test_frozen_server_is_given_up_after_the_statement_timeout(own_server, probe):
    probe.open(postgresql=own_server.url("postgres"), statement_timeout=1)
    probe.begin()
    with frozen(backend_of(probe)):
        refusal, seconds = probe.refused("run", sql="select 1")
        assert refusal.status == 69 and "no answer" in refusal.message and seconds < 9
        probe("rollback")
        refusal, seconds = probe.refused("begin")
        assert refusal.status == 69 and "lost" in refusal.message and seconds < 1


@pytest.mark.parametrize("do, values", (("run", {"sql": "select 1"}), ("generate", {"table": "people", "columns": COLUMNS, "count": 10000000})),
                         ids=("query", "load"))
def test_signal_beside_a_frozen_server(own_server, probe, do, values):
    probe.open(postgresql=own_server.url("postgres"))
    probe.begin("write")
    probe("script", sql=TABLE)
    backend = backend_of(probe)
    if do == "generate":
        probe.send_and_see_at_work(do, **values)
    with frozen(backend, own_server.popen.pid):
        if do != "generate":
            probe.send(do, **values)
        time.sleep(1)
        assert probe.interrupted() < 1.1


SLOW_COMMIT = ("create table numbers (n bigint primary key deferrable initially deferred);"
               "create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(60); return null; end';"
               "create constraint trigger slow after insert on numbers deferrable initially deferred for each row execute function slow()")


def start_slow_commit(server, probe):
    probe.open(postgresql=server.url("postgres"))
    probe.begin("write")
    probe("script", sql=SLOW_COMMIT)
    probe.run("insert into numbers values (1)")
    probe.send("commit")
    time.sleep(0.3)


def assert_outcome_unknown(probe, status):
    with pytest.raises(Refused, match="not known whether") as refusal:
        probe.answer()
    assert refusal.value.status == status and "look before" in refusal.value.hint


def test_connection_lost_while_committing(own_server, probe):
    """Nobody knows whether it was committed, and owctl does not pretend to."""
    start_slow_commit(own_server, probe)
    kill_all(own_server)
    assert_outcome_unknown(probe, 69)


def test_signal_while_committing(own_server, probe):
    """The server says that it did stop: then it is known that nothing was written."""
    start_slow_commit(own_server, probe)
    probe.popen.send_signal(signal.SIGTERM)
    with pytest.raises(Refused, match="nothing was written") as refusal:
        probe.answer()
    assert refusal.value.status == 130
    with psycopg.connect(own_server.url("postgres")) as other:
        assert other.execute("select to_regclass('numbers')").fetchone() == (None,)


@pytest.fixture
def missing_standby(own_server):
    """A server whose commits wait for a standby that is not there."""
    with psycopg.connect(own_server.url("postgres"), autocommit=True) as other:
        other.execute("alter role owner set synchronous_commit = on")  # over the quick settings of the lab
        other.execute("alter system set synchronous_standby_names = 'nobody'")
        other.execute("select pg_reload_conf()")
        yield other
        other.execute("alter system reset synchronous_standby_names")
        other.execute("select pg_reload_conf()")


@pytest.mark.parametrize("end", ("signal", "silence"))
def test_commit_that_was_done_when_it_was_stopped(own_server, missing_standby, probe, end):
    """The answer that comes during the stop decides: a change that was made is not told as unknown or undone."""
    table = f"kept_at_{end}"
    probe.open(postgresql=own_server.url("postgres"), silence_timeout=1 if end == "silence" else 0)
    probe.begin("write")
    probe("script", sql=f"create table {table} (n bigint)")
    probe.send("commit")
    while not missing_standby.execute("select 1 from pg_stat_activity where wait_event = 'SyncRep'").fetchone():
        assert probe.popen.poll() is None
        time.sleep(0.02)
    if end == "signal":
        probe.popen.send_signal(signal.SIGTERM)
    probe.answer()
    assert missing_standby.execute("select to_regclass(%s)::text", [table]).fetchone() == (table,)


def test_statement_without_an_answer_is_given_up(own_server, probe):
    probe.open(postgresql=own_server.url("postgres"), silence_timeout=1)
    probe.begin()
    refusal, seconds = probe.refused("run", sql="select pg_sleep(60)")
    assert refusal.status == 75 and "no answer for 1 s" in refusal.message and "--timeout" in refusal.hint and seconds < 3
    probe("rollback")
    probe.begin()
    with frozen(backend_of(probe)):
        refusal, seconds = probe.refused("run", sql="select 1")
        assert refusal.status == 69 and "no answer for 1 s" in refusal.message and seconds < 4


def test_all_connections_taken(own_server, probe):
    own_server.execute("create role guest login")
    with_guest = own_server.url("postgres", "guest")
    taken = []
    try:
        with pytest.raises(psycopg.OperationalError):
            for _ in range(10):
                taken.append(psycopg.connect(with_guest))
        refusal, _ = probe.refused("open", postgresql=with_guest)
        assert refusal.status == 75 and "max_connections" in refusal.hint
    finally:
        for connection in taken:
            connection.close()


# ---- a standby

def test_standby_can_be_read(probe):
    with PostgreSQL("debian") as primary, PostgreSQL("debian") as standby:
        primary.start("wal_level=replica", "hot_standby=on").wait()
        primary.execute("create table numbers (n bigint)")
        primary.execute("insert into numbers values (1)")
        standby.start_as_standby_of(primary).wait()
        probe.open(postgresql=standby.url("postgres"))
        probe.begin()
        assert probe.rows("select n, pg_is_in_recovery() from numbers", 2) == [[1, 1]]
        probe("commit")
        refusal, _ = probe.refused("begin", access="write")
        assert refusal.status == 77 and "standby" in refusal.hint
        probe("close")
        both = f"host=127.0.0.1,127.0.0.1 port={standby.port},{primary.port} user=owner dbname=postgres target_session_attrs=primary"
        probe.open(postgresql=both)
        probe.begin("write")
        assert probe.run("insert into numbers values (2)") == 1
        probe("close")
        refusal, _ = probe.refused("open", postgresql=f"{standby.url('postgres')}?target_session_attrs=primary")
        assert refusal.status == 69 and "primary" in refusal.hint


# ---- a pooler

@pytest.fixture
def pooler(postgresql):
    with pooled(postgresql, "transaction") as pooler:
        yield pooler


def test_transaction_pooler(postgresql, pooler, probe):
    name = postgresql.create().rsplit("/", 1)[1]
    with psycopg.connect(postgresql.url(name), autocommit=True) as connection:
        connection.execute("create schema own")
    probe.open(postgresql=pooler.url(name), schema="own", statement_timeout=20)
    for table in ("first", "second", "third"):
        probe.begin("write")
        probe("script", sql=TABLE.replace("people", table))
        assert probe.run(f"insert into {table}(id, first) values ($1, $2)", "a", 1) == 1
        assert probe("generate", table=table, columns=COLUMNS, count=20000)["rows"] == 20000
        assert probe("stream", sql=f"select * from {table}", columns=7)["rows"] == 20001
        probe("commit")
    # What was set for a transaction is not seen by whoever gets the server connection next.
    with psycopg.connect(pooler.url(name), autocommit=True) as other:
        assert [other.execute(f"show {setting}").fetchone()[0] for setting in ("search_path", "statement_timeout")] == ['"$user", public', "0"]


def test_signal_through_a_pooler(postgresql, pooler, probe):
    name = postgresql.create().rsplit("/", 1)[1]
    probe.open(postgresql=pooler.url(name))
    probe.begin()
    probe.send("run", sql="select pg_sleep(60)")
    time.sleep(0.3)
    assert probe.interrupted() < 1
    with psycopg.connect(postgresql.url(name)) as other:
        running = "select count(*) from pg_stat_activity where state = 'active' and datname = current_database() and pid <> pg_backend_pid()"
        assert other.execute(running).fetchone() == (0,)


def test_pooler_that_refuses_a_startup_parameter(pooler, probe):
    refusal, _ = probe.refused("open", postgresql=pooler.url("postgres") + "?options=-cgeqo%3Doff")
    assert refusal.status == 78 and "options" in refusal.message and "ignore_startup_parameters" in refusal.hint
