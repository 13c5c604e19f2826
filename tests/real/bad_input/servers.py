"""PostgreSQL servers that do not do what is asked: not there, silent, dying, without what was named, without TLS."""
import contextlib
import socket
import threading

from bad_input.case import Case
from lab.process import free_port

LIST = "user list --database {url}"
LISTENS = "is it PostgreSQL that listens on that port?"
RUNNING = "is PostgreSQL running there"


class Listener:
    """Accepts connections on {port} and treats each in the same way, until the case is over."""

    def __init__(self, treat):
        self.treat = treat
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.kept = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                with contextlib.suppress(OSError):
                    self.treat(connection, self.kept)


def keep(connection, kept):
    kept.append(connection)


def say(*pieces):
    def treat(connection, kept):
        for piece in pieces:
            connection.recv(4096)
            connection.sendall(piece)
        connection.close()

    return treat


def listener(name, treat, status, message, hint, options="", **more):
    def setup(world):
        world.listener = Listener(treat)
        return {"url": f"postgresql://u:geheim@127.0.0.1:{world.listener.port}/x{options}"}

    return Case(f"PostgreSQL: {name}", f"{LIST} --timeout 1", status, message, hint, setup=setup, secret="geheim", **more)


def refusing(world):
    return {"url": f"postgresql://u:geheim@127.0.0.1:{free_port()}/x"}


def server(name, url, status, message, hint, prepare=None, words=LIST, **more):
    """`url` is filled with the port of a real server and the name of an empty database there."""
    def setup(world, postgresql, *_):
        made = postgresql.create()
        if prepare:
            prepare(made)
        database = made.rsplit("/", 1)[1]
        return {"url": url.format(port=postgresql.port, database=database, folder=postgresql.folder)}

    return Case(f"PostgreSQL: {name}", words, status, message, hint, setup=setup, needs=("postgresql",), **more)


def statements(*texts):
    def prepare(url):
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            for text in texts:
                connection.execute(text)

    return prepare


OWNER = "postgresql://owner@127.0.0.1:{port}/{database}"
FIELDS = b"SFATAL\0VFATAL\0C53300\0Mtoo many \x1b[2Jclients\0\0"
MESSAGE = b"E" + (4 + len(FIELDS)).to_bytes(4, "big") + FIELDS
OK_THEN_NOTHING = b"R\x00\x00\x00\x08\x00\x00\x00\x00K\x00\x00\x00\x0c\x00\x00\x00\x01\x00\x00\x00\x02Z\x00\x00\x00\x05I"

CASES = [
    Case("PostgreSQL: refuses", f"{LIST} --timeout 1", 69, "Connection refused", RUNNING, setup=refusing, secret="geheim"),
    Case("PostgreSQL: no socket", "user list --database 'host={folder} user=u password=geheim' --timeout 1", 69, "No such file or directory",
         "socket's folder", secret="geheim"),
    listener("accepts and never answers", keep, 69, "no answer within 1 s", "check host, port and firewall"),
    listener("closes at once", lambda connection, kept: connection.close(), 69, "server closed the connection unexpectedly", LISTENS),
    listener("speaks HTTP", say(b"HTTP/1.1 400 Bad Request\r\n\r\n"), 69, "127.0.0.1", LISTENS),
    listener("speaks SSH", say(b"SSH-2.0-OpenSSH_9.2\r\n"), 69, "127.0.0.1", LISTENS),
    listener("answers noise", say(b"N", bytes(range(256)) * 8), 69, "127.0.0.1", LISTENS, options="?sslmode=prefer"),
    listener("an endless message", say(b"N", b"R\x7f\xff\xff\xff" + b"x" * 4096), 69, "127.0.0.1", LISTENS),
    listener("has no TLS", say(b"N"), 78, "server does not support SSL", "turn on TLS (ssl = on)", options="?sslmode=require"),
    listener("breaks off TLS", say(b"S\x15\x03\x01\x00\x02\x02\x28"), 69, "SSL SYSCALL error", LISTENS, options="?sslmode=require"),
    listener("says no with an escape sequence", say(b"N", MESSAGE), 75, "too many \\x1b[2Jclients", "try again"),
    listener("greets and goes", say(b"N", OK_THEN_NOTHING, b""), 69, "the connection was lost", "is the server still there?"),
    server("real, without TLS", OWNER + "?sslmode=require", 78, "server does not support SSL", "turn on TLS (ssl = on)"),
    server("real, without TLS, to be verified", OWNER + "?sslmode=verify-full&sslrootcert=/missing.crt", 78, "server does not support SSL", "turn on TLS (ssl = on)"),
    server("no such database", "postgresql://owner@127.0.0.1:{port}/missing", 78, 'database "missing" does not exist', "check the database's name, or create it"),
    server("no such role", "postgresql://stranger:geheim@127.0.0.1:{port}/{database}", 77, 'role "stranger" does not exist', "check user, database and pg_hba.conf", secret="geheim"),
    server("no such schema", OWNER, 78, "no_such_schema", "DATABASE_SCHEMA", env={"DATABASE_SCHEMA": "no_such_schema"}),
    server("a schema with an escape sequence", OWNER, 78, "\\x1b[2J", "DATABASE_SCHEMA", env={"DATABASE_SCHEMA": "\x1b[2J"}),
    server("an empty database", OWNER, 78, "holds no Open WebUI database", "owctl migrate up"),
    server("a database of something else", OWNER, 78, "holds no Open WebUI database", "owctl migrate up", statements("create table album (id int)")),
    server("of something else with Alembic", OWNER, 78, "holds no Open WebUI database", "owctl migrate up",
           statements("create table alembic_version (version_num text)", "insert into alembic_version values ('0123456789ab')")),
    server("two revisions", OWNER, 1, "records 2 revisions", "owctl migrate repair",
           statements("create table alembic_version (version_num text)", "insert into alembic_version values ('a'), ('b')")),
    server("a table of Open WebUI's and no revision", OWNER, 1, "but no recorded revision", "older than 0.3.35 or damaged",
           statements("create table config (id int)"), words="migrate up --database {url}"),
    server("no right to make tables", "postgresql://guest_without_rights@127.0.0.1:{port}/{database}", 77, "may not make tables", "GRANT CREATE ON SCHEMA", words="migrate up --database {url}",
           prepare=statements("do $$ begin create role guest_without_rights login; exception when duplicate_object then null; end $$",
                              "revoke create on schema public from public")),
    server("a parameter of the server that it does not know", OWNER + "?options=-c%20nonsense%3D1", 78, "nonsense", "PGOPTIONS"),
]
