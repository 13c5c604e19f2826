"""`owctl migrate up` that goes on after a cut: its way back is the copy that the migration was begun with, and no other is made while
that is there; what a kill leaves of a copy goes with the next."""
import os
import pathlib
import re
import sqlite3

import pytest

from lab.cut_off import KILLED
from lab.examples import FACTOR
from lab.rows_difference import difference
from test_migrate_kills import EVERY_PAGE, ROWS, WAIT, cut_off, standing, up  # noqa: F401 (cut_off is a fixture)
from test_migrate_rows import OLDEST, everything, migrate, old  # noqa: F401 (fixtures)
from test_old_database import connected, copy, engine  # noqa: F401

ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
WITHIN, BETWEEN = ("8452d01d26d7", EVERY_PAGE), ("f1e2d3c4b5a6", {})  # what keeps a revision from its end, with and without pages committed
CUTS = pytest.mark.parametrize("cut", [WITHIN, BETWEEN], ids=("within", "between"))


def run(url, sql, *values):
    with connected(url) as connection:
        found = connection.execute(sql, values)
        rows = found.fetchall() if found.description else None
        connection.commit()
    return rows


def copies(url):
    """Of the database, whole ones."""
    path = pathlib.Path(url.removeprefix("sqlite:///"))
    return sorted(str(found) for found in path.parent.glob(f"{path.name}.*.*") if ".part-" not in found.name)


@pytest.fixture
def stopped(migrate):  # noqa: F811
    """stopped(url, cut): what a run says that does not get to its end; let_go(url) ends what keeps it from that."""
    def stop(url, cut, **how):
        revision, environment = cut
        run(url, f"create trigger if not exists stop before update on alembic_version when new.version_num = '{revision}'"
                 " begin select raise(abort, 'stop'); end")
        said = migrate(url, **{"backup": True, **how}, **environment).ended(65).err
        assert standing(url)[1] == (revision if cut is WITHIN else None) and standing(url)[0] != OLDEST
        return said

    return stop


def let_go(url):
    run(url, "drop trigger stop")


