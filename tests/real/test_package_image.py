"""The container image: built by a real Docker Engine on a Debian that had nothing but its base, and run there as it is in
production: nothing in it can be written to, and nobody in it has a name or a right."""
import json
import os
import re
import shutil
import subprocess
import tarfile
import time

import pytest
from lab.clean_build import makefile
from lab.docker import Docker
from lab.memory import scratch_folder
from lab.network import Network
from lab.parts import NEWEST, TREE, part
from lab.process import wait_until

VERSION = makefile("VERSION")
LOCKED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
GATEWAY = "172.17.0.1"
pytestmark = pytest.mark.parametrize("clean_build", ["on 12 with a clean Debian"], indirect=True)


class Engine(Docker):
    """A daemon with what the tests say to it as one would in a shell."""

    @property
    def command(self):
        return part("dockerd") / "bin/docker", "-H", self.host

    def __call__(self, *words, status=0, **options):
        done = subprocess.run([*self.command, *map(str, words)], env=self.environment, capture_output=True, text=True, **options)
        assert done.returncode == status, f"docker {words} ended with {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    @property
    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder)}

    def owctl(self, *words, options=(), status=0):
        return self("run", "--rm", *LOCKED, *options, "owctl", *words, status=status)

    def build(self, *options):
        """As `make image`, with what is there: builds see no network."""
        words = ["make", "-s", "image", f"DOCKER={' '.join(map(str, self.command))}", f"IMAGE_OPTIONS={' '.join(('--network none', *options))}"]
        done = subprocess.run(words, cwd=TREE, env=self.environment, capture_output=True, text=True, timeout=280)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.fixture(scope="module")
def engine(clean_build):
    """It has the image, and what that was built in as `built`."""
    assert clean_build.deb
    with Network() as network, Engine(network, "overlay2") as engine:
        engine.start().wait()
        with clean_build.pack_base() as base:
            engine("import", "-", "debian:bookworm-slim", stdin=base.stdout)
        engine.build()
        engine("build", "--network", "none", "--target", "build", "--tag", "built", "--file", "scripts/package/Dockerfile", ".", cwd=TREE)
        yield engine


@pytest.fixture
def volume():
    """A folder that anybody may write to."""
    folder = scratch_folder("owctl-volume-")
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def test_image_says_what_it_is(engine):
    config = json.loads(engine("image", "inspect", f"owctl:{VERSION}"))[0]["Config"]
    assert config["Labels"]["org.opencontainers.image.version"] == VERSION
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", config["User"])
    assert (config["Entrypoint"], config["StopSignal"], config["Healthcheck"]) == (["/usr/bin/owctl"], "SIGTERM", {"Test": ["NONE"]})
    assert json.loads(engine.owctl("version", "-o", "json", options=["--network", "none"]))["owctl"] == VERSION


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
    writable = {name for name, member in found.items() if member.mode & 0o002 and not member.issym()}
    assert writable == {"tmp", "var/tmp"}
    # What was measured is 67 MB, of which 31 are ICU's tables, which libarchive has through libxml2.
    size = sum(member.size for member in found.values())
    assert 30e6 < size < 85e6


def test_each_file_is_of_a_package_that_scanners_find(engine, tmp_path):
    made = engine("create", "owctl").strip()
    engine("cp", f"{made}:/var/lib/dpkg/status.d", tmp_path / "status")
    engine("cp", f"{made}:/usr/share/doc", tmp_path / "doc")
    engine("rm", made)
    packages = {path.name for path in (tmp_path / "status").iterdir()}
    assert {"owctl", "libc6", "libcurl4", "libpq5", "libssl3", "libicu72", "openssh-client", "ca-certificates", "libgcc-s1"} <= packages
    for name in packages:
        assert f"Package: {name}\n" in (tmp_path / "status" / name).read_text()
        assert (tmp_path / "doc" / name / "copyright").stat().st_size
    assert f"Version: {VERSION}-1\n" in (tmp_path / "status/owctl").read_text()


def test_package_has_the_same_bytes_wherever_it_is_built(engine, clean_build, tmp_path):
    """In a container it was built at another time, in another folder, of all of the source anew."""
    made = engine("create", "built", "true").strip()
    name = clean_build.deb.name
    engine("cp", f"{made}:/src/build/{name}", tmp_path / name)
    engine("rm", made)
    assert (tmp_path / name).read_bytes() == clean_build.deb.read_bytes()


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


def test_postgresql_by_name(engine, owctl, make_postgresql, postgresql):
    url = make_postgresql(NEWEST)
    options = ["--user", "4711:4711", "--add-host", f"db.example:{GATEWAY}", "--env", f"DATABASE_URL={url.replace('127.0.0.1', 'db.example')}"]
    with engine.network.lead_in(postgresql.port):
        engine.owctl("group", "create", "Staff", options=options)
    assert [group["name"] for group in owctl("group", "list", "-o", "json", env={"DATABASE_URL": url}).ok().json()] == ["Staff"]


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
