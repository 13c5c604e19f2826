"""States that 0.9.6's own migrations leave behind. `connection` is one to an empty database, `url` the same database's address,
`upgrade` 0.9.6's Alembic: upgrade_by("0.9.6") of conftest.py."""
import sqlite3

from lab import chain

RELEASE = "0.9.6"
SETTINGS = '{"ui": {"theme": "dark"}}'


def _start(connection, revision):
    """An empty database at that revision, as releases until 0.8.12 made it."""
    engine = "sqlite" if isinstance(connection, sqlite3.Connection) else "postgresql"
    chain.run(engine, connection, chain.version_table_sql())
    for step in chain.revisions():
        chain.run(engine, connection, step.sql(engine))
        if step.id == revision:
            break
    connection.execute(f"insert into alembic_version values ('{revision}')")
    connection.commit()


def old_chat(upgrade, connection, url, chats=2):
    """Chats that stayed in chat.old_chat: it goes past the copy, and by 242a2047eae0 as if it were done."""
    _start(connection, "6a39f3d8e55c")
    for number in range(chats):
        connection.execute("insert into chat (id, user_id, title, chat, created_at, updated_at, archived) "
                           f"values ('c{number}', 'u0', 'title', '{{\"title\": \"title\"}}', 1, 1, false)")
    connection.commit()
    upgrade(url, "242a2047eae0")


def _accounts(connection, count):
    _start(connection, "2f1211949ecc")
    for number in range(count):
        connection.execute('insert into "user" (id, name, email, role, profile_image_url, created_at, updated_at, '
                           f"last_active_at, settings) values ('u{number}', 'name', 'u{number}@example.org', 'user', '', "
                           f"1, 1, 1, '{SETTINGS}')")
    connection.commit()


def info_json(upgrade, connection, url):
    """user.info_json beside user.info at 2f1211949ecc: on SQLite, b10670c03dd5 ends at the second account. The error's text."""
    _accounts(connection, 2)
    return upgrade.try_to(url, "b10670c03dd5")


def encoded_twice(upgrade, connection, url):
    """user.settings that is a JSON string: on SQLite, of an account that was alone at b10670c03dd5."""
    _accounts(connection, 1)
    upgrade(url, "b10670c03dd5")
