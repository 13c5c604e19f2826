"""SFTP as a store, against OpenSSH's server."""
import contextlib
import os
import re
import signal
import subprocess
import time

import pytest

from lab.memory import small_disk
from lab.probe import Refused
from lab.process import free_port, wait_until
from lab.sftp import PASSPHRASE, Cable, Sshd
from lab.store import sha256_of

MIB = 1 << 20
DAY = 24 * 60 * 60


def on_disk(server, place):
    return server.home / place


def everything_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def refusal(call, *arguments, **options):
    with pytest.raises(Refused) as refused:
        call(*arguments, **options)
    return refused.value


@pytest.fixture
def opened(sshd, open_store):
    """A store-probe that has a new place open; its `folder` is that place."""
    place = sshd.place()
    probe = open_store(sshd.location(place), make=True)
    probe.folder = on_disk(sshd, place)
    return probe


@pytest.fixture
def start_sshd():
    """start_sshd(*settings, command=..): a server of the test's own."""
    with contextlib.ExitStack() as stack:
        yield lambda *settings, **options: stack.enter_context(Sshd()).start(*settings, **options).wait()


@pytest.fixture
def cabled(sshd, open_store):
    """A store behind a cable, `cable`."""
    with Cable(sshd.port) as cable:
        with sshd.known_hosts.open("a") as file:
            file.write(sshd.known_hosts.read_text().splitlines()[0].replace(f":{sshd.port}", f":{cable.port}") + "\n")
        place = sshd.place()
        probe = open_store(sshd.location(place, port=cable.port), make=True, patience=120, silence=20)
        probe.cable, probe.folder = cable, on_disk(sshd, place)
        yield probe


# ---- places and names ----


def test_a_folder_is_made_for_its_owner_alone_and_only_when_asked_for(sshd, open_store):
    place = sshd.place()
    error = refusal(open_store, sshd.location(f"{place}/inner"))
    assert error.status == 78 and "no such file or folder" in error.message and "mounted" in error.hint
    probe = open_store(sshd.location(f"{place}/inner"), make=True)
    probe("put", name="a/b", text="x")
    folder = on_disk(sshd, place) / "inner"
    assert [path.stat().st_mode & 0o777 for path in (folder, folder / "a", folder / "a/b")] == [0o700, 0o700, 0o600]
    absolute = open_store(sshd.location(str(folder).lstrip("/")))
    assert absolute.names() == ["a/b"]
    assert refusal(open_store, sshd.location(f"{place}/inner/a/b")).status == 78


def test_names_that_only_a_file_system_has(opened):
    names = ["line\nbreak", "-o", "~", "trailing ", "x" * 255, "*?[a]", "'; touch /tmp/x"]
    for name in names:
        opened("put", name=name, text=name)
    assert opened.names() == sorted(names)
    assert [opened.text(name) for name in names] == names
    assert refusal(opened, "put", name="y" * 200 + "/" + "z" * 256, text="").status == 65


def test_links_and_other_kinds_are_no_objects(opened, tmp_path):
    opened("put", name="n", text="there")
    (opened.folder / "link").symlink_to("n")
    (opened.folder / "inside").symlink_to("/")
    os.mkfifo(opened.folder / "pipe")
    assert opened.names() == ["n"] and opened("look", name="link")["found"] is False
    opened("put", name="link", text="mine")
    assert opened.text("n") == "there" and opened.text("link") == "mine" and not (opened.folder / "link").is_symlink()


def test_an_object_is_there_when_it_is_whole(opened):
    opened.upload("n", 5 * MIB, seed=1)
    opened.upload("n", 3 * MIB, seed=2, abort=True)
    assert opened.sha256("n") == sha256_of(1, 5 * MIB) and everything_in(opened.folder) == ["n"]


def test_the_clock_of_the_store_is_that_of_its_files(opened):
    opened("put", name="n", text="")
    now = opened("time", scratch="deep/scratch")["now"]
    assert opened("look", name="n")["modified"] == int((opened.folder / "n").stat().st_mtime) * 10**9
    assert 0 <= now - opened("look", name="n")["modified"] < 60e9 and everything_in(opened.folder) == ["n"]


# ---- who logs in, and who answers ----


def test_an_unknown_host_is_refused_with_what_makes_it_known(sshd, open_store, tmp_path):
    known = tmp_path / "known hosts"
    known.touch()
    location = sshd.location(sshd.place(), **{"known-hosts": known})
    error = refusal(open_store, location, make=True)
    assert error.status == 78 and "host key is known" in error.message and known.read_text() == ""
    command = re.search("`(ssh-keyscan .*?)`", error.hint)[1]
    subprocess.run(command, shell=True, check=True, capture_output=True)
    assert "127.0.0.1" in known.read_text()
    open_store(location, make=True)


