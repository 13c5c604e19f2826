"""`owctl backup prune`: what no rule keeps goes, in two steps, and nothing else ever does: not beside backups that are under way, asleep or
dead, not after a kill, not by a clock that is wrong. `KILLS=200 SEED=1 scripts/check -k test_backup_prune` draws that many moments."""
import datetime
import hashlib
import html
import json
import os
import random
import re
import shutil
import signal
import socket
import time

import pytest

from lab.backups import Keys, Place, Repository, exactly
from lab.cut_off import KILLED, CutOff
from lab.owctl import check_sanitizers
from lab.s3 import ROOT
from test_backup_damage import before  # noqa: F401 (fixture)
from test_backup_kills import KILLS, SEED, needed, points, repository, source  # noqa: F401 (fixtures)
from test_old_database import connected

DAY = 24 * 60 * 60
pytestmark = pytest.mark.timeout(300 + 20 * KILLS)


def prune(repository, *words, status=0):
    return repository("prune", *words, "-o", "json").ended(status).json()


def outcomes(rows):
    return [(row["snapshot"], row["outcome"], row["reasons"]) for row in rows]


def age(repository, beginning, seconds=2 * DAY):
    """Moves what the store says of the time of objects into the past."""
    for name in repository.objects():
        if name.startswith(beginning):
            path, past = repository.location / name, time.time() - seconds
            os.utime(path, (past, past))


def objects(repository):
    """Their names, without what a folder's writers that were killed left, which the folder itself takes away in time."""
    return {name for name in repository.objects() if not name.endswith(".part")}


def garbage(repository):
    """Names of packs and manifests that no snapshot needs."""
    return sorted(name for name in objects(repository) - set(needed(repository)) if name.startswith(("packs/", "manifests/", "indexes/")))


def others(repository):
    """Names of what is neither needed nor garbage: of prunes and of backups under way."""
    return sorted(objects(repository) - set(needed(repository)) - set(garbage(repository)))


def as_of(repository, snapshot, when, **changes):
    """A snapshot like that one, of another time: it shares its packs. Its ID."""
    salt = bytes.fromhex(json.loads((repository.location / "owctl-repository.json").read_text())["salt"])
    key = hashlib.blake2b(f"owctl repository key 1\n{repository.keys.recipient}\n".encode(), key=salt, digest_size=32).digest()
    record = json.loads((repository.location / f"snapshots/{snapshot}.json").read_text().splitlines()[0])
    made = when.strftime("%Y%m%dT%H%M%SZ-") + f"{random.getrandbits(32):08x}"
    record |= {"snapshot": made, "time": when.strftime("%Y-%m-%dT%H:%M:%SZ"), **changes}
    line = json.dumps(record) + "\n"
    mac = hashlib.blake2b(line.encode(), key=key, digest_size=32).hexdigest()
    (repository.location / f"snapshots/{made}.json").write_text(f"{line}mac {mac}\n")
    for form in "manifests/{}.tar.age", "indexes/{}.tar.age":
        shutil.copy(repository.location / form.format(snapshot), repository.location / form.format(made))
    return made


def assert_restores(repository, place, tmp_path, *snapshots):
    for number, snapshot in enumerate(snapshots or ["latest"]):
        data = tmp_path / f"restored-{number}-{random.getrandbits(32)}"
        data.mkdir()
        after = Place(f"sqlite:///{data}/webui.db", data)
        repository.restore(after, snapshot).ok()
        assert exactly(after.url) == exactly(place.url) and after.files() == place.files()


def assert_sound(repository):
    assert repository.verify("--read-data") == []


# --- what stays

@pytest.mark.quick
def test_nothing_goes_without_a_rule_and_without_yes(repository, before):  # noqa: F811
    made = [repository.create(before)["snapshot"] for _ in range(3)]
    there = repository.objects()
    done = repository("prune", "--yes").ended(64)
    assert "no rule says what is to stay" in done.err and "--keep-last 3" in done.err
    for words in (), ("--dry-run",), ("--yes", "--dry-run"):
        assert outcomes(prune(repository, "--keep-last", "1", *words)) == [
            (made[0], "would remove", []), (made[1], "would remove", []), (made[2], "kept", ["last", "newest", "newest good"])]
    assert repository.objects() == there
    repository("prune", "--keep-last", "0", "--yes").ended(64)
    assert repository("prune", "-q", "--yes", "--keep-last", "5").ok().out == ""
    assert set(needed(repository)) == objects(repository) == set(there)


