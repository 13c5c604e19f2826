"""Over a slow line every round trip is felt: 200 ms each. What a command may take, the connection's own four included."""
import json

import pytest

from lab.wire import Wire
from test_migrate_rows import IDS, OLDEST, history, message, old  # noqa: F401 (fixture)
from test_old_database import connected

MOST = {"user create a@example.org --no-password": 22, "user create b@example.org --generate": 22, "user list": 9, "user show a@example.org": 11,
        "user passwd a@example.org --generate": 18, "user delete b@example.org --yes": 22, "group list": 9, "migrate status": 14}


def test_round_trips(owctl, postgresql, make_postgresql):
    url = make_postgresql()
    with Wire(postgresql.port) as wire:
        def turns(words):
            before = wire.turns
            owctl(*words.split(), "--database", wire.through(url)).ok()
            return wire.turns - before

        assert turns("migrate up --dry-run") <= 10
        owctl("migrate", "up", "--database", url).ok()
        owctl("user", "create", "admin@example.org", "--role", "admin", "--no-password", "--database", url).ok()
        taken = {words: turns(words) for words in MOST}
    assert {words: count for words, count in taken.items() if count > MOST[words]} == {}, taken


@pytest.mark.parametrize("engine", ["postgresql"])
def test_round_trips_for_rows(owctl, postgresql, old, engine):  # noqa: F811
    """They depend on the revisions that are pending, and not on the rows."""
    with Wire(postgresql.port) as wire:
        def turns(url, *words):
            before = wire.turns
            owctl("migrate", *words, "--database", wire.through(url)).ok()
            return wire.turns - before

        few, many = (old(OLDEST, seed=2, count=count) for count in (3, 60))
        taken = {words: [turns(url, *words.split()) for url in (few, many)] for words in ("plan", "status", "up --dry-run --no-backup")}
    # A table is counted where the server has no statistics of it yet.
    assert max(taken["plan"]) <= 105 and abs(taken["plan"][0] - taken["plan"][1]) <= 20, taken
    assert taken["status"][0] == taken["status"][1] <= 20, taken
    assert max(taken["up --dry-run --no-backup"]) <= 60, taken


@pytest.mark.parametrize("engine", ["postgresql"])
def test_round_trips_for_chats_whose_messages_are_in_their_json(owctl, postgresql, old, engine):  # noqa: F811
    """Some for every page of 150, and none for a chat."""
    text = json.dumps({"history": history("gone", m1=message(at=1), m2=message(parent="m1", at=2))})
    taken = {}
    for count in 10, 900:
        url = old(IDS[IDS.index("9a1b2c3d4e5f") - 1], count=3)
        with connected(url) as connection:
            connection.execute("insert into chat (id, user_id, title, chat, created_at, updated_at, archived, meta)"
                               f" select 'only-' || n, 'u', 't', '{text}', 1, 1, false, '{{}}' from generate_series(1, {count}) n")
        with Wire(postgresql.port) as wire:
            owctl("migrate", "up", "--to", "9a1b2c3d4e5f", "--no-backup", "--database", wire.through(url)).ok()
        taken[count] = wire.turns
        with connected(url) as connection:
            found = connection.execute("select current_message_id, count(*) from chat where id like 'only-%' group by 1").fetchall()
        assert found == [("m2", count)]
    assert taken[900] - taken[10] <= 60, taken
