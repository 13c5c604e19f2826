"""`owctl migrate up --engine upstream`: a release's own migrations, under owctl's lock and between its looks."""
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from lab import chain, later, openwebui
from lab.parts import NEWEST
from test_migrate_rows import old  # noqa: F401 (fixture)
from test_old_database import connected, copy, engine, in_turn  # noqa: F401 (fixtures)

HEAD = chain.HEAD
NUMBERED = """
import sys
from open_webui.env import OPEN_WEBUI_DIR
from open_webui.apps.webui.internal.wrappers import register_connection
from peewee_migrate import Router
Router(register_connection(sys.argv[1]), migrate_dir=OPEN_WEBUI_DIR / "apps/webui/internal/migrations").run(sys.argv[2])
"""


@pytest.fixture
def empty(engine, postgresql, tmp_path):  # noqa: F811
    return postgresql.create() if engine == "postgresql" else f"sqlite:///{tmp_path}/webui.db"


@pytest.fixture
def audit(tmp_path):
    return tmp_path / "audit"


@pytest.fixture
def words(audit):
    """The words of `migrate up` with a release's Python; without a copy on PostgreSQL, which has none."""
    def make(url, *more, release=NEWEST, python=None):
        backup = ["--no-backup"] if url.startswith("postgresql") else []
        return ["--database", url, "--audit-log", audit, "-o", "json", "migrate", "up", "--engine", "upstream", "--python",
                python or openwebui.python(release), *backup, *more]

    return make


@pytest.fixture
def up(owctl, words):
    return lambda url, *more, env=None, **how: owctl(*words(url, *more, **how), env=env)


@pytest.fixture
def site(tmp_path):
    """site(text, ..): the environment in which the newest release has these revisions more."""
    folder = tmp_path / "site"
    return lambda *texts: {"PYTHONPATH": later.make(folder, *texts)}


def recorded(url):
    with connected(url) as connection:
        return [id for [id] in connection.execute("select version_num from alembic_version order by version_num")]


def beside(tmp_path, url):
    name = url.rsplit("/", 1)[1]
    return sorted(path.name.replace(name, "") for path in tmp_path.glob(f"{name}*")) if url.startswith("sqlite") else [""]


def test_rows_come_up_with_the_releases_own_migrations(owctl, old, up, audit, tmp_path):  # noqa: F811
    url = old("c440947495f3", count=5)
    said = up(url).ok()
    row = said.json()
    assert (row["from"], row["to"], row["applied"], row["outcome"]) == ("c440947495f3", HEAD, 37, "migrated")
    assert f"Open WebUI {NEWEST}: INFO  [alembic.runtime.migration] Running upgrade c92da83b017f -> {HEAD}" in said.err
    assert recorded(url) == [HEAD]
    owctl("--database", url, "migrate", "verify", "--catalogue-only").ok()
    [record] = map(json.loads, audit.read_text().splitlines())
    assert record["details"] == {"engine": "upstream", "release": NEWEST, "from": "c440947495f3", "to": HEAD,
                                 "backup": row["backup"]}
    if row["backup"]:
        assert recorded(f"sqlite:///{row['backup']}") == ["c440947495f3"] and f"mv {row['backup']}" in said.err
    assert len(beside(tmp_path, url)) == (2 if row["backup"] else 1), "nothing but the copy is left"


@pytest.mark.parametrize("engine, release", in_turn(("0.4.8", "0.6.43", "0.10.2")), indirect=["engine"])
def test_empty_database_is_made_by_each_release(owctl, empty, up, engine, release, tmp_path):  # noqa: F811
    said = up(empty, release=release).ok().json()
    status = owctl("--database", empty, "-o", "json", "migrate", "status").ok().json()
    assert (status["revision"], status["releases"]) == (said["to"], said["releases"])
    assert (said["from"], said["backup"]) == (None, None)
    owctl("--database", empty, "migrate", "verify").ok()
    assert not list(tmp_path.glob("*/.webui_secret_key"))


def test_it_stops_at_the_revision_that_is_asked_for(old, up):  # noqa: F811
    url = old("c440947495f3", count=2)
    assert up(url, "--to", "0.10.2").ok().json()["to"] == "42e2978c7933"
    assert up(url, "--to", "856c5b02fb54").ok().json()["applied"] == 1
    assert "later than c440947495f3" in up(url, "--to", "c440947495f3").ended(1).err
    assert "has no revision 0.99.0" in up(url, "--to", "0.99.0").ended(65).err
    assert recorded(url) == ["856c5b02fb54"]


