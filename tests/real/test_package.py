"""A machine that had nothing but Debian's base: the quick start there, the package that is made of its build, another such
machine on which that comes and goes, and the container image, which is run as it is in production: nothing in it can be
written to, and nobody in it has a name or a right."""
import json
import os
import re
import shutil
import subprocess
import tarfile
import time

import pytest
from lab.clean_build import OLDER, RELEASED, SUITES, VERSION, CleanBuild
from lab.engine import LOCKED, Engine
from lab.memory import scratch_folder
from lab.network import Network
from lab.package import contents, expected, field, files, members
from lab.parts import NEWEST, TREE, part
from lab.process import wait_until
from lab.roots import Root

GATEWAY = "172.17.0.1"
on_12 = pytest.mark.parametrize("clean_build", list(SUITES)[:1], indirect=True)


@pytest.fixture(scope="module", params=SUITES)
def clean_build(request, tmp_path_factory):
    """A Debian of each suite with nothing but its base, on which the quick start was run. The first test of one pays for it."""
    with CleanBuild(SUITES[request.param], tmp_path_factory.mktemp("clean")) as build:
        yield build


def test_quickstart_on_a_clean_debian(clean_build):
    done = clean_build.quickstart
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    for essential in ("ada@example.org", "grace@example.org", "What to type next"):
        assert essential in done.stdout


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


@pytest.fixture(scope="module")
def engine(clean_build):
    """It has the image, and what that was built in as `built`."""
    assert clean_build.deb
    with Network() as network, Engine(network, "overlay2") as engine:
        engine.start().wait()
        with clean_build.pack_base() as base:
            engine("import", "-", "debian:bookworm-slim", stdin=base.stdout)
        engine.make_image()
        engine("build", "--network", "none", "--target", "build", "--tag", "built", "--file", "scripts/package/Dockerfile", ".", cwd=TREE)
        yield engine


@pytest.fixture
def volume():
    """A folder that anybody may write to."""
    folder = scratch_folder("owctl-volume-")
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@on_12
def test_image_says_what_it_is(engine):
    config = json.loads(engine("image", "inspect", f"owctl:{VERSION}"))[0]["Config"]
    assert config["Labels"]["org.opencontainers.image.version"] == VERSION
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", config["User"])
    assert (config["Entrypoint"], config["StopSignal"], config["Healthcheck"]) == (["/usr/bin/owctl"], "SIGTERM", {"Test": ["NONE"]})
    assert json.loads(engine.owctl("version", "-o", "json", options=["--network", "none"]))["owctl"] == VERSION


@on_12
def test_image_has_what_it_needs_and_no_more(engine, tmp_path):
    made = engine("create", "owctl").strip()
    engine("export", "--output", tmp_path / "root.tar", made)
    engine("rm", made)
    with tarfile.open(tmp_path / "root.tar") as archive:
        found = {member.name: member for member in archive}
    # Docker's own places are files of no size.
    programs = {name for name, member in found.items() if member.isfile() and member.size and member.mode & 0o111 and ".so" not in name}
    assert programs == {"usr/bin/owctl", "usr/bin/ssh"}
    assert not [name for name, member in found.items() if member.mode & 0o6000]
    assert found.keys() >= {f"usr/lib/terminfo/{name}" for name in ("x/xterm-256color", "s/screen", "t/tmux-256color", "l/linux")}
    # What TLS trusts, where libcurl and OpenSSL look for it.
    trusted = found["etc/ssl/certs/ca-certificates.crt"]
    assert trusted.size > 100_000 and found["usr/lib/ssl/cert.pem"].linkname == f"/{trusted.name}"
    writable = {name for name, member in found.items() if member.mode & 0o002 and not member.issym()}
    assert writable == {"tmp", "var/tmp"}
    # What was measured is 67 MB, of which 31 are ICU's tables, which libarchive has through libxml2.
    size = sum(member.size for member in found.values())
    assert 30e6 < size < 85e6


