"""A page of docs/ whose commands are run as they stand there, in order, in one shell; what they print has to be what is shown.

In an indented block a line that begins with `$ ` is a command, which a `\\` at its end continues; the other lines are what it
prints. In them `..` stands for anything, and ids, times, keys and large numbers for others of their kind; blanks and ends of lines
count as one blank, as a longer path breaks a line elsewhere. A command ends with 0, unless `echo $?` after it shows with what.

Places of the page are others here: folders lie below `root`, what else is in `places` (as addresses of servers). A file that `cat`
shows and that is not there is one that the reader writes: it gets what is shown. Where the page shows a question for a password,
PASSWORD is typed on a terminal."""
import pathlib
import re
import shlex
import sys
import typing

from lab.parts import TREE
from lab.script import Script

PAGES = TREE / "docs"
PASSWORD = "correct horse battery"
FOLDERS = re.compile(r"(?<![\w.$}])/(srv|etc|mnt)\b")
# What a page may use besides owctl, and what the test does itself (`stands_in`).
PROGRAMS = {"[", "cat", "cd", "chmod", "cp", "do", "done", "echo", "export", "for", "grep", "ls", "mkdir", "mv", "openssl", "printf", "rm", "sed", "sh", "umask", "unset"}
QUESTION = re.compile(r"password (?:for|of) \S+:$")
BEGUN, ENDED = "\x1e", "\x1f"

OTHERS = [
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",  # a UUID
    r"\d{8}T\d{6}Z-[0-9a-f]{8}",                     # a snapshot
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",              # a time
    r"\b\d{8}T\d{6}Z",                               # one in the name of a file
    r"\b\d{8}-\d{6}\b",
    r"\bage1[02-9ac-hj-np-z]{58}\b",                 # a public key
    r"\b[0-9a-f]{64}\b",                             # a secret key of a server
    r"\b[0-9a-f]{16}\b",                             # the beginning of a hash
    r"\b3\.\d+\.\d+\b",                              # SQLite
    r"\b1[5-9]\.\d+\b",                             # PostgreSQL
    r"\b[78]\.\d+\.\d+\b",                           # Redis
    r"\b\d+(?:\.\d+)? (?:B|kB|MB|GB|ms|s|min)\b(?:/s)?",
    r"\b\d{4,}\b",
]
OTHER = re.compile("|".join(f"({kind})" for kind in OTHERS))


class Step(typing.NamedTuple):
    line: int
    command: str
    shown: str


def steps(path):
    """Those of a page."""
    found, indented = [], False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        indented = line.startswith("    ") or indented and not line
        text = line[4:]
        if not indented:
            continue
        if found and found[-1].command.endswith("\\"):
            found[-1] = found[-1]._replace(command=f"{found[-1].command}\n{text}")
        elif text.startswith("$ "):
            found.append(Step(number, text[2:], ""))
        elif found:
            found[-1] = found[-1]._replace(shown=f"{found[-1].shown}{text}\n")
    return [step._replace(shown=re.sub("\n+$", "\n", step.shown)) for step in found]


def words_of(command):
    """The programs that it calls."""
    parts = re.split(r"[|;&\n]+(?=(?:[^']*'[^']*')*[^']*$)", re.sub(r"\\\n", " ", command))
    for part in filter(str.strip, parts):
        words = shlex.split(part.strip(" ()"))
        yield next(word for word in words if not re.match(r"\w+=", word))


def _token(word):
    if word == "..":
        return None
    out, at = "", 0
    for match in OTHER.finditer(word):
        out += re.escape(word[at:match.start()]) + OTHERS[match.lastindex - 1]
        at = match.end()
    return (out + re.escape(word[at:])).replace(r"\.\.", r"\S*?")


def says(shown, said):
    """Whether what is shown is what was said."""
    spaced = re.sub(r"(\d) (?=(?:B|kB|MB|GB|ms|s|min)\b)", "\\1\u00a0", shown)
    tokens = [_token(word.replace("\u00a0", " ")) for word in re.split(r"[ \n]+", spaced.strip())] if shown.strip() else []
    pattern = "".join(r"(?:\S+\s+)*?" if token is None else rf"{token}\s+" for token in tokens)
    return re.fullmatch(pattern, f"{' '.join(said.split())} ".lstrip()) is not None


