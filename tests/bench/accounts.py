"""Databases with many accounts, and the files that make them."""
import csv
import random
import sqlite3
import subprocess
import uuid

HASH = "$2b$12$abcdefghijklmnopqrstuuJ8zJq0u8yPzv6vF0Yc1C0Hq5vJkq8mG"


def rows(count):
    """Ids are random, as Open WebUI's are, and the same in every run."""
    chance = random.Random(count)
    for number in range(count):
        role = "admin" if number == 0 else "pending" if number % 10 == 9 else "user"
        yield (str(uuid.UUID(int=chance.getrandbits(128), version=4)), f"user{number}@example.org", f"User Number {number}", role,
               1_700_000_000 + number)


def import_file(path, count):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["email", "name", "role", "password_hash"])
        for _, email, name, role, _ in rows(count):
            writer.writerow([email, name, role, HASH])


def fill_sqlite(owctl, path, count):
    subprocess.run([owctl, "-q", "migrate", "up", "--database", path], check=True, capture_output=True)
    with sqlite3.connect(path) as database:
        database.executemany(
            'insert into "user" (id, email, name, role, profile_image_url, last_active_at, created_at, updated_at)'
            " values (?, ?, ?, ?, '/user.png', ?, ?, ?)",
            ((id, email, name, role, at, at, at) for id, email, name, role, at in rows(count)))
        database.executemany("insert into auth (id, email, password, active, session_stamp) values (?, ?, ?, 1, ?)",
                             ((id, email, HASH, id) for id, email, *_ in rows(count)))
    database.close()


def fill_postgresql(owctl, server, url, count):
    subprocess.run([owctl, "-q", "migrate", "up", "--database", url], check=True, capture_output=True)
    with server.connect(url.rpartition("/")[2]) as database, database.cursor() as cursor:
        with cursor.copy('copy "user" (id, email, name, role, profile_image_url, last_active_at, created_at, updated_at)'
                         " from stdin") as copy:
            for id, email, name, role, at in rows(count):
                copy.write_row((id, email, name, role, "/user.png", at, at, at))
        with cursor.copy("copy auth (id, email, password, active, session_stamp) from stdin") as copy:
            for id, email, *_ in rows(count):
                copy.write_row((id, email, HASH, True, id))
        cursor.execute('analyze "user"')


def copy_files(folder, count):
    """The same rows as import_file's, as a bare COPY of both tables takes them."""
    with (folder / "user.tsv").open("w") as users, (folder / "auth.tsv").open("w") as credentials:
        for id, email, name, role, at in rows(count):
            users.write(f"{id}\t{email}\t{name}\t{role}\t/user.png\t{at}\t{at}\t{at}\n")
            credentials.write(f"{id}\t{email}\t{HASH}\t1\t{id}\n")
    (folder / "copy.sql").write_text(
        "begin;\n"
        '\\copy "user" (id, email, name, role, profile_image_url, last_active_at, created_at, updated_at)'
        f" from '{folder}/user.tsv'\n"
        f"\\copy auth (id, email, password, active, session_stamp) from '{folder}/auth.tsv'\n"
        "commit;\n")
