"""A row of the table, and what holds for every row."""
import dataclasses
import functools
import json
import re
import shlex

from lab.parts import TREE

CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")
LONGEST_LINE = 2000


@dataclasses.dataclass
class Case:
    name: str
    words: object          # the command line, as text or a list; {db}, {folder} and what `setup` gives stand for themselves
    status: int
    message: str           # a piece of it
    hint: object           # a piece of it, or None where the answer is no, or nobody gave a wrong value
    files: dict = dataclasses.field(default_factory=dict)  # name: contents, mode 0600
    setup: object = None   # called with the world; may return more names
    env: dict = dataclasses.field(default_factory=dict)
    stdin: bytes = b""
    secret: str = None     # must not show up anywhere
    unprivileged: bool = False
    db: bool = True        # the database of the world is there
    needs: tuple = ()      # names of fixtures, given to `setup` behind the world
    names_on_stdout: str = None  # a piece of what stdout has to say about the bad row

    def line(self):
        return shlex.split(self.words) if isinstance(self.words, str) else list(self.words)


@functools.cache
def statuses():
    """What the man pages promise: the command's path ("" is all of owctl): its exit statuses."""
    found = {"": set(map(int, re.findall(r"^\.It (\d+)$", (TREE / "man/owctl.1").read_text(), re.M)))}
    for page in (TREE / "man").glob("owctl-*.1"):
        for path, text in re.findall(r'^\.Ss "owctl (.*?)"\n(.*?)(?=^\.S[sh] )', page.read_text(), re.M | re.S):
            found[path] = set(map(int, re.search(r"^Exit status: (.*);", text, re.M)[1].split(", ")))
    return found


def documented_statuses(words):
    words = [word for word in words if isinstance(word, str)]
    return statuses().get(" ".join(words[:2]), statuses()[""])


def check_stderr(raw):
    """What holds for everything that owctl says."""
    text = raw.decode()
    assert not CONTROL.search(raw), raw
    for line in text.splitlines():
        assert line.startswith(("owctl: ", "hint: ")), raw
        assert len(line) <= LONGEST_LINE, f"{len(line)} characters in a line: {line[:200]}"
    return text


def check_text(case, done):
    text = check_stderr(done.raw_err)
    lines = text.splitlines()
    assert lines, "nothing was said"
    hint = lines.pop() if lines[-1].startswith("hint: ") else None
    assert lines[-1].startswith("owctl: ")
    assert case.message in lines[-1], text
    assert "owctl: changing" not in text, "told of a change that did not happen"
    assert hint or case.status in (1, 2), "a wrong value, and nothing was said about a right one"
    assert (case.hint or "") in (hint or ""), f"another hint: {hint}"
    assert case.hint or not hint, f"a hint that the table does not know: {hint}"


def check_json(case, done):
    assert not CONTROL.search(done.raw_err), done.raw_err
    error = json.loads(done.raw_err.splitlines()[-1])["error"]
    assert error["status"] == case.status and case.message in error["message"], error
    assert not case.hint or case.hint in error["hint"], error


def check_case(case, world):
    """Once as people see it, once as programs do, where -vv may not give away more."""
    more = world.unprivileged() if case.unprivileged else {}
    for front, check in ((), check_text), (["-o", "json", "-vv"], check_json):
        done = world.run([*front, *case.line()], env=case.env, stdin=case.stdin, **more)
        assert done.rc == case.status, (done.rc, done.raw_err)
        assert done.rc in documented_statuses(case.line()), "not in the man page"
        check(case, done)
        assert not case.names_on_stdout or case.names_on_stdout in done.out.replace('\\"', '"'), done.out
        if case.secret:
            assert case.secret.encode() not in done.raw_out + done.raw_err, done
        assert not list(world.empty.iterdir()), "left behind in TMPDIR"