@ON_SQLITE
def test_killed_again_and_again_it_has_one_copy_of_the_beginning(cut_off, migrate, old, copy, engine):  # noqa: F811
    template = old(OLDEST, seed=5, count=ROWS)
    before, url = copy(template), copy(template)
    calls = cut_off.count(*up(copy(template), backup=True), env=EVERY_PAGE)
    copying = calls - cut_off.count(*up(copy(template)), env=EVERY_PAGE)
    cut_off.at(copying + (calls - copying) // 4, "killed", *up(url, backup=True), env=EVERY_PAGE).ended(KILLED)
    begun, [backup] = standing(url), copies(url)
    for number in range(1, 5):
        said = cut_off.at(number * (calls - copying) // 8, "killed", *up(url, backup=True), env=EVERY_PAGE).ended(KILLED).err
        assert f"{backup} has the database as it was before" in said
    assert begun[0] != OLDEST
    done = migrate(url, "-o", "json", *WAIT, backup=True).ok()
    assert done.json()["backup"] == backup and copies(url) == [backup] and f"mv {backup} " in done.err
    assert difference(everything(before), everything(f"sqlite:///{backup}")) == ""


@ON_SQLITE
@CUTS
def test_the_copy_is_kept_until_the_run_is_at_its_end(stopped, migrate, old, engine, cut):  # noqa: F811
    url = old(OLDEST, seed=5, count=ROWS)
    stopped(url, cut)
    [backup] = copies(url)
    assert set(run(url, "select backup from owctl_migration")) == {(backup,)}
    for how in {}, {"backup": False}:
        said = stopped(url, cut, **how)
        assert "no new copy is made" in said and f"{backup} has the database as it was before" in said
    assert "no new copy is made" in migrate(url, "--dry-run", backup=True).ok().err
    let_go(url)
    assert migrate(url, "-o", "json", "--to", "42e2978c7933", backup=True).ok().json()["backup"] == backup
    assert copies(url) == [backup] and set(run(url, "select backup from owctl_migration")) == {(None,)}
    done = migrate(url, "-o", "json", backup=True).ok()
    assert {backup, done.json()["backup"]} == set(copies(url)) and len(copies(url)) == 2 and "goes on" not in done.err


@ON_SQLITE
@CUTS
def test_where_it_is_gone_the_copy_is_of_a_database_half_way(stopped, migrate, old, engine, cut):  # noqa: F811
    url = old(OLDEST, seed=5, count=ROWS)
    stopped(url, cut)
    [first] = copies(url)
    os.remove(first)
    said = stopped(url, cut)
    [second] = copies(url)
    assert f"is gone: {first}" in said and f"{second} has the database as it was half-way" in said and second.endswith(".half-way")
    assert "as it was before\n" not in said
    found = run(f"sqlite:///{second}", "select version_num from alembic_version")
    assert found == [(standing(url)[0],)]
    assert "as it was half-way, when its first copy was gone" in stopped(url, cut)
    let_go(url)
    done = migrate(url, "-o", "json", backup=True).ok()
    assert done.json()["backup"] == second and copies(url) == [second]
    assert "to go back, but to half-way through the migration and no further: " in done.err


@ON_SQLITE
def test_begun_without_a_copy_it_goes_on_with_one_of_half_way(stopped, migrate, old, engine):  # noqa: F811
    url = old(OLDEST, seed=5, count=ROWS)
    stopped(url, WITHIN, backup=False)
    let_go(url)
    assert copies(url) == [] and run(url, "select backup from owctl_migration where backup is not null") == []
    run(url, "alter table owctl_migration drop column backup")  # as an older owctl has left it
    assert migrate(url, "-o", "json", backup=True).ok().json()["backup"].endswith(".half-way")


def test_a_table_of_an_older_owctl_gets_the_column(migrate, old, owctl, engine):  # noqa: F811
    url = old(OLDEST, seed=5)
    migrate(url, "--to", "8452d01d26d7").ok()
    run(url, "alter table owctl_migration drop column backup")
    owctl("migrate", "history", "--database", url).ok()
    migrate(url).ok()
    assert set(run(url, "select backup from owctl_migration")) == {(None,)}


@ON_SQLITE
@CUTS
def test_a_forged_path_is_told_and_left_alone(stopped, migrate, old, engine, tmp_path, cut):  # noqa: F811
    """Each of them at one of the cuts in turn; `EXAMPLES=2 scripts/check -k forged` tries all at both."""
    url = old(OLDEST, seed=5, count=ROWS)
    stopped(url, cut)
    [backup] = copies(url)
    kept, moment = tmp_path / "kept", backup.rsplit(".", 1)[1]
    kept.write_text("somebody else's")
    named = backup.removesuffix(moment)
    os.symlink(kept, link := f"{named}20260101T000000Z")
    os.mkfifo(pipe := f"{named}20260102T000000Z")
    os.mkdir(folder := f"{named}20260103T000000Z")
    forged = [str(kept), link, pipe, folder, url.removeprefix("sqlite:///"), f"{backup}/../kept", "\x1b[31mred\nowctl: nothing", "",
              b"\xff" * 9, 7, f"{backup};reboot", f"{named}20260101T000000Z.part-abcdef", "/" + "x" * 100000]
    for value in forged if FACTOR > 1 else forged[cut is BETWEEN::2]:
        run(url, "update owctl_migration set backup = ?", value)
        said = stopped(url, cut)
        assert "is gone: " in said and "\x1b" not in said and "\nowctl: nothing" not in said, value
        [new] = set(copies(url)) - {backup, link, pipe, folder}
        assert new.endswith(".half-way") and re.search(f"{re.escape(new)} has the database as it was half-way", said), value
        os.remove(new)
    assert kept.read_text() == "somebody else's" and os.path.islink(link) and os.path.exists(pipe) and os.path.isdir(folder)


@ON_SQLITE
@pytest.mark.parametrize("mode", ("delete", "wal"))
def test_of_a_database_that_was_not_changed_since_there_is_one_copy(owctl, migrate, old, engine, tmp_path, mode):  # noqa: F811
    url = old(OLDEST, seed=5, count=ROWS)
    run(url, f"pragma journal_mode = {mode}")
    run(url, "create trigger stop before update on alembic_version begin select raise(abort, 'stop'); end")
    migrate(url, backup=True).ended(65)
    [first] = copies(url)
    for words in ["migrate", "up"], ["migrate", "repair", "--yes", "--only", "encoded-twice"]:
        said = owctl(*words, "--database", url).err
        assert f"{first} has the database as it is now already, byte for byte" in said and copies(url) == [first]
        assert f"{first} has the database as it was before" in said or f"mv {first} " in said
    assert migrate(url, backup=True).ended(65).err.count("byte for byte") == 0  # it was mended
    [second] = set(copies(url)) - {first}
    assert "byte for byte" in migrate(url, backup=True).ended(65).err and copies(url) == sorted([first, second])


@ON_SQLITE
def test_a_copy_that_is_not_surely_the_same_stays_and_is_not_the_way_back(migrate, old, engine, tmp_path):  # noqa: F811
    url = old(OLDEST, seed=5, count=ROWS)
    run(url, "create trigger stop before update on alembic_version begin select raise(abort, 'stop'); end")
    migrate(url, backup=True).ended(65)
    [first] = copies(url)
    whole = pathlib.Path(first).read_bytes()
    moment = first.rsplit(".", 1)[1]
    others = [f"{first.removesuffix(moment)}20260101T00000{number}Z" for number in range(5)]
    os.remove(first)
    for other in others:
        pathlib.Path(other).write_bytes(whole)
    os.link(others[0], tmp_path / "another name")
    pathlib.Path(others[1]).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    pathlib.Path(f"{others[2]}-wal").write_text("")
    os.rename(others[3], others[3] + ".half-way")
    os.rename(others[4], tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", others[4])
    found = set(copies(url))
    assert "byte for byte" not in migrate(url, backup=True).ended(65).err
    [new] = set(copies(url)) - found
    assert pathlib.Path(new).read_bytes() == whole
    with open(new):
        assert "byte for byte" not in migrate(url, backup=True).ended(65).err
    [newer] = set(copies(url)) - found - {new}
    assert new + " has the database as it is now" in migrate(url, backup=True).ended(65).err


def leave_part(cut_off, url):  # noqa: F811
    """As a kill in the midst of copying does."""
    cut_off.at(12, "killed", *up(url, backup=True)).ended(KILLED)
    path = pathlib.Path(url.removeprefix("sqlite:///"))
    [part] = path.parent.glob(f"{path.name}.*.part-??????")
    assert part.stat().st_size and standing(url) == (OLDEST, None) and copies(url) == []
    return part


@ON_SQLITE
@pytest.mark.parametrize("words", ("up", "repair"))
def test_what_a_kill_leaves_of_a_copy_is_removed_by_the_next(cut_off, owctl, old, engine, tmp_path, words):  # noqa: F811
    url = old(OLDEST, seed=5, count=ROWS)
    part = leave_part(cut_off, url)
    if words == "repair":
        run(url, "create table _alembic_tmp_chat (id text)")
    name = part.name.removesuffix(part.name[-6:])
    others = {tmp_path / other for other in (
        f"x{part.name}", f"{part.name}0", f"{name}abc-ef", f"{name}abcde", f"{name}abcde.", part.name.replace("Z.part", ".part"),
        part.name.replace("Z.part", "Z-.part"), part.name.replace("Z.part", "Z.x.part"), part.name.replace(f".{OLDEST}", ""),
        part.name.replace(f"{OLDEST}.db", "webui.db"), f"{name}Opened")}
    for other in others:
        other.write_text("somebody else's")
    os.symlink(tmp_path / "nowhere", tmp_path / f"{name}Linked")
    os.mkdir(tmp_path / f"{name}Folder")
    (tmp_path / part.name.replace("Z.part", "Z-12.half-way.part")).write_text("half")
    command = ["migrate", words, "--database", url, *WAIT, *(["--yes", "--only", "scratch-table"] if words == "repair" else [])]
    with open(tmp_path / f"{name}Opened"):
        assert "removed what owctl left" not in owctl(*command, "--dry-run").err and part.exists()
        said = owctl(*command).ok().err
    [line] = [line for line in said.splitlines() if "removed what owctl left" in line]
    assert str(part) in line and line.count(", ") == 1 and not part.exists()
    assert all(other.read_text() == "somebody else's" for other in others)
    assert os.path.islink(tmp_path / f"{name}Linked") and os.path.isdir(tmp_path / f"{name}Folder")
    assert not (tmp_path / part.name.replace("Z.part", "Z-12.half-way.part")).exists() and len(copies(url)) == 1
    assert isinstance(sqlite3.connect(copies(url)[0]).execute("select count(*) from chat").fetchone()[0], int)
