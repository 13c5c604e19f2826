"""`owctl migrate repair` finds the states in which upstream's migrations leave a database, or its bugs the rows, and what it has
mended ends as a database that was migrated undisturbed."""
import time

import pytest

from lab import catalogue, old_database
from lab.hostile_aborts import ABORTS
from lab.parts import NEWEST, RELEASES
from lab.rows_difference import difference
from test_migrate_rows import IDS, everything, migrate, old, read_catalogue  # noqa: F401 (fixtures)
from test_old_database import connected, copied, copy, engine  # noqa: F401

HEAD = IDS[-1]
SQLITE_ONLY = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
POSTGRESQL_ONLY = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


@pytest.fixture
def repair(owctl):
    """repair(url, ..): the rows of its answer."""
    def run(url, *more, code=0):
        return owctl("migrate", "repair", "--database", url, "--no-backup", "-o", "json", *more).ended(code).json()

    run.raw = lambda url, *more: owctl("migrate", "repair", "--database", url, "--no-backup", *more)
    run.find = lambda url, *more, code=2: run(url, "--dry-run", *more, code=code)
    return run


@pytest.fixture
def made(templates, engine, postgresql, tmp_path):  # noqa: F811
    """made(release, ..): the URL of a database that the release itself has made, with rows."""
    def make(release, **how):
        url = (templates.postgresql(postgresql, release, tmp_path) if engine == "postgresql"
               else f"sqlite:///{templates.sqlite(release, tmp_path)}")
        with connected(url) as connection:
            old_database.fill(connection, without=("migratehistory", "alembic_version"), **how)
        return url

    return make


def run(url, *statements):
    with connected(url) as connection:
        for sql in statements:
            connection.execute(sql)


def ask(url, sql):
    with connected(url) as connection:
        return [list(row) for row in connection.execute(sql).fetchall()]


def kinds(found):
    return {row["fault"] for row in found}


def check_same(theirs, ours, since):
    assert difference(everything(theirs, since), everything(ours, since)) == ""
    assert catalogue.difference(read_catalogue(theirs), read_catalogue(ours), ("undisturbed", "mended")) == ""


# ---- nothing is broken ----


@pytest.mark.parametrize("release", RELEASES)
def test_a_database_that_a_release_has_made_has_no_fault(repair, templates, engine, release, postgresql, tmp_path):  # noqa: F811
    url = (templates.postgresql(postgresql, release, tmp_path) if engine == "postgresql"
           else f"sqlite:///{templates.sqlite(release, tmp_path)}")
    assert repair.find(url, code=0) == []
    assert repair(url, "--yes") == []


@pytest.mark.parametrize("revision", IDS[::6] + IDS[-1:])
def test_no_revision_of_the_chain_is_a_fault(repair, old, engine, revision):  # noqa: F811
    assert repair.find(old(revision, count=0), code=0) == []


# ---- what upstream leaves where it aborts ----

# {revision: (where it starts, feature of lab/hostile_features.py, what its owner does about that row)}
ABORTED = {
    "374d2f66af06": ("c440947495f3", "prompt_without_title", "update prompt set title = 'none' where title is null"),
    "8452d01d26d7": ("c440947495f3", "chat_list", "update chat set chat = '{}' where chat like '[%'"),
    "f1e2d3c4b5a6": ("374d2f66af06", "access_read_null",
                     "update note set access_control = '{}' where access_control = '{\"read\": null}'"),
    "4de81c2a3af1": ("56359461a091", "pinned_note_without_user", "update note set user_id = 'x' where user_id is null"),
    "3ff2c63645b8": ("461111b60977", "config_list", "update config set data = '{}' where data like '[%'"),
    "d4c1a8e37b62": ("c440947495f3", "chat_meta_empty", "update chat set meta = '{}' where meta = ''"),
    "d6a8c3f912ab": ("a7d3e9f2b641", "skill_meta_not_json", "update skill set meta = '{}' where not json_valid(meta)"),
    "e7b9d4a023bc": ("c440947495f3", "model_meta_null", "update model set meta = '{}' where meta = 'null'"),
    "f8c0e5b134cd": ("c440947495f3", "function_meta_null", "update function set meta = '{}' where meta = 'null'"),
}


@SQLITE_ONLY
@pytest.mark.parametrize("revision", ABORTED)
def test_a_revision_that_aborted(upgrade, repair, migrate, old, copy, engine, revision):  # noqa: F811
    """On SQLite it stands half done, and upstream's next try fails on that, or passes it over."""
    start, feature, cure = ABORTED[revision]
    since = time.time()
    ours = old(start, seed=3, hostile=[feature])
    theirs = copy(ours)
    assert ABORTS[revision][feature]["sqlite"] in upgrade.try_to(ours)
    assert ask(ours, "select * from alembic_version") == [[IDS[IDS.index(revision) - 1]]]
    run(theirs, cure)
    upgrade(theirs)
    found = repair.find(ours)
    assert [row for row in found if row["fault"] == "begun" and revision in row["what"]], found
    refused = migrate(ours).ended(1)
    assert "owctl migrate repair" in refused.err and "nothing was changed" in refused.err
    only = [word for name in ("scratch-table", "begun", "messages") for word in ("--only", name)]
    assert {row["state"] for row in repair(ours, "--yes", *only)} == {"mended"}
    run(ours, cure)
    migrate(ours).ok()
    check_same(theirs, ours, since)
