"""Whoever looks on while a backup goes on sees how far it is, and at the end how it went; programs and cron see nothing of it."""
import random
import re

import pytest

from lab.terminal import Terminal
from test_backup import at_head, filled, keys, place, repository  # noqa: F401 (fixtures)

LARGE = {f"uploads/{number}": random.Random(number).randbytes(12 << 20) for number in range(6)}
SIZE = r"[0-9.]+ [kMGTPE]?B"
BAR = re.compile(rf"\r\x1b\[Kowctl: (backing up|restoring|verifying \S+) \[([=-]{{20}})\] ([0-9]+) % of ({SIZE}), ({SIZE})/s, about [0-9]+ (?:s|min) left".encode())
OPEN_END = re.compile(rf"\r\x1b\[Kowctl: (backing up|restoring|verifying \S+): ({SIZE}), ({SIZE})/s".encode())


def look_on(repository, *words, **environment):  # noqa: F811
    env = repository.settings | {"TERM": "xterm", "OWCTL_AUDIT_LOG": "/dev/null"} | environment
    terminal = Terminal(repository.owctl, "backup", *words, env=env)
    assert terminal.end() == 0, terminal.seen
    return terminal.seen


def check_line(seen, doing):
    """It is there, grows, and is gone at the end. The bar is as long as the share says."""
    lines = BAR.findall(seen)
    assert lines or OPEN_END.search(seen), seen
    assert all(name.decode().startswith(doing) for name, *_ in lines)
    shares = [int(share) for _, _, share, *_ in lines]
    assert shares == sorted(shares) and all(share < 100 for share in shares)
    assert all(bar == b"=" * (share // 5) + b"-" * (20 - share // 5) for (_, bar, *_), share in zip(lines, shares))
    rest = OPEN_END.sub(b"", BAR.sub(b"", seen))
    assert f"{doing}".encode() + b" [" not in rest and rest.count(b"\r\x1b[K") >= 1
    return lines


@pytest.fixture
def here(filled):  # noqa: F811
    return filled("small", "sqlite", LARGE)


def test_each_has_a_line_and_a_summary(repository, here, place):  # noqa: F811
    seen = look_on(repository, "create", **here.where)
    lines = check_line(seen, "backing up")
    assert lines and all(total.endswith(b"MB") and 72 < float(total.split()[0]) < 90 for *_, total, _ in lines), "files are listed, rows are estimated"
    [made] = repository.list()
    assert re.search(rb"read and packed [0-9.]+ MB in [0-9.]+ s, [0-9.]+ [kMG]B/s", seen)
    assert f"the snapshot has {made['rows']} rows and {made['files']} files".encode() in seen
    seen = look_on(repository, "verify", "--read-data", **repository.opened)
    assert all(75 < float(total.split()[0]) * 1 < 170 for *_, total, _ in check_line(seen, "verifying"))
    assert re.search(rb"read 1[45][0-9]\.[0-9] MB in", seen), "the packs, and then what is in them"
    seen = look_on(repository, "restore", **place("sqlite").where, **repository.opened)
    check_line(seen, "restoring")
    assert f"loaded and read back {made['rows']} rows; {made['files']} files are there".encode() in seen
    again = look_on(repository, "create", **here.where)
    assert not BAR.search(again), "how much of it is new nobody knows before"


@pytest.mark.parametrize("words, term", [(["-q"], "xterm"), (["-o", "json"], "xterm"), ([], "dumb")])
def test_nothing_of_it_where_it_is_not_wanted(repository, here, words, term):  # noqa: F811
    seen = look_on(repository, "create", *words, **here.where, TERM=term)
    assert not BAR.search(seen) and not OPEN_END.search(seen) and b"\x1b" not in seen and b"read and packed" not in seen
    assert repository("verify", "--read-data", **repository.opened).ok().err.count("MB") == 0
