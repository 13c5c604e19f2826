"""age files, both ways between owctl and the age program: what one writes the other reads, and refuses what it refuses."""
import dataclasses
import os
import pathlib
import random
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.examples import examples
from lab.owctl import binary, check_sanitizers
from lab.parts import part

CHUNK = 65536
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 5 * CHUNK + 17)
INPUT, PERMISSION = 65, 77


@dataclasses.dataclass
class Done:
    status: int
    out: bytes
    err: str

    def ok(self):
        assert self.status == 0, self.err
        return self.out


def run(*command, stdin=b""):
    done = subprocess.run([str(word) for word in command], input=stdin, capture_output=True, timeout=60)
    check_sanitizers(command, done.stderr)
    return Done(done.returncode, done.stdout, done.stderr.decode())


def probe(*words, stdin=b""):
    return run(binary().parent / "age-probe", *words, stdin=stdin)


@dataclasses.dataclass
class Pair:
    identity: pathlib.Path
    recipient: str


@pytest.fixture(scope="module")
def age():
    folder = part("age") / "bin"
    return lambda *words, stdin=b"": run(folder / "age", *words, stdin=stdin)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """Of three people; the first one's is made by age-keygen, the others' by owctl."""
    folder = tmp_path_factory.mktemp("pairs")
    keygen = part("age") / "bin/age-keygen"
    made = []
    for name, make in (("ada", run(keygen)), ("bob", probe("keygen")), ("cleo", probe("keygen"))):
        identity = folder / name
        identity.write_bytes(make.ok())
        recipient = run(keygen, "-y", identity).ok().decode().strip()
        assert probe("recipient", identity).ok().decode().strip() == recipient
        made.append(Pair(identity, recipient))
    return made


@pytest.fixture(scope="module")
def recipients(pairs, tmp_path_factory):
    file = tmp_path_factory.mktemp("recipients") / "recipients.txt"
    file.write_text("# people\n\n" + "\r\n".join(pair.recipient for pair in pairs) + "\n")
    return file


def some_bytes(size):
    return random.Random(size).randbytes(size)


@pytest.mark.parametrize("size", SIZES)
def test_age_reads_what_owctl_writes(age, pairs, recipients, size):
    plain = some_bytes(size)
    for piece in (997, CHUNK, 1 << 20):
        sealed = probe("encrypt", recipients, piece, stdin=plain).ok()
        for pair in pairs:
            assert age("-d", "-i", pair.identity, stdin=sealed).ok() == plain


@pytest.mark.parametrize("size", SIZES)
def test_owctl_reads_what_age_writes(age, pairs, recipients, size, tmp_path):
    plain = some_bytes(size)
    sealed = age("-R", recipients, stdin=plain).ok()
    file = tmp_path / "sealed.age"
    file.write_bytes(sealed)
    for pair in pairs:
        for piece in (997, CHUNK + 16, 1 << 20):
            assert probe("decrypt", pair.identity, piece, stdin=sealed).ok() == plain
        assert probe("chunks", pair.identity, file).ok() == plain
    alone = age("-r", pairs[1].recipient, stdin=plain).ok()
    assert probe("decrypt", pairs[1].identity, 1 << 20, stdin=alone).ok() == plain


def test_both_refuse_a_stranger(age, pairs, recipients):
    stranger = pairs[0]
    for sealed in (age("-r", pairs[1].recipient, "-r", pairs[2].recipient, stdin=b"secret").ok(),
                   age("-r", pairs[1].recipient, stdin=b"secret").ok()):
        assert age("-d", "-i", stranger.identity, stdin=sealed).status == 1
        refused = probe("decrypt", stranger.identity, 100, stdin=sealed)
        assert (refused.status, refused.out) == (PERMISSION, b"")


