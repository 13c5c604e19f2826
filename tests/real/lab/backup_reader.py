"""Reads repositories of backups, written from docs/backup-format.md alone: it shares nothing with owctl but that page,
and the programs age and zstd. Whatever is not as the page and the hashes say raises Damaged."""
import ctypes
import dataclasses
import functools
import hashlib
import io
import json
import pathlib
import re
import sqlite3
import subprocess
import tarfile

PLACE = re.compile(r"(z?)([0-9a-f]{32}):(\d+):(\d+):([0-9a-f]{64})")
FIELD = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}
# https://www.postgresql.org/docs/current/sql-copy.html
ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))", re.DOTALL)
LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
# The first that is in a declared type says what its column's texts are in SQLite.
DECLARED = [("int", "number"), ("char", "text"), ("clob", "text"), ("text", "text"), ("blob", "bytes"), ("real", "real"),
            ("floa", "real"), ("doub", "real"), ("bool", "boolean"), ("bytea", "bytes"), ("binary", "bytes")]
NUMBER = re.compile(rb"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
INFINITE = re.compile(rb"-?Infinity")
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


class Damaged(Exception):
    pass


def check(holds, *what):
    if not holds:
        raise Damaged(*what)


def digest(data, key=b""):
    return hashlib.blake2b(data, digest_size=32, key=key)


@functools.cache
def xxh3():
    function = ctypes.CDLL("libxxhash.so.0").XXH3_64bits
    function.argtypes, function.restype = (ctypes.c_char_p, ctypes.c_size_t), ctypes.c_uint64
    assert function(b"", 0) == 0x2D06800538D394C2
    return function


def run(*command, stdin):
    done = subprocess.run(command, input=stdin, capture_output=True)
    check(done.returncode == 0, command, done.stderr)
    return done.stdout


def bytes_of_recipient(text):
    """The 32 bytes of an age1.. as BIP 173 writes them, without its sum."""
    bits = "".join(f"{BECH32.index(letter):05b}" for letter in text.removeprefix("age1")[:-6])
    return int(bits[:256], 2).to_bytes(32, "big")


def fields_of(line):
    return [re.sub(r"\\(.)", lambda match: FIELD[match[1]], field) for field in line.split("\t")]


def lines_of(data):
    check(data[-1:] in (b"", b"\n"), "the last line has no end")
    return data.split(b"\n")[:-1]


def copy_value(field):
    """The bytes of a field of COPY's text format, or None."""
    if field == rb"\N":
        return None
    if b"\\" not in field:
        return field

    def unescape(match):
        code, octal, letter = match.groups()
        return bytes([int(code, 16) if code else int(octal, 8)]) if code or octal else LETTERS.get(letter, letter)

    return ESCAPE.sub(unescape, field)


def lines_skipped(text):
    """The numbers of "3+2,9": 3, 4 and 9."""
    return {int(first) + more for first, _, count in (part.partition("+") for part in text.split(",") if part) for more in range(int(count or 1))}


@dataclasses.dataclass
class Table:
    name: str
    rows: int
    sum: str
    columns: list  # [(name, type)]
    segments: list = dataclasses.field(default_factory=list)  # [(lines, bytes, place, odd, numbers of lines that are no rows)]


@dataclasses.dataclass
class File:
    root: str
    path: str
    size: int | None  # None: it was not there
    modified: int | None
    hash: str | None
    places: list


class Repository:
    def __init__(self, folder, identity):
        self.folder = pathlib.Path(folder)
        self.identity = identity
        self.about = json.loads((self.folder / "owctl-repository.json").read_bytes())
        check(self.about["format"] == 1, "an unknown format")

    def ids(self):
        return sorted(path.stem for path in self.folder.glob("snapshots/*.json"))

    def snapshot(self, id=None):
        return Snapshot(self, id or self.ids()[-1])

    def object(self, name, size, hash):
        """The decrypted bytes of an object."""
        data = (self.folder / name).read_bytes()
        check((len(data), digest(data).hexdigest()) == (size, hash), name)
        return run("age", "-d", "-i", str(self.identity), stdin=data)


class Snapshot:
    def __init__(self, repository, id):
        self.repository = repository
        first, second, rest = (repository.folder / f"snapshots/{id}.json").read_bytes().split(b"\n")
        self.record = json.loads(first)
        check(self.record["format"] == 1 and self.record["snapshot"] == id and rest == b"", id)
        self._packs = {pack: (size, hash) for pack, size, hash in self.record["packs"]}
        self._opened = {}
        archive = repository.object(f"manifests/{id}.tar.age", **self.record["manifest"])
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            self.members = {member.name: tar.extractfile(member).read() for member in tar}
        self.manifest = json.loads(self.members["manifest.json"])
        check(second == b"mac " + self._mac(first + b"\n").hexdigest().encode(), "the MAC")
        check([self.manifest[name] for name in ("format", "snapshot", "time", "label")]
              == [self.record[name] for name in ("format", "snapshot", "time", "label")], "another manifest")

    def _mac(self, line):
        keys = sorted(self.manifest["recipients"], key=bytes_of_recipient)
        text = "".join(f"{line}\n" for line in ["owctl repository key 1", *keys])
        return digest(line, digest(text.encode(), bytes.fromhex(self.repository.about["salt"])).digest())

    def at(self, place):
        """The bytes at a place, decompressed where it is compressed."""
        compressed, pack, offset, size, hash = PLACE.fullmatch(place).groups()
        if pack not in self._opened:
            self._opened[pack] = self.repository.object(f"packs/{pack[:2]}/{pack}.tar.age", *self._packs[pack])
        data = self._opened[pack][int(offset):int(offset) + int(size)]
        check((len(data), digest(data).hexdigest()) == (int(size), hash), place)
        return run("zstd", "-dcq", stdin=data) if compressed else data

    def _list(self, name):
        return [fields_of(line.decode("utf-8", "surrogateescape")) for line in lines_of(run("zstd", "-dcq", stdin=self.members[name]))]

    def tables(self, database="main"):
        found = {name: Table(name, int(rows), sum, list(zip(columns[::2], columns[1::2])))
                 for name, rows, sum, *columns in self._list(f"{database}.tables.zst")}
        for table, lines, size, place, odd, skipped in self._list(f"{database}.segments.zst"):
            found[table].segments.append((int(lines), int(size), place, odd, lines_skipped(skipped)))
        return list(found.values())

    def lines(self, table):
        """Of each segment its lines that are rows, as (number, line), and, by number and column, (class, value) of what is odd in it; then, whether the
        table is what the manifest says."""
        count = total = 0
        for stored, size, place, odd, skipped in table.segments:
            data = self.at(place)
            lines = lines_of(data)
            check((len(data), len(lines)) == (size, stored), table.name, place)
            check(all(line < stored for line in skipped), table.name, place)
            count += stored - len(skipped)
            total += sum(xxh3()(line, len(line)) for line in lines)
            values = [line.split(b"\t") for line in lines_of(self.at(odd))] if odd else []
            check(all(int(row) < stored for row, *_ in values), table.name, odd)
            yield ([(number, line) for number, line in enumerate(lines) if number not in skipped],
                   {(int(row), int(column)): (kind.decode(), copy_value(value)) for row, column, kind, value in values})
        check((count, f"{total % 2**64:016x}") == (table.rows, table.sum), table.name)

    def rows(self, table):
        """Rows as lists of bytes, None, and of what is odd (class, bytes)."""
        for lines, odd in self.lines(table):
            for number, line in lines:
                fields = line.split(b"\t")
                check(len(fields) == len(table.columns), table.name, number)
                yield [odd[number, column] if (number, column) in odd else copy_value(field) for column, field in enumerate(fields)]

    def files(self):
        for root, path, size, *rest in self._list("files.zst"):
            modified, hash, *places = rest or (None, None)
            yield File(root, path, None if size == "-" else int(size), modified and int(modified), hash, places)

    def content(self, file):
        data = b"".join(self.at(place) for place in file.places)
        check((len(data), digest(data).hexdigest()) == (file.size, file.hash), file.path)
        return data

    def check_all(self):
        """Reads everything."""
        rows = sum(sum(1 for _ in self.rows(table)) for database in self.manifest["databases"] for table in self.tables(database["name"]))
        there = [file for file in self.files() if file.size is not None]
        contents = sum(len(self.content(file)) for file in there)
        check((rows, len(there), contents) == (self.record["rows"], len(there), self.manifest["files"]["bytes"]), "the counts")

    def restore_files(self, folder):
        for file in self.files():
            if file.size is not None:
                path = pathlib.Path(folder) / file.root / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.content(file))

    def sql(self, part, database="main"):
        return self.members[f"{database}.{part}.sql"].decode()

    def restore_sqlite(self, path):
        connection = sqlite3.connect(path, isolation_level=None)
        connection.executescript(self.sql("before"))
        connection.execute("begin")
        for table in self.tables():
            insert = f"insert into {quoted(table.name)} ({', '.join(quoted(name) for name, _ in table.columns)}) values "
            for row in self.rows(table):
                values = [sqlite_value(value, type) for value, (_, type) in zip(row, table.columns)]
                marks = ", ".join("cast(? as text)" if isinstance(value, Text) else "?" for value in values)
                connection.execute(f"{insert} ({marks})", values)
        connection.execute("commit")
        connection.executescript(self.sql("after"))
        connection.close()

    def restore_postgresql(self, connection, database="main"):
        """An open connection of psycopg to an empty database."""
        connection.execute(self.sql("before", database))
        for table in self.tables(database):
            columns = ", ".join(quoted(name) for name, _ in table.columns)
            with connection.cursor().copy(f"copy {quoted(table.name)} ({columns}) from stdin") as copy:
                for lines, _ in self.lines(table):
                    copy.write(b"".join(line + b"\n" for _, line in lines))
        connection.execute(self.sql("after", database))
        connection.commit()


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


class Text(bytes):
    """For SQLite, that takes a text of any bytes only as `cast(? as text)`."""


def declared(type):
    return next((kind for word, kind in DECLARED if word in type), "number" if type else "text")


def sqlite_value(value, type):
    """Of what rows() yields the value that SQLite keeps in a column of that type."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return {"integer": int, "real": float, "text": Text, "blob": blob}[value[0]](value[1])
    kind = declared(type)
    if kind == "boolean" and value in (b"t", b"f"):
        return value == b"t"
    if kind == "bytes" and re.fullmatch(rb"\\x([0-9a-f]{2})*", value):
        return blob(value)
    if kind == "real" and INFINITE.fullmatch(value) or kind in ("real", "number") and NUMBER.fullmatch(value):
        return int(value) if value.lstrip(b"-").isdigit() and value != b"-0" and -2**63 <= int(value) < 2**63 else float(value)
    return Text(value)


def blob(value):
    return bytes.fromhex(value[2:].decode())
