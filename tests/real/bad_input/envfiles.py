"""Environment files, and settings whose values lie in files of their own."""
from bad_input.case import Case

NAME_VALUE = "write NAME=VALUE"
CLOSE = "close it, or write"


def env_file(name, contents, message, hint, status=78, **more):
    return Case(f"env file: {name}", "user list --env-file {folder}/x.env", status, message, hint, files={"x.env": contents},
                secret="geheim", **more)


def held(name, message, hint, env, status=78, **more):
    return Case(f"NAME_FILE: {name}", "user list", status, message, hint, env=env, secret="geheim", **more)


def link_to_itself(world):
    (world.folder / "x.env").symlink_to("x.env")


def unreadable(world):
    world.db.chmod(0o666)
    world.write("x.env", "A=1\n", mode=0o600)


CASES = [
    env_file("no name", "A=1\n=geheim\n", "x.env:2: no name in front of the value", NAME_VALUE),
    env_file("no =", "DATABASE_URL geheim\n", "x.env:1: no \"=\" behind the name", NAME_VALUE),
    env_file("a colon", "DATABASE_URL: geheim\n", "x.env:1: no \"=\" behind the name", NAME_VALUE),
    env_file("a quote that is not closed", "A='geheim\nB=2\n", "x.env:1: the quote that opens the value is never closed", CLOSE),
    env_file("text behind a quote", 'A="geheim"x\n', "x.env:1: text behind the closing quote", "put the whole value in quotes"),
    env_file("a control character in a name", "A\x1b[2J=geheim\n", "x.env:1: a control character in a name", NAME_VALUE),
    env_file("a NUL", b"A=1\nB=geheim\0\n", "x.env:2: a NUL byte", "is this a text file?"),
    env_file("not UTF-8", b"A=1\nB=2\nC=geheim\xff\n", "x.env:3: not UTF-8", "save the file as UTF-8"),
    env_file("UTF-16", "A=geheim\n".encode("utf-16"), "x.env:1: ", "text file"),
    env_file("2 MB", "#" * 2_000_000, "x.env is larger than 1048576 bytes", "is it the right file?"),
    env_file("a bad URL in it", "A=1\n\nDATABASE_URL=mysql://u:geheim@h/x\n", "DATABASE_URL (", "SQLite (sqlite:///"),
    env_file("a value with an escape sequence", 'DATABASE_URL="\x1b[2J"\n', "DATABASE_URL (", "write sqlite:////"),
    env_file("a variable and its file", "DATABASE_PASSWORD=geheim\nDATABASE_PASSWORD_FILE=/x\n", "are both set", "unset one of them"),
    env_file("a file that is not there", "DATABASE_URL_FILE={folder}/missing\n", "missing: No such file", "check the path"),
    Case("env file: nothing there", "user list --env-file {folder}/x.env", 78, "No such file or directory", "check the path"),
    Case("env file: a folder", "user list --env-file {folder}", 78, "is a folder", "give the path of a file"),
    Case("env file: a link to itself", "user list --env-file {folder}/x.env", 78, "Too many levels of symbolic links", "check the path", setup=link_to_itself),
    Case("env file: a name too long", ["user", "list", "--env-file", "x" * 5000], 78, "File name too long", "check the path"),
    Case("env file: not readable", "user list --env-file {folder}/x.env", 77, "Permission denied", "check the path", setup=unreadable, unprivileged=True),
    held("both", "are both set", "unset one of them", {"DATABASE_URL": "sqlite:///geheim", "DATABASE_URL_FILE": "{folder}/x"}),
    held("nothing there", "No such file or directory", "check the path", {"DATABASE_URL_FILE": "{folder}/missing"}),
    held("a folder", "is a folder", "give the path of a file", {"DATABASE_URL_FILE": "{folder}"}),
    held("empty", "the value is empty", "mend it there: DATABASE_URL is", {"DATABASE_URL_FILE": "{folder}/x"}, files={"x": ""}),
    held("line ends only", "the value is empty", "mend it there: DATABASE_URL is", {"DATABASE_URL_FILE": "{folder}/x"}, files={"x": "\r\n\n"}),
    held("a NUL", "holds a NUL byte", "mend it there: DATABASE_URL is", {"DATABASE_URL_FILE": "{folder}/x"}, files={"x": b"geheim\0"}),
    held("not UTF-8", "is not UTF-8", "mend it there: DATABASE_URL is", {"DATABASE_URL_FILE": "{folder}/x"}, files={"x": b"geheim\xff"}),
    held("100 KB", "is larger than 65536 bytes", "is it the right file?", {"DATABASE_URL_FILE": "{folder}/x"}, files={"x": b"geheim" * 20_000}),
    held("two lines", "holds a control character", "stray line end", {"DATABASE_URL_FILE": "{folder}/x"}, files={"x": "postgresql://u:geheim@h/d\nb\n"}),
    Case("a run id with blanks", "user list --database {db}", 78, "OWCTL_RUN_ID (environment) is no name of a run", "deploy-4711",
         env={"OWCTL_RUN_ID": "all of geheim"}, secret="geheim"),
    Case("an algorithm that nobody knows", "user create a@example.org --generate --database {db}", 78,
         'PASSWORD_HASH_ALGORITHM (environment): unknown algorithm "md5"', "bcrypt and argon2", env={"PASSWORD_HASH_ALGORITHM": "md5"}),
]