def test_release_that_is_later_than_owctl_goes_on_from_what_it_knows_and_from_what_it_does_not(owctl, old, up, site):  # noqa: F811
    url = old("d4c1a8e37b62", count=3)
    first, second = later.ids(2)
    environment = site(later.BADGES, "def upgrade():\n    pass\n")
    said = up(url, "--to", first, env=environment).ok()
    assert (said.json()["to"], said.json()["releases"]) == (first, None)
    assert f"does not know {first}" in said.err and "(0 missing)" in said.err and "(0 have)" in said.err
    assert recorded(url) == [first]
    assert up(url, env=environment).ok().json()["from"] == first
    assert recorded(url) == [second]
    assert up(url, env=environment).ok().json()["outcome"] == "nothing to do"
    refused = owctl("--database", url, "migrate", "up", "--no-backup").ended(1).err
    assert "does not know" in refused and HEAD in refused and "--engine upstream --python PATH" in refused
    assert "which Open WebUI 0.12.4 does not have" in up(url).ended(1).err


def test_what_a_later_release_loses_is_told(old, up, site):  # noqa: F811
    url = old(HEAD, count=3)
    said = up(url, env=site('from alembic import op\n\n\ndef upgrade():\n    op.execute("delete from tag")\n'
                            '    op.execute("drop table app")\n')).ok()
    assert "fewer rows: tag (0 rows, " in said.err and "fewer rows: app (gone, " in said.err
    assert "missing-table: app" in said.err and "(1 missing)" in said.err


@pytest.mark.parametrize("python, said", [(sys.executable, "Open WebUI is not installed for"),
                                          ("/nowhere/python", "cannot run /nowhere/python"), ("/bin/false", "exit status 1")])
def test_python_without_a_release_is_refused_before_anything(empty, up, python, said, tmp_path):
    answer = up(empty, python=python).ended(78)
    assert said in answer.err and "--python is the Python that Open WebUI is installed for" in answer.err
    assert not list(tmp_path.glob("webui.db*"))


@pytest.mark.parametrize("chain", ("[1, 2]", '["7e5b5dc7342b", null]', '{"a": "b"}'))
def test_answers_that_are_no_revisions_are_refused(empty, up, chain, tmp_path):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho '{{\"chain\": {chain}}}' >&3\n")
    python.chmod(0o755)
    assert "are no straight line" in up(empty, python=python).ended(1).err


@pytest.mark.parametrize("heads, said", [
    ("elsewhere", "names elsewhere as its newest revision instead of 7e5b5dc7342b"),
    ("7e5b5dc7342b", "the database records no revision instead of 7e5b5dc7342b")])
def test_migrations_that_went_elsewhere_or_did_nothing_are_told(empty, up, heads, said, tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\ncase $5 in\n"
                      f"look) echo '{{\"chain\": [\"7e5b5dc7342b\"]}}' >&3 ;;\nup) echo '{{\"heads\": [\"{heads}\"]}}' >&3 ;;\nesac\n")
    python.chmod(0o755)
    assert said in up(empty, python=python).ended(1).err


WAY_OUT = "SELECT sqlcipher_export('plain')"


@pytest.mark.parametrize("command", (["status"], ["up"], ["up", "--engine", "upstream", "--python", sys.executable], ["plan"],
                                     ["verify"], ["repair", "--yes"], ["stamp", HEAD, "--yes"]), ids=" ".join)
def test_encrypted_database_is_refused_with_the_way_out(owctl, tmp_path, command):
    """Whether the settings say so or only the file: what SQLCipher writes can't be told from random bytes."""
    file = tmp_path / "webui.db"
    file.write_bytes(random.Random(1).randbytes(1 << 15))
    python = openwebui.python(NEWEST)
    command = [python if word == sys.executable else word for word in command]
    for settings, status in (({"DATABASE_TYPE": "sqlite+sqlcipher", "DATABASE_PASSWORD": "s3cret", "DATA_DIR": tmp_path}, 78),
                             ({"DATABASE_URL": f"sqlite+sqlcipher:///{file}", "DATABASE_PASSWORD": "s3cret"}, 78),
                             ({"DATABASE_URL": f"sqlite:///{file}"}, 65), ({"DATA_DIR": tmp_path}, 65)):
        said = owctl("migrate", *command, env=settings).ended(status).err
        assert WAY_OUT in said and "0.9" in said and "s3cret" not in said
    assert file.read_bytes() == random.Random(1).randbytes(1 << 15) and beside(tmp_path, f"sqlite:///{file}") == [""]