def test_a_host_whose_key_was_changed_is_refused(sshd, open_store, tmp_path):
    known = tmp_path / "known"
    other = sshd.key("other-host").with_suffix(".pub").read_text()
    known.write_text(f"[127.0.0.1]:{sshd.port} {other}")
    error = refusal(open_store, sshd.location(sshd.place(), **{"known-hosts": known}), make=True)
    assert error.status == 78 and "another key than the one that is known" in error.message
    assert "another machine may answer" in error.hint and f"-R '[127.0.0.1]:{sshd.port}'" in error.hint
    assert known.read_text() == f"[127.0.0.1]:{sshd.port} {other}"


def test_a_key_that_the_server_does_not_take(sshd, open_store):
    error = refusal(open_store, sshd.location("./x", identity=sshd.key("stranger")))
    assert error.status == 77 and "Permission denied (publickey" in error.message and "authorized_keys" in error.hint


@pytest.mark.parametrize("parameter", ["identity", "known-hosts", "config"])
def test_a_file_that_is_not_there_is_named(sshd, open_store, parameter):
    error = refusal(open_store, sshd.location("./x", **{parameter: "/nowhere/at all"}))
    assert error.status == 78 and "/nowhere/at all" in error.message and parameter in error.message


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_keys_of_other_kinds(sshd, open_store, kind):
    """RSA with SHA-2: with SHA-1 no sshd of today takes it."""
    key = sshd.key(f"id-{kind}", kind)
    sshd.trust(key)
    open_store(sshd.location(sshd.place(), identity=key), make=True)


def test_a_key_with_a_passphrase(sshd, open_store):
    key = sshd.key("locked", passphrase=PASSPHRASE)
    sshd.trust(key)
    location = sshd.location(sshd.place(), identity=key)
    open_store(location, make=True, passphrase=PASSPHRASE)
    for options in ({}, {"passphrase": "another one"}, {"password": PASSPHRASE}):
        error = refusal(open_store, location, **options)
        assert error.status == 77 and "OWCTL_SFTP_PASSPHRASE" in error.hint
        assert PASSPHRASE not in error.message and "another one" not in error.message


def test_a_password(open_store):
    with Sshd() as server:
        server.start_with_password(PASSPHRASE).wait()
        location = server.location("./place", identity=None)
        open_store(location, make=True, password=PASSPHRASE)("put", name="n", text="there")
        for options in ({}, {"password": "another one"}, {"passphrase": PASSPHRASE}):
            error = refusal(open_store, location, **options)
            assert error.status == 77 and "OWCTL_SFTP_PASSWORD" in error.hint
            assert PASSPHRASE not in error.message and "another one" not in error.message


def test_an_agent_has_the_key(sshd, open_store, tmp_path):
    socket = tmp_path / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
    try:
        wait_until(socket.exists, 10, "ssh-agent")
        subprocess.run(["ssh-add", "-q", sshd.key("id")], check=True, env=os.environ | {"SSH_AUTH_SOCK": str(socket)}, stderr=subprocess.DEVNULL)
        nothing = tmp_path / "config"
        nothing.write_text("IdentityFile none\n")
        location = sshd.location(sshd.place(), identity=None, config=nothing)
        open_store(location, make=True, environment={"SSH_AUTH_SOCK": str(socket)})
        assert refusal(open_store, location).status == 77
    finally:
        agent.terminate()
        agent.wait()


def test_a_name_that_only_the_configuration_of_ssh_knows(sshd, open_store, tmp_path):
    config = tmp_path / "config"
    config.write_text(f"Host depot\n HostName 127.0.0.1\n Port {sshd.port}\n User {sshd.user}\n IdentityFile {sshd.key('id')}\n"
                      f" HostKeyAlias [127.0.0.1]:{sshd.port}\n LocalForward 1 localhost:1\n RemoteCommand false\n ForwardAgent yes\n")
    place = sshd.place()
    probe = open_store(f"sftp://depot/{place}?config={config}&known-hosts={sshd.known_hosts}", make=True)
    probe("put", name="n", text="there")
    assert everything_in(on_disk(sshd, place)) == ["n"]


def test_ssh_is_not_there(sshd, open_store):
    error = refusal(open_store, sshd.location("./x"), environment={"PATH": "/nowhere"})
    assert error.status == 78 and "openssh-client" in error.hint


def test_nobody_listens(sshd, open_store):
    error = refusal(open_store, sshd.location("./x", port=free_port()), patience=3)
    assert error.status == 69 and "Connection refused" in error.message and "server runs" in error.hint


def test_a_server_that_speaks_something_else(start_sshd, open_store):
    server = start_sshd("ForceCommand echo Welcome")
    error = refusal(open_store, server.location("./x"))
    assert error.status == 65 and "does not speak SFTP" in error.message and "print nothing" in error.hint


# ---- a server that refuses, or can't ----


