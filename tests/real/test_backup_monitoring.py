"""What a monitor asks about backups, and what it is told."""
import datetime
import json
import pathlib
import random
import re

import pytest

from test_backup import (  # noqa: F401 (fixtures)
    at_head,
    connected,
    engine,
    files_of,
    filled,
    keys,
    place,
    repository,
    small,
)

OPEN = {"OWCTL_RECIPIENTS": ""}  # who made a record is not looked at then


# --- how old the newest good one is

def aged(repository, snapshot, seconds, **changes):
    """Moves a snapshot's record so far into the past; `changes` of its members."""
    before = repository.location / f"snapshots/{snapshot}.json"
    said = json.loads(before.read_text().splitlines()[0])
    time = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)
    name = f"{time:%Y%m%dT%H%M%SZ}{snapshot[16:]}"
    text = json.dumps(said | {"snapshot": name, "time": f"{time:%Y-%m-%dT%H:%M:%SZ}"} | changes)
    before.unlink()
    (repository.location / f"snapshots/{name}.json").write_text(f"{text}\nmac {'0' * 64}\n")
    return name


def status(repository, *words, ends, **environment):
    said = repository("status", "-o", "json", *words, **environment).ended(ends)
    return {row["label"]: (row["state"], row["snapshot"], row["passed_over"]) for row in said.json()}, said.err.replace('\\"', '"')


def made(repository, place, *words):  # noqa: F811
    return repository.create(place, "--database-only", *words)["snapshot"]


def test_a_new_one_is_fresh_and_silence_for_cron(repository, small):  # noqa: F811
    snapshot = made(repository, small)
    assert status(repository, ends=0)[0] == {"default": ("fresh", snapshot, 0)}
    said = repository("status", "-q", "--max-age", "1h").ok()
    assert (said.out, said.err) == ("", "")
    assert snapshot in repository("status").ok().out


def test_an_old_one_and_none_are_a_no(repository, small):  # noqa: F811
    assert "there is no snapshot" in status(repository, ends=2)[1]
    assert repository("status", "-q").ended(2).err
    old = aged(repository, made(repository, small), 50 * 3600)
    found, err = status(repository, ends=2, **OPEN)
    assert found == {"default": ("old", old, 0)} and f'"default", {old}, is 2 days old' in err
    assert status(repository, "--max-age", "51h", ends=0, **OPEN)[0] == {"default": ("fresh", old, 0)}
    [row] = repository("status", "-o", "json", "--max-age", "3d", **OPEN).ok().json()
    assert 50 * 3600 <= row["age"] < 50 * 3600 + 600
    found, err = status(repository, "--label", "other", ends=2, **OPEN)
    assert found == {"other": ("none", None, 0)} and 'no good snapshot of "other"' in err


def test_one_that_lacks_files_is_not_good(repository, small):  # noqa: F811
    old = aged(repository, made(repository, small), 7200)
    files_of(small, "/gone")
    made_now = repository.create(small, status=2)["snapshot"]
    assert status(repository, ends=0, **OPEN)[0] == {"default": ("fresh", old, 1)}
    assert status(repository, "--max-age", "1h", ends=2, **OPEN)[0] == {"default": ("old", old, 1)}
    (repository.location / f"snapshots/{old}.json").unlink()
    assert status(repository, ends=2)[0] == {"default": ("none", None, 1)} and made_now in str(repository.list())


def test_each_installation_is_held_to_it(repository, small):  # noqa: F811
    """Else the one that works would hide the other."""
    old = aged(repository, made(repository, small, "--label", "one"), 30 * 3600)
    new = made(repository, small, "--label", "two")
    found, err = status(repository, ends=2, **OPEN)
    assert found == {"one": ("old", old, 0), "two": ("fresh", new, 0)} and '"one"' in err and '"two"' not in err
    assert status(repository, "--label", "two", ends=0, **OPEN)[0] == {"two": ("fresh", new, 0)}


def test_one_of_the_future_is_told_and_does_not_count(repository, small):  # noqa: F811
    ahead = aged(repository, made(repository, small), -2 * 365 * 86400)
    found, err = status(repository, ends=2, **OPEN)
    assert found == {"default": ("none", None, 1)} and re.search(f"{ahead} is 6\\d+ s in the future, and is not", err)
    nearly = aged(repository, made(repository, small), -200)
    found, err = status(repository, "-q", ends=0, **OPEN)
    assert found == {"default": ("fresh", nearly, 1)} and f"{nearly} is " in err
    new = made(repository, small)
    (repository.location / f"snapshots/{nearly}.json").unlink()
    assert status(repository, ends=0, **OPEN)[0] == {"default": ("fresh", new, 1)}


def test_one_that_somebody_else_made_does_not_count(repository, small):  # noqa: F811
    forged = aged(repository, made(repository, small), 60)
    found, err = status(repository, ends=2)
    assert found == {} and forged in err
    snapshot = made(repository, small)
    found, err = status(repository, ends=0)
    assert found == {"default": ("fresh", snapshot, 0)} and forged in err


# --- a share of the data

