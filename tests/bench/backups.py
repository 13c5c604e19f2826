"""Backups against the pipelines that people use: an installation with many chats, at the newest revision."""
import itertools
import os
import shutil
import subprocess

import chats
from lab.s3 import ROOT
from measure import Line, pair

CHATS = 40_000


def size(path):
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


class Backups:
    """A repository in a folder, a pair of keys, and owctl's commands on them."""

    def __init__(self, owctl, folder):
        self.owctl, self.folder = owctl, folder
        self.repository, self.key = folder / "repository", folder / "key.txt"
        os.environ["OWCTL_AUDIT_LOG"] = "/dev/null"
        shown = subprocess.run([owctl, "repo", "keys", self.key, "-o", "csv", "--no-headings", "--columns", "recipient"],
                               check=True, capture_output=True, text=True)
        self.recipient = shown.stdout.strip()

    def fresh(self):
        shutil.rmtree(self.repository, ignore_errors=True)
        subprocess.run([self.owctl, "-q", "repo", "init", self.repository], check=True, stdout=subprocess.DEVNULL)

    def create(self, database):
        return {"command": [self.owctl, "-q", "backup", "create", "-r", self.repository, "--recipient", self.recipient,
                            "--database-only", "--database", database], "prepare": self.fresh}

    def restore(self, database, prepare):
        return {"command": [self.owctl, "-q", "backup", "restore", "-r", self.repository, "-i", self.key,
                            "--database-only", "--database", database], "prepare": prepare}

    def sizes(self, work, other, peer):
        """How large what both made is."""
        return Line(work, size(self.repository) / 1e6, size(other) / 1e6, peer, 0, 0, unit="M", target=1.0)


def again(backups, folder, database, server):
    """Both have the database as it was before one row in a hundred changed, another one each time."""
    repository, secret = folder / "restic", folder / "restic-password"
    secret.write_text("secret\n")
    environment = f"RESTIC_PASSWORD_FILE={secret} RESTIC_CACHE_DIR={folder}/restic-cache"
    subprocess.run(["sh", "-c", f"{environment} restic -q init -r {repository}"], check=True, stdout=subprocess.DEVNULL)
    parts = itertools.count()

    def change():
        part = next(parts)
        with server.connect(database.rpartition("/")[2]) as connection:
            for table, column in ("chat", "chat"), ("chat_message", "content"):
                connection.execute(f"update {table} set {column} = ({column}::text || ' ')::json where abs(hashtext(id)) % 100 = {part}")

    backups.fresh()
    return pair("again with 1 % changed, PostgreSQL", backups.create(database) | {"prepare": change},
                shell(f"pg_dump '{database}' | {environment} restic -q backup --stdin -r {repository}"),
                "pg_dump, restic --stdin", runs=5, target=0.1)


def shell(line, prepare=None):
    return {"command": ["bash", "-o", "pipefail", "-c", line], "prepare": prepare}


def migrated(owctl, url):
    subprocess.run([owctl, "-q", "migrate", "up", "--no-backup", "--database", url], check=True, capture_output=True)


def sqlite(owctl, folder):
    path, copy, peer = folder / "webui.db", folder / "copy.db", folder / "copy.db.zst"
    chats.fill_sqlite(owctl, path, CHATS)
    migrated(owctl, path)
    backups = Backups(owctl, folder)
    clear = lambda: [file.unlink(missing_ok=True) for file in (copy, peer)]
    line = f"sqlite3 {path} '.backup {copy}' && zstd -q -3 -T2 {copy} -o {peer}"
    yield pair(f"backup of {CHATS:,} chats, SQLite", backups.create(path), shell(line, clear), ".backup, zstd -3 -T2",
               runs=5, target=0.4)
    yield backups.sizes("size of it (MB)", peer, ".backup, zstd -3 -T2")
    target = folder / "restored" / "webui.db"

    def empty():
        shutil.rmtree(target.parent, ignore_errors=True)
        target.parent.mkdir()

    yield pair(f"restore of {CHATS:,} chats, SQLite", backups.restore(target, empty),
               shell(f"zstd -q -d {peer} -o {target} && sqlite3 {target} 'pragma quick_check'", empty),
               "zstd -d, quick_check", runs=3)


FILES = 100_000


def small_files(owctl, folder, minio):
    """A bucket of their own for each run."""
    uploads, secret, database = folder / "uploads", folder / "restic-password", folder / "webui.db"
    migrated(owctl, database)
    uploads.mkdir()
    for number in range(FILES):
        (uploads / f"{number:06}").write_bytes(os.urandom(2000))
    secret.write_text("secret\n")
    backups = Backups(owctl, folder)
    os.environ |= {"AWS_ACCESS_KEY_ID": ROOT[0], "AWS_SECRET_ACCESS_KEY": ROOT[1], "RESTIC_PASSWORD_FILE": str(secret),
                   "RESTIC_CACHE_DIR": str(folder / "restic-cache")}

    def ours():
        os.environ["OWCTL_REPOSITORY"] = minio.location(minio.bucket(), "repository")
        subprocess.run([owctl, "-q", "repo", "init"], check=True, stdout=subprocess.DEVNULL)

    def theirs():
        shutil.rmtree(folder / "restic-cache", ignore_errors=True)
        os.environ["RESTIC_REPOSITORY"] = f"s3:{minio.url}/{minio.bucket()}/repository"
        subprocess.run(["restic", "-q", "init"], check=True, stdout=subprocess.DEVNULL)

    yield pair(f"backup of {FILES:,} files of 2 kB to MinIO",
               {"command": [owctl, "-q", "backup", "create", "--recipient", backups.recipient, "--database", database,
                            "--data-dir", folder], "prepare": ours},
               {"command": ["restic", "-q", "backup", uploads], "prepare": theirs}, "restic", runs=3, target=0.5)


def postgresql(owctl, folder, server):
    made, url = server.create(), server.create()
    chats.fill_postgresql(owctl, server, made, CHATS)
    migrated(owctl, made)
    backups = Backups(owctl, folder)
    peer, dump, name = folder / "dump.sql.zst.age", folder / "dump", url.rpartition("/")[2]
    line = f"pg_dump '{made}' | zstd -3 -T2 | age -r {backups.recipient} -o {peer}"
    yield pair(f"backup of {CHATS:,} chats, PostgreSQL", backups.create(made), shell(line),
               "pg_dump, zstd -3 -T2, age", runs=5, target=0.9)
    yield backups.sizes("size of it (MB)", peer, "pg_dump, zstd -3 -T2, age")
    yield again(backups, folder, made, server)
    subprocess.run(["pg_dump", "-Fd", "-j2", "-Z1", "-f", dump, made], check=True)

    def empty():
        server.execute("drop database {}", name)
        server.execute("create database {}", name)
        server.execute("checkpoint")

    yield pair(f"restore of {CHATS:,} chats, PostgreSQL", backups.restore(url, empty),
               {"command": ["pg_restore", "-j2", "-d", url, dump], "prepare": empty}, "pg_restore -j2", runs=3, target=0.9)
