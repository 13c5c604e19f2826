"""Runs inside a release's own Python: its migrations up to the revision that is the first argument."""
import pathlib
import sys

import open_webui
from alembic import command
from alembic.config import Config

config = Config()
config.set_main_option("script_location", str(pathlib.Path(open_webui.__file__).parent / "migrations"))
command.upgrade(config, sys.argv[1])