EXTENT = re.compile(r"(\d+) of (\d+) packs were read")
INSIDE = re.compile(r"compared (\d+) of (\d+) rows, (\d+) of (\d+) whole files, and the sums of (\d+) of (\d+) tables")


def read_share(repository, percent, *words, ends=0, opened=False):
    """What was said of packs and of what is in them, and which objects are damaged."""
    said = repository("verify", f"--read-data={percent}%", "-o", "json", *words, **(repository.opened if opened else {})).ended(ends)
    inside = INSIDE.search(said.err)
    return ([int(number) for number in EXTENT.search(said.err).groups()], inside and [int(number) for number in inside.groups()],
            {row["object"] for row in said.json()})


def damage_all_packs(repository):
    packs = sorted((repository.location / "packs").rglob("*.age"))
    for pack in packs:
        content = pack.read_bytes()
        pack.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    return len(packs)


def bytes_read():
    """By this process and by all children that it has waited for."""
    return int(re.search(r"rchar: (\d+)", pathlib.Path("/proc/self/io").read_text())[1])


def test_a_pack_is_read_once_also_for_several_snapshots(repository, small):  # noqa: F811
    """For its hash and for what is in it."""
    with connected(small.url) as connection:
        connection.execute("update chat set title = ?", [random.Random(5).randbytes(1 << 19).hex()])
        [[chats]] = connection.execute("select count(*) from chat").fetchall()
    size = chats << 19  # of hexadecimal digits, which are packed to half of it

    def read():
        before = bytes_read()
        assert repository.verify("--read-data") == []
        return bytes_read() - before

    repository.create(small)
    of_one = read()
    for _ in range(5):
        repository.create(small)
    assert size < of_one < read() < 1.5 * size


def test_a_share_reads_some_packs_of_each_snapshot_and_says_how_many(repository, small):  # noqa: F811
    for number in range(6):
        made(repository, small, "--read-all", "--tag", str(number))
    for percent in 1, 50, 100:
        (read, packs), inside, faults = read_share(repository, percent)
        assert 6 <= read <= packs and inside is None and not faults
        assert read == packs or percent < 100
    packs = damage_all_packs(repository)
    for percent in 1, 50, 100:
        (read, there), _, faults = read_share(repository, percent, ends=2)
        assert (there, len(faults)) == (packs, read)
    assert repository("verify", "--read-data=1%").ended(2).err.count("after 100 days") == 1
    said = repository("verify").ended(0).err
    assert "were read" not in said and "nothing that they hold was read" in said


def test_what_is_in_a_share_is_held_against_the_manifest(repository, filled, engine):  # noqa: F811
    made_of = repository.create(filled("healthy", engine))
    (read, packs), inside, _ = read_share(repository, 100, opened=True)
    assert read == packs and inside[:4] == [made_of["rows"]] * 2 + [made_of["files"]] * 2 and inside[4] == inside[5] > 30
    (read, there), (rows, all_rows, files, all_files, tables, all_tables), faults = read_share(repository, 1, opened=True)
    assert 1 == read <= there == packs and not faults and (all_rows, all_files) == (made_of["rows"], made_of["files"])
    assert packs == 1 or rows < all_rows or files < all_files or tables < all_tables


def test_a_pack_that_several_snapshots_need_is_read_once_and_its_damage_told_of_each(repository, small):  # noqa: F811
    snapshot = made(repository, small)
    other = f"{snapshot[:17]}ffffffff"
    for name in f"snapshots/{snapshot}.json", f"manifests/{snapshot}.tar.age", f"indexes/{snapshot}.tar.age":
        content = (repository.location / name).read_bytes()
        (repository.location / name.replace(snapshot, other)).write_bytes(content.replace(snapshot.encode(), other.encode()))
    (read, packs), _, faults = read_share(repository, 100)
    assert read == packs == len(list((repository.location / "packs").rglob("*.age"))) and not faults
    damage_all_packs(repository)
    said = repository("verify", "--read-data", "-o", "json").ended(2).json()
    assert {row["snapshot"] for row in said} == {snapshot, other} and len(said) == 2 * packs


@pytest.mark.parametrize("share", ["0%", "101%", "5", "", "%", "5%%", "-5%", "5.5%"])
def test_what_is_no_share(repository, share):  # noqa: F811
    repository("verify", f"--read-data={share}").ended(64)


def test_the_share_may_be_left_out_and_no_word_is_taken_for_it(repository, small):  # noqa: F811
    snapshot = made(repository, small)
    found = [[int(number) for number in EXTENT.search(repository("verify", "--read-data", *words).ok().err).groups()]
                         for words in ([], [snapshot])]
    assert all(read == packs for read, packs in found)
    repository("verify", "--read-data", "5%").ended(65)
    assert repository.owctl("__complete", "backup", "verify", "--read-data", "").ok().out.startswith("latest")


# --- a file for Prometheus

NAME, LABEL = "[a-zA-Z_:][a-zA-Z0-9_:]*", r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9]+(?:\.[0-9]+)?(?:e[-+][0-9]+)?)")


