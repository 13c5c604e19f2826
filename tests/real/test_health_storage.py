"""Health: files and vectors. Each state is made in a real place of uploads, bucket or database."""
import json
import os
import subprocess
import time

import pytest

from lab import findings
from lab.faulty import Fault, Faulty, changes, reply
from lab.findings import look
from lab.owctl import Owctl, Result
from lab.parts import NEWEST
from lab.s3 import ROOT

WEEK = 7 * 86400


class Laptop:
    def __init__(self, folder):
        self.folder, self.uploads = folder, folder / "uploads"
        self.uploads.mkdir()
        self.url = f"sqlite:///{folder}/webui.db"
        self.settings = {"DATA_DIR": folder}

    def write(self, name, age=WEEK):
        (self.uploads / name).write_bytes(b"content")
        os.utime(self.uploads / name, (time.time() - age,) * 2)


@pytest.fixture
def laptop(templates, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    templates.sqlite(NEWEST, folder)
    return Laptop(folder)


class Bucket:
    def __init__(self, minio, uploads):
        self.minio, self.name, self.client = minio, minio.bucket(), minio.client()
        self.settings = uploads | {"STORAGE_PROVIDER": "s3", "S3_BUCKET_NAME": self.name, "S3_ENDPOINT_URL": minio.url,
                                   "S3_REGION_NAME": minio.region, "S3_ACCESS_KEY_ID": ROOT[0], "S3_SECRET_ACCESS_KEY": ROOT[1]}

    def keys(self):
        return self.client("GET", f"/{self.name}", {"list-type": "2"}).ok().text


@pytest.fixture
def bucket(minio, laptop):
    return Bucket(minio, laptop.settings)


# --- files

def test_all_is_well_on_a_laptop_and_nothing_is_left(owctl, laptop):
    with findings.changing(laptop.url) as execute:
        for _ in range(3):
            laptop.write(findings.add_file(execute, f"{laptop.uploads}/"))
        laptop.write(findings.add_file(execute, "/app/backend/data/uploads/"))  # as a container names it
        findings.add_file(execute, f"{laptop.uploads}/", age=0)  # its upload is under way
        laptop.write("00000000-0000-4000-8000-000000000000_new", age=0)
        laptop.write("README")
    before = sorted(os.listdir(laptop.uploads))
    found = look(owctl, "storage", **laptop.settings)
    assert not found and found.rc == 0, found
    assert {found.states[code] for code in ("OW501", "OW502", "OW503", "OW504", "OW505", "OW506", "OW507")} == {"good"}
    assert sorted(os.listdir(laptop.uploads)) == before


def test_a_server_that_never_ran_has_no_uploads_yet(owctl, laptop):
    laptop.uploads.rmdir()
    found = look(owctl, "storage", **laptop.settings)
    assert not found and found.states["OW502"] == "skipped", found
    assert (found.states["OW504"], found.states["OW505"]) == ("good", "good") and not laptop.uploads.exists()


def test_a_folder_of_uploads_that_is_gone(owctl, laptop):
    """As when its volume is not mounted: nothing is made in its place. A database that lies alone has none."""
    with findings.changing(laptop.url) as execute:
        for _ in range(3):
            findings.add_file(execute, f"{laptop.uploads}/")
    laptop.uploads.rmdir()
    found = look(owctl, "storage", **laptop.settings)
    state, what = found.one("OW505")
    assert found.rc == 2 and state == "critical" and set(found) == {"OW505"}, found
    assert what.startswith(f"3 of 3 files that people uploaded are not in {laptop.uploads}, which is not there: ")
    assert found.states["OW504"] == "good" and {found.states[code] for code in ("OW501", "OW502", "OW503")} == {"skipped"}
    assert not laptop.uploads.exists()
    for elsewhere in {}, {"DATA_DIR": laptop.folder / "of-a-container"}:
        found = look(owctl, "storage", DATABASE_URL=laptop.url, **elsewhere)
        assert not found and found.states["OW505"] == "skipped", found


def test_a_folder_that_may_not_be_entered(owctl, laptop, tmp_path):
    """By another user, as root is without its way around rights: what is there is not known, its disk is."""
    closed = tmp_path / "closed"
    (closed / "uploads").mkdir(parents=True)
    with findings.changing(laptop.url) as execute:
        findings.add_file(execute, f"{closed}/uploads/")
    closed.chmod(0)
    before = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    found = look(Owctl(owctl.home, before), "storage", DATABASE_URL=laptop.url, DATA_DIR=closed)
    closed.chmod(0o700)
    assert found.rc == 3 and set(found) == {"OW501"} and found.one("OW501")[0] == "unknown", found
    assert "Permission denied" in found.one("OW501")[1] and found.states["OW504"] == "good"


def test_files_without_a_blob_and_blobs_without_a_file(owctl, laptop):
    with findings.changing(laptop.url) as execute:
        for _ in range(19):
            laptop.write(findings.add_file(execute, f"{laptop.uploads}/"))
        gone = findings.add_file(execute, f"{laptop.uploads}/")
        laptop.write("00000000-0000-4000-8000-000000000000_old.pdf")
    found = look(owctl, "storage", **laptop.settings)
    assert found.rc == 1 and set(found) == {"OW505", "OW506"}
    state, what = found.one("OW505")
    assert state == "warning" and what.startswith("1 of 20 files") and gone in what
    assert found.one("OW506") == ("info", "1 blobs of 7 B are named by no row: 00000000-0000-4000-8000-000000000000_old.pdf")
    with findings.changing(laptop.url) as execute:
        for _ in range(5):
            findings.add_file(execute, f"{laptop.uploads}/")
    assert look(owctl, "OW505", **laptop.settings).one("OW505")[0] == "critical"


def test_of_very_many_rows_a_part_is_looked_at(owctl, laptop):
    """Of 33,000 rows those of one first digit: each blob that is looked for among them is missing, and none else."""
    with findings.changing(laptop.url) as execute:
        execute("""with recursive n(i) as (select 1 union all select i + 1 from n where i < 33000), ids(id) as materialized (
                     select lower(hex(randomblob(4))) || '-0000-4000-8000-' || lower(hex(randomblob(6))) from n)
                   insert into file (id, user_id, filename, path, meta, data, created_at, updated_at)
                   select id, 'somebody', 'x', ? || id || '_x', '{}', '{}', 1, 1 from ids""", f"{laptop.uploads}/")
    state, what = look(owctl, "OW505", **laptop.settings).one("OW505")
    missing, looked = int(what.split()[0]), int(what.split()[2])
    assert state == "critical" and missing == looked and 1500 < looked < 2700, what
    assert f"{looked} of 33000 rows were looked at" in what


def test_paths_of_another_provider(owctl, laptop, bucket):
    with findings.changing(laptop.url) as execute:
        old = findings.add_file(execute, f"{laptop.uploads}/")
        new = findings.add_file(execute, f"s3://{bucket.name}/")
    bucket.client("PUT", f"/{bucket.name}/{new}", body=b"x").ok()
    found = look(owctl, "storage", **bucket.settings)
    state, what = found.one("OW507")
    assert found.rc == 2 and state == "critical" and what.startswith("1 files") and old in what and new not in what
    assert "OW505" not in found
    state, what = look(owctl, "OW507", **laptop.settings).one("OW507")
    assert state == "critical" and f"s3://{bucket.name}/{new}" in what


# --- the probe

def test_a_place_that_is_not_reached(owctl, laptop):
    found = look(owctl, "OW501", DATA_DIR=laptop.folder, STORAGE_PROVIDER="s3", S3_BUCKET_NAME="b", S3_ENDPOINT_URL="http://127.0.0.1:1",
                 S3_ACCESS_KEY_ID="a", S3_SECRET_ACCESS_KEY="b", words=["--deadline", "4s"])
    assert found.rc == 2 and found.one("OW501")[0] == "critical"


def test_credentials_that_may_not_write(owctl, minio, bucket):
    access, secret, token = minio.session([{"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": ["arn:aws:s3:::*"]}])
    settings = bucket.settings | {"S3_ACCESS_KEY_ID": "", "S3_SECRET_ACCESS_KEY": "", "AWS_ACCESS_KEY_ID": access,
                                  "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}
    found = look(owctl, "storage", **settings)
    state, what = found.one("OW502")
    assert found.rc == 2 and state == "critical" and what.startswith("writing a probe failed") and "AccessDenied" in what
    assert set(found) == {"OW502"}, found  # what may not be asked is not known, and nothing is wrong with it
    read_only = look(owctl, "storage", words=["--read-only"], **settings)
    assert not read_only and read_only.states["OW502"] == "skipped"


def test_the_probe_is_removed_from_a_bucket(owctl, bucket):
    found = look(owctl, "storage", **bucket.settings)
    assert found.worst() == set() and found.states["OW502"] == "good", found
    assert "owctl-health" not in bucket.keys()


def test_a_slow_store(owctl, minio, bucket):
    def slow(handler, forward):
        time.sleep(1.1)
        reply(handler, forward())

    with Faulty(minio.port) as proxy:
        proxy.inject(Fault(slow, method="PUT"))
        found = look(owctl, "OW502", "OW503", **bucket.settings | {"S3_ENDPOINT_URL": proxy.url})
        assert found.rc == 1 and set(found) == {"OW503"} and found.one("OW503")[0] == "warning"
        proxy.inject(changes(spoil, method="GET", path="owctl-health"))
        found = look(owctl, "OW502", "OW503", **bucket.settings | {"S3_ENDPOINT_URL": proxy.url})
        assert found.rc == 2 and found.one("OW502") == ("critical", "what was written as a probe is read back otherwise"), found
    assert "owctl-health" not in bucket.keys()


def spoil(answer):
    """As a gateway would that tells no digest of its own: what is read has to be compared itself."""
    answer.content = bytes(len(answer.content))
    for name in [name for name in answer.headers if name.lower() == "etag" or "sha256" in name.lower()]:
        del answer.headers[name]


def test_a_full_disk(owctl, laptop):
    """A disk of 64 MB, that is filled to 61 and to 64; and one that has 100 inodes."""
    full = 'mount -t tmpfs -o $1 none "$2" && cp "$3" "$2" && mkdir "$2/uploads" && eval "$4" && shift 4 && exec "$@"'
    os.chmod(laptop.folder / "webui.db", 0o600)
    disk = laptop.folder / "disk"
    disk.mkdir()

    def on(options, fill):
        words = ["health", "check", "--only", "OW502", "--only", "OW504", "--replica", findings.NOBODY, "-o", "json"]
        command = ["unshare", "--mount", "sh", "-c", full, "-", options, disk, laptop.folder / "webui.db", fill, *owctl.command(*words)]
        done = subprocess.run(command, capture_output=True, env=owctl.environment(DATA_DIR=disk), timeout=60)
        assert b"mount" not in done.stderr, done.stderr
        return findings.Findings(Result(command, done.returncode, done.stdout, done.stderr))

    assert not on("size=64m", "true")
    found = on("size=64m", f"head -c 60M /dev/zero > {disk}/filler")
    assert found.rc == 1 and found.one("OW504")[0] == "warning" and set(found) == {"OW504"}
    found = on("size=64m", f"head -c 64M /dev/zero > {disk}/filler 2>/dev/null || true")
    assert found.rc == 2 and {found.one("OW504")[0], found.one("OW502")[0]} == {"critical"}
    found = on("size=64m", f"mount -o remount,ro {disk}")  # as it is for whoever is not the server's user
    assert found.rc == 3 and found.states["OW502"] == "unknown" and found.states["OW504"] == "good"
    assert "inodes" in on("size=64m,nr_inodes=100", f"for i in $(seq 96); do : > {disk}/$i; done; true").one("OW504")[1]


# --- what a bucket says of itself

def test_a_bucket_that_anybody_reads(owctl, bucket):
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["s3:GetObject"],
                                                      "Resource": [f"arn:aws:s3:::{bucket.name}/*"]}]}
    assert not look(owctl, "OW510", **bucket.settings)
    bucket.client("PUT", f"/{bucket.name}", {"policy": ""}, json.dumps(policy).encode()).ok()
    bucket.client("PUT", f"/{bucket.name}/blob", body=b"x").ok()
    found = look(owctl, "OW510", **bucket.settings)
    assert found.rc == 2 and "anybody" in found.one("OW510")[1]
    bucket.client("DELETE", f"/{bucket.name}", {"policy": ""}).ok()
    assert not look(owctl, "OW510", **bucket.settings)