def test_options_belong_together(owctl):
    assert "needs --python" in owctl("migrate", "up", "--engine", "upstream").ended(64).err
    assert "needs --engine upstream" in owctl("migrate", "up", "--python", "/usr/bin/python3").ended(64).err


def test_dry_run_changes_nothing(empty, old, up, audit, tmp_path):  # noqa: F811
    said = up(empty, "--dry-run", "--to", "0.10.2").ok().json()
    assert (said["to"], said["applied"], said["outcome"]) == ("42e2978c7933", 48, "would migrate")
    url = old("d4c1a8e37b62", count=1)
    assert up(url, "--dry-run").ok().json()["outcome"] == "would migrate"
    assert recorded(url) == ["d4c1a8e37b62"] and beside(tmp_path, url) == [""] and not audit.exists()


RAISES = 'import os\n\n\ndef upgrade():\n    print("at", os.environ["DATABASE_URL"])\n    raise ValueError("no: se@cret-pass")\n'


def test_migration_that_fails_says_what_is_recorded_and_shows_no_secret(engine, old, up, site, audit):  # noqa: F811
    url = old("c92da83b017f", count=2)
    if engine == "postgresql":
        url = url.replace("owner@", "owner:se%40cret-pass@")
    said = up(url, env=site(RAISES)).ended(1)
    now = "c92da83b017f" if engine == "postgresql" else HEAD  # there one transaction is around all
    assert "the migrations of Open WebUI 0.99.0: ValueError: no: " in said.err and f"the database records {now}" in said.err
    assert "cret-pass" not in said.err.replace("no: se@cret-pass", "") if engine == "sqlite" else "cret" not in said.err
    assert "owctl migrate repair" in said.err and recorded(url) == [now]
    assert ("has the database as it was before" in said.err) == (engine == "sqlite")
    assert json.loads(audit.read_text())["details"]["to"] == now


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("more, environment", [("?password=se%40cret-pass", {}), ("", {"PGPASSWORD": "se@cret-pass"})],
                         ids=["URL", "PGPASSWORD"])
def test_secret_that_stands_elsewhere_is_not_shown_either(engine, old, up, site, more, environment):  # noqa: F811
    said = up(old("c92da83b017f", count=1) + more, env=site(RAISES) | environment).ended(1)
    assert "ValueError: no: " in said.err and "cret-pass" not in said.err


def test_migration_that_is_killed_says_so(old, up, site):  # noqa: F811
    url = old(HEAD, count=1)
    said = up(url, env=site("import os\n\n\ndef upgrade():\n    os.kill(os.getpid(), 9)\n")).ended(1)
    assert "its Python was ended by signal 9" in said.err and f"the database records {HEAD}, as before" in said.err


SLEEPS = 'import os, time\n\n\ndef upgrade():\n    print("running as", os.getpid(), flush=True)\n    time.sleep(600)\n'


@contextlib.contextmanager
def running(owctl, words, url, environment):
    """owctl, once the migration is under way; and its child."""
    process = owctl.start(*words(url, "--timeout", "1m"), env=environment, text=True)
    said = ""
    for line in process.stderr:
        said += line
        if "running as" in line:
            break
    try:
        yield process, int(said.split()[-1])
    finally:
        process.kill()
        process.communicate()


def is_gone(pid):
    for _ in range(200):
        try:
            if open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("engine, number", in_turn((signal.SIGINT, signal.SIGTERM)), indirect=["engine"])
def test_signal_goes_on_to_the_migration_which_is_waited_for(owctl, old, up, words, site, engine, number):  # noqa: F811
    url = old(HEAD, count=1)
    environment = site(SLEEPS)
    with running(owctl, words, url, environment) as (process, child):
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130 and "interrupted" in said and "owctl migrate status" in said
        assert not os.path.exists(f"/proc/{child}")
    assert recorded(url) == [HEAD]


def test_migration_does_not_outlive_an_owctl_that_is_killed(owctl, old, words, site):  # noqa: F811
    url = old(HEAD, count=1)
    with running(owctl, words, url, site(SLEEPS)) as (process, child):
        process.kill()
        assert is_gone(child)


