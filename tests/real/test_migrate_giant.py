"""A chat of any size is brought up in bounded memory: what the kernel can't write out and drop stays under 64 MB."""
import json
import resource
import shutil
import subprocess

import psycopg
import pytest

from lab import memory, old_chats, old_database
from lab.parts import TREE
from test_migrate_rows import old  # noqa: F401 (fixture)
from test_old_database import connected, engine  # noqa: F401

FIRST = "7e5b5dc7342b"
MEGABYTE = 1 << 20
MOST = 64 * MEGABYTE
ID = "5eba1000-0000-5000-8000-000000000001"
TEXT = "Zwölf \"Boxkämpfer\"\njagen\tViktor \\ quer \U0001f642 "


IMAGE = [{"type": "image_url", "image_url": {"url": "data:image/png;base64," + "iVBOR/w0" * (2 * MEGABYTE)}}]
BODIES = {
    "many messages": lambda: [f"{number} {TEXT * (1 if number % 50 else 400)}" for number in range(100_000)],
    "large messages": lambda: ["short", TEXT * 900_000, IMAGE, "end"],
}


@pytest.fixture(params=BODIES)
def chat(request):
    """One that would not fit once into what may be in memory beside all else."""
    bodies = BODIES[request.param]()
    chat = old_chats.Chat(ID, "", old_chats.FIRST)
    for number, body in enumerate(bodies):
        chat.messages[f"m-{number}"] = {
            "id": f"m-{number}", "parentId": f"m-{number - 1}" if number else None, "role": "assistant" if number % 2 else "user",
            "content": body, "timestamp": chat.created_at + 60 * number, **({"model": "llama3:8b"} if number % 2 else {})}
    chat.text = old_chats.dumps({"title": "giant", "history": {"messages": chat.messages, "currentId": f"m-{number}"}})
    assert len(chat.text.encode()) > MOST * 3 // 4
    return chat


def insert(url, chat):
    with connected(url) as connection:
        mark = "%s" if isinstance(connection, psycopg.Connection) else "?"
        [chat.user_id] = connection.execute('select id from "user" limit 1').fetchone()
        connection.execute("insert into chat (id, user_id, title, chat, created_at, updated_at, archived)"
                           f" values ({mark}, {mark}, 'giant', {mark}, {chat.created_at}, {chat.created_at}, false)",
                           (ID, chat.user_id, chat.text))


@pytest.fixture
def on_disk(old, engine):  # noqa: F811
    """on_disk(revision, ..): as old(..), but of SQLite on a disk."""
    with memory.large_disk() as folder:
        def make(*words, **how):
            url = old(*words, **how)
            return f"sqlite:///{shutil.move(url.removeprefix('sqlite:///'), folder)}" if engine == "sqlite" else url

        yield make


def run_in_little_memory(owctl, *words):
    """The release build: a sanitizer needs more. Blocks of memory in files don't count: they are the kernel's to drop."""
    program = TREE / "build/owctl"
    if not program.exists():
        pytest.skip("build/owctl is not built")
    done = subprocess.run([program, *words], env=owctl.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=300, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (MOST, MOST)))
    assert done.returncode == 0, done.stderr


def test_a_giant_chat_in_little_memory(owctl, on_disk, engine, chat):  # noqa: F811
    url = on_disk(FIRST, count=10)
    insert(url, chat)
    run_in_little_memory(owctl, "migrate", "up", "--database", url, "--no-backup")
    with connected(url) as connection:
        text, current = connection.execute(f"select cast(chat as text), current_message_id from chat where id = '{ID}'").fetchone()
        assert json.loads(text) == json.loads(chat.text)
        assert current == [*chat.messages][-1]
        found = connection.execute("select id, user_id, role, parent_id, model_id, created_at, cast(content as text)"
                                   f" from chat_message where chat_id = '{ID}' order by created_at")
        expected = old_chats.as_rows(chat)
        for (*plain, content), row in zip(found, expected, strict=True):
            assert plain == [row[name] for name in ("id", "user_id", "role", "parent_id", "model_id", "created_at")]
            assert json.loads(content) == json.loads(row["content"])
