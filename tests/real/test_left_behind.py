"""owctl was cut off, and before `migrate up` was said again somebody loaded an older dump over the database, or a release migrated it:
what owctl kept of how far it was, and noted of chats, is not used on rows that it says nothing of."""
import subprocess
import time

import pytest

from lab.cut_off import COMMITS
from lab.openwebui import python
from lab.parts import NEWEST, part
from lab.rows_difference import difference
from test_migrate_between import first, half_done, run  # noqa: F401 (a fixture)
from test_migrate_kills import EVERY_PAGE, WAIT, cut_off, standing, up  # noqa: F401 (cut_off is a fixture)
from test_migrate_online import nothing_of_owctl_stays
from test_migrate_rows import IDS, OLDEST, everything, migrate, old  # noqa: F401 (fixtures)
from test_old_database import copy, engine, kept  # noqa: F401

ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


def before(revision):
    return IDS[IDS.index(revision) - 1]


def program(name, *arguments, **options):
    command = [part("postgresql", "debian") / "bin" / name, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout


def put_back(url, source):
    """As an operator does whose nightly dump is of before: it names the tables that it has, and leaves all others."""
    program("psql", "-q", "-v", "ON_ERROR_STOP=1", url, input=program("pg_dump", "--clean", "--if-exists", source))


@pytest.fixture
def look(owctl):
    def look(url):
        status = owctl("migrate", "status", "-o", "json", "--database", url).ok().json()
        return status["cut_off"], (status["broken"] or "").split(",")

    return look


@pytest.fixture
def history(owctl):
    """(the revisions that are cut off, those with a word of owctl's although they are pending) by `migrate history`."""
    def history(url):
        rows = owctl("migrate", "history", "-o", "json", "--database", url).ok().json()
        return ([row["revision"] for row in rows if row["state"] == "cut off"],
                [row["revision"] for row in rows if row["state"] == "pending" and (row["owctl"] or row["started_at"])])

    return history


@pytest.fixture
def mend(owctl):
    def mend(url):
        words = ("migrate", "repair", "--only", "left-behind", "--yes", "--no-backup", "-o", "json", "--database", url)
        return [row["state"] for row in owctl(*words).ok().json()]

    return mend


@ON_POSTGRESQL
@pytest.mark.parametrize("revision", ["374d2f66af06", "8452d01d26d7", "b7c8d9e0f1a2", "3e0e00844bb0", "d6a8c3f912ab"])
def test_an_older_dump_is_loaded(migrate, half_done, old, copy, look, history, mend, engine, revision):  # noqa: F811
    """At the very revision at which owctl went on: by what is recorded alone it could not be told."""
    dumped = old(before(revision), seed=6, count=30)
    whole, since = copy(dumped), time.time()
    migrate(whole).ok()
    url = half_done(revision, before(revision))
    assert look(url) == (revision, [""]) and history(url) == ([revision], [])
    put_back(url, dumped)
    cut, broken = look(url)
    assert cut is None and "left-behind" in broken
    assert history(url) == ([], [])
    assert f"owctl was cut off in revision {revision}" in migrate(url, *WAIT).ended(1).err
    assert set(mend(url)) == {"mended"}
    migrate(url, *WAIT, **EVERY_PAGE).ok()
    assert difference(everything(whole, since), everything(url, since)) == ""
    assert nothing_of_owctl_stays(url)


@ON_POSTGRESQL
def test_a_dump_of_the_very_moment_is_gone_on_with(migrate, half_done, look, copy, postgresql, engine):  # noqa: F811
    url, since = half_done("8452d01d26d7", OLDEST), time.time()
    whole, moved = copy(url), postgresql.create()
    program("psql", "-q", moved, input=program("pg_dump", url))
    migrate(whole, *WAIT).ok()
    assert look(moved) == ("8452d01d26d7", [""])
    assert "going on with revision 8452d01d26d7" in migrate(moved, *WAIT).ok().err
    assert difference(everything(whole, since), everything(moved, since)) == ""
    postgresql.drop(moved)


@pytest.fixture
def watching(cut_off, old, copy):  # noqa: F811
    """A database that was killed between two revisions, while it is noted which chats are written."""
    template = old(before("8452d01d26d7"), seed=5, count=30)
    killed, near = {}, cut_off.count(*up(copy(template), "--to", "8452d01d26d7"), env=EVERY_PAGE | COMMITS)

    def later(at):
        killed[at] = copy(template)
        cut_off.at(at, "killed", *up(killed[at]), env=EVERY_PAGE | COMMITS)
        return IDS.index(standing(killed[at])[0]) > IDS.index("8452d01d26d7")

    return killed[first(later, near)]


def check_messages_of_the_server_stay(url, migrate, look, mend):
    [[chat]] = run(url, "select min(chat_id) from chat_message")
    run(url, "update chat_message set \"usage\" = '{\"tokens\": 1}' where chat_id = ?", chat)
    run(url, "update chat set chat = chat where id = ?", chat)
    assert look(url) == (None, ["left-behind"])
    assert "left-behind" in migrate(url, *WAIT).ended(1).err
    mend(url)
    assert "owctl_watch" not in migrate(url, *WAIT, **EVERY_PAGE).ok().err
    found = run(url, 'select distinct cast("usage" as text) from chat_message where chat_id = ?', chat)
    assert found == [('{"tokens": 1}',)]
    assert nothing_of_owctl_stays(url)
    assert look(url) == (None, [""])


def test_a_release_migrates_between_two_revisions(upgrade, migrate, owctl, watching, look, mend, engine):  # noqa: F811
    """Its servers write messages, which are not made anew of chats that were noted. Under owctl it is not let do so."""
    assert "owctl_watch" not in migrate(watching, "--dry-run").ok().err
    said = migrate(watching, "--engine", "upstream", "--python", python(NEWEST), *WAIT).ended(1).err
    assert "owctl was cut off between two revisions" in said and "`owctl migrate up` goes on" in said
    upgrade(watching, "b2c3d4e5f6a7")
    check_messages_of_the_server_stay(watching, migrate, look, mend)


@ON_POSTGRESQL
def test_a_release_does_what_owctl_had_begun(upgrade, migrate, half_done, look, mend, engine):  # noqa: F811
    url = half_done("8452d01d26d7", OLDEST)
    upgrade(url, "b2c3d4e5f6a7")
    check_messages_of_the_server_stay(url, migrate, look, mend)
    assert run(url, "select to_regclass('owctl_chat_message')") == [(None,)]


@ON_SQLITE
@pytest.mark.parametrize("rows", (0, 1))
def test_a_release_trips_over_what_owctl_had_begun(upgrade, migrate, owctl, half_done, copy, look, mend, engine, rows):  # noqa: F811
    """What it has made by then, it keeps: SQLite takes nothing of that back."""
    url, since = half_done("8452d01d26d7", OLDEST), time.time()
    whole = copy(url)
    migrate(whole, *WAIT).ok()
    with pytest.raises(AssertionError, match="ix_chat_message_chat_id already exists"):
        upgrade(url, "8452d01d26d7")
    assert look(url) == ("8452d01d26d7", ["left-behind"])
    assert 'a table "chat_message" was begun by others' in migrate(url, *WAIT).ended(1).err
    if rows:
        run(url, "insert into chat_message (id, chat_id, role, created_at, updated_at) select id, id, 'user', 1, 1 from chat limit 1")
        said = owctl("migrate", "repair", "--only", "left-behind", "--yes", "--no-backup", "--database", url).ended(1).err
        assert '"chat_message" holds rows; it is not dropped' in said and "drop it by hand" in said
        return
    mend(url)
    assert "going on with revision 8452d01d26d7" in migrate(url, *WAIT).ok().err
    assert difference(everything(whole, since), everything(url, since)) == ""
