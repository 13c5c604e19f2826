"""docs/quick-start.md and docs/runbooks: the commands of each page do what it shows, on real parts, in an empty folder."""
import contextlib
import pathlib
import re
import sqlite3
import types

import psycopg
import pytest

from lab.installation import people
from lab.openwebui import OpenWebUI
from lab.parts import NEWEST, TREE, part
from lab.process import free_port
from lab.replica import Replica
from lab.runbook import PAGES, PASSWORD, Runbook, says, steps
from lab.s3 import ROOT

KEY = "5e" * 32
UPLOAD = b"what somebody has uploaded\n"
HERE = types.SimpleNamespace(prefix=(), connected=lambda connection: connection.connect() or connection)


@pytest.fixture
def book(owctl, tmp_path):
    """book({place on the page: here}, program=..): a Runbook, in a folder of its own."""
    def make(places=(), **stands_in):
        return Runbook(tmp_path / "book", owctl.environment(), places, **stands_in)

    return make


@pytest.fixture
def installed(owctl):
    """installed(book): an installation as the first page leaves it, with two accounts, an uploaded file and a repository."""
    def install(book, release=NEWEST, **more):
        data, file, key = map(book.path, ("/srv/open-webui", "/etc/open-webui.env", "/srv/backup-key.txt"))
        (data / "uploads").mkdir(parents=True)
        recipient = owctl("repo", "keys", key, "-o", "json").ok().json()["recipient"]
        owctl("repo", "init", book.path("/srv/backups")).ok()
        settings = {"DATA_DIR": data, "WEBUI_SECRET_KEY": KEY, "OWCTL_REPOSITORY": book.path("/srv/backups"),
                    "OWCTL_RECIPIENTS": recipient, **more}
        file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        file.chmod(0o600)
        owctl("profile", "add", "chat", "--env-file", file).ok()
        owctl("profile", "use", "chat").ok()
        owctl("migrate", "up", "--to", release).ok()
        owctl("user", "create", "ada@example.org", "--role", "admin", "--password-stdin", stdin=PASSWORD).ok()
        path = data / "uploads/f1_notes.txt"
        path.write_bytes(UPLOAD)
        with contextlib.closing(sqlite3.connect(data / "webui.db")) as database:
            database.execute("insert into file (id, user_id, filename, path, meta, data, created_at, updated_at) "
                             "select 'f1', id, 'notes.txt', ?, ?, '{}', 1, 1 from user",
                             [str(path), '{"name": "notes.txt", "content_type": "text/plain"}'])
            database.commit()
        return book

    return install


class Docker:
    """`docker run` and its kin, for one server: `make(settings of its --env-file)` starts it."""

    def __init__(self, make):
        self.make, self.running, self.asked = make, None, []

    def __call__(self, verb, *words):
        self.asked.append(verb)
        if verb in ("stop", "rm") and self.running:
            self.running.stop()
        if verb == "run":
            [file] = [word for before, word in zip(words, words[1:]) if before == "--env-file"]
            with open(file) as lines:
                self.running = self.make(dict(line.rstrip("\n").split("=", 1) for line in lines))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.running:
            self.running.stop()


def real_server(folder, port):
    def make(settings):
        folder.mkdir(exist_ok=True)
        own = {name: value for name, value in settings.items() if not name.startswith("OWCTL_")}
        data_dir = own.pop("DATA_DIR", None)
        server = OpenWebUI(NEWEST, folder, data_dir and pathlib.Path(data_dir), **own)
        server.port, server.url = port, f"http://127.0.0.1:{port}"
        return server.start()

    return make


def answering(folder, port):
    """What answers as a server of the newest release does."""
    def make(_):
        folder.mkdir(exist_ok=True)
        return Replica(folder, HERE, "127.0.0.1", NEWEST, port).start()

    return make


ALL = sorted([*PAGES.glob("runbooks/*.md"), PAGES / "quick-start.md"])


@pytest.mark.quick
def test_pages_are_listed_and_links_lead_somewhere():
    for name in "README.md", "docs/runbooks/README.md":
        index = (TREE / name).read_text()
        assert not [page.name for page in ALL if page.name != "README.md" and f"{page.name})" not in index]
    for page in (*PAGES.rglob("*.md"), *TREE.glob("*.md")):
        text = page.read_text()
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
            assert (page.parent / link).exists(), f"{page}: {link}"
        if page in ALL:
            assert not [line for line in text.splitlines() if len(line) > 120 and not line.startswith("|")]