def test_one_at_a_time(owctl, old, up, words, site):  # noqa: F811
    url = old("c92da83b017f", count=1)
    environment = site(SLEEPS)
    with running(owctl, words, url, environment):
        stamp = owctl("--database", url, "migrate", "stamp", "a7d3e9f2b641", "--force", "--reason", "x", "--yes")
        for said in (up(url, env=environment).ended(75), stamp.ended(75)):
            assert "is being migrated by owctl pid" in said.err


def test_it_looks_again_once_it_has_the_database(owctl, old, words, held_for_migrations):  # noqa: F811
    """The one that it waited for has done all."""
    url = old("c92da83b017f", count=1)
    with held_for_migrations(url) as release:
        process = owctl.start(*words(url, "--online", "--wait", "1m"))
        assert b"waiting for owctl pid" in process.stderr.readline()
        with connected(url) as connection:
            connection.execute(f"update alembic_version set version_num = '{HEAD}'")
        release()
        out, said = process.communicate(timeout=60)
    assert process.returncode == 0 and json.loads(out)["outcome"] == "nothing to do", said


def test_database_in_use_is_left_alone(old, up, engine):  # noqa: F811
    url = old("c92da83b017f", count=1)
    with connected(url) as connection:
        connection.execute("select 1")
        if engine == "sqlite":
            connection.execute("pragma schema_version").fetchall()
        assert "is in use" in up(url).ended(75).err
    assert recorded(url) == ["c92da83b017f"]


def test_what_owctl_was_cut_off_in_is_not_for_others(old, up, engine):  # noqa: F811
    url = old("c92da83b017f", count=1)
    with connected(url) as connection:
        connection.execute("create table owctl_migration (revision text primary key, started_at bigint, finished_at bigint,"
                           " seen_rows bigint, pass integer, after_key text, owctl text)")
        connection.execute(f"insert into owctl_migration values ('{HEAD}', 1, null, 0, 0, null, '0.1.0')")
        if engine == "postgresql":
            connection.execute(f"comment on table alembic_version is 'owctl_migration: {HEAD}, 1'")
    said = up(url).ended(1)
    assert f"was cut off in revision {HEAD}" in said.err and "`owctl migrate up` goes on" in said.err


@pytest.mark.parametrize("start, sql, named", [
    ("c92da83b017f", "drop table app", "is broken, nothing was changed: "),
    ("959eaac8f909", "insert into \"user\" (id, email, name, role, profile_image_url, created_at, updated_at, last_active_at)"
                     " values ('1', 'A@b.c', 'a', 'user', '', 1, 1, 1), ('2', 'a@b.c', 'a', 'user', '', 1, 1, 1)",
     "2 accounts have the address a@b.c: 1, 2")])
def test_what_would_keep_owctl_from_it_keeps_these_from_it(old, up, start, sql, named):  # noqa: F811
    url = old(start, count=1)
    with connected(url) as connection:
        connection.execute(sql)
    assert named in up(url).ended(1).err
    assert recorded(url) == [start]


def test_tables_from_before_there_were_revisions_pass_through_a_release_that_numbers_them(owctl, empty, up, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    subprocess.run([openwebui.python("0.3.35"), "-c", NUMBERED, empty.replace("postgresql:", "postgres:"), "009_add_models"],
                   env=openwebui.environment("0.3.35", data), check=True, capture_output=True)
    with connected(empty) as connection:
        connection.execute("insert into \"user\" (id, name, email, role, profile_image_url, api_key, created_at, updated_at,"
                           " last_active_at) values ('u', 'Ada', 'a@b.c', 'admin', '/user.png', 'sk-1', 1, 2, 3)")
        connection.execute("insert into auth (id, email, password, active) values ('u', 'a@b.c', 'x', true)")
    for said in (owctl("--database", empty, "migrate", "up", "--no-backup").ended(1), up(empty).ended(1)):
        assert "from 0.3.35 to 0.9.5" in said.err and "--engine upstream --python PATH" in said.err
    assert up(empty, release="0.8.12").ok().json()["to"] == "b2c3d4e5f6a7"
    owctl("--database", empty, "migrate", "up", "--no-backup").ok()
    owctl("--database", empty, "migrate", "verify").ok()
    with connected(empty) as connection:
        assert connection.execute("select name, last_active_at from \"user\"").fetchall() == [("Ada", 3)]
