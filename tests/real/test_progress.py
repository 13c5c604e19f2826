"""`user import` hashes for minutes: whoever waits sees how far it is, and whoever said -q sees nothing."""
import re

import pytest
from lab.terminal import Terminal

PEOPLE = "email,password\n" + "".join(f"p{n}@example.org,password {n}\n" for n in range(20))
LINE = re.compile(rb"\r\x1b\[Kowctl: hashing (\d+) of 20 passwords, about \d+ s left")


@pytest.fixture
def where(owctl, tmp_path):
    owctl("migrate", "up", env={"DATA_DIR": tmp_path}).ok()
    (tmp_path / "people.csv").write_text(PEOPLE)
    return {"DATA_DIR": tmp_path, "TERM": "xterm"}


def on_a_terminal(owctl, where, *words):
    terminal = Terminal(owctl, "user", "import", where["DATA_DIR"] / "people.csv", *words, env=where)
    assert terminal.end() == 0
    return terminal.seen


def test_a_terminal_has_a_line_that_is_written_over_and_gone_at_the_end(owctl, where):
    seen = on_a_terminal(owctl, where)
    steps = [int(step) for step in LINE.findall(seen)]
    assert steps and steps == sorted(steps)
    rest = LINE.sub(b"", seen)
    assert b"hashing" not in rest and rest.index(b"\r\x1b[K") < rest.index(b"owctl: changing")


@pytest.mark.parametrize("words, term", [(["-q"], "xterm"), ([], "dumb"), (["--log-format", "json"], "xterm")])
def test_no_such_line_where_it_is_not_wanted(owctl, where, words, term):
    seen = on_a_terminal(owctl, where | {"TERM": term}, *words)
    assert b"\x1b" not in seen and b"left" not in seen
    assert (b"hashing 20 passwords" in seen) == (words != ["-q"])


@pytest.mark.parametrize("words, said", [([], "owctl: hashing 20 passwords\n"), (["-q"], "")])
def test_elsewhere_it_is_one_note(owctl, where, words, said):
    done = owctl("user", "import", "-", *words, env=where, stdin=PEOPLE).ok()
    assert "".join(line for line in done.err.splitlines(True) if "hashing" in line) == said


def test_a_few_are_not_worth_a_note(owctl, where):
    done = owctl("user", "import", "-", env=where, stdin=PEOPLE[:PEOPLE.index("p3@")]).ok()
    assert "hashing" not in done.err
