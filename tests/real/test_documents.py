"""What documents that are man pages as well have people type and write: run as it stands there."""
import re
import subprocess

import pytest

from lab.owctl import check_sanitizers
from lab.parts import TREE

# What is another each time: times, ids and keys; how many packs, as each thread that had work made one; of which version
# SQLite is; and how many checks there are.
CHANGES = (
    (r"\d{8}T\d{6}Z(-[0-9a-f]{8})?", "MOMENT"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"),
    (r"age1[0-9a-z]{58}", "KEY"),
    (r"(?<=password )\S{20}", "PASSWORD"),
    (r"(?<=SQLite )3\.\d+\.\d+", "VERSION"),
    (r"(?<=added )\d+\b", "SIZE"),
    (r"(\d) of \1(?= packs were read)", "PACKS"),
    (r"\d+(?= good| checks had)", "COUNT"),
)


def blocks(text):
    """The lines of each block that is indented."""
    for block in re.findall(r"(?:^(?: {4}.*)?\n)+", text, re.MULTILINE):
        lines = [line[4:] for line in block.strip("\n").splitlines()]
        if lines:
            yield lines


def sessions(text):
    """Each command of the blocks that begin with one, and what it prints."""
    found = []
    for lines in blocks(text):
        for line in lines if lines[0].startswith("$ ") else ():
            if line.startswith("$ "):
                found.append([line[2:], ""])
            elif line.startswith("> ") and not found[-1][1]:
                found[-1][0] += "\n" + line[2:]
            else:
                found[-1][1] += line + "\n"
    return found


def run_all(commands, environment, folder):
    """In one shell, as they are typed; their output, and the status that each ended with."""
    script = "".join(f"{{ {command}\n}} </dev/null 2>&1\nprintf '\\001%s\\001' $?\n" for command in commands)
    done = subprocess.run(["bash", "--norc", "-c", script], env=environment, cwd=folder, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=240)
    check_sanitizers(["bash"], done.stdout + done.stderr)
    parts = done.stdout.decode().split("\001")
    return parts[0:-1:2], parts[1::2]


def shown(text):
    """Long lines are broken in the page, and columns are as wide as the machine's paths want them."""
    text = " ".join(text.split())
    for pattern, word in CHANGES:
        text = re.sub(pattern, word, text)
    return text


@pytest.mark.quick
def test_tutorial_prints_what_it_says(owctl, shell_environment, tmp_path):
    environment, work = shell_environment
    found = sessions((TREE / "docs/tutorial.md").read_text())
    groups = {command.split()[1] for command, _ in found if command.startswith("owctl ")}
    assert groups == {"profile", "migrate", "user", "group", "repo", "backup", "health"}
    (tmp_path / "srv").mkdir()
    # The folders of the page are this test's: what is typed names these, and what is printed the page's again.
    places = {"/srv/": f"{tmp_path}/srv/", "/home/ada/": f"{owctl.home}/"}
    printed, statuses = run_all([command.replace("/srv/", places["/srv/"]) for command, _ in found], environment, work)
    for (command, says), prints, status in zip(found, printed, statuses, strict=True):
        for place, own in places.items():
            prints = prints.replace(own, place)
        assert status == "0", f"{command}: {prints}"
        assert shown(prints) == shown(says), command


@pytest.mark.quick
def test_environment_file_of_the_page_is_read_as_it_says(owctl, tmp_path):
    [lines] = blocks((TREE / "docs/configuration.md").read_text())
    (tmp_path / "file.env").write_text("\n".join(lines))
    settings = owctl("--env-file", tmp_path / "file.env", "profile", "show", "-o", "json").ok().json()
    values = {setting["name"]: setting["value"] for setting in settings}
    assert values.items() >= {"DATA_DIR": "/srv/open-webui", "WEBUI_URL": "https://chat.example",
                              "REDIS_URL": "redis://localhost:6379/0"}.items()