def test_several_identities_in_a_file(age, pairs, recipients, tmp_path):
    both = tmp_path / "both"
    both.write_bytes(pairs[0].identity.read_bytes() + b"\n# and\n" + pairs[1].identity.read_bytes())
    sealed = age("-r", pairs[1].recipient, stdin=b"secret").ok()
    assert probe("decrypt", both, 100, stdin=sealed).ok() == b"secret"


def test_armor_is_told_to_be_armor(age, pairs, recipients):
    armored = age("-a", "-R", recipients, stdin=b"secret").ok()
    refused = probe("decrypt", pairs[0].identity, 1000, stdin=armored)
    assert refused.status == INPUT and "armored" in refused.err


def test_recipients_of_other_kinds_are_refused(tmp_path):
    file = tmp_path / "recipients"
    file.write_text("\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2Y6zv0hZ0b3c8X1kz6k2oYkq0m4r5c3m1n2b3v4c5x ada@host\n")
    refused = probe("encrypt", file, 100)
    assert refused.status == INPUT and "line 2 is a key of ssh" in refused.err


@pytest.fixture(scope="module")
def small(age, recipients):
    return age("-R", recipients, stdin=b"a small file").ok()


@examples(150)
@given(st.data())
def test_both_refuse_what_was_damaged(age, pairs, small, data):
    """Bytes changed, put in, taken out, or cut: neither reads it, or both the same."""
    at = data.draw(st.integers(0, len(small) - 1))
    damaged = data.draw(st.sampled_from([
        small[:at], small[:at] + small[at + 1:], small[:at] + b"\n" + small[at:], small[:at] + small[at:at + 1] + small[at:],
        small[:at] + bytes([small[at] ^ 1]) + small[at + 1:], small[:at] + bytes([small[at] ^ 0x80]) + small[at + 1:],
        small[:at] + bytes([small[at] ^ 0x20]) + small[at + 1:], small + small[at:]]))
    theirs = age("-d", "-i", pairs[1].identity, stdin=damaged)
    ours = probe("decrypt", pairs[1].identity, data.draw(st.sampled_from([1, 17, 4096])), stdin=damaged)
    if damaged == small:
        assert ours.ok() == theirs.ok()
    else:
        assert ours.status in (INPUT, PERMISSION) and theirs.status == 1
        assert ours.out == theirs.out == b""


@examples(40)
@given(st.lists(st.sampled_from(["-> grease\n\n", "-> x y z\nAAAA\n", "-> g \n\n", "->\n\n", "-> a\nAAA\n",
                                 "-> a\nAAB\n", "-> a\n" + 64 * "A" + "\n", "-> a\n" + 64 * "A" + "\n\n", "-> a\n" + 68 * "A" + "\n\n",
                                 "-> \x7f\n\n", "-> x25519 AAAA\nAAAA\n", "-> ssh-ed25519 AAAA AAAA\nAAAA\n", "\n"]), max_size=3))
def test_both_see_the_same_grammar(age, pairs, small, stanzas):
    """Stanzas put in change the MAC: a header that is right says so, one that is not is refused before. (age looks at no
    further X25519 stanza once one was opened, owctl at all of them.)"""
    end = small.index(b"\n--- ") + 1
    changed = small[:end] + "".join(stanzas).encode() + small[end:]
    theirs = age("-d", "-i", pairs[1].identity, stdin=changed)
    ours = probe("decrypt", pairs[1].identity, 1000, stdin=changed)
    if stanzas:
        assert ours.status == INPUT and theirs.status == 1
        assert ("not what was written" in ours.err) == ("bad header MAC" in theirs.err), (ours.err, theirs.err)


def test_age_reads_a_file_of_many_chunks(age, pairs, recipients):
    """Over 256 of them, so that their number takes a second byte."""
    plain = os.urandom(1 << 20) * 20
    sealed = probe("encrypt", recipients, 1 << 20, stdin=plain).ok()
    assert age("-d", "-i", pairs[2].identity, stdin=sealed).ok() == plain
