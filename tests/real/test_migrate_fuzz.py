"""Databases that are drawn at random, brought up by upstream's own Alembic and by owctl: both end with the same rows and the same
catalogue. `make migrate-fuzz N=100` draws that many; one that failed is drawn again by `make migrate-fuzz N=1 SEED=..`."""
import os
import random

import pytest

from lab import old_database, openwebui
from lab.parts import RELEASES
from test_migrate_rows import PEEWEE, PEEWEE_STARTS, SEED, STARTS, check_same, migrate, old  # noqa: F401 (fixtures)
from test_old_database import ENGINES, connected, copy, engine  # noqa: F401

DRAWN = int(os.environ.get("DRAWN", "4"))
FAMILIES = ("chain", "chain", "peewee", "release")  # who made the tables: peewee's take a while
MADE_BY = ("migratehistory", "alembic_version")


def draw(seed):
    source = random.Random(seed)
    family, engine = source.choice(FAMILIES), source.choice(ENGINES)  # noqa: F811
    start = source.choice({"chain": STARTS, "peewee": PEEWEE_STARTS, "release": RELEASES[:-1]}[family])
    pace = {"OWCTL_MIGRATE_COMMIT_MS": source.choice((0, 3000)), "OWCTL_MIGRATE_PAGE_ROWS": source.choice((0, 1, 4, 17))}
    return engine, family, start, source.randint(6, 60), pace


@pytest.fixture
def made(old, templates, engine, postgresql, tmp_path):  # noqa: F811
    """made(family, start, ..): the URL of a database that stands there."""
    def make(family, start, **how):
        if family == "chain":
            return old(start, **how)
        if family == "release":
            url = (templates.postgresql(postgresql, start, tmp_path) if engine == "postgresql"
                   else f"sqlite:///{templates.sqlite(start, tmp_path)}")
        else:
            url = postgresql.create() if engine == "postgresql" else f"sqlite:///{tmp_path}/webui.db"
            openwebui.migrate(PEEWEE, tmp_path, start, DATABASE_URL=url)
        with connected(url) as connection:
            old_database.fill(connection, without=MADE_BY, **how)
        return url

    return make


@pytest.mark.parametrize("engine, seed", [(draw(seed)[0], seed) for seed in range(SEED, SEED + DRAWN)], indirect=["engine"])
def test_a_database_drawn_at_random(upgrade, migrate, made, copy, engine, seed):  # noqa: F811
    _, family, start, count, pace = draw(seed)
    print(f"seed {seed}: {engine}, tables by {family}, from {start}, {count} rows, {pace}")
    theirs = made(family, start, seed=seed, count=count)
    check_same(upgrade, lambda url: migrate(url, **pace), copy(theirs), theirs)