def test_versions(owctl, bucket):
    assert look(owctl, "OW511", **bucket.settings).one("OW511")[0] == "info"
    body = b'<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>'
    bucket.client("PUT", f"/{bucket.name}", {"versioning": ""}, body).ok()
    assert not look(owctl, "OW511", **bucket.settings)


def test_the_region_that_data_may_be_in(owctl, bucket):
    assert look(owctl, "OW512", **bucket.settings).states["OW512"] == "skipped"
    for allowed in ("us-east-1", "eu-west-1, US-"):
        found = look(owctl, "OW512", OWCTL_DATA_REGION=allowed, **bucket.settings)
        assert found.states["OW512"] == "good", found
    found = look(owctl, "OW512", OWCTL_DATA_REGION="eu-,europe-", **bucket.settings)
    assert found.rc == 2 and "us-east-1" in found.one("OW512")[1]
    repository = bucket.minio.location(bucket.minio.bucket(), "backups")
    owctl("repo", "init", repository, env={"AWS_ACCESS_KEY_ID": ROOT[0], "AWS_SECRET_ACCESS_KEY": ROOT[1]}).ok()
    found = look(owctl, "OW512", OWCTL_DATA_REGION="eu-", OWCTL_REPOSITORY=repository, DATA_DIR=bucket.settings["DATA_DIR"],
                 AWS_ACCESS_KEY_ID=ROOT[0], AWS_SECRET_ACCESS_KEY=ROOT[1])
    assert found.one("OW512")[0] == "critical"


