"""`owctl migrate plan` tells what each pending revision is going to do, and that is what it then does."""
import os
import re
import subprocess

import pytest

from lab import rows
from test_migrate_kills import cut_off, up  # noqa: F401 (a fixture)
from test_migrate_online import make_large
from test_migrate_rows import IDS, migrate, old, read_catalogue  # noqa: F401 (fixtures)
from test_old_database import connected, copy, engine  # noqa: F401 (fixtures)

START = "c440947495f3"


@pytest.fixture
def plan(owctl):
    def run(url, *more):
        return owctl("migrate", "plan", "--database", url, *more, "-o", "json")

    return run


def touched(before, after):
    """The tables whose rows or shape differ."""
    found = set()
    for part in 0, 1:
        tables = before[part].keys() | after[part].keys()
        found |= {table for table in tables if before[part].get(table) != after[part].get(table)}
    return found - {"alembic_version"}


def state(url):
    return read_catalogue(url)["tables"], {table: kept for table, kept in rows.of(url).items() if table != "alembic_version"}


@pytest.mark.parametrize("start", IDS[:-1:9])
def test_no_revision_touches_a_table_that_the_plan_does_not_name(plan, cut_off, old, copy, engine, start):  # noqa: F811
    """The build without sanitizers, since it is run for every revision: all others look at the plan and at `up`."""
    url = old(start, seed=3)
    done = plan(url)
    told = {row["revision"]: row for row in done.ok().json()}
    assert list(told) == IDS[IDS.index(start) + 1:]
    before = state(url)
    for revision in list(told)[:9]:
        cut_off(*up(url, "--to", revision)).ok()
        after = state(url)
        named = set(re.findall(r"\w+", told[revision]["does"]))
        # prompt_new takes the name of prompt, config gives it to config_old.
        assert touched(before, after) <= named | {"prompt", "config_old"}, (revision, told[revision]["does"])
        before = after


def test_rows_and_bytes_are_about_those_that_are_there(plan, old, engine):  # noqa: F811
    url = old(START, count=60)
    with connected(url) as connection:
        connection.execute("update chat set chat = '{\"text\": \"" + 100_000 * "a" + "\"}'")
    told = {row["revision"]: row for row in plan(url).ok().json()}
    messages = told["8452d01d26d7"]
    with connected(url) as connection:
        count = connection.execute("select count(*) from chat").fetchone()[0]
    assert messages["rows"] == count
    stored = 100_000 if engine == "sqlite" else 1_000  # PostgreSQL has compressed it
    assert count * stored < messages["bytes"] < count * 120_000
    assert messages["disk"] >= messages["bytes"]


@pytest.mark.parametrize("engine", ["postgresql"])
def test_locks_are_told_of_the_way_that_is_taken(plan, old, engine):  # noqa: F811
    url = old("d31026856c01", seed=2)
    make_large(url)
    alone, beside = ({row["revision"]: row["locks"] for row in plan(url, *more).ok().json()} for more in ((), ("--online",)))
    other = {id: (alone[id], beside[id]) for id in alone if alone[id] != beside[id]}
    assert "SHARE on chat" in other["018012973d35"][0] and "SHARE UPDATE EXCLUSIVE on chat" in other["018012973d35"][1]
    assert other["6d09d1bf1f23"] == ("", "SHARE ROW EXCLUSIVE on user")
    assert "SHARE ROW EXCLUSIVE on access_grant" in other["c1d2e3f4a5b6"][1]


def test_a_plan_changes_nothing_and_ends_where_it_is_told(plan, old, copy, engine):  # noqa: F811
    url = old(START)
    before = state(url)
    assert [row["revision"] for row in plan(url, "--to", "0.8.12").ok().json()] == IDS[IDS.index(START) + 1:IDS.index("b2c3d4e5f6a7") + 1]
    done = plan(url, "--to", START)
    assert done.ok().json() == [] and "nothing is pending" in done.err
    assert state(url) == before
    with connected(url) as connection:
        connection.execute(f"update alembic_version set version_num = '{IDS[-1]}'")
        connection.commit()
    assert "nothing is pending" not in plan(url).ended(1).err  # whatever is recorded


def test_what_blocks_is_named_with_its_revision(plan, old, engine):  # noqa: F811
    done = plan(old(START, hostile=["email_twice", "prompt_without_title"]))
    assert done.rc == 2 and "2 blockers" in done.err and "owctl user" in done.err
    blocked = {row["revision"]: row["blockers"] for row in done.json() if row["blockers"]}
    assert blocked.keys() == {"374d2f66af06", "f0bd01a18a3d"}
    assert "same@example.org" in blocked["f0bd01a18a3d"][0]


def test_up_tells_the_remedy_of_each_blocker(migrate, plan, old, engine):  # noqa: F811
    url = old(START, hostile=["email_twice", "prompt_without_title"])
    said = migrate(url).ended(1).err
    assert "owctl user conflicts" in said and "fill in what is missing" in said
    with connected(url) as connection:
        connection.execute("delete from prompt")
        connection.commit()
    assert "1 blocker keeps" in plan(url).ended(2).err


def test_a_new_database_is_planned_whole(plan, postgresql, engine, tmp_path):  # noqa: F811
    url = postgresql.create() if engine == "postgresql" else f"sqlite:///{tmp_path}/new.db"
    if engine == "sqlite":
        (tmp_path / "new.db").touch()
    told = plan(url).ok().json()
    assert [row["revision"] for row in told] == IDS and not any(row["rows"] or row["disk"] for row in told)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_disk_without_room_is_found_out_before_the_start(migrate, old, copy, engine, tmp_path):  # noqa: F811
    url = old(START, count=300)
    folder = tmp_path / "small"
    folder.mkdir()
    size = os.path.getsize(url.removeprefix("sqlite:///"))
    options = f"size={size + (2 << 20)}"
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("needs the right to mount a small file system")
    try:
        subprocess.run(["cp", url.removeprefix("sqlite:///"), folder / "webui.db"], check=True)
        small = f"sqlite:///{folder}/webui.db"
        before = state(small)
        done = migrate(small)
        assert done.rc == 1 and re.search(r"needs about \d+ MiB of disk", done.err) and "nothing was changed" in done.err
        assert state(small) == before and sorted(os.listdir(folder)) == ["webui.db"]
    finally:
        subprocess.run(["umount", folder], check=True)