class Runbook:
    """`folder` is empty. `places` are {on the page: here}; `stands_in` has by name what the test does of a program that can't be
    run here: a function of its words, which answers an exit status or None."""

    def __init__(self, folder, environment, places=(), **stands_in):
        self.root = folder / "root"
        for name in ("srv", "etc", "mnt"):
            (self.root / name).mkdir(parents=True)
        self.places, self.stands_in = {"/home/ada": environment["HOME"], **dict(places)}, stands_in
        self.script = Script(folder / "script", environment, **stands_in)
        self.environment = {"OWCTL_AUDIT_LOG": self.root / "srv/audit.jsonl", "PYTHONPATH": TREE / "tests/real"}
        for name in stands_in:
            (self.script.folder / name).write_text(f'#!/bin/sh\nexec ask {name} "$@"\n')
            (self.script.folder / name).chmod(0o755)

    def here(self, text):
        for place in sorted(self.places, key=len, reverse=True):
            text = text.replace(place, str(self.places[place]))
        return FOLDERS.sub(lambda match: f"{self.root}{match[0]}", text)

    def there(self, text):
        text = text.replace(str(self.root), "")
        for place in sorted(self.places, key=lambda place: len(str(self.places[place])), reverse=True):
            text = text.replace(str(self.places[place]), place)
        return text

    def path(self, place):
        return pathlib.Path(self.here(place))

    def _lines(self, number, step, asked):
        command = self.here(step.command)
        yield f"printf '{BEGUN}%d\\n' {number}"
        if step.command.startswith("cat ") and " " not in step.command[4:]:
            yield f"[ -e {command[4:]} ] || cat >{command[4:]} <<'SHOWN'\n{self.here(step.shown)}SHOWN"
        if QUESTION.search(step.shown.partition("\n")[0]):
            command = f"{sys.executable} -m lab.on_terminal {shlex.quote(PASSWORD)} {command}"
        yield f"(exit $ended)\n{command}\nended=$?\nprintf '{ENDED}%d\\n' $ended"
        if not asked:
            yield "[ $ended = 0 ] || exit 0"

    def __call__(self, page, **environment):
        """Runs it; {command: what it said}."""
        path = PAGES / page
        todo = steps(path)
        assert todo, f"{page} has no commands"
        for step in todo:
            unknown = set(words_of(step.command)) - PROGRAMS - {"owctl", *self.stands_in}
            assert not unknown, f"{page}:{step.line}: nothing stands here for {', '.join(unknown)}"
        script = self.script.folder / "commands"
        asked = [step.command == "echo $?" for step in todo[1:]] + [False]
        lines = [line for number, step in enumerate(todo) for line in self._lines(number, step, asked[number])]
        script.write_text("umask 022\nended=0\n" + "\n".join(lines) + "\n")
        work = self.root / "work"
        work.mkdir(exist_ok=True)
        said = self.script("bash", script, cwd=work, **self.environment, **environment).ok().said
        secret = [file for file in self.root.rglob("*") if file.suffix == ".env" or file.name == "passwords.csv"]
        assert not [file for file in secret if file.stat().st_mode & 0o077], f"{page} leaves secrets for everybody to read"
        return self._compare(page, todo, said)

    def _compare(self, page, todo, said):
        answers = re.findall(f"{BEGUN}(\\d+)\n(.*?){ENDED}(\\d+)\n", said, re.DOTALL)
        self.record = [(step, self.there(text), int(status)) for step, (_, text, status) in zip(todo, answers)]
        wrong = [] if len(answers) == len(todo) else [f"{len(answers)} of {len(todo)} commands were run"]
        for number, (step, text, status) in enumerate(self.record):
            asked = number + 1 < len(todo) and todo[number + 1].command == "echo $?"
            if not says(step.shown, text) or status and not asked:
                wrong.append(f"{page}:{step.line}: $ {step.command}\n{text}(exit status {status})")
        assert not wrong, "\n\n".join(wrong)
        return {step.command: text for step, text, _ in self.record}
