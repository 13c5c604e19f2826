"""What stands where the SQLite database should be."""
import contextlib
import os
import random
import shutil
import sqlite3

from bad_input.case import Case

RIGHT_FILE = "is it the right file?"
RIGHT_USER = "as the user that Open WebUI runs as"
WRITER = "user create a@example.org --no-password --database {db}"


def file(name, contents, status, message, hint, **more):
    return Case(f"database: {name}", "user list --database {folder}/x.db", status, message, hint, files={"x.db": contents}, **more)


def reader(name, setup, status, message, hint, words="user list --database {db}", **more):
    return Case(f"database: {name}", words, status, message, hint, setup=setup, **more)


def writer(name, setup, status, message, hint, **more):
    return reader(f"{name}, to be written", setup, status, message, hint, words=WRITER, **more)


def cut(size):
    def setup(world):
        os.truncate(world.db, size(world.db.stat().st_size))

    return setup


def folder_there(world):
    (world.folder / "sub/webui.db").mkdir(parents=True)


def link(target):
    def setup(world):
        (world.folder / "x.db").symlink_to(target)

    return setup


def fifo(world):
    os.mkfifo(world.folder / "x.db")


def mode(of, bits):
    def setup(world):
        world.db.chmod(0o666)
        world.names["db"] = world.db
        (world.db if of == "file" else world.folder).chmod(bits)

    return setup


def in_wal_mode(world):
    """As a server leaves it that was stopped cleanly: WAL mode, no -wal, no -shm."""
    with contextlib.closing(sqlite3.connect(world.db)) as connection:
        connection.execute("pragma journal_mode = wal")
    world.db.chmod(0o644)


def torn_page(world):
    with world.db.open("r+b") as file:
        file.seek(4096)
        file.write(random.Random(1).randbytes(40 * 4096))


def far_away(world):
    return {"long": "x/" * 3000}


def cut_off(world):
    """As kill -9 leaves it in the middle of a commit that was too large for the cache."""
    with contextlib.closing(sqlite3.connect(world.db, isolation_level=None)) as connection:
        connection.execute("pragma cache_size = 2")
        connection.execute("begin immediate")
        connection.executemany("insert into tag (id, name, user_id) values (?, 'n', 'u')", ((f"{n:0200}",) for n in range(2000)))
        for end in "", "-journal":
            shutil.copyfile(f"{world.db}{end}", world.folder / f"x.db{end}")


SLASH = "is there: an absolute path begins with a slash, and has four of them in sqlite:////"
EMPTY_FOLDER = "Open WebUI keeps webui.db in its DATA_DIR"
MAKES_ONE = "`owctl migrate up` makes a new database"

CASES = [
    file("zero bytes", b"", 65, "is empty, there is no database in it", RIGHT_FILE),
    reader("cut off while it was made", lambda world: world.write("x.db", b"") and None, 65, "is empty, there is no database in it",
           "`owctl migrate up` begins anew", words="group list --database {folder}/x.db"),
    reader("cut off in a commit", cut_off, 77, "a write was cut off half-way", "a start of Open WebUI undoes it",
           words="user list --database {folder}/x.db"),
    *(reader(f"a text, for {words}", lambda world: world.write("x.db", "Lorem ipsum\n" * 1000) and None, 65, "not an SQLite database",
             RIGHT_FILE, words=f"{words} --database {{folder}}/x.db") for words in ("group list", "migrate status", "migrate up")),
    file("random bytes", random.Random(0).randbytes(100_000), 65, "not an SQLite database", RIGHT_FILE),
    file("a text", "Lorem ipsum\n" * 1000, 65, "not an SQLite database", RIGHT_FILE),
    file("nothing but SQLite's first words", b"SQLite format 3\0", 65, "not an SQLite database", RIGHT_FILE),
    reader("cut after 50 bytes", cut(lambda size: 50), 65, "damaged or cut off", "restore a backup"),
    reader("cut in half", cut(lambda size: size // 2), 65, "damaged or cut off", "restore a backup"),
    reader("the last page is missing", cut(lambda size: size - 4096), 65, "damaged or cut off", "restore a backup"),
    reader("pages of noise", torn_page, 65, "damaged or cut off", "restore a backup"),
    Case("database: nothing there", "user list --database {folder}/x.db", 78, "there is no file", MAKES_ONE),
    Case("database: a slash too few", "user list --database sqlite://{db}", 78, "there is no file", SLASH),
    Case("database: a slash too few for a new one", "migrate up --database sqlite://{folder}/new.db", 78, "there is no folder", SLASH),
    Case("database: a folder without one", "user list --database {folder}/tmp", 78, "there is no file", EMPTY_FOLDER),
    reader("a folder of that name", folder_there, 78, "is a folder, not a database file", "webui.db", words="user list --database {folder}/sub"),
    Case("database: /dev/null", "user list --database /dev/null", 78, "/dev/null is not a regular file", "webui.db"),
    reader("a pipe", fifo, 78, "is not a regular file", "webui.db", words="user list --database {folder}/x.db"),
    reader("a link to nothing", link("missing"), 78, "there is no file", EMPTY_FOLDER, words="user list --database {folder}/x.db"),
    reader("a link to itself", link("x.db"), 78, "x.db", EMPTY_FOLDER, words="user list --database {folder}/x.db"),
    Case("database: below a file", "user list --database {db}/webui.db", 78, "/webui.db is a file, not a folder", EMPTY_FOLDER),
    Case("database: to be made below a file", "migrate up --database {db}/webui.db", 78, "/webui.db is a file, not a folder", "check the path"),
    Case("database: to be made, by a name like a folder's", "migrate up --database {folder}/newinst", 78, "/newinst, and the name is none of a database file",
         "/newinst/ (and make it), for a file "),
    Case("database: to be made in a dry run, by a name like a folder's", "migrate up -n --database newinst", 78, "there is no folder newinst",
         "for a folder write newinst/ (and make it), for a file newinst.db"),
    Case("database: to be made in a folder that is to be made", "migrate up --database {folder}/newinst/", 78, "there is no folder", "create it first"),
    reader("a path too long", far_away, 78, "File name too long", EMPTY_FOLDER, words="user list --database /{long}"),
    Case("database: to be made in a folder that is not there", "migrate up --database {folder}/a/b.db", 78, "there is no folder", "create it first"),
    reader("not readable", mode("file", 0o600), 77, "Permission denied", RIGHT_USER, unprivileged=True),
    writer("not writable", mode("file", 0o444), 77, "Permission denied", RIGHT_USER, unprivileged=True),
    writer("in a folder that is not writable", mode("folder", 0o755), 77, "folder can't be written to", RIGHT_USER, unprivileged=True),
    reader("in WAL mode, in a folder that is not writable", in_wal_mode, 77, "folder can't be written to", RIGHT_USER, unprivileged=True),
    reader("to be made in a folder that is not writable", None, 77, "no file can be made in", RIGHT_USER, unprivileged=True,
           words="migrate up --database {folder}/new.db"),
    reader("in a folder that may not be entered", mode("folder", 0o700), 77, "Permission denied", RIGHT_USER, unprivileged=True),
]
