"""A repository in a bucket with object lock: what is locked, for how long, and what `owctl backup prune` makes of it."""
import re
import time

from lab.backups import Keys, Repository
from lab.cut_off import CutOff
from lab.faulty import Faulty, says
from lab.s3 import ROOT
from test_backup_damage import before  # noqa: F401 (fixture)
from test_backup_prune import outcomes, prune
from test_store_s3_places import until

ACCESS = {"AWS_ACCESS_KEY_ID": ROOT[0], "AWS_SECRET_ACCESS_KEY": ROOT[1], "AWS_EC2_METADATA_DISABLED": "true"}


def with_locks(minio, bucket):
    client = minio.client()
    client("PUT", f"/{bucket}", headers={"x-amz-bucket-object-lock-enabled": "true"}).ok()
    return client, bucket


def test_what_a_later_snapshot_shares_is_locked_as_long_as_it(owctl, minio, before, tmp_path):  # noqa: F811
    client, bucket = with_locks(minio, "of-locked-shares")
    repository = Repository(owctl, minio.location(bucket, lock="2h"), Keys(owctl, tmp_path), ACCESS).init()

    def ends():
        """{object: when its lock ends, in seconds}"""
        names = re.findall("<Key>(.*?)</Key>", client("GET", f"/{bucket}", {"list-type": "2"}).ok().text)
        return {name: until(client, bucket, name).timestamp() for name in names}

    repository.create(before)
    first = ends()
    CutOff(owctl.home).with_clock_ahead(800, "backup", "create", env=repository.settings | before.where).ok()
    second = ends()
    assert len(repository.list()) == 2 and repository.verify() == []
    [own] = [name for name in first if name.startswith("snapshots/")]
    own = own.removeprefix("snapshots/").removesuffix(".json")
    moved = {name for name in first if second[name] > first[name] + 700}
    assert moved == {name for name in first if own not in name}
    assert min(end for name, end in second.items() if own not in name) > time.time() + 7200 + 700


def test_what_the_store_does_not_let_go_is_left_to_a_later_prune(owctl, minio, before, tmp_path):  # noqa: F811
    _, bucket = with_locks(minio, "of-locked-backups")
    with Faulty(minio.port) as faulty:
        location = f"s3://{bucket}?endpoint={faulty.url}&lock=2h"
        repository = Repository(owctl, location, Keys(owctl, tmp_path), ACCESS).init()
        for _ in range(3):
            repository.create(before)
        first, second, last = (row["snapshot"] for row in repository.list())
        faulty.inject(says(403, "AccessDenied", "Access Denied.", method="DELETE", path=f"/snapshots/{first}"),
                      says(403, "AccessDenied", "Access Denied.", method="DELETE", path=f"/manifests/{second}"))
        run = repository("prune", "--keep-last", "1", "--yes", "-o", "json").ok()
        assert [row["outcome"] for row in run.json()] == ["locked", "removed", "kept"] and not faulty.faults
        assert f"snapshots/{first}.json is locked until" in run.err and "does not let go of 2 objects" in run.err
        assert {row["snapshot"] for row in repository.list()} == {first, last} and repository.verify() == []
        assert outcomes(prune(repository, "--keep-last", "1", "--yes"))[0][:2] == (first, "removed")
        assert [row["snapshot"] for row in repository.list()] == [last] and repository.verify() == []
