"""Run by owctl with the Python of an Open WebUI: `look` tells which release that is and which revisions it has, `up TARGET`
runs its own migrations on DATABASE_URL, as the release does when it starts, and nothing else of it. What there is to
answer are lines of JSON to descriptor 3; all else is for people."""
import ast
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import secrets
import signal
import sys
import tempfile
import threading
import traceback


def answer(**what):
    os.write(3, json.dumps(what).encode() + b"\n")


def end_with_owctl():
    """Standard input is at its end when owctl is: then the lock is gone under which this was to run."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


def package():
    """The folder of open_webui, found without loading it; loading does things of its own."""
    spec = importlib.util.find_spec("open_webui")
    if not spec or not spec.submodule_search_locations:
        return None
    folders = map(pathlib.Path, spec.submodule_search_locations)
    return next((folder for folder in folders if (folder / "migrations/versions").is_dir()), None)


def release(folder):
    try:
        return importlib.metadata.version("open-webui")
    except importlib.metadata.PackageNotFoundError:
        pass
    try:  # the image has it there
        return json.loads((folder.parent.parent / "package.json").read_text())["version"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def constants(path):
    found = {}
    for line in ast.parse(path.read_bytes()).body:
        targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
        name = getattr(targets[0], "id", None)
        if name in ("revision", "down_revision"):
            found[name] = ast.literal_eval(line.value)
    return found


def chain(folder):
    """The revisions, oldest first; None unless they are a straight line."""
    files = [constants(path) for path in (folder / "migrations/versions").glob("*.py")]
    after = {found.get("down_revision"): found["revision"] for found in files if "revision" in found}
    line, at = [], None
    while at in after and len(line) < len(after):
        at = after[at]
        line.append(at)
    return line if len(line) == sum("revision" in found for found in files) else None


def look():
    folder = package()
    if not folder:
        return answer(missing="Open WebUI")
    if not importlib.util.find_spec("alembic"):
        return answer(missing="Alembic")
    numbered = any((folder / place).is_dir() for place in ("internal/migrations", "apps/webui/internal/migrations"))
    schema = "DATABASE_SCHEMA" in (folder / "migrations/env.py").read_text()
    answer(release=release(folder), chain=chain(folder), numbered=numbered, schema=schema)


def prepare(folder, data):
    """What its env.py reads: a folder of its own for what loading it may write, and no .env file beside it."""
    os.environ.update(DATA_DIR=data, STATIC_DIR=data + "/static", ENABLE_DB_MIGRATIONS="false", OFFLINE_MODE="true",
                      HF_HUB_OFFLINE="1")
    os.environ.setdefault("WEBUI_SECRET_KEY", secrets.token_hex())
    if (folder / "frontend").is_dir():
        os.environ["FROM_INIT_PY"] = "true"
    try:
        import dotenv
        dotenv.load_dotenv = lambda *_, **__: False
    except ImportError:
        pass


def number(env):
    """Up to 0.9.5 the tables' numbered changes come before all revisions."""
    try:
        from open_webui.internal import db
    except ImportError:
        from open_webui.apps.webui.internal import db
    if hasattr(db, "handle_peewee_migration") and not getattr(env, "ENABLE_DB_MIGRATIONS", True):
        db.handle_peewee_migration(env.DATABASE_URL)


def up(target):
    folder = package()
    with tempfile.TemporaryDirectory(prefix="owctl-", ignore_cleanup_errors=True) as data:
        prepare(folder, data)
        from open_webui import env
        if env.DATABASE_URL != os.environ["DATABASE_URL"].replace("postgres://", "postgresql://"):
            raise RuntimeError("Open WebUI takes another database from its settings")
        number(env)
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory
        config = Config(folder / "alembic.ini")
        config.set_main_option("script_location", str(folder / "migrations").replace("%", "%%"))
        answer(heads=list(ScriptDirectory.from_config(config).get_heads()))
        command.upgrade(config, target)


try:
    threading.Thread(target=end_with_owctl, daemon=True).start()
    look() if sys.argv[1] == "look" else up(sys.argv[2])
except BaseException as problem:
    traceback.print_exc()
    answer(error=f"{type(problem).__name__}: {problem}".splitlines()[0])
    sys.exit(1)
