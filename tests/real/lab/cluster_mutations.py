"""What goes wrong with a cluster while it runs. Each is undone when its context is left."""
import contextlib
import os
import signal
import subprocess
import threading

import psycopg
from psycopg import sql

from lab.postgresql import PostgreSQL
from lab.process import wait_until


def family(pid):
    """The process and all its descendants."""
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout.split()
    return [pid, *(one for child in children for one in family(int(child)))]


@contextlib.contextmanager
def paused(server):
    """It accepts connections, by the kernel's hand, and answers nothing."""
    members = family(server.popen.pid)
    for pid in members:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def stopped(server):
    """PostgreSQL or Redis; Cluster.without_redis() waits for the replicas as well."""
    server.popen.send_signal(server.stop_signal)
    server.popen.wait(20)
    try:
        yield
    finally:
        server.start_again().wait()


# ---- Redis

@contextlib.contextmanager
def redis_settings(redis, **settings):
    """`_` in a name stands for `-`."""
    client = redis.client()
    names = {name.replace("_", "-"): value for name, value in settings.items()}
    before = {name: client.config_get(name)[name] for name in names}
    for name, value in names.items():
        client.config_set(name, value)
    try:
        yield client
    finally:
        for name, value in before.items():
            client.config_set(name, value)
        client.close()


# ---- PostgreSQL

@contextlib.contextmanager
def server_settings(postgresql, **settings):
    """Those that a reload brings."""
    for name, value in settings.items():
        postgresql.execute(f"alter system set {{}} = '{value}'", name)
    postgresql.execute("select pg_reload_conf()")
    try:
        yield
    finally:
        for name in settings:
            postgresql.execute("alter system reset {}", name)
        postgresql.execute("select pg_reload_conf()")


@contextlib.contextmanager
def idle_in_transaction(url):
    """A session that has read, and neither goes on nor ends; yields its process id."""
    with psycopg.connect(url, application_name="forgotten") as connection:
        connection.execute("select count(*) from config")
        yield connection.info.backend_pid
        connection.rollback()


@contextlib.contextmanager
def waiting_for_a_lock(url, table="feedback"):
    """One session holds a lock that another waits for; who reads the table is not disturbed. Yields both process ids."""
    lock = sql.SQL("lock table {} in exclusive mode").format(sql.Identifier(table))

    def wait_for_it():
        with contextlib.suppress(psycopg.Error):
            waiter.execute(lock)

    with psycopg.connect(url) as holder, psycopg.connect(url) as waiter, psycopg.connect(url, autocommit=True) as watcher:
        holder.execute(lock)
        waiting = threading.Thread(target=wait_for_it)
        waiting.start()
        try:
            question = "select cardinality(pg_blocking_pids(%s)) > 0", (waiter.info.backend_pid,)
            wait_until(lambda: watcher.execute(*question).fetchone()[0], 10, "the second session")
            yield holder.info.backend_pid, waiter.info.backend_pid
        finally:
            holder.rollback()
            waiting.join()
            waiter.rollback()


@contextlib.contextmanager
def connections_filled(postgresql, spare=0):
    """All but `spare` of the connections that the server gives are taken, those reserved for a superuser as well."""
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(postgresql.connect("postgres"))
        most = int(first.execute("show max_connections").fetchone()[0])
        used = first.execute("select count(*) from pg_stat_activity where backend_type = 'client backend'").fetchone()[0]
        with contextlib.suppress(psycopg.OperationalError):
            for _ in range(most - used - spare):
                stack.enter_context(postgresql.connect("postgres"))
        yield


@contextlib.contextmanager
def database_as(url, *changes, back):
    """The rows or the schema as `changes` make them; `back` are the statements that undo them."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in changes:
            connection.execute(statement)
        try:
            yield
        finally:
            for statement in back:
                connection.execute(statement)


@contextlib.contextmanager
def stamped(url, revision):
    """The database says that it is at another revision; its schema stays."""
    with psycopg.connect(url, autocommit=True) as connection:
        [before] = connection.execute("select version_num from alembic_version").fetchone()
        connection.execute("update alembic_version set version_num = %s", (revision,))
        try:
            yield
        finally:
            connection.execute("update alembic_version set version_num = %s", (before,))


@contextlib.contextmanager
def stored_setting(url, key, value):
    """In the table `config`, as JSON text; None takes the row away. Running replicas of 0.12.4 read the table each time."""
    with psycopg.connect(url, autocommit=True) as connection:
        before = connection.execute("select value::text from config where key = %s", (key,)).fetchone()

        def store(text):
            connection.execute("delete from config where key = %s", (key,))
            if text is not None:
                row = "insert into config (key, value, updated_at) values (%s, %s::json, extract(epoch from now()))"
                connection.execute(row, (key, text))

        store(value)
        try:
            yield
        finally:
            store(before and before[0])


@contextlib.contextmanager
def without_index(url, name):
    with psycopg.connect(url, autocommit=True) as connection:
        [definition] = connection.execute("select pg_get_indexdef(%s::regclass)", (name,)).fetchone()
    with database_as(url, sql.SQL("drop index {}").format(sql.Identifier(name)), back=[definition]):
        yield


@contextlib.contextmanager
def standby(primary, lags=False):
    """A physical one, which is streamed to; one that lags no longer applies what it gets."""
    with PostgreSQL(primary.version) as server:
        server.start_as_standby_of(primary, *primary.settings).wait()
        with primary.connect("postgres") as connection:
            streams = "select count(*) from pg_stat_replication where state = 'streaming'"
            wait_until(lambda: connection.execute(streams).fetchone()[0], 20, "the standby")
        if lags:
            with server.connect("postgres") as connection:
                connection.execute("select pg_wal_replay_pause()")
        yield server
