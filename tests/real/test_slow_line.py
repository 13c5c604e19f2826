"""Over a slow line every round trip is felt: 200 ms each. What a command may take, the connection's own four included."""
from lab.wire import Wire

MOST = {"user create a@example.org --no-password": 22, "user create b@example.org --generate": 22, "user list": 9, "user show a@example.org": 11,
        "user passwd a@example.org --generate": 17, "user delete b@example.org --yes": 22, "group list": 9, "migrate status": 13}


def test_round_trips(owctl, postgresql, make_postgresql):
    url = make_postgresql()
    with Wire(postgresql.port) as wire:
        def turns(words):
            before = wire.turns
            owctl(*words.split(), "--database", wire.through(url)).ok()
            return wire.turns - before

        assert turns("migrate up --dry-run") <= 8
        owctl("migrate", "up", "--database", url).ok()
        owctl("user", "create", "admin@example.org", "--role", "admin", "--no-password", "--database", url).ok()
        taken = {words: turns(words) for words in MOST}
    assert {words: count for words, count in taken.items() if count > MOST[words]} == {}, taken
