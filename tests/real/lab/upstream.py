"""The catalogues that Open WebUI's own migrations make."""
import json
import subprocess

from lab import openwebui
from lab.parts import TREE


def catalogues(release, url, folder, *targets, **more):
    """{target: catalogue} of the empty database at `url`, upgraded to each target in turn; without targets, to every revision
    of the release. `folder` is the release's DATA_DIR."""
    command = [openwebui.python(release), TREE / "tests/real/lab/run_catalogues.py", url, *targets]
    environment = openwebui.environment(release, folder, DATABASE_URL=url, ENABLE_DB_MIGRATIONS="false", **more)
    done = subprocess.run(command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