def manual():
    """{"backup create" or "shell": its options}, and those of all commands, as the man pages have them, which are what the parser knows."""
    commands, everywhere = {}, set()
    for path in (TREE / "man").glob("*.1"):
        text = path.read_text().replace("\\-", "-").replace("Fl -", "--")
        words = path.stem.replace("owctl-", "")
        for part in re.split(r'^\.Ss "owctl (?=.*"$)', text, flags=re.MULTILINE):
            name = words if part.startswith(".\\") else part.partition('"')[0]
            found = set(re.findall("--[a-z][a-z-]+", part))
            commands[name] = commands.get(name, set()) | found
    return commands, commands["owctl"]


@pytest.mark.quick
def test_commands_and_options_that_documents_name_are_there():
    """Those that are typed on these pages are run; of all other documents the commands and options are at least known that stand
    between backquotes, or on a line of their own."""
    commands, everywhere = manual()
    groups = "|".join({name.split()[0] for name in commands} - {"owctl"})
    named, texts = set(), []
    for path in (TREE / "README.md", *PAGES.rglob("*.md")):
        text = path.read_text()
        texts.append(" ".join(text.split()))
        named.update(re.findall(rf"`(?:owctl )?((?:--[^\s`]+ [^\s`]+ )*(?:{groups}) [^`]+)`", texts[-1]))
        lines = re.findall(r"^ {4}(?:\$ )?(?:docker run .*? )?owctl ((?:--[^\s`]+ [^\s`]+ )*[a-z].*)$", text, re.MULTILINE)
        named.update(re.split(r"  +|[|>;&]|\\$", line)[0].strip() for line in lines)
    assert len(named) > 150
    for span in named:
        words = re.sub(r"^(?:--\S+ \S+ )+", "", span).split()
        name = words[0] if words[0] in ("shell", "version", "help", "completion") else " ".join(words[:2])
        assert name in commands and set(re.findall("--[a-z][a-z-]+", span)) <= commands[name] | everywhere, span
    options = {option for text in texts for span in re.findall("`([^`]+)`", text) for option in re.findall("--[a-z][a-z-]+", span)}
    assert options - set().union(*commands.values()) == {"--tmpfs", "--no-index", "--collector"}, "Docker's, git's, node_exporter's"


@pytest.mark.quick
def test_what_is_shown_is_compared(tmp_path):
    for shown, said in [("a  b\n..\nz", "a b\nc\nz\n"), ("..", ""), ("", ""), ("took 1.2 MB", "took 900 kB\n"), ("age1..", "age1xyz\n"),
                        ("20261129T110155Z-1a2b3c4d", "20300101T000000Z-00000000\n"), ("a\nlong line", "a long\n line\n")]:
        assert says(shown, said), shown
    for shown, said in [("", "a\n"), ("a", ""), ("a", "a\nb\n"), ("a\n..", "b\n"), ("1 fault", "2 faults\n"), ("role admin", "role user\n")]:
        assert not says(shown, said), shown
    page = tmp_path / "page.md"
    page.write_text("Text.\n\n    $ one \\\n        two\n    said\n\n    more\n\nText $ not.\n\n    $ three\n")
    assert [(step.command, step.shown) for step in steps(page)] == [("one \\\n    two", "said\n\nmore\n"), ("three", "")]


@pytest.mark.quick
def test_commands_that_nothing_stands_for_are_refused(book):
    with pytest.raises(AssertionError, match="nothing stands here for docker"):
        book()("runbooks/upgrade.md")


@pytest.mark.quick
def test_quick_start(book):
    book()("quick-start.md")


def test_first_installation(book, tmp_path):
    port = free_port()
    with Docker(real_server(tmp_path / "server", port)) as docker:
        page = book({"8080": port}, docker=docker)
        page("runbooks/first-installation.md", PORT=port)
        assert docker.running.wait().signin("ada@example.org", PASSWORD).status == 200
        assert docker.running.signup("Eve", "eve@example.org", PASSWORD).json().get("role") != "admin"