def test_what_the_calendar_keeps_is_what_stays(repository, before, tmp_path):  # noqa: F811
    newest = repository.create(before)["snapshot"]
    now = datetime.datetime.now(datetime.timezone.utc)
    made = {hours: as_of(repository, newest, now - datetime.timedelta(hours=hours)) for hours in range(24 * 60, 0, -8)}
    tagged = as_of(repository, newest, now - datetime.timedelta(days=400), tags=["keep", "x"])
    other = as_of(repository, newest, now - datetime.timedelta(days=300), label="another")
    rows = prune(repository, "--keep-daily", "4", "--keep-weekly", "3", "--keep-within", "20h", "--keep-tag", "keep", "--grace", "0", "--yes")
    kept = {row["snapshot"]: row["reasons"] for row in rows if row["outcome"] == "kept"}
    assert len(rows) == len(made) + 3
    assert {row["snapshot"] for row in rows if row["outcome"] == "removed"} == set(made.values()) - set(kept)
    assert kept[tagged] == ["tag"] and kept[other] == ["daily", "weekly", "within", "newest", "newest good"]
    assert kept[newest] == ["daily", "weekly", "within", "newest", "newest good"]
    days = [name for name, reasons in kept.items() if "daily" in reasons and name != other]
    assert len({name[:8] for name in days}) == len(days) == 4
    assert sum("weekly" in reasons for name, reasons in kept.items() if name != other) == 3
    assert [row["snapshot"] for row in repository.list()] == sorted(kept)
    prune(repository, "--keep-last", "100", "--grace", "0", "--yes")
    assert repository.verify() == []
    assert_restores(repository, before, tmp_path, newest)


def test_the_last_good_one_stays_when_those_after_it_are_not(repository, before, tmp_path):  # noqa: F811
    good = repository.create(before)["snapshot"]
    with connected(before.url) as connection:
        connection.execute("update file set path = ? where id = (select min(id) from file)", [str(before.data / "uploads/gone")])
    incomplete = [repository.create(before, status=2)["snapshot"] for _ in range(2)]
    assert outcomes(prune(repository, "--keep-last", "1", "--yes")) == [
        (good, "kept", ["newest good"]), (incomplete[0], "removed", []), (incomplete[1], "kept", ["last", "newest"])]
    # One whose data is lost is not good, however complete it was.
    whole = as_of(repository, good, datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1))
    (repository.location / f"manifests/{whole}.tar.age").unlink()
    assert outcomes(prune(repository, "--keep-last", "1"))[0] == (good, "kept", ["newest good"])


# --- data goes in two steps

