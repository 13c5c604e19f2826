"""A database with many chats, at the revision of 0.7.2: before their messages become rows of their own."""
import json
import random
import shutil
import sqlite3
import subprocess
import uuid

REVISION = "c440947495f3"
COLUMNS = ("id", "user_id", "title", "chat", "created_at", "updated_at", "archived", "meta")
USERS = 100
MESSAGES = 7  # a chat


class Text:
    """Pieces of one long text of words: the same ones in every run."""

    def __init__(self, chance):
        words = [f"word{number}" for number in range(2000)]
        self._chance = chance
        self._all = " ".join(chance.choice(words) for _ in range(200_000)) + ' é ü \n "q" '

    def piece(self, size):
        start = self._chance.randrange(len(self._all) - size)
        return self._all[start:start + size]


def message(id, parent, number, at, text):
    made = {"id": id, "parentId": parent, "childrenIds": [], "role": "assistant" if number % 2 else "user",
            "content": text.piece(1800 if number % 2 else 1000), "timestamp": at, "models": ["gpt-4"]}
    return made | {"model": "gpt-4", "done": True, "usage": {"total": number, "prompt": 3.5}} if number % 2 else made


def rows(count):
    chance = random.Random(count)
    text = Text(chance)
    new_id = lambda: str(uuid.UUID(int=chance.getrandbits(128), version=4))
    for number in range(count):
        at, last, messages = 1_700_000_000 + 60 * number, None, {}
        for place in range(MESSAGES):
            id = new_id()
            messages[id] = message(id, last, place, at + place, text)
            last = id
        chat = {"id": "", "title": f"Chat {number}", "models": ["gpt-4"], "params": {},
                "history": {"messages": messages, "currentId": last}, "messages": list(messages.values()), "tags": [],
                "timestamp": 1000 * at}
        yield new_id(), f"user{number % USERS}", f"Chat {number}", json.dumps(chat), at, at, False, "{}"


def users():
    for number in range(USERS):
        yield f"user{number}", f"User {number}", f"user{number}@example.org", "user", "/user.png", 1, 1, 1


USER_COLUMNS = ("id", "name", "email", "role", "profile_image_url", "last_active_at", "created_at", "updated_at")


def insert(table, columns, mark):
    return f'insert into "{table}" ({", ".join(columns)}) values ({", ".join([mark] * len(columns))})'


def fill_sqlite(owctl, path, count):
    """As 0.7.2 leaves it: not in WAL mode."""
    subprocess.run([owctl, "-q", "migrate", "up", "--to", REVISION, "--database", path], check=True, capture_output=True)
    with sqlite3.connect(path) as database:
        database.executemany(insert("user", USER_COLUMNS, "?"), users())
        database.executemany(insert("chat", COLUMNS, "?"), rows(count))
    database.close()


def copy_rows(cursor, table, columns, made):
    with cursor.copy(f'copy "{table}" ({", ".join(columns)}) from stdin') as copy:
        for row in made:
            copy.write_row(row)


def fill_postgresql(owctl, server, url, count):
    subprocess.run([owctl, "-q", "migrate", "up", "--to", REVISION, "--database", url], check=True, capture_output=True)
    with server.connect(url.rpartition("/")[2]) as database, database.cursor() as cursor:
        copy_rows(cursor, "user", USER_COLUMNS, users())
        copy_rows(cursor, "chat", COLUMNS, rows(count))


def fresh_sqlite(made, path):
    for rest in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + rest).unlink(missing_ok=True)
    shutil.copy(made, path)
