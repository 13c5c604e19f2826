"""`owctl migrate verify` finds nothing in databases that the releases made, and each damage by a line of its own."""
import pytest

from lab import chain, damage, old_database
from lab.parts import RELEASES
from test_migrate_rows import migrate, old  # noqa: F401 (fixtures)
from test_old_database import connected, copied, copy, engine  # noqa: F401 (fixtures)

START = "c440947495f3"
FAMILIES = {"0.6.43": "peewee", "0.8.12": "peewee"}
ENGINES = ("sqlite", "postgresql")


@pytest.fixture
def verify(owctl):
    """verify(url, ..): [(kind, finding, place)], and the exit status is what they say."""
    def run(url, *words):
        said = owctl("--database", url, "-o", "json", "migrate", "verify", *words)
        faults = [row for row in said.json() if row["kind"] != "foreign"]
        said.ended(2 if faults else 0)
        assert (" is what revision " in said.err) == (not faults)
        verify.rows = said.json()
        return [(row["kind"], row["finding"], row["place"]) for row in said.json()]

    verify = run
    return run


def tidied(url):
    with connected(url) as connection:
        damage.tidy(connection)
    return url


@pytest.fixture(scope="session")
def healthy(upgrade, revisions, postgresql, tmp_path_factory):
    """healthy(engine): the URL of a database with rows at the newest revision; not to be written to."""
    made = {}

    def make(engine):  # noqa: F811
        if engine not in made:
            path = tmp_path_factory.mktemp("healthy") / "webui.db"
            if engine == "sqlite":
                revisions.sqlite(path, START, {})
            url = f"sqlite:///{path}" if engine == "sqlite" else revisions.postgresql(postgresql, START, {})
            made[engine] = tidied(upgrade(tidied(url)))
        return made[engine]

    return make


@pytest.fixture
def released(templates, engine, postgresql, tmp_path):  # noqa: F811
    """released(release): the URL of a database that the release has just made."""
    def make(release):
        if engine == "postgresql":
            return templates.postgresql(postgresql, release, tmp_path)
        return f"sqlite:///{templates.sqlite(release, tmp_path)}"

    return make


@pytest.mark.parametrize("release", RELEASES)
def test_new_database_of_a_release(verify, owctl, released, release):
    url = released(release)
    assert verify(url) == []
    assert owctl("--database", url, "-o", "json", "migrate", "status").ok().json()["family"] == FAMILIES.get(release, "alembic")


@pytest.mark.parametrize("release", ["0.6.43", "0.10.2"])
def test_database_of_a_release_with_rows_after_a_migration(verify, upgrade, migrate, released, copy, release):  # noqa: F811
    theirs = released(release)
    with connected(theirs) as connection:
        old_database.fill(connection, seed=3, without=("migratehistory", "alembic_version"))
    assert verify(tidied(theirs)) == []
    ours = copy(theirs)
    migrate(ours).ok()
    upgrade(theirs)
    assert verify(tidied(ours)) == verify(tidied(theirs)) == []


def test_every_revision_made_by_the_chain(verify, engine, postgresql, tmp_path):  # noqa: F811
    """Every fourth of them, from the second on."""
    url = f"sqlite:///{tmp_path}/webui.db" if engine == "sqlite" else postgresql.create()
    texts = [chain.version_table_sql()]
    with connected(url) as connection:
        for number, step in enumerate(chain.revisions()):
            texts.append(step.sql(engine))
            if number % 4 == 1:
                chain.run(engine, connection, *texts)
                connection.execute("delete from alembic_version")
                connection.execute(f"insert into alembic_version values ('{step.id}')")
                connection.commit()
                assert verify(url) == [], step.id
                texts = []


def test_healthy_database(verify, healthy, engine):  # noqa: F811
    assert verify(healthy(engine)) == []


CASES = [(engine, name) for name, case in damage.NAMED.items() for engine in ENGINES if getattr(case, engine)]


@pytest.mark.parametrize("engine, name", CASES, indirect=["engine"])
def test_damage_is_found_by_its_own_line(verify, healthy, copy, engine, name):  # noqa: F811
    url = copy(healthy(engine))
    with connected(url) as connection:
        damage.NAMED[name].apply(connection)
    found = verify(url)
    assert [row[1:] for row in found] == damage.NAMED[name].found
    assert verify(url, "--catalogue-only") == [row for row in found if row[0] == "catalogue"]


def test_rows_are_counted_and_some_of_them_named(owctl, healthy, copy, engine):  # noqa: F811
    url = copy(healthy(engine))
    with connected(url) as connection:
        first = [id for [id] in connection.execute('select id from "user" order by id limit 5')]
        connection.execute('delete from auth where id in (select id from "user" order by id limit 5)')
    [row] = owctl("--database", url, "-o", "json", "migrate", "verify").ended(2).json()
    assert (row["rows"], row["breaks"]) == (5, True)
    assert row["what"].endswith(" and 2 more") and sum(id in row["what"] for id in first) == 3


def test_what_its_owner_made_is_no_fault(verify, healthy, copy, engine):  # noqa: F811
    url = copy(healthy(engine))
    with connected(url) as connection:
        damage.both(damage.OWN).apply(connection)
        damage.both(damage.OWN_TRIGGER[engine]).apply(connection)
    found = verify(url)
    assert {kind for kind, _, _ in found} == {"foreign"}
    assert {row[1:] for row in found} == damage.OWN_FOUND


def test_what_only_python_reads_is_json(verify, healthy, copy):  # noqa: F811
    url = copy(healthy("sqlite"))
    with connected(url) as connection:
        connection.execute("update chat set meta = '{\"a\": NaN, \"b\": -Infinity}'")
        connection.execute("update note set data = 12 where id = (select min(id) from note)")
    assert verify(url) == []


def test_column_of_096_is_a_family_and_no_fault(verify, owctl, healthy, copy, engine):  # noqa: F811
    url = copy(healthy(engine))
    with connected(url) as connection:
        connection.execute("alter table chat add column old_chat text")
    assert verify(url) == []
    assert owctl("--database", url, "-o", "json", "migrate", "status").ok().json()["family"] == "alembic-0.9.6"


def test_what_a_later_revision_brings_is_a_fault(verify, old, engine):  # noqa: F811
    url = old("6d09d1bf1f23", count=0)
    with connected(url) as connection:
        connection.execute("alter table auth add column mfa json")
        connection.execute("create table app (id text)")
    assert verify(url, "--catalogue-only") == [("catalogue", "of-later-revision", "auth.mfa"),
                                               ("catalogue", "of-later-revision", "app")]


def test_revision_that_was_begun_tells_what_is_there_of_it(verify, old, engine):  # noqa: F811
    url = old("6d09d1bf1f23", count=0)
    with connected(url) as connection:
        connection.execute("alter table chat add column timer_at bigint")
    assert verify(url, "--catalogue-only") == [("catalogue", "begun", "d4c1a8e37b62")]


def test_database_without_a_revision_is_refused(owctl, engine, postgresql, tmp_path):  # noqa: F811
    url = f"sqlite:///{tmp_path}/webui.db" if engine == "sqlite" else postgresql.create()
    with connected(url) as connection:
        connection.execute("create table own_table (id text)")
    said = owctl("--database", url, "migrate", "verify").ended(78)
    assert "records no revision" in said.err and "owctl migrate status" in said.err
