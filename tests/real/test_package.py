"""Debian packages: what is in them, and a machine on which they come and go; the source as one file."""
import datetime
import gzip
import io
import os
import re
import shutil
import subprocess
import tarfile

import pytest
from lab.clean_build import OLDER, makefile
from lab.memory import scratch_folder
from lab.parts import TREE, part
from lab.roots import Root

VERSION = makefile("VERSION")
RELEASED = datetime.datetime.strptime(makefile("DATE"), "%B %d, %Y").replace(tzinfo=datetime.timezone.utc).timestamp()
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
    for name, path in (tree_files("docs") | {"README.md": TREE / "README.md"}).items():
        packed = "/" not in name and name.endswith(".md") and path.stat().st_size > 4096
        files[f"usr/share/doc/owctl/{name}{'.gz' if packed else ''}"] = path
    return files | {
        "usr/share/bash-completion/completions/owctl": TREE / "completions/owctl.bash",
        "usr/share/zsh/vendor-completions/_owctl": TREE / "completions/_owctl",
        "usr/share/fish/vendor_completions.d/owctl.fish": TREE / "completions/owctl.fish",
        "usr/share/doc/owctl/copyright": TREE / "scripts/package/debian/copyright",
        "usr/share/lintian/overrides/owctl": TREE / "scripts/package/debian/lintian-overrides"}


def test_package_has_what_the_tree_has(clean_build):
    files = contents(clean_build.deb)
    assert files.pop("usr/share/doc/owctl/changelog.Debian.gz").decode().startswith(f"owctl ({VERSION}-1) ")
    assert b".debug_info" not in files.pop("usr/bin/owctl")
    assert files == {name: path.read_bytes() for name, path in expected().items()}


def test_package_is_nobodys_and_of_no_moment(clean_build):
    """Neither who built it nor when can be seen of it."""
    found = members(clean_build.deb)
    assert {(member.uid, member.gid, member.uname, member.gname) for member in found} == {(0, 0, "root", "root")}
    assert {member.mtime for member in found} == {RELEASED}
    runs = {"./usr/bin/owctl", *(f"./{name}" for name, path in expected().items() if os.access(path, os.X_OK))}
    assert {member.name: oct(member.mode) for member in found} == {
        member.name: oct(0o755 if member.isdir() or member.name in runs else 0o644) for member in found}
    again = clean_build.make("deb", umask="077", zone="Asia/Kolkata")
    assert (clean_build.tree / again).read_bytes() == clean_build.deb.read_bytes()


def test_package_says_what_it_needs(clean_build):
    deb = clean_build.deb
    assert (field(deb, "Version"), field(deb, "Package")) == (f"{VERSION}-1", "owctl")
    needed = re.findall(r"(?:^|, )([\w.+-]+)", field(deb, "Depends"))
    for library in "libarchive13", "libcurl4", "libpq5", "libsqlite3-0", "libfyaml0", "libsodium23":
        assert {library, f"{library}t64"} & set(needed), needed


def test_lintian_finds_nothing(clean_build):
    lintian = part("lintian") / "bin/lintian"
    done = subprocess.run([lintian, "--allow-root", "--info", "--display-info", "--pedantic", "--fail-on", "pedantic,info,warning,error",
                           clean_build.deb], capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


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


def test_package_comes_and_goes(clean_build, tmp_path):
    """Installed, upgraded and removed on another Debian that had nothing but its base, after which all is as before."""
    debs = clean_build.older_deb, clean_build.deb
    with Root(clean_build.suite, tmp_path) as root:
        def run(*words):
            done = root.run(*words)
            assert done.returncode == 0, f"{words}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            return done.stdout

        run("apt-get", "-q", "update")
        run("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qy", "satisfy", "--no-install-recommends",
            ", ".join(field(deb, "Depends") for deb in debs))
        before = files(root)
        for deb, version in zip(debs, (OLDER, f"{VERSION}-1")):
            (root.folder / "root/owctl.deb").write_bytes(deb.read_bytes())
            run("dpkg", "--install", "/root/owctl.deb")
            assert run("dpkg-query", "-W", "-f", "${Version} ${db:Status-Status}", "owctl") == f"{version} installed"
            assert run("dpkg", "--verify", "owctl") == ""
            assert (root.folder / "usr/share/doc/owctl/examples/given-up.txt").exists() == (version == OLDER)
        (root.folder / "root/owctl.deb").unlink()
        assert run("owctl", "version", "-o", "csv", "--no-headings", "--columns", "owctl") == f"{VERSION}\n"
        run("sh", "-ec", "mkdir /root/data; cd /root; owctl --data-dir data migrate up -q; owctl --data-dir data user list; rm -r data")
        run("dpkg", "--remove", "owctl")
        assert files(root) == before
        run("dpkg", "--purge", "owctl")
        assert root.run("dpkg-query", "-s", "owctl").returncode != 0
        assert files(root) == before


def make_dist(tree, build, **environment):
    """The path of the source as one file."""
    done = subprocess.run(["make", "-s", "dist", f"BUILD={build}"], cwd=tree, env={"PATH": os.environ["PATH"], **environment},
                          capture_output=True, text=True, preexec_fn=lambda: os.umask(int(environment.get("UMASK", "022"), 8)))
    assert done.returncode == 0, done.stderr
    return build / f"owctl-{VERSION}.tar.gz"


@pytest.fixture(scope="module")
def source():
    """The source as one file, and a folder for more of it."""
    folder = scratch_folder("owctl-source-")
    yield make_dist(TREE, folder / "here"), folder
    shutil.rmtree(folder)


def test_source_is_what_git_has_byte_for_byte(source):
    listed = subprocess.check_output(["git", "ls-tree", "-r", "--name-only", "-z", "HEAD"], cwd=TREE, text=True).split("\0")[:-1]
    with tarfile.open(source[0]) as archive:
        of_files = {member.name.removeprefix(f"owctl-{VERSION}/"): member for member in archive if not member.isdir()}
        assert set(of_files) == set(listed)
        shown = subprocess.check_output(["git", "show", "HEAD:Makefile"], cwd=TREE)
        assert archive.extractfile(of_files["Makefile"]).read() == shown
    assert {(member.uid, member.gid, member.mtime) for member in of_files.values()} == {(0, 0, RELEASED)}
    assert {member.mode for member in of_files.values() if not member.issym()} == {0o644, 0o755}


def test_source_is_the_same_wherever_it_is_made(source):
    here, folder = source
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", TREE, clone], check=True)
    there = make_dist(clone, folder / "there", UMASK="077", TZ="Asia/Kolkata", LC_ALL="C")
    assert here.read_bytes() == there.read_bytes()
    later = make_dist(clone, folder / "later", SOURCE_DATE_EPOCH="1800000000")
    with tarfile.open(later) as archive:
        assert {member.mtime for member in archive} == {1800000000}


def test_source_without_git_is_refused(tmp_path):
    """As in what `make dist` has made: there is nobody to tell what is part of it."""
    subprocess.run(["cp", "-R", TREE / "Makefile", TREE / "scripts", tmp_path], check=True)
    done = subprocess.run(["make", "-s", "dist"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode != 0 and "this tree is no clone" in done.stderr