# --- vectors

def test_pgvector(owctl, postgresql_clusters, templates, tmp_path):
    server = postgresql_clusters("pgvector")
    url = templates.postgresql(server, NEWEST, tmp_path)
    settings = {"DATABASE_URL": url, "VECTOR_DB": "pgvector"}
    vectors = ("OW521", "OW522", "OW523")
    assert not look(owctl, *vectors, **settings)  # nobody has signed up yet
    with findings.changing(url) as execute:
        findings.add_user(execute, "admin")
    assert "lacks the extension" in look(owctl, *vectors, **settings).one("OW521")[1]
    with findings.changing(url) as execute:
        execute("create extension vector")
    assert "no table" in look(owctl, *vectors, **settings).one("OW521")[1]
    with findings.changing(url) as execute:
        execute("create table document_chunk (id text primary key, vector vector(3), collection_name text)")
    assert not look(owctl, *vectors, PGVECTOR_INITIALIZE_MAX_VECTOR_LENGTH="3", **settings)
    found = look(owctl, *vectors, PGVECTOR_INITIALIZE_MAX_VECTOR_LENGTH="1536", **settings)
    assert found.rc == 2 and "vector(3)" in found.one("OW522")[1]
    with findings.changing(url) as execute:
        execute("insert into document_chunk select i::text, '[1,2,3]', 'c' from generate_series(1, 100000) i")
        execute("analyze document_chunk")
    assert look(owctl, *vectors, **settings).one("OW523")[0] == "warning"
    with findings.changing(url) as execute:
        execute("create index on document_chunk using ivfflat (vector vector_cosine_ops) with (lists = 1)")
    assert not look(owctl, *vectors, **settings)
    other = look(owctl, *vectors, PGVECTOR_DB_URL="postgresql://nobody:x@127.0.0.1:1/v", words=["--deadline", "4s"], **settings)
    assert other.rc == 2 and other.one("OW521")[0] == "critical" and "x@" not in str(other)


@pytest.mark.parametrize("installation", [f"on {NEWEST}"], indirect=True)
def test_chroma_of_several_workers(owctl, installation):
    """Of one server with several processes, as of several servers."""
    where = {name: str(value) for name, value in installation.where.items()}
    assert not look(owctl, "storage", replica=installation.server.url, **where).worst()
    found = look(owctl, "OW520", replica=installation.server.url, UVICORN_WORKERS="4", VECTOR_DB="chroma", **where)
    assert found.rc == 2 and found.one("OW520")[1].startswith("4 processes")
    assert not look(owctl, "OW520", replica=installation.server.url, UVICORN_WORKERS="4", VECTOR_DB="milvus", MILVUS_URI="http://m", **where)
