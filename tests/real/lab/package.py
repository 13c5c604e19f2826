"""A Debian package: what is in it, what the tree says that is to be in it, and what a root has of it."""
import gzip
import io
import os
import re
import subprocess
import tarfile

from lab.parts import TREE

PACKED = re.compile(r"man/man\d/|\.Debian\.gz$|owctl/[^/]+\.md\.gz$")


def field(deb, name):
    return subprocess.check_output(["dpkg-deb", "--field", deb, name], text=True).strip()


def members(deb):
    """What it puts where."""
    with unpacked(deb) as archive:
        return archive.getmembers()


def contents(deb):
    """What is in its files, which are not compressed any more, by their names."""
    with unpacked(deb) as archive:
        found = {member.name.removeprefix("./"): archive.extractfile(member).read() for member in archive if member.isfile()}
    return {name: gzip.decompress(content) if PACKED.search(name) else content for name, content in found.items()}


def unpacked(deb):
    return tarfile.open(fileobj=io.BytesIO(subprocess.check_output(["dpkg-deb", "--fsys-tarfile", deb])))


def tree_files(folder):
    return {str(path.relative_to(TREE / folder)): path for path in (TREE / folder).rglob("*") if path.is_file()}


def expected():
    """The path of each file that comes from the tree as it is, by its name in the package."""
    files = {f"usr/share/man/man{name[-1]}/{name}.gz": path for name, path in tree_files("man").items()}
    files |= {f"usr/share/doc/owctl/examples/{name}": path for name, path in tree_files("examples").items()}
    files |= {f"usr/share/doc/owctl/docs/{name}": path for name, path in tree_files("docs").items()}
    return files | {
        "usr/share/doc/owctl/README.md.gz": TREE / "README.md",
        "usr/share/bash-completion/completions/owctl": TREE / "completions/owctl.bash",
        "usr/share/zsh/vendor-completions/_owctl": TREE / "completions/_owctl",
        "usr/share/fish/vendor_completions.d/owctl.fish": TREE / "completions/owctl.fish",
        "usr/share/doc/owctl/copyright": TREE / "scripts/package/debian/copyright",
        "usr/share/lintian/overrides/owctl": TREE / "scripts/package/debian/lintian-overrides"}


def files(root):
    """All but what dpkg and apt write down of what they do."""
    found = set()
    for folder, folders, names in os.walk(root.folder):
        where = "/" + os.path.relpath(folder, root.folder).removeprefix(".")
        if re.match(r"/(proc|sys|dev|var/lib/(dpkg|apt)|var/log|var/cache)\b", where):
            folders.clear()
            continue
        found |= {os.path.join(where, name) for name in (*folders, *names)}
    return found
