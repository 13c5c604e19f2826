"""The replicas of a cluster: good ones, and some that are odd in one way each."""
import dataclasses
import os
import subprocess
import typing

import pytest

from lab.parts import NEWEST, part

SECRET_KEY = "the secret key of the cluster, which is long enough"
SKEW = 300  # seconds that the clock of "skewed" is ahead
OTHER_NAME = "Elsewhere"
PING = 4  # seconds after which a server speaks on a websocket; where it is not set, 25


def nothing(*_):
    return []


@dataclasses.dataclass(frozen=True)
class Kind:
    """`odd` are settings that differ from those of a good one, `without` the names of those that are absent; `database` tells which
    of the cluster's databases it has, `before` the program that runs it, of the shared folder and one of its own."""

    odd: dict = dataclasses.field(default_factory=dict)
    without: tuple = ()
    release: str = NEWEST
    database: str = "main"
    before: typing.Callable = nothing
    has_other_clock: bool = False

    def settings(self):
        return self.odd | (other_clock() if self.has_other_clock else {})


def other_clock():
    """Only what tells the time of day: time-outs are measured by the clock that runs since the machine's start."""
    return {"LD_PRELOAD": part("faketime") / "libfaketimeMT.so.1", "FAKETIME": f"+{SKEW}", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def with_uploads_of_its_own(data, folder):
    """Under the same path, as in containers: only for this process, another folder is mounted there."""
    alone = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
    if subprocess.run([*alone, "true"], capture_output=True).returncode != 0:
        pytest.skip("needs the right to mount a folder for one process")
    own = folder / "uploads"
    own.mkdir(exist_ok=True)
    return [*alone, "sh", "-c", 'mount --bind "$0" "$1" && shift && exec "$@"', own, data / "uploads"]


KINDS = {
    "good": Kind(),
    "good2": Kind(),
    "good3": Kind(),
    "other-key": Kind({"WEBUI_SECRET_KEY": "another secret key, which is as long as the first"}),
    "other-release": Kind(release="0.10.2"),
    "other-database": Kind(database="other"),
    "no-redis": Kind(without=("REDIS_URL", "WEBSOCKET_MANAGER", "WEBSOCKET_SERVER_PING_INTERVAL")),  # two in one, to be cheap
    # The stored settings are not looked at, so the environment's own show.
    "other-settings": Kind({"ENABLE_PERSISTENT_CONFIG": "false", "WEBUI_NAME": OTHER_NAME, "ENABLE_SIGNUP": "true"}),
    "skewed": Kind(has_other_clock=True),
    "other-uploads": Kind(before=with_uploads_of_its_own),
    "no-websocket": Kind({"ENABLE_WEBSOCKET_SUPPORT": "false"}),
    "no-websocket2": Kind({"ENABLE_WEBSOCKET_SUPPORT": "false"}),
    "other-origin": Kind({"CORS_ALLOW_ORIGIN": "https://elsewhere.example", "ENABLE_PASSWORD_AUTH": "false"}),  # as well
    "any-origin": Kind({"CORS_ALLOW_ORIGIN": "*"}),
}
