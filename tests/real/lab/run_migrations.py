"""Runs inside a release's own Python: its migrations up to the revision that is the first argument."""
import gc
import pathlib
import sys

gc.disable()  # as in run_server.py
import open_webui
from alembic import command
from alembic.config import Config

config = Config()
config.set_main_option("script_location", str(pathlib.Path(open_webui.__file__).parent / "migrations"))
command.upgrade(config, sys.argv[1])
