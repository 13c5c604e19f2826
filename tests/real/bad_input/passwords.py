"""Files with a password."""
import os

from bad_input.case import Case

CREATE = "user create a@example.org --database {db} --password-file {folder}/p"
CHECK = "user check-password root@example.org --database {db} --password-stdin"
SHORTER = "use a shorter one"


def password(name, contents, message, hint, status=65, words=CREATE, **more):
    return Case(f"password: {name}", words, status, message, hint, files={} if contents is None else {"p": contents}, **more)


def public(world):
    world.write("p", "geheim", mode=0o644)


def with_password(world):
    world.run(["user", "passwd", "root@example.org", "--password-stdin", "--database", str(world.db)], stdin=b"another one").ok()


def foreign(world):
    world.write("p", "geheim", mode=0o600)
    world.db.chmod(0o666)


CASES = [
    password("no file", None, "p: No such file or directory", "check the path"),
    password("a folder", None, "is a folder", "give the path of a file", words=CREATE.replace("/p", "")),
    password("empty", b"", "the password is empty", "one byte at least"),
    password("a line end", b"\n", "the password is empty", "one byte at least"),
    password("73 bytes", b"x" * 73, "the password has 73 bytes; bcrypt takes 72 at most", SHORTER, secret="x" * 73),
    password("37 letters, 74 bytes", "é" * 37, "the password has 74 bytes", SHORTER, secret="é" * 37),
    password("a NUL", b"geheim\0geheim", "holds a NUL byte", "is it the right file?", secret="geheim"),
    password("not UTF-8", b"geheim\xff", "the password is not UTF-8", "UTF-8", secret="geheim"),
    password("1 MB", b"geheim" * 200_000, "is larger than 65536 bytes", "is it the right file?", secret="geheim"),
    password("for everybody to read", None, "is readable by everybody", "chmod o-r", 77, setup=public, secret="geheim"),
    password("for somebody else to read", None, "Permission denied", "check the path", 77, setup=foreign, unprivileged=True, secret="geheim"),
    password("nothing on standard input", None, "the password is empty", "one byte at least", words="user create a@example.org --database {db} --password-stdin"),
    password("a new one of 73 bytes", None, "the password has 73 bytes", SHORTER, words="user passwd root@example.org --database {db} --password-stdin",
             stdin=b"x" * 73, secret="x" * 73),
    password("a new one that is empty", None, "the password is empty", "one byte at least", words="user passwd root@example.org --database {db} --password-stdin"),
    password("two lines", b"geheim\ngeheim\n", "the password has several lines", "on one line", secret="geheim"),
    password("two line ends", b"geheim\r\n\r\n", "the password has several lines", "on one line", secret="geheim"),
    password("a new one in two lines", None, "the password has several lines", "on one line", words="user passwd root@example.org --database {db} --password-stdin",
             stdin=b"geheim\ngeheim\n", secret="geheim"),
    password("an escape sequence", b"geheim\x1b[A", "the password holds a control character", "nobody could type it", secret="geheim"),
    password("none to check", None, "the password is empty", "one byte at least", words=CHECK),
    password("a wrong one", None, "this is not the password of root@example.org", None, 2, words=CHECK, setup=with_password, stdin=b"geheim", secret="geheim"),
    password("one for an account without", None, "the account has no password", "`owctl user passwd root@example.org`", 2, words=CHECK, stdin=b"geheim", secret="geheim"),
]
