"""Databases that the real releases have made and filled through their own APIs: after `owctl migrate up` the real 0.12.4
shows all of it through its API, and has nothing to migrate."""
import pytest

from lab import births, filling
from lab.examples import FACTOR
from lab.parts import BIRTHPLACES, NEWEST

# Of each age: before grants, before tables of members, before rows for messages, and after all these. A start of 0.12.4 takes
# most of the time of each.
SAMPLE = [("sqlite", "0.3.35"), ("postgresql", "0.5.20"), ("sqlite", "0.6.18"), ("sqlite", "0.7.2"), ("sqlite", "0.9.6"),
          ("postgresql", "0.10.2")]
ALL = [(engine, release) for release in BIRTHPLACES for engine in ("sqlite", "postgresql")]


@pytest.fixture
def born(request, tmp_path):
    def make(engine, release):
        if engine == "sqlite":
            return births.of_sqlite(release, tmp_path)
        return births.of_postgresql(release, tmp_path, request.getfixturevalue("postgresql"))

    return make


@pytest.mark.parametrize("engine, release", ALL if FACTOR > 1 else SAMPLE)
def test_newest_release_shows_everything_that_was_made(owctl, born, start_openwebui, engine, release):
    birth = born(engine, release)
    owctl("migrate", "up", "--no-backup", "--database", birth.url).ok()
    server = start_openwebui(NEWEST, birth.data_dir, **filling.SETTINGS, **birth.environment).wait()
    seen = filling.seen(server, birth.made)
    for name, made in birth.made.items():
        assert seen[name] == made, name
    server.stop()
    assert "Running upgrade" not in server.log.read_text(errors="replace")


def test_each_release_makes_what_it_has(born):
    made = set(born("sqlite", "0.9.6").made)
    assert made == set(filling.THINGS)
    assert set(born("sqlite", "0.3.35").made) == made - {"group", "channel", "note", "skill"}
