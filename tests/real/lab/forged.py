"""Snapshots as somebody can make them who has the machine that backs up: the public keys are known, and so all that is sealed by them."""
import io
import json
import os
import subprocess
import tarfile

from lab.backup_reader import digest


def tar_of(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zstd(data):
    return subprocess.run(["zstd", "-qc"], input=data, capture_output=True, check=True).stdout


class Forger:
    """`snapshot`: one of lab.backup_reader, which is written over."""

    def __init__(self, snapshot):
        self.snapshot, self.folder = snapshot, snapshot.repository.folder
        self.record, self.members = dict(snapshot.record), dict(snapshot.members)

    def _seal(self, name, members):
        words = [word for recipient in self.snapshot.manifest["recipients"] for word in ("-r", recipient)]
        data = subprocess.run(["age", *words], input=tar_of(members), capture_output=True, check=True).stdout
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_bytes(data)
        return len(data), digest(data).hexdigest()

    def pack(self, data):
        """A pack with that alone, and the place of it."""
        pack = os.urandom(16).hex()
        self.record["packs"] = [*self.record["packs"], [pack, *self._seal(f"packs/{pack[:2]}/{pack}.tar.age", [("0", data)])]]
        return f"{pack}:512:{len(data)}:{digest(data).hexdigest()}"

    def write(self):
        size, hash = self._seal(f"manifests/{self.record['snapshot']}.tar.age", self.members.items())
        line = json.dumps({**self.record, "manifest": {"size": size, "hash": hash}}).encode() + b"\n"
        mac = self.snapshot._mac(line).hexdigest()
        (self.folder / f"snapshots/{self.record['snapshot']}.json").write_bytes(line + f"mac {mac}\n".encode())