def test_data_goes_when_it_was_marked_for_long_enough(repository, before, tmp_path):  # noqa: F811
    made = [repository.create(before, "--read-all")["snapshot"] for _ in range(3)]
    packs = [name for name in repository.objects() if name.startswith("packs/")]
    for _ in range(2):
        prune(repository, "--keep-last", "1", "--yes")
        assert [row["snapshot"] for row in repository.list()] == made[2:]
        assert [name for name in repository.objects() if name.startswith("packs/")] == packs  # nothing is old enough yet
        assert len(garbage(repository)) == len(packs) * 2 // 3
        [mark] = others(repository)
        assert (repository.location / mark).read_text().split() == garbage(repository)
    age(repository, "prune/marks/")
    prune(repository, "--keep-last", "1", "--yes", "--grace", "3d")
    assert garbage(repository)
    done = repository("prune", "--keep-last", "1", "--yes").ok()
    assert re.search(r"objects that none needs: (\d+) removed \([1-9]\d+ bytes\)", done.err)[1] == str(len(packs) * 2 // 3)
    assert objects(repository) == set(needed(repository))
    assert_sound(repository)
    assert_restores(repository, before, tmp_path)


def test_what_is_named_again_stays_and_is_marked_anew(repository, before):  # noqa: F811
    made = [repository.create(before, "--read-all")["snapshot"] for _ in range(2)]
    kept = {name: (repository.location / name).read_bytes() for name in (f"snapshots/{made[0]}.json", f"manifests/{made[0]}.tar.age",
                                                                       f"indexes/{made[0]}.tar.age")}
    prune(repository, "--keep-last", "1", "--yes", "--grace", "1h")
    for name, content in kept.items():
        (repository.location / name).write_bytes(content)
    prune(repository, "--keep-last", "5", "--yes", "--grace", "1h")
    assert others(repository) == garbage(repository) == []
    prune(repository, "--keep-last", "1", "--yes", "--grace", "1h")
    prune(repository, "--keep-last", "1", "--yes", "--grace", "1h")
    assert garbage(repository)
    age(repository, "prune/marks/")
    for name, content in kept.items():
        (repository.location / name).write_bytes(content)
    prune(repository, "--keep-last", "5", "--yes", "--grace", "1h")
    assert garbage(repository) == []
    assert_sound(repository)


def test_what_is_not_data_stays(repository, before):  # noqa: F811
    repository.create(before)
    strange = ["packs/README", "packs/00/" + "1" * 32 + ".tar.age", "packs/aa/" + "a" * 31 + ".tar.age", "manifests/notes", "later/object"]
    data = "packs/bb/" + "b" * 32 + ".tar.age"
    for name in [*strange, data]:
        (repository.location / name).parent.mkdir(exist_ok=True, parents=True)
        (repository.location / name).write_text("mine")
    (repository.location / "prune/marks").mkdir(parents=True)
    (repository.location / "prune/marks/1").write_text("\n".join([*strange, "RESTORE.txt", "../x", "owctl-repository.json", "snapshots/x.json"]) + "\n")
    age(repository, "prune/marks/")
    for _ in range(2):
        prune(repository, "--keep-last", "1", "--yes", "--grace", "0")
    assert objects(repository) == set(needed(repository)) | set(strange)


# --- what can't be trusted

def test_nothing_goes_while_a_record_cannot_be_read(repository, before):  # noqa: F811
    made = [repository.create(before)["snapshot"] for _ in range(2)]
    record = repository.location / f"snapshots/{made[0]}.json"
    text = record.read_text()
    there = repository.objects()
    for damaged in "", text[:100], text.replace('"packs"', '"Packs"'), text.replace('"format":', '"fermat":'):
        record.write_text(damaged)
        for words in (), ("--yes", "--grace", "0"):
            done = repository("prune", "--keep-last", "1", *words).ended(65)
            assert f"snapshots/{made[0]}.json" in done.err and "nothing is removed while" in done.err
        assert {**repository.objects(), f"snapshots/{made[0]}.json": b""} == {**there, f"snapshots/{made[0]}.json": b""}


def test_no_data_goes_while_a_snapshot_that_stays_is_not_whole(repository, before):  # noqa: F811
    made = [repository.create(before)["snapshot"] for _ in range(3)]
    record = repository.location / f"snapshots/{made[2]}.json"
    text = record.read_text()
    pack = json.loads(text.splitlines()[0])["packs"][0][0]
    record.write_text(text.replace(pack, f"{int(pack[0], 16) ^ 1:x}{pack[1:]}"))  # it is the record that is damaged
    for _ in range(2):
        done = repository("prune", "--keep-last", "1", "--yes", "--grace", "0", OWCTL_RECIPIENTS="").ended(2)
        assert f"snapshot {made[2]} is not whole: no data was removed" in done.err
    assert len(repository("list", OWCTL_RECIPIENTS="", ).ok().out.splitlines()) == 3  # the newest, and the newest good
    record.write_text(text)
    assert_sound(repository)


def test_what_is_dropped_goes_whatever_the_rules_say(repository, before):  # noqa: F811
    made = [repository.create(before)["snapshot"] for _ in range(4)]
    record = repository.location / f"snapshots/{made[1]}.json"
    record.write_text("damaged")
    assert f"--drop {made[1]} removes this one" in repository("prune", "--keep-last", "9").ended(65).err
    planned = prune(repository, "--drop", made[1])
    assert [(row["snapshot"], row["outcome"]) for row in planned] == [
        (id, "would remove" if id == made[1] else "kept") for id in made]
    assert planned[1]["time"][:10].replace("-", "") == made[1][:8] and record.exists()
    gone = prune(repository, "--drop", made[1], "--drop", made[2], "--keep-last", "1", "--yes", "--grace", "0")
    assert [row["outcome"] for row in gone] == ["removed", "removed", "removed", "kept"]
    assert [row["snapshot"] for row in repository.list()] == made[3:]
    assert "last good one" in repository("prune", "--drop", made[3], "--yes").ended(2).err
    assert "no snapshot" in repository("prune", "--drop", made[2], "--yes").ended(65).err
    assert_sound(repository)
    repository.create(before)
    prune(repository, "--drop", made[3], "--yes")
    assert len(repository.list()) == 1


def test_snapshots_of_others_stay_and_count_for_nothing(owctl, repository, before, tmp_path):  # noqa: F811
    other = Keys(owctl, tmp_path)
    made = [repository.create(before)["snapshot"] for _ in range(2)]
    theirs = [repository.create(before, "--recipient", other.recipient)["snapshot"] for _ in range(2)]
    for _ in range(2):
        rows = prune(repository, "--keep-last", "1", "--yes", "--grace", "0")
    assert outcomes(rows) == [(made[1], "kept", ["last", "newest", "newest good"]), *((name, "kept", ["other recipients"]) for name in theirs)]
    assert garbage(repository) == [] == repository.verify("--read-data", opened=False)


# --- beside backups

class Backup:
    """One that stops at one of its calls."""

    def __init__(self, repository, place):
        self.repository, self.cut = repository, CutOff(repository.owctl.home)
        self.env = repository.settings | place.where
        self.calls = self.cut.count("backup", "create", env=self.env)

    def stopped_at(self, number):
        return self.cut.stopped_at(number, "backup", "create", "-o", "json", env=self.env)


def gone_on(process):
    """(status, what it printed, what it said)"""
    process.send_signal(signal.SIGCONT)
    out, err = process.communicate(timeout=60)
    check_sanitizers(process.args, err)
    return process.returncode, out.decode(), err.decode()


def test_a_backup_under_way_loses_nothing(repository, before, source):  # noqa: F811
    backup = Backup(repository, before)
    for at in points(source, backup.calls):
        process = backup.stopped_at(at)
        for _ in range(3):
            prune(repository, "--keep-last", "2", "--yes", "--grace", "0")
        status, out, err = gone_on(process)
        assert status == 0, (at, err)
        assert json.loads(out)["snapshot"] == repository.list()[-1]["snapshot"]
        assert_sound(repository)
    for _ in range(2):
        prune(repository, "--keep-last", "1", "--yes", "--grace", "0")
    assert objects(repository) == set(needed(repository))


def test_a_backup_that_slept_too_long_is_none_or_is_whole(repository, before, source):  # noqa: F811
    repository.create(before)
    backup = Backup(repository, before)
    statuses = set()
    for at in points(source, backup.calls):
        process = backup.stopped_at(at)
        age(repository, "running/")
        for _ in range(3):
            prune(repository, "--keep-last", "2", "--yes", "--grace", "1h")
            age(repository, "prune/marks/")
        snapshots = [row["snapshot"] for row in repository.list()]
        status, out, err = gone_on(process)
        statuses.add(status)
        assert status in (0, 1), (at, err)
        assert status == 0 or "a prune took this backup for dead" in err
        assert status or json.loads(out)["snapshot"] == repository.list()[-1]["snapshot"]
        assert {row["snapshot"] for row in repository.list()} <= {*snapshots, *([json.loads(out)["snapshot"]] if status == 0 else [])}
        assert_sound(repository)
    assert 1 in statuses
    for _ in range(2):
        prune(repository, "--keep-last", "1", "--yes", "--grace", "1h")
        age(repository, "prune/marks/")
    prune(repository, "--keep-last", "1", "--yes", "--grace", "1h")
    assert objects(repository) == set(needed(repository))


def test_a_mark_waits_for_the_backups_that_began_before_it(repository, before):  # noqa: F811
    """Who began before may refer to what was not marked yet."""
    backup = Backup(repository, before)
    made = repository.create(before)["snapshot"]
    process = backup.stopped_at(backup.calls // 2)
    prune(repository, "--keep-last", "1", "--yes", "--grace", "0")
    left = garbage(repository)
    prune(repository, "--keep-last", "1", "--yes", "--grace", "0")
    assert made == repository.list()[-1]["snapshot"] and garbage(repository) == left != []
    assert gone_on(process)[0] == 0
    prune(repository, "--keep-last", "2", "--yes", "--grace", "0")
    assert garbage(repository) == []
    assert_sound(repository)


def test_what_a_killed_backup_left_goes(repository, before, source):  # noqa: F811
    repository.create(before)
    cut, env = CutOff(repository.owctl.home), repository.settings | before.where
    calls = cut.count("backup", "create", env=env)
    left = 0
    for at in points(source, calls):
        assert cut.at(at, "killed", "backup", "create", env=env).rc in (0, KILLED)
        left = max(left, len(garbage(repository)))
    assert left
    for _ in range(3):
        prune(repository, "--keep-last", "1", "--yes", "--grace", "1h")
        age(repository, "running/")
        age(repository, "prune/marks/")
    assert objects(repository) == set(needed(repository))
    assert_sound(repository)


# --- prunes

def prepared(repository, place, folder):
    """Copies of a repository in which a prune has everything to do."""
    for _ in range(3):
        repository.create(place)
    prune(repository, "--keep-last", "2", "--yes")
    age(repository, "prune/marks/")
    shutil.copytree(repository.location, folder / "prepared")

    def again():
        shutil.rmtree(repository.location)
        shutil.copytree(folder / "prepared", repository.location)

    return again


@pytest.mark.parametrize("how", ["killed", "torn"])
def test_prune_killed_anywhere_harms_nothing_and_then_goes_on(repository, before, source, tmp_path, how):  # noqa: F811
    words = ("backup", "prune", "--keep-last", "1", "--yes")
    again = prepared(repository, before, tmp_path)
    cut, env = CutOff(repository.owctl.home), repository.settings
    calls = cut.count(*words, env=env)
    assert calls > 10
    for at in points(source, calls):
        again()
        newest = repository.list()[-1]["snapshot"]
        done = cut.at(at, how, *words, env=env)
        assert done.rc in (0, KILLED), (at, done.err)
        assert repository.list()[-1]["snapshot"] == newest and repository.verify() == [], at
        repository.owctl(*words, env=env).ok()
        age(repository, "prune/marks/")
        repository.owctl(*words, env=env).ok()
        assert objects(repository) == set(needed(repository)), at
        assert_sound(repository)
    assert_restores(repository, before, tmp_path)


def test_prune_on_a_disk_that_fails_says_so_and_goes_on(repository, before, source, tmp_path):  # noqa: F811
    words = ("backup", "prune", "--keep-last", "1", "--yes")
    again = prepared(repository, before, tmp_path)
    cut, env = CutOff(repository.owctl.home), repository.settings
    calls = cut.count(*words, env=env)
    for at in points(source, calls, max(KILLS // 2, 3)):
        again()
        done = cut.at(at, "broken", *words, env=env)
        assert done.rc in (0, 1), (at, done.err)
        assert done.rc == 0 or "Input/output error" in done.err
        assert repository.verify() == []
        repository.owctl(*words, env=env).ok()
        age(repository, "prune/marks/")
        repository.owctl(*words, env=env).ok()
        assert objects(repository) == set(needed(repository)), at


def test_one_prune_at_a_time(repository, before, tmp_path):  # noqa: F811
    words = ("backup", "prune", "--keep-last", "1", "--yes", "-o", "json")
    prepared(repository, before, tmp_path)
    cut = CutOff(repository.owctl.home)
    process = cut.stopped_at(8, *words, env=repository.settings)
    assert "prune/lock" in repository.objects()
    done = repository("prune", "--keep-last", "1", "--yes").ended(75)
    assert f"another prune of {repository.location} is under way: on {socket.gethostname()}, process {process.pid}, since 20" in done.err
    prune(repository, "--keep-last", "1")  # looking is nobody's business
    assert gone_on(process)[0] == 0
    assert "prune/lock" not in repository.objects()
    assert_sound(repository)


def test_a_prune_of_another_machine_counts_until_it_was_silent_for_an_hour(repository, before):  # noqa: F811
    repository.create(before)
    lock = repository.location / "prune/lock"
    lock.parent.mkdir()
    for text in '{"id": "1", "host": "elsewhere", "pid": 5, "place": "x", "since": "2026-11-29T11:01:55Z"}\n', "", "{}", '"\xff':
        lock.write_bytes(text.encode("latin-1"))
        done = repository("prune", "--keep-last", "1", "--yes").ended(75)
        assert "another prune of" in done.err and ("on elsewhere, process 5, since 2026-11-29T11:01:55Z" in done.err) == (len(text) > 10)
        age(repository, "prune/lock", 59 * 60)
        repository("prune", "--keep-last", "1", "--yes").ended(75)
        age(repository, "prune/lock", 61 * 60)
        assert "going on after a prune that was cut off" in repository("prune", "--keep-last", "1", "--yes").ok().err
        assert not lock.exists()


def test_a_prune_that_lost_its_lock_stops(repository, before, tmp_path):  # noqa: F811
    words = ("backup", "prune", "--keep-last", "1", "--yes", "-o", "json")
    prepared(repository, before, tmp_path)
    cut = CutOff(repository.owctl.home)
    process = cut.stopped_at(8, *words, env=repository.settings)
    there = objects(repository)
    age(repository, "prune/lock", 2 * 60 * 60)
    lock = repository.location / "prune/lock"
    lock.write_text(lock.read_text().replace('"id"', '"Id"'))
    status, _, err = gone_on(process)
    assert status == 75 and "another prune of" in err
    assert objects(repository) == there


# --- clocks

@pytest.mark.parametrize("ahead", [-30 * DAY, -DAY, DAY, 30 * DAY])
def test_a_clock_that_is_wrong_changes_nothing(repository, before, tmp_path, ahead):  # noqa: F811
    words = ("backup", "prune", "--keep-last", "1", "--yes")
    prepared(repository, before, tmp_path)
    cut, env = CutOff(repository.owctl.home), repository.settings
    old = garbage(repository)
    backup = Backup(repository, before)
    for name in repository.objects():  # of the count
        assert not name.startswith("running/")
    process = cut.stopped_at(backup.calls // 2, "backup", "create", "-o", "json", env=env | before.where)
    cut.with_clock_ahead(ahead, *words, "--grace", "1d", env=env).ok()
    marked = garbage(repository)
    assert not set(old) & set(marked) and marked  # what was marked two days ago by the store's clock, and no more
    cut.with_clock_ahead(ahead, *words, "--grace", "1d", env=env).ok()
    assert garbage(repository) == marked
    assert gone_on(process)[0] == 0
    there = repository.list()
    cut.with_clock_ahead(ahead, "backup", "create", env=env | before.where).ok()
    assert len(repository.list()) == len(there) + 1
    assert_sound(repository)


def test_what_is_marked_is_not_relied_upon(repository, before):  # noqa: F811
    """Also where a snapshot has it that is there still: a prune that was under way may be about to remove both."""
    def packs():
        record = repository.records()[max(repository.records())]
        return {f"packs/{pack[:2]}/{pack}.tar.age" for pack, *_ in record["packs"]}

    repository.create(before)
    first = packs()
    (repository.location / "prune/marks").mkdir(parents=True)
    (repository.location / "prune/marks/1").write_text("\n".join(first) + "\n")
    time.sleep(1.1)  # IDs are of the second
    repository.create(before)
    assert first and not first & packs()
    assert_sound(repository)


def test_what_was_marked_since_a_backup_began_waits_for_it(owctl, repository, before):  # noqa: F811
    """It may have chosen to rely on that before, and is neither in the records yet nor dead."""
    cut, create = CutOff(owctl.home), {"env": repository.settings | before.where}
    repository.create(before)
    packs = {name for name in repository.objects() if name.startswith("packs/")}
    calls = cut.count("backup", "create", **create)
    process = cut.stopped_at(calls // 2, "backup", "create", "-o", "json", **create)
    assert [name for name in repository.objects() if name.startswith("running/")]
    repository.create(before, "--read-all")
    for _ in range(2):
        prune(repository, "--keep-last", "1", "--yes", "--grace", "0")
        assert packs <= set(repository.objects())
    assert len(repository.list()) == 1 and packs <= set(garbage(repository))
    assert gone_on(process)[0] == 0
    assert len(repository.list()) == 2
    assert_sound(repository)


# --- buckets

def test_in_a_bucket(owctl, s3_server, before, tmp_path):  # noqa: F811
    access = {"AWS_ACCESS_KEY_ID": ROOT[0], "AWS_SECRET_ACCESS_KEY": ROOT[1], "AWS_EC2_METADATA_DISABLED": "true"}
    bucket, client = s3_server.bucket(), s3_server.client()
    repository = Repository(owctl, s3_server.location(bucket, "a prefix"), Keys(owctl, tmp_path), access).init()

    def names():
        text = client("GET", f"/{bucket}", {"list-type": "2"}).ok().text
        return [html.unescape(key).removeprefix("a prefix/") for key in re.findall("<Key>(.*?)</Key>", text)]

    for _ in range(3):
        repository.create(before, "--read-all")
    packs = [name for name in names() if name.startswith("packs/")]
    assert not [name for name in names() if name.startswith("running/")]
    process = owctl.start("backup", "create", "-o", "json", env=repository.settings | before.where)
    while not [name for name in names() if name.startswith("running/")] and process.poll() is None:
        pass
    process.send_signal(signal.SIGSTOP)
    prune(repository, "--keep-last", "1", "--yes", "--grace", "0")
    assert len([name for name in names() if name.startswith("snapshots/")]) in (1, 2)
    prune(repository, "--keep-last", "1", "--yes", "--grace", "0")
    assert set(packs) <= set(names())  # what was marked after that one began waits for it
    assert gone_on(process)[0] == 0
    assert_sound(repository)
    prune(repository, "--keep-last", "1", "--yes", "--grace", "0")  # of one second with that beginning nothing was marked
    while [name for name in names() if name.startswith("prune/")]:
        prune(repository, "--keep-last", "1", "--yes", "--grace", "0")
    assert_sound(repository)
    assert_restores(repository, before, tmp_path)
    [row] = repository.list()
    record = json.loads(client("GET", f"/{bucket}/a prefix/snapshots/{row['snapshot']}.json").ok().text.splitlines()[0])
    needed = {f"packs/{pack[:2]}/{pack}.tar.age" for pack, *_ in record["packs"]}
    assert {name for name in names() if name.startswith("packs/")} == needed and len(needed) < len(packs)
    assert len(names()) == 3 + 3 + len(needed)  # one of each: record, manifest, index


def test_one_prune_at_a_time_in_a_bucket(owctl, s3_server, before, tmp_path):  # noqa: F811
    access = {"AWS_ACCESS_KEY_ID": ROOT[0], "AWS_SECRET_ACCESS_KEY": ROOT[1], "AWS_EC2_METADATA_DISABLED": "true"}
    bucket = s3_server.bucket()
    repository = Repository(owctl, s3_server.location(bucket), Keys(owctl, tmp_path), access).init()
    repository.create(before)
    s3_server.client()("PUT", f"/{bucket}/prune/lock", body=b'{"id": "1", "host": "elsewhere", "pid": 5, "place": "x", "since": "then"}').ok()
    assert "on elsewhere, process 5, since then" in repository("prune", "--keep-last", "1", "--yes").ended(75).err