def test_who_may_only_read(start_sshd, open_store):
    server = start_sshd()
    open_store(server.location("./place"), make=True)("put", name="n", text="there")
    server._end(signal.SIGTERM)
    server.start(command="internal-sftp -R").wait()
    probe = open_store(server.location("./place"))
    assert probe.text("n") == "there" and probe.names() == ["n"] and probe("can")["create"] is False
    for do in (lambda: probe("put", name="m", text=""), lambda: probe("delete", name="n"), lambda: probe("time", scratch="s"),
               lambda: probe.upload("m", 9 * MIB), lambda: probe("put", name="m", text="", new=True)):
        error = refusal(do)
        assert error.status == 77 and "owner and rights" in error.hint


def test_a_folder_of_somebody_else(sshd, opened):
    opened("put", name="n", text="there")
    os.chmod(opened.folder, 0o500)
    for do in (lambda: opened("put", name="m", text=""), lambda: opened("delete", name="n"), lambda: opened("put", name="a/m", text="")):
        assert refusal(do).status in (77, 65)
    assert opened("can")["create"] is False and opened.text("n") == "there"
    os.chmod(opened.folder, 0)
    assert refusal(opened.names).status == 77


def test_a_full_disk_leaves_what_was_there(sshd, open_store):
    place = sshd.place()
    with small_disk(on_disk(sshd, place), 4) as disk:
        disk.chmod(0o777)
        probe = open_store(sshd.location(place))
        probe.upload("n", MIB, seed=1)
        for new in (False, True):
            error = refusal(probe.upload, "n" if not new else "m", 8 * MIB, seed=2, new=new)
            assert error.status == 1 and "the disk is full" in error.message and "make room" in error.hint
        assert probe.sha256("n") == sha256_of(1, MIB) and everything_in(disk) == ["n"]


def test_a_server_without_links_is_looked_at_before(start_sshd, open_store):
    server = start_sshd(command="internal-sftp -P hardlink")
    probe = open_store(server.location("./place"), make=True)
    probe("put", name="n", text="first", new=True)
    assert refusal(probe, "put", name="n", text="second", new=True).status == 2
    assert probe.text("n") == "first" and probe("can")["create"] is False and everything_in(server.home) == ["place/n"]


def test_a_server_that_can_not_replace_is_never_left_without_the_old_one(start_sshd, open_store):
    server = start_sshd(command="internal-sftp -P posix-rename,fsync,statvfs")
    probe = open_store(server.location("./place"), make=True)
    probe("put", name="n", text="first")
    error = refusal(probe, "put", name="n", text="second")
    assert error.status == 1 and "posix-rename" in error.hint
    assert probe.text("n") == "first" and everything_in(server.home) == ["place/n"]


# ---- a line that fails ----


def test_an_upload_goes_on_where_the_line_was_cut(cabled):
    size = 9 * MIB
    for number, (at, way) in enumerate([(100, "up"), (MIB, "up"), (5 * MIB, "up"), (300, "down"), (6000, "down")]):
        cabled.cable.cut_after(at, way)
        cabled.upload(f"pack-{number}", size, seed=number)
        assert cabled.cable.is_whole() and cabled.sha256(f"pack-{number}") == sha256_of(number, size)
    for at in (MIB, 3 * MIB, 2 * MIB):
        cabled.cable.cut_after(at, "up")
    cabled.upload("often", size, seed=7, new=True)
    assert cabled.cable.is_whole() and cabled.sha256("often") == sha256_of(7, size)
    assert [name for name in everything_in(cabled.folder) if "part" in name] == []


def test_a_cut_at_any_moment_of_a_small_write_is_made_good(cabled, sshd):
    """The answer to any request may be the one that is lost."""
    cuts = [(at, way, new) for new in (False, True)
            for at, way in [*((at, "up") for at in range(40, 1000, 60)), *((at, "down") for at in range(10, 410, 25))]]
    for number, (at, way, new) in enumerate(cuts):
        cabled.cable.cut_after(at, way)
        cabled("put", name=f"n{number}", text=f"text {number}", new=new)
        cabled.names()
        cabled.cable._cuts.clear()
        assert cabled.text(f"n{number}") == f"text {number}"
    assert cabled.cable.connections > 20
    assert set(everything_in(cabled.folder)) == {f"n{number}" for number in range(len(cuts))}


def test_what_is_read_goes_on_where_the_line_was_cut(cabled):
    cabled.upload("pack", 7 * MIB, seed=9)
    for at in (3 * MIB, 100, 2 * MIB):
        cabled.cable.cut_after(at, "down")
    assert cabled.sha256("pack") == sha256_of(9, 7 * MIB)
    cabled.cable.cut_after(MIB, "down")
    assert cabled.sha256("pack", offset=100, size=2 * MIB) == sha256_of(9, 7 * MIB, 100, 100 + 2 * MIB)
    assert cabled.cable.is_whole()