@on_12
def test_each_file_is_of_a_package_that_scanners_find(engine, tmp_path):
    made = engine("create", "owctl").strip()
    engine("cp", f"{made}:/var/lib/dpkg/status.d", tmp_path / "status")
    engine("cp", f"{made}:/usr/share/doc", tmp_path / "doc")
    engine("rm", made)
    packages = {path.name for path in (tmp_path / "status").iterdir()}
    assert {"owctl", "libc6", "libcurl4", "libpq5", "libssl3", "libicu72", "openssh-client", "ca-certificates", "libgcc-s1", "ncurses-base"} <= packages
    for name in packages:
        assert f"Package: {name}\n" in (tmp_path / "status" / name).read_text()
        assert (tmp_path / "doc" / name / "copyright").stat().st_size
    assert f"Version: {VERSION}-1\n" in (tmp_path / "status/owctl").read_text()


@on_12
def test_package_has_the_same_bytes_wherever_it_is_built(engine, clean_build, tmp_path):
    """In a container it was built at another time, in another folder, of all of the source anew."""
    made = engine("create", "built", "true").strip()
    name = clean_build.deb.name
    engine("cp", f"{made}:/src/build/{name}", tmp_path / name)
    engine("rm", made)
    assert (tmp_path / name).read_bytes() == clean_build.deb.read_bytes()


@on_12
@pytest.mark.parametrize("whom", ["12345:54321", None, "0:0"])
def test_database_in_a_volume(engine, owctl, volume, whom):
    """As nobody in particular, as the image says, and as Open WebUI's own container runs."""
    options = ["--network", "none", "--volume", f"{volume}:/app/backend/data", *(["--user", whom] if whom else [])]
    as_whom = [int(number) for number in (whom or "65532:65532").split(":")]
    if whom == "0:0":
        volume.chmod(0o755)
    assert NEWEST in engine.owctl("migrate", "up", options=[*options, "--env", "DATA_DIR=/app/backend/data"])
    (volume / "password").write_text("correct horse battery staple\n")
    (volume / "password").chmod(0o400)
    os.chown(volume / "password", *as_whom)
    engine.owctl("user", "create", "ada@example.org", "--role", "admin", "--password-file", "/app/backend/data/password", options=options)
    listed = json.loads(owctl("user", "list", "-o", "json", env={"DATA_DIR": volume}).ok().out)
    assert [user["email"] for user in listed] == ["ada@example.org"]
    owner = (volume / "webui.db").stat()
    assert [owner.st_uid, owner.st_gid] == as_whom


@on_12
def test_postgresql_by_name(engine, owctl, make_postgresql, postgresql):
    url = make_postgresql(NEWEST)
    options = ["--user", "4711:4711", "--add-host", f"db.example:{GATEWAY}", "--env", f"DATABASE_URL={url.replace('127.0.0.1', 'db.example')}"]
    with engine.network.lead_in(postgresql.port):
        engine.owctl("group", "create", "Staff", options=options)
    assert [group["name"] for group in owctl("group", "list", "-o", "json", env={"DATABASE_URL": url}).ok().json()] == ["Staff"]


@on_12
def test_backup_over_sftp(engine, sshd, volume):
    """ssh is in there for this; it asks for an account's name, so this is as the image says."""
    place = sshd.place()
    shutil.copy(sshd.keys / "id", volume / "id")
    os.chown(volume / "id", 65532, 65532)
    (volume / "hosts").write_text(sshd.known_hosts.read_text().replace("127.0.0.1", GATEWAY))
    location = f"sftp://{sshd.user}@{GATEWAY}:{sshd.port}/{place}?identity=/keys/id&known-hosts=/keys/hosts"
    with engine.network.lead_in(sshd.port):
        engine.owctl("repo", "init", location, options=["--volume", f"{volume}:/keys:ro"])
    assert (sshd.home / place).is_dir()


@on_12
def test_stops_at_once(engine):
    """As the first process of a container it gets no signal that it does not ask for."""
    started = engine("run", "--detach", *LOCKED, "--network", "none", "owctl", "health", "check", "--wait", "5m",
                     "--replica", "http://127.0.0.1:1").strip()
    wait_until(lambda: engine.api("GET", f"/containers/{started}/json")["State"]["Running"], 10, "a container")
    time.sleep(0.5)
    before = time.monotonic()
    engine("stop", "--time", "30", started)
    assert time.monotonic() - before < 5
    assert engine.api("GET", f"/containers/{started}/json")["State"]["ExitCode"] == 130
    engine("rm", started)
