"""The layers of ARCHITECTURE.md: what a folder of src/ may include of the others."""
import re

import pytest

from lab.parts import TREE

MAY_INCLUDE = {
    "base": set(),
    "crypto": {"base"},
    "net": {"base"},
    "db": {"base"},
    "store": {"base", "crypto", "net"},
    "settings": {"base"},
    "telemetry": {"base", "crypto", "net", "settings"},
    "cli": {"base", "settings", "telemetry"},
    "openwebui": {"base", "crypto", "db", "net", "settings", "store"},
    "provision": {"base", "crypto", "openwebui"},
    "migrate": {"base", "db", "openwebui"},
    "backup": {"base", "crypto", "db", "migrate", "openwebui", "settings", "store"},
    "health": {"backup", "base", "crypto", "db", "migrate", "net", "openwebui", "settings", "store", "telemetry"},
    "commands": {"backup", "base", "cli", "crypto", "db", "health", "migrate", "openwebui", "provision", "settings", "store",
                 "telemetry"},
}
WIDEST = 120
WHERE = ("src/**/*.[ch]", "src/**/*.def", "src/**/*.sql", "tests/unit/*.[ch]", "tests/fuzz/*.[ch]", "tests/real/**/*.c",
         "scripts/**/*", "Makefile", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")
# What tools write, and lists that are read a line at a time.
LISTS = ("scripts/lab/locks/*", "scripts/lab/locks/*/go.sum", "scripts/lib/packages")
INCLUDE = re.compile(r'^#include "(\w+)/(.*)"', re.MULTILINE)


def sources():
    return sorted(path for path in (TREE / "src").rglob("*.[chd]*") if path.suffix in {".c", ".h", ".def"})


@pytest.mark.quick
def test_includes_point_down():
    found = {}
    for path in sources():
        own = path.relative_to(TREE / "src").parts[0]
        if path.name == "main.c":
            continue
        for folder, _ in INCLUDE.findall(path.read_text()):
            if folder != own and folder not in MAY_INCLUDE[own]:
                found.setdefault(str(path.relative_to(TREE)), set()).add(folder)
    assert not found
    assert {path.name for path in (TREE / "src").iterdir() if path.is_dir()} == set(MAY_INCLUDE)


@pytest.mark.quick
def test_each_driver_and_command_group_keeps_to_itself():
    """A driver's own header is for its folder; a command group's handlers do not call those of another group."""
    for path in sources():
        own = path.relative_to(TREE / "src").parent.parts
        for folder, rest in INCLUDE.findall(path.read_text()):
            inner = (folder, *rest.split("/")[:-1])
            private = folder in {"db", "store", "commands"} and len(inner) > 1 and own != (folder,)
            assert not private or own[: len(inner)] == inner, f"{path.relative_to(TREE)} includes {folder}/{rest}"


@pytest.mark.quick
def test_nobody_above_the_drivers_asks_which_one_there_is():
    for path in sources():
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        if path.relative_to(TREE / "src").parts[0] != "db" and path.name != "version.c":  # it lists the libraries
            assert not re.search(r"\b(DB_SQLITE|DB_POSTGRESQL|sqlite3_\w+|PQ\w+|pg_advisory\w*)\b", text), path


def lines_that_count():
    """The place and text of each, but for what Markdown can't break: rows of a table, and addresses at an end."""
    for path in sorted({path for pattern in WHERE for path in TREE.glob(pattern) if path.is_file()}):
        name = path.relative_to(TREE)
        if path.suffix == ".pyc" or any(name.match(pattern) for pattern in LISTS):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if name.suffix != ".md" or not (line.startswith("|") or "://" in line.rpartition(" ")[2]):
                yield f"{name}:{number}", line


@pytest.mark.quick
def test_no_line_is_wider_than_120_columns():
    found = [place for place, line in lines_that_count() if len(line.expandtabs(8)) > WIDEST]
    assert not found, f"wider than {WIDEST} columns: {', '.join(found)}"
