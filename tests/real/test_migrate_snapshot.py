"""PostgreSQL: with a repository in the settings, `owctl migrate up` and `repair` make a snapshot before the first change, and the
command they tell brings it back."""
import re
import shlex
import shutil

import pytest

from lab.cut_off import KILLED
from lab.rows_difference import difference
from test_backup import Keys, keys, repository  # noqa: F401 (fixtures)
from test_migrate_kills import EVERY_PAGE, ROWS, cut_off, standing, up  # noqa: F401 (cut_off is a fixture)
from test_migrate_rows import OLDEST, everything, migrate, old  # noqa: F401 (fixtures)
from test_old_database import connected, copy, engine  # noqa: F401

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
SNAPSHOT = re.compile(r"snapshot (\d{8}T\d{6}Z-[0-9a-f]{8}) in (\S+)")


@pytest.fixture
def url(old):  # noqa: F811
    return old(OLDEST, seed=5, count=ROWS)


def only(repository):  # noqa: F811
    [snapshot] = repository.list()
    return snapshot["snapshot"], snapshot["tags"]


def way_back(said):
    """The words behind `owctl`, as a shell takes them."""
    [command] = re.findall(r"to go back.*: stop .* owctl (backup restore .*)", said)
    return shlex.split(command)


def test_the_command_that_is_told_brings_it_back(migrate, url, repository, owctl, postgresql):  # noqa: F811
    before = everything(url)
    assert "would be refused" not in migrate(url, "--dry-run", backup=True, **repository.settings).ok().err and not repository.list()
    done = migrate(url, "-o", "json", backup=True, **repository.settings).ok()
    snapshot, tags = only(repository)
    assert SNAPSHOT.fullmatch(done.json()["backup"]).groups() == (snapshot, str(repository.location)) and tags == ["before-migration"]
    empty = postgresql.create()
    try:
        owctl(*way_back(done.err), "--yes", "--database", empty, env=repository.opened).ok()
        assert difference(before, everything(empty)) == ""
        migrate(empty).ok()
        assert difference(everything(url), everything(empty)) == ""
        owctl(*way_back(done.err), "--yes", "--database", url, env=repository.opened).ok()
        assert difference(before, everything(url)) == ""
        assert owctl("migrate", "status", "--database", url, "-o", "json").ok().json()["revision"] == OLDEST
        migrate(url).ok()
        assert difference(everything(url), everything(empty)) == ""
    finally:
        postgresql.drop(empty)


def test_killed_again_and_again_it_has_one_snapshot_of_the_beginning(cut_off, migrate, url, copy, repository):  # noqa: F811
    env = EVERY_PAGE | repository.settings
    calls = cut_off.count(*up(copy(url)), env=env)
    with_snapshot = cut_off.count(*up(copy(url), backup=True), env=env)
    before = with_snapshot - calls
    shutil.rmtree(repository.location)
    repository.init()
    cut_off.at(before + calls // 3, "killed", *up(url, backup=True), env=env).ended(KILLED)
    assert standing(url)[0] != OLDEST
    snapshot, _ = only(repository)
    said = cut_off.at(calls // 4, "killed", *up(url, backup=True), env=env).ended(KILLED).err
    assert f"no new snapshot is made: snapshot {snapshot} in " in said and "as it was before" in said
    done = migrate(url, "-o", "json", "--wait", "10", backup=True, **repository.settings).ok()
    assert snapshot in done.json()["backup"] and snapshot in way_back(done.err) and only(repository)[0] == snapshot


def test_where_it_is_gone_the_snapshot_is_of_a_database_half_way(migrate, url, repository):  # noqa: F811
    stop = "create function stop() returns trigger language plpgsql as $$ begin raise exception 'stop'; end $$;" \
           " create trigger stop before update on alembic_version for each row when (new.version_num = '8452d01d26d7')" \
           " execute function stop()"
    with connected(url) as connection:
        connection.execute(stop)
        connection.commit()
    run = lambda status=1: migrate(url, backup=True, **repository.settings).ended(status).err  # noqa: E731
    assert "has the database as it was before" in run()
    first, _ = only(repository)
    assert f"snapshot {first} " in run() and only(repository)[0] == first
    shutil.rmtree(repository.location)
    assert "can't be looked for" in run(78)  # and there is no place for another
    repository.init()
    said = run()
    second, tags = only(repository)
    assert f"is gone: {first}" in said and f"half-way snapshot {second} " in said and tags == ["before-migration", "half-way"]
    assert migrate(url, "--dry-run", backup=True, **repository.settings).ok().err.count(f"half-way snapshot {second} ") == 1
    with connected(url) as connection:
        connection.execute("drop trigger stop on alembic_version; drop function stop()")
        connection.commit()
    done = migrate(url, backup=True, **repository.settings).ok()
    assert second in way_back(done.err) and "to go back, but to half-way" in done.err


@pytest.mark.parametrize("without, status, said", [
    ("OWCTL_REPOSITORY", 64, "OWCTL_REPOSITORY and OWCTL_RECIPIENTS"), ("OWCTL_RECIPIENTS", 78, "no public key"),
    ("the repository", 78, "a snapshot before the first change")])
def test_without_a_snapshot_nothing_is_changed(migrate, url, repository, without, status, said):  # noqa: F811
    before = everything(url)
    settings = {name: value for name, value in repository.settings.items() if name != without}
    if without == "the repository":
        shutil.rmtree(repository.location)
    assert said in migrate(url, "--dry-run", backup=True, **settings).ok().err
    assert said in migrate(url, backup=True, **settings).ended(status).err
    assert standing(url)[0] == OLDEST and difference(before, everything(url)) == ""


def test_a_repair_makes_one_as_well(url, repository, owctl):  # noqa: F811
    with connected(url) as connection:
        connection.execute("insert into alembic_version values ('018012973d35')")
        connection.commit()
    done = owctl("migrate", "repair", "--yes", "--database", url, env=repository.settings)
    assert only(repository)[0] in way_back(done.err), done.err
