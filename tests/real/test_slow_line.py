"""Over a slow line every round trip is felt: 200 ms each. What a command may take, the connection's own four included."""
import pytest

from lab.wire import Wire
from test_migrate_rows import OLDEST, old  # noqa: F401 (fixture)

MOST = {"user create a@example.org --no-password": 22, "user create b@example.org --generate": 22, "user list": 9, "user show a@example.org": 11,
        "user passwd a@example.org --generate": 18, "user delete b@example.org --yes": 22, "group list": 9, "migrate status": 13}


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
    assert taken["plan"][0] == taken["plan"][1] <= 100, taken
    assert taken["status"][0] == taken["status"][1] <= 20, taken
    assert max(taken["up --dry-run --no-backup"]) <= 60, taken