def test_what_a_server_has_lost_of_an_upload_is_seen(start_sshd, open_store):
    server = start_sshd()
    with Cable(server.port) as cable:
        with server.known_hosts.open("a") as file:
            file.write(server.known_hosts.read_text().replace(f":{server.port}", f":{cable.port}"))
        probe = open_store(server.location("./place", port=cable.port), make=True, patience=30)
        cable.cut_after(4 * MIB, "up")
        server._end(signal.SIGTERM)  # who is there already stays
        probe.send("upload", name="n", size=9 * MIB, piece=MIB)
        wait_until(cable.is_whole, 20, "the cut")
        part = next(server.home.rglob("*.part"))
        with part.open("r+b") as file:
            file.seek(100)
            file.write(b"otherwise")
        server.start().wait()
        error = refusal(probe.answer)
        assert error.status == 1 and "has lost" in error.message and not part.exists()


def test_an_object_that_is_another_one_after_a_cut(start_sshd, open_store):
    server = start_sshd()
    with Cable(server.port) as cable:
        with server.known_hosts.open("a") as file:
            file.write(server.known_hosts.read_text().replace(f":{server.port}", f":{cable.port}"))
        probe = open_store(server.location("./place", port=cable.port), make=True, patience=30)
        probe.upload("n", 9 * MIB)
        cable.cut_after(4 * MIB, "down")
        server._end(signal.SIGTERM)
        probe.send("get", name="n")
        wait_until(cable.is_whole, 20, "the cut")
        os.utime(server.home / "place/n", (1, 1))
        server.start().wait()
        error = refusal(probe.answer)
        assert error.status == 65 and "was changed while it was read" in error.message


def test_a_silent_server_is_not_waited_for_without_end(cabled, sshd):
    cabled("open", location=sshd.location("./still", port=cabled.cable.port), make=True, patience=120, silence=2)
    cabled.cable.still = True
    cabled.send("put", name="n", text="there")
    connections = cabled.cable.connections
    wait_until(lambda: cabled.cable.connections > connections, 20, "another line")
    cabled.cable.still = False
    cabled.answer()
    assert cabled.text("n") == "there"


def test_a_server_that_stays_away_is_given_up(cabled, sshd):
    with Cable(free_port()) as nowhere:
        error = refusal(cabled, "open", location=sshd.location("./x", port=nowhere.port), patience=3)
    assert error.status == 69


def test_lines_are_used_again(cabled):
    before = cabled.cable.connections
    for number in range(20):
        cabled("put", name=f"n{number}", text="x")
        cabled("get", name=f"n{number}")
    assert cabled.cable.connections == before
    cabled("crowd", prefix="crowd", count=200)
    assert cabled.cable.connections - before <= 7


def test_a_line_that_was_cut_while_nobody_looked_is_made_anew_at_once(cabled):
    cabled("put", name="n", text="x")
    cabled.cable.cut_after(1, "up")
    assert cabled.text("n") == "x"


def test_a_signal_ends_every_wait(cabled):
    cabled.cable.still = True
    cabled.send("put", name="n", text="")
    time.sleep(0.2)
    assert cabled.interrupted() < 5


# ---- writers that are gone ----


def upload_without_end(probe):
    probe.send("upload", name="a/pack", size=MIB, piece=MIB, turns=10**9)
    parts = probe.folder.rglob
    wait_until(lambda: any(part.stat().st_size > MIB for part in parts("*.part")), 20, "an upload")
    return next(parts("*.part"))


def test_an_upload_that_a_signal_ends_leaves_nothing(opened):
    upload_without_end(opened)
    opened.popen.terminate()
    assert refusal(opened.answer).status == 130
    assert everything_in(opened.folder) == []


def test_what_a_killed_writer_leaves_is_no_object_and_goes_when_it_is_old(opened, sshd, open_store):
    part = upload_without_end(opened)
    opened.popen.kill()
    opened.popen.wait()
    other = open_store(sshd.location(f"./{opened.folder.name}"))
    assert other.names() == [] and part.exists(), "it is young"
    # What was under way may still be written.
    wait_until(lambda: (before := part.stat().st_size, time.sleep(0.3))[0] == part.stat().st_size, 20, "the end of its line")
    os.utime(part, (time.time() - 2 * DAY,) * 2)
    assert other.names() == [] and everything_in(opened.folder) == []


def test_the_bandwidth_is_bounded(sshd, open_store):
    probe = open_store(sshd.location(sshd.place()), make=True, rate=4 * MIB)
    since = time.monotonic()
    probe.upload("pack", 6 * MIB)
    assert time.monotonic() - since >= 1.3
    since = time.monotonic()
    assert probe.sha256("pack") == sha256_of(0, 6 * MIB)
    assert time.monotonic() - since >= 1.3
