"""store-probe: stores by hand (tests/real/store_probe.c)."""
import functools
import hashlib
import struct

from lab.owctl import binary
from lab.probe import Probe


class StoreProbe(Probe):
    """With no settings of AWS's and Azure's own but those that are given, and none of the machine's metadata."""

    def __init__(self, folder, **environment):
        settings = {"HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true",
                    "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9", **environment}
        super().__init__(binary().parent / "store-probe", env=settings)

    def names(self, prefix="", **options):
        return self("list", prefix=prefix, **options)["names"]

    def text(self, name, **options):
        return self("get", name=name, **options)["text"]

    def upload(self, name, size, piece=1 << 20, seed=0, **options):
        return self("upload", name=name, size=size, piece=piece, seed=seed, **options)

    def sha256(self, name, **options):
        return self("get", name=name, **options)["sha256"]


def bytes_of(seed, size):
    count = (size + 7) // 8
    return struct.pack(f"<{count}Q", *range(seed, seed + count))[:size]


@functools.cache
def sha256_of(seed, size, begin=0, end=None):
    """Kept: of the megabytes of a test that looks at them at each cut, making them would be most of what Python does."""
    return hashlib.sha256(bytes_of(seed, size)[begin:end]).hexdigest()


# Names that ask for every kind of encoding; in the order of their bytes.
HARD_NAMES = sorted(["plain", "with space", "with+plus", "with%percent", "with%41", "a/b/c", "a.b", "a0", "ünïcödé/名前", "~tilde",
                     "quote'\"", "star*(paren)", "amp&equals=", "hash#question?", "semi;colon:at@", "comma,dollar$",
                     "back\\slash", "<angle>", "brackets[]{}", "pipe|caret^", "trailing.", "emoji-😀",
                     "e\u0301", "tab\tinside", "a/b c/d+e/%2F"], key=lambda name: name.encode())