@pytest.mark.parametrize("installation", [f"on {NEWEST}"], indirect=True)
def test_lost_admin_password(owctl, book, installation, tmp_path):
    root, bob, carol = people(3)
    page = book({"root@example.org": root, "bob@example.org": bob, "carol@example.org": carol,
                 "/srv/open-webui": installation.where["DATA_DIR"]})
    file = tmp_path / "settings.env"
    file.write_text("".join(f"{name}={value}\n" for name, value in installation.where.items()))
    owctl("profile", "add", "chat", "--env-file", file).ok()
    owctl("profile", "use", "chat").ok()
    installation.create(root, "--role", "admin", "--name", "Root", password="nobody knows it")
    installation.create(bob)
    token = installation.server.token(root, "nobody knows it")
    page("runbooks/lost-admin-password.md")
    assert installation.server.whoami(token).status == 401
    assert installation.server.signin(root, PASSWORD).json()["role"] == "admin"
    assert installation.show(bob)["role"] == "user" and not installation.seen_by_server(carol)


@pytest.mark.quick
def test_students_in_and_out(book, installed):
    installed(book())("runbooks/students-in-and-out.md")


def test_upgrade(book, installed, tmp_path):
    port = free_port()
    with Docker(answering(tmp_path / "server", port)) as docker:
        page = installed(book({"8080": port}, docker=docker), "0.11.4")
        page("runbooks/upgrade.md", PORT=port)
        assert docker.asked == ["rm", "run", "rm"]


def test_moving_to_another_machine(book, installed, minio, tmp_path):
    port, bucket = free_port(), minio.bucket()
    store = {"AWS_ENDPOINT_URL_S3": minio.url, "AWS_ACCESS_KEY_ID": ROOT[0], "AWS_SECRET_ACCESS_KEY": ROOT[1]}
    with Docker(answering(tmp_path / "server", port)) as docker:
        page = installed(book({"8080": port, "s3://moving/": f"s3://{bucket}/"}, docker=docker))
        page("runbooks/moving-to-another-machine.md", PORT=port, **store)
        assert docker.asked == ["stop", "run", "start"]
    new = page.path("/mnt/chat")
    with contextlib.closing(sqlite3.connect(new / "webui.db")) as database:
        [[path]] = database.execute("select path from file").fetchall()
    assert path == f"{new}/uploads/f1_notes.txt" and (new / "uploads/f1_notes.txt").read_bytes() == UPLOAD


def test_disaster_recovery(owctl, book, installed):
    part("age")
    page = installed(book())
    owctl("user", "create", "grace@example.org", "--no-password").ok()
    owctl("backup", "create", "--include-secrets").ok()
    page("runbooks/disaster-recovery.md")
    for name in "open-webui", "by-hand":
        assert (page.path(f"/mnt/{name}") / "uploads/f1_notes.txt").read_bytes() == UPLOAD
    for name in "secrets.env", "key-only.env":
        assert page.path(f"/mnt/{name}").read_text() == f"WEBUI_SECRET_KEY={KEY}\n"


def test_from_one_to_many_replicas(book, installed, postgresql_clusters, redis, minio, tmp_path):
    ports, bucket, url = [free_port() for _ in range(2)], minio.bucket(), postgresql_clusters("pgvector").create()
    addresses = ["10.0.0.7", "10.0.0.8"]
    places = {f"{address}:8080": f"127.0.0.1:{port}" for address, port in zip(addresses, ports)} | {
        "owui@db.example.org/owui": url.removeprefix("postgresql://"), "redis://redis.example.org:6379/0": redis.url, "owui-uploads": bucket,
        "https://s3.example.org": minio.url, "the-key-id": ROOT[0], "the-secret-key": ROOT[1]}
    servers = {address: Docker(real_server(tmp_path / address, port)) for address, port in zip(addresses, ports)}

    def ssh(host, *command):
        assert command == ("systemctl", "start", "open-webui")
        servers[host]("run", "--env-file", page.path("/etc/open-webui-many.env"))

    with contextlib.ExitStack() as stack:
        for server in servers.values():
            stack.enter_context(server)
        page = installed(book(places, docker=lambda *_: None, ssh=ssh))
        page("runbooks/from-one-to-many-replicas.md", PORT=free_port())
        token = servers[addresses[0]].running.token("ada@example.org", PASSWORD)
        for server in servers.values():
            assert server.running.get("/api/v1/files/f1/content", token).body == UPLOAD
    with psycopg.connect(url) as connection:
        assert connection.execute("select path from file").fetchall() == [(f"s3://{bucket}/f1_notes.txt",)]