def parse(file):
    """{name: value} and the label, by the text format 0.0.4: each metric with one HELP and one TYPE before its samples, none twice."""
    text = file.read_text()
    assert text.endswith("\n") and file.stat().st_mode & 0o777 == 0o644 and [other.name for other in file.parent.iterdir()] == [file.name]
    values, labels, helped, typed = {}, set(), [], []
    for line in text.splitlines():
        if told := re.fullmatch(rf"# HELP ({NAME}) [^\\]+", line):
            helped.append(told[1])
        elif told := re.fullmatch(rf"# TYPE ({NAME}) gauge", line):
            typed.append(told[1])
            assert helped[-1] == told[1]
        else:
            name, label, value = SAMPLE.fullmatch(line).groups()
            assert typed[-1] == name and name not in values
            values[name] = float(value)
            labels.add(label)
    assert helped == typed == list(values)
    [label] = labels
    return {name.removeprefix("owctl_backup_"): value for name, value in values.items()}, label


@pytest.fixture
def metrics(tmp_path):
    (tmp_path / "textfile").mkdir()
    return tmp_path / "textfile/backup.prom"


def test_metrics_of_a_snapshot(repository, filled, engine, metrics):  # noqa: F811
    source = filled("small", engine, {"uploads/one": b"1"})
    before = datetime.datetime.now().timestamp()
    snapshot = repository.create(source, "--metrics", metrics)
    [listed] = repository.list()
    said, label = parse(metrics)
    assert label == 'label="default"' and (said["success"], said["missing_files"], said["files"]) == (1, 0, 1)
    assert [said[name] for name in ("rows", "read_bytes", "stored_bytes")] == [snapshot["rows"], snapshot["bytes"], listed["stored"]]
    assert said["ratio"] == pytest.approx(listed["stored"] / snapshot["bytes"]) and said["duration_seconds"] > 0
    assert before - 1 < said["last_success_timestamp_seconds"] == said["last_run_timestamp_seconds"]


def test_metrics_of_a_failure_keep_the_last_success(repository, small, metrics):  # noqa: F811
    repository("create", "--metrics", metrics, place=small, OWCTL_REPOSITORY="/nowhere").ended(78)
    said, _ = parse(metrics)
    assert said["success"] == 0 and "last_success_timestamp_seconds" not in said and "rows" not in said
    repository.create(small, "--metrics", metrics)
    text = metrics.read_text()
    metrics.write_text(re.sub(r"(last_success_timestamp_seconds\{.*\}) .*", r"\1 1700000000", text))
    metrics.chmod(0o600)
    files_of(small, "/gone")
    repository.create(small, "--metrics", metrics, status=2)
    said, _ = parse(metrics)
    assert (said["success"], said["last_success_timestamp_seconds"], said["missing_files"]) == (0, 1700000000, 1)
    repository("create", "--metrics", metrics, place=small, OWCTL_REPOSITORY="/nowhere").ended(78)
    said, _ = parse(metrics)
    assert (said["success"], said["last_success_timestamp_seconds"]) == (0, 1700000000) and "rows" not in said
    kept = metrics.read_text()
    repository("create", "--metrics", metrics, "--dry-run", place=small).ok()
    assert metrics.read_text() == kept


def test_labels_of_metrics_are_escaped(repository, small, metrics):  # noqa: F811
    for _ in range(2):
        repository.create(small, "--database-only", "--metrics", metrics, "--label", 'a "b" \\ ü\nc')
        assert parse(metrics)[1] == 'label="a \\"b\\" \\\\ ü\\nc"'
    metrics.write_text(re.sub(r"(last_success_timestamp_seconds\{.*\}) .*", r"\1 1700000000", metrics.read_text()))
    repository("create", "--metrics", metrics, "--label", 'a "b" \\ ü\nc', place=small, OWCTL_REPOSITORY="/nowhere").ended(78)
    assert parse(metrics)[0]["last_success_timestamp_seconds"] == 1700000000


def test_metrics_of_verify(repository, small, metrics):  # noqa: F811
    snapshot = repository.create(small)
    repository("verify", "-q", "--read-data", "--metrics", metrics, **repository.opened).ok()
    said, label = parse(metrics)
    assert label is None and [said[f"verify_{name}"] for name in ("success", "snapshots", "faults", "rows_read", "files_read")] == [
        1, 1, 0, snapshot["rows"], snapshot["files"]]
    packs = damage_all_packs(repository)
    repository("verify", "--read-data", "--metrics", metrics).ended(2)
    now, _ = parse(metrics)
    assert [now[f"verify_{name}"] for name in ("success", "faults", "packs_read")] == [0, packs, packs]
    assert now["verify_last_success_timestamp_seconds"] == said["verify_last_success_timestamp_seconds"]


def test_metrics_that_cannot_be_written_are_told_before_anything_is_done(repository, small, tmp_path):  # noqa: F811
    for words in ["create"], ["verify"]:
        assert "nowhere" in repository(*words, "--metrics", tmp_path / "nowhere/backup.prom", place=small).ended(1).err
    assert repository.list() == []
