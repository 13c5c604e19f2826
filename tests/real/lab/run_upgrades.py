"""Runs inside a release's own Python: reads lines of JSON, [URL, TARGET], upgrades each database to that revision and
answers with a line {"error": null or its text}. All of it in one process, as in run_catalogues.py."""
import gc
import json
import os
import pathlib
import sys

gc.disable()  # as in run_server.py
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # the migrations print what they do
import open_webui
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from open_webui import env

gc.enable()
config = Config()
config.set_main_option("script_location", str(pathlib.Path(open_webui.__file__).parent / "migrations"))
script = ScriptDirectory.from_config(config)


def upgrade(url, target):
    """alembic.command.upgrade without reading each revision's file anew; env.py takes the URL from open_webui.env."""
    env.DATABASE_URL = url
    steps = lambda revision, context: script._upgrade_revs(target, revision)
    with EnvironmentContext(config, script, fn=steps, destination_rev=target):
        script.run_env()


for line in sys.stdin:
    try:
        upgrade(*json.loads(line))
        error = None
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
    if error:
        gc.collect()  # what it left open holds a lock
    print(json.dumps({"error": error}), file=answers, flush=True)
