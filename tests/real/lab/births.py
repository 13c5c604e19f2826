"""Databases that a release's own server has made and that its API has filled. A server of old takes up to half a minute for
that, so they stay in the cache, until the release's packages or what it is given change."""
import hashlib
import json
import pathlib
import shutil
import subprocess
import typing

from lab import filling
from lab.once import Once
from lab.openwebui import OpenWebUI
from lab.parts import TREE, part


class Birth(typing.NamedTuple):
    url: str
    made: dict  # what filling.fill() has answered
    data_dir: pathlib.Path  # for a server on it, with
    environment: dict


def _home(release, engine):
    """Its uploads stay there too: the rows of files have their paths."""
    installed = part("openwebui", release)
    sources = [source for folder in ("filling", "inside") for source in sorted((TREE / "tests/real/lab" / folder).glob("*.py"))]
    pins = "".join([installed.name, *(source.read_text() for source in sources)])
    name = f"born-{release}-{engine}-{hashlib.sha256(pins.encode()).hexdigest()[:12]}"
    return name, Once(installed.parent / "born")


def _fill(release, home, folder, **environment):
    server_folder = folder / f"born-{release}"
    server_folder.mkdir()
    with OpenWebUI(release, server_folder, home, **filling.SETTINGS, **environment) as server:
        made = filling.fill(server.start().wait())
    (home / "made.json").write_text(json.dumps(made))


def _data_dir(release, folder):
    data = folder / f"data-{release}"
    data.mkdir()
    return data


def of_sqlite(release, folder):
    """A copy in a DATA_DIR of its own within `folder`."""
    name, once = _home(release, "sqlite")
    home = once(name, lambda home: _fill(release, home, folder))
    data = _data_dir(release, folder)
    for file in home.glob("webui.db*"):  # some releases leave most of it in the -wal, however they are stopped
        if not file.name.endswith("-shm"):
            shutil.copy(file, data)
    return Birth(f"sqlite:///{data}/webui.db", json.loads((home / "made.json").read_text()), data, {})


def of_postgresql(release, folder, postgresql):
    def dump(home):
        url = postgresql.create()
        _fill(release, home, folder, DATABASE_URL=url)
        subprocess.run(["pg_dump", "--no-owner", "--file", home / "dump.sql", url], stdin=subprocess.DEVNULL, check=True)

    name, once = _home(release, "postgresql")
    home = once(name, dump)
    url = postgresql.create()
    subprocess.run(["psql", "-X", "--quiet", "--set=ON_ERROR_STOP=1", "--file", home / "dump.sql", url], stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, check=True)
    data = _data_dir(release, folder)
    return Birth(url, json.loads((home / "made.json").read_text()), data, {"DATABASE_URL": url})
