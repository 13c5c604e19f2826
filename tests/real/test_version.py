"""`owctl version` tells what it runs with, and what of Open WebUI it knows."""
import re
import subprocess

from lab import chain
from lab.clean_build import makefile
from lab.parts import TREE

# The column of each library that the Makefile links with, by its name there.
COLUMNS = {"sqlite3": "sqlite", "libpq": "libpq", "jansson": "jansson", "libfyaml": "libfyaml", "libcurl": "libcurl",
           "hiredis": "hiredis", "libpcre2-8": "pcre2", "libsodium": "libsodium", "libcrypt": "libcrypt", "libzstd": "zstd",
           "libarchive": "libarchive", "libxxhash": "xxhash", "expat": "expat", "libcrypto": "openssl",
           "readline": "readline"}


def test_every_library_is_told_as_the_system_has_it(owctl):
    told = owctl("version", "-o", "json").ok().json()
    linked = makefile("PACKAGES").split()
    assert set(linked) == set(COLUMNS)
    has = {name: subprocess.run(["pkg-config", "--modversion", name], capture_output=True, text=True, check=True).stdout.strip()
           for name in linked}
    assert {name: told[COLUMNS[name]] for name in linked} == has
    assert told["glibc"] == subprocess.check_output(["getconf", "GNU_LIBC_VERSION"], text=True).split()[1]


def test_what_it_knows_is_what_the_tree_lists(owctl):
    told = owctl("version", "-o", "json").ok().json()
    releases = re.findall(r'^RELEASE\("([^"]+)"', (TREE / "src/openwebui/releases.def").read_text(), re.MULTILINE)
    assert told["releases"] == releases and told["newest_release"] == releases[-1]
    assert told["revisions"] == [revision.id for revision in chain.revisions()]
    assert told["newest_revision"] == chain.HEAD


def test_version_has_one_place(owctl):
    assert owctl("version", "-o", "json").ok().json()["owctl"] == makefile("VERSION")
    assert owctl("version").ok().out.splitlines()[0].split() == ["owctl", makefile("VERSION")]
    assert "0.3.35" not in owctl("version").ok().out  # a table is for people
