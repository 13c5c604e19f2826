"""Which snapshot is meant where its ID is not given: `--as-of`, `--label`."""
import datetime
import re

import pytest

from lab.backups import exactly
from test_backup import at_head, engine, filled, keys, place, repository, small  # noqa: F401 (fixtures)
from test_backup_prune import as_of
from test_old_database import connected

LONG_AGO = datetime.datetime(2020, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc)


def chosen(repository, *words):
    """The one that `verify` looks at: alone it tells which by a note, and needs no more of it than its record."""
    said = repository("verify", *words).ok().err
    return re.findall(r"the snapshot is (\S+) of", said.replace('\\"', '"'))


def refused(repository, *words, ends=65):
    return repository("verify", *words).ended(ends).err.replace('\\"', '"')


@pytest.fixture
def several(repository, small):  # noqa: F811
    """{name: snapshot}: of two installations, at noon of three days, and one of now."""
    now = repository.create(small)["snapshot"]
    return {"now": now, **{f"{label} {day}": as_of(repository, now, LONG_AGO.replace(day=day), label=label)
                           for label, day in (("one", 3), ("two", 4), ("one", 5))}}


def test_the_newest_that_is_not_newer(repository, several):
    for time, name in ("2020-02-03T04:05:06Z", "one 3"), ("2020-02-04T04:05:05Z", "one 3"), ("2020-02-04T04:05:06Z", "two 4"), \
            ("2020-02-04T05:05:06+01:00", "two 4"), ("2020-02-05", "two 4"), ("2020-02-06", "one 5"), ("52w", "one 5"), ("9999-12-31", "now"):
        assert chosen(repository, "--as-of", time) == [several[name]], time
    assert chosen(repository, "latest", "--as-of", "2020-02-04") == [several["one 3"]]


def test_of_one_installation(repository, several):
    assert chosen(repository, "--label", "one") == [several["one 5"]]
    assert chosen(repository, "--label", "two") == [several["two 4"]]
    assert chosen(repository, "--label", "one", "--as-of", "2020-02-05") == [several["one 3"]]
    assert chosen(repository, "--label", "two", "--as-of", "2020-02-06") == [several["two 4"]]


def test_the_nearest_is_told_where_there_is_none(repository, several):
    said = refused(repository, "--as-of", "2020-02-03")
    assert "has no snapshot that was made by 2020-02-03T00:00:00Z" in said and f"nearest one is {several['one 3']}, made 2020-02-03T04:05:06Z (\"one\")" in said
    said = refused(repository, "--as-of", "2020-02-04", "--label", "two")
    assert f"nearest one is {several['two 4']}" in said
    said = refused(repository, "--label", "on")
    assert 'no snapshot of "on"' in said and 'did you mean --label "one"?' in said
    assert "owctl backup list" in refused(repository, "--label", "something else", "--as-of", "1d")


def test_what_contradicts_is_refused(repository, several):
    for words in ("--as-of", "1d"), ("--label", "one"):
        assert "looks for another" in refused(repository, several["now"], *words, ends=64)
    refused(repository, "--as-of", "yesterday", ends=64)


def test_a_damaged_record_is_not_passed_over_in_silence(repository, several):
    (repository.location / f"snapshots/{several['one 5']}.json").write_text("{}\n")
    refused(repository, "--as-of", "2020-02-06")
    said = repository("verify", "--label", "one").ok().err
    assert several["one 5"] in said and several["one 3"] in said


def test_without_any_snapshot(repository):
    assert "has no snapshot" in refused(repository, "--as-of", "1d")
    assert "--read-data=5%" in refused(repository, "--read-data", "5%")
    assert "--data-dir" in refused(repository, "/srv/open-webui")


def test_show_and_restore_take_it_too(repository, filled, place, engine):  # noqa: F811
    before = filled("small", engine, {})
    repository.create(before)
    [first] = repository.list()
    rows = exactly(before.url)
    with connected(before.url) as connection:
        connection.execute("delete from tag")
        connection.commit()
    while repository.list()[-1]["time"] == first["time"]:
        other = repository.create(before, "--label", "other")["snapshot"]
        if repository.list()[-1]["time"] == first["time"]:
            (repository.location / f"snapshots/{other}.json").unlink()
    for words in ("--as-of", first["time"]), ("--label", "default"):
        after = place(engine)
        assert repository.restore(after, *words).ok().json()["snapshot"] == first["snapshot"]
        assert exactly(after.url) == rows
    for words in (), ("latest",), ("--as-of", "0s"):
        said = repository("restore", "--replace", "--yes", *words, place=after, **repository.opened).ended(64).err
        assert 'is of "other"' in said and '--label "default"' in said
    assert exactly(after.url) == rows, "the newest of a shared repository is somebody else's"
    repository("restore", "--replace", "--yes", "--label", "other", place=after, **repository.opened).ok()
    for words, count in (("--as-of", first["time"]), len(rows["tag"])), (("--label", "other"), 0):
        shown = repository("show", "-o", "json", *words, **repository.opened).ok().json()
        assert [row["rows"] for row in shown if row["name"] == "tag"] == [count]
