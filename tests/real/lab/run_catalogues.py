"""Runs inside a release's own Python, like run_migrations.py: `run_catalogues.py URL [TARGET..]` upgrades the database at URL to
each TARGET in turn (without any: to every revision of the release) and prints {target: catalogue} as JSON. All of it in one
process, since loading the release takes longer than its migrations on an empty database."""
import contextlib
import gc
import json
import os
import pathlib
import sqlite3
import sys

gc.disable()  # as in run_server.py
import open_webui
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import catalogue


def read(url):
    if url.startswith("sqlite:///"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            return catalogue.of_sqlite(connection)
    import psycopg2

    with contextlib.closing(psycopg2.connect(url)) as connection:
        return catalogue.of_postgresql(connection, os.environ.get("DATABASE_SCHEMA", "public"))


def upgrade(config, script, target):
    """alembic.command.upgrade without reading every revision's file anew."""
    steps = lambda revision, context: script._upgrade_revs(target, revision)
    with EnvironmentContext(config, script, fn=steps, destination_rev=target):
        script.run_env()


def walk(url, targets):
    config = Config()
    config.set_main_option("script_location", str(pathlib.Path(open_webui.__file__).parent / "migrations"))
    script = ScriptDirectory.from_config(config)
    for target in targets or [revision.revision for revision in script.walk_revisions()][::-1]:
        upgrade(config, script, target)
        yield target, read(url)


with contextlib.redirect_stdout(sys.stderr):  # the migrations print what they do
    catalogues = dict(walk(sys.argv[1], sys.argv[2:]))
json.dump(catalogues, sys.stdout)
