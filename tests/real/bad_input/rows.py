"""Files for `user import`: CSV and JSON that nobody should have written."""
import json
import os

from bad_input.case import Case

COLUMNS = "email, name, role, password"
FIRST_LINE = "the first line names the columns"
MEND = "--skip-bad"
QUOTES = "quotes inside it twice"
TEXT_FILE = "is this a text file"
LONG = "@" + ".".join(["x" * 60] * 5)


def csv(name, contents, message, hint, words="", **more):
    return Case(f"CSV: {name}", f"user import {{folder}}/in.csv {words} --database {{db}}", more.pop("status", 65), message, hint,
                files={"in.csv": contents}, **more)


def row(name, line, fault, header="email,name,role,password", **more):
    """Two rows, one of which is good: the fault is in the table on stdout, the message counts."""
    case = csv(name, b"\n".join([header.encode(), line if isinstance(line, bytes) else line.encode(), b"good@example.org,G,user,"]) + b"\n",
               "1 of 2 rows are bad; nothing was written", MEND, **more)
    case.names_on_stdout = fault
    return case


def jsonl(name, line, fault=None, message="1 of 2 rows are bad; nothing was written", hint=MEND, **more):
    line = line if isinstance(line, bytes) else line.encode() if isinstance(line, str) else json.dumps(line).encode()
    case = Case(f"JSON lines: {name}", "user import {folder}/in.jsonl --format jsonl --database {db}", 65, message, hint,
                files={"in.jsonl": line + b'\n{"email":"good@example.org"}\n'}, **more)
    case.names_on_stdout = fault
    return case


def array(name, text, fault=None, message="rows are bad; nothing was written", hint=MEND, words=""):
    return Case(f"JSON array: {name}", f"user import {{folder}}/in.json {words} --database {{db}}", 65, message, hint,
                files={"in.json": text.replace("GOOD", '{"email":"good@example.org"}')}, names_on_stdout=fault)


def unreadable(world):
    world.db.chmod(0o666)
    world.write("in.csv", "email\n", mode=0o600)


CASES = [
    csv("empty", b"", "in.csv is empty", FIRST_LINE),
    csv("line ends only", b"\n\r\n\n", "in.csv is empty", FIRST_LINE),
    csv("no header", "Ann,ann@example.org,geheim12,user\n", "the first line names no columns, it is an account already", FIRST_LINE, secret="geheim"),
    csv("a header that is none", "Ann,Ben\n", 'unknown column "Ann"', COLUMNS),
    csv("a slip in the header", "emial,name\n", 'unknown column "emial"', 'did you mean "email"? the columns are: ' + COLUMNS),
    csv("a column that is left out and no other", "id\n1\n", 'no column "email"', FIRST_LINE),
    csv("YAML", "- email: a@b.c\n  name: A\n", "looks like YAML", "CSV with a header line, a JSON array, or JSON lines"),
    csv("YAML with a mark", "---\n- email: a@b.c\n", "looks like YAML", "CSV with a header line, a JSON array, or JSON lines"),
    csv("an unknown column", "email,surname\n", 'unknown column "surname"', COLUMNS),
    csv("a column without a name", "email,,role\n", 'unknown column ""', COLUMNS),
    csv("a column twice", "email,role,EMAIL\n", "stands twice in the header", "leave one of them out"),
    csv("no mail addresses", "name,role\n", 'no column "email"', FIRST_LINE),
    csv("a control character in the header", "email,\x1b[31mname\n", "unknown column \"\\x1b[31mname\"", COLUMNS),
    csv("a column of 1000 letters", "email," + "x" * 1000 + "\n", "unknown column", COLUMNS),
    csv("a NUL", b"email\na@b.c\0\n", "in.csv:2: holds a NUL byte", TEXT_FILE),
    csv("UTF-16", "email\na@b.c\n".encode("utf-16"), "in.csv:1: holds a NUL byte", TEXT_FILE),
    csv("not UTF-8 in the header", b"em\xffail\n", 'unknown column "em\\xffail"', COLUMNS),
    csv("a quote that never ends", 'email,name\na@b.c,"Ann\nb@b.c,Ben\n', "in.csv:2: a quote is never closed", "written twice"),
    csv("text behind a quote", 'email,name\na@b.c,"Ann" Lee\n', "in.csv:2: text follows a closing quote", QUOTES),
    csv("a quote in the middle", 'email,name\na@b.c,Ann "Lee"\n', "in.csv:2: a quote stands inside a field", QUOTES),
    csv("a line of 10 MB", "email\n" + "x" * 10_000_000 + "\n", "in.csv:2: the record is longer than 1 MiB", "never closed"),
    csv("an unclosed quote and 10 MB", 'email\n"' + "x@y.z\n" * 1_700_000, "in.csv:2: the record is longer than 1 MiB", "never closed"),
    csv("a program", b"\x7fELF\x02\x01\x01" + bytes(2000), "holds a NUL byte", TEXT_FILE),
    row("no @", "ann,Ann,user,", "has no name before an @"),
    row("two @", "a@b@c.d,Ann,user,", "has more than one @"),
    row("no domain", "a@b,Ann,user,", "has no domain with a dot"),
    row("no address", ",Ann,user,", "has no mail address"),
    row("a blank in the address", "a b@c.d,Ann,user,", "holds a blank"),
    row("an address of 300 bytes", f"a{LONG},Ann,user,", "is longer than 254 bytes"),
    row("not UTF-8 in the address", b"a\xff@c.d,Ann,user,", "is not valid UTF-8"),
    row("not UTF-8 in the name", b"a@c.d,\xc3,user,", "is not valid UTF-8"),
    row("a control character in the address", "a\x07@c.d,Ann,user,", "holds a control character"),
    row("an escape sequence in the name", "a@c.d,\x1b[2J,user,", "holds a control character"),
    row("text that turns round in the name", "a@c.d,Ann \u202enimda,user,", "holds a control character"),
    row("two lines in the name", 'a@c.d,"Ann\nLee",user,', "holds a control character"),
    row("a name of blanks", 'a@c.d,"  ",user,', "is empty"),
    row("a name of 256 letters", f"a@c.d,{'é' * 256},user,", "is longer than 255 characters"),
    row("an unknown role", "a@c.d,Ann,root,", "unknown role: none of pending, user, admin"),
    row("a password where the role should be", "a@c.d,Lee,Geheim12,user", "unknown role: none of", secret="Geheim"),
    row("the same address in other letters", "GOOD@Example.org,Ann,user,", "the same address as on line"),
    row("an address that is taken", "Root@example.org,Ann,user,", "an account with this address exists"),
    row("a password of 73 bytes", f"a@c.d,Ann,user,{'x' * 73}", "73 bytes; bcrypt takes 72", secret="x" * 73),
    row("a password of 37 letters, 74 bytes", f"a@c.d,Ann,user,{'é' * 37}", "74 bytes; bcrypt takes 72", secret="é" * 37),
    row("a password that is not UTF-8", b"a@c.d,Ann,user,geheim\xff", "the password is not UTF-8", secret="geheim"),
    row("a field too few", "a@c.d,Ann", "has 2 fields where the header has 4"),
    row("a field too many", "a@c.d,Ann,user,geheim12,geheim34", "has 5 fields where the header has 4", secret="geheim"),
    row("a password in two lines", 'a@c.d,Ann,user,"geheim\ngeheim"', "the password has several lines", secret="geheim"),
    row("a hash that is none", "a@c.d,Ann,user,$1$abc$geheim", "neither bcrypt nor argon2", header="email,name,role,password_hash", secret="geheim"),
    row("argon2's first letters", "a@c.d,Ann,user,$argon2igeheim", "neither bcrypt nor argon2", header="email,name,role,password_hash", secret="geheim"),
    row("a hash that would take years", "a@c.d,Ann,user,$2b$31$" + "x" * 53, "asks for", header="email,name,role,password_hash"),
    row("password and hash", "a@c.d,Ann,geheim,$2b$12$" + "x" * 53, "both a password and a password_hash", header="email,name,password,password_hash", secret="geheim"),
    row("an unknown group", "a@c.d,Ann,user,Missing", 'there is no group "Missing"', header="email,name,role,groups"),
    row("a group with an escape sequence, to be made", "a@c.d,Ann,user,\x1b[2J", "control character", header="email,name,role,groups", words="--create-groups"),
    jsonl("no JSON", "{email}", "is not valid JSON"),
    jsonl("cut off", '{"email":"a@b.c"', "is not valid JSON"),
    jsonl("two objects in a line", '{"email":"a@b.c"}{"email":"b@b.c"}', "is not valid JSON"),
    jsonl("a list", ["a@b.c"], "is not a JSON object"),
    jsonl("a text", "\"a@b.c\"", "is not valid JSON"),
    jsonl("null", "null", "is not valid JSON"),
    jsonl("100,000 lists in each other", "[" * 100_000, "is not valid JSON"),
    jsonl("100,000 objects in each other", '{"name":' * 100_000, "is not valid JSON"),
    jsonl("a key twice", '{"email":"a@b.c","email":"b@b.c"}', "is not valid JSON"),
    jsonl("a key twice in other letters", '{"email":"a@b.c","EMAIL":"b@b.c"}', "twice"),
    jsonl("a number for an address", {"email": 5}, "email is not a text"),
    jsonl("a password with a line end", {"email": "a@b.c", "password": "geheim\n"}, "the password has several lines", secret="geheim"),
    jsonl("a list for a password", {"email": "a@b.c", "password": ["geheim"]}, "password is not a text", secret="geheim"),
    jsonl("an object for groups", {"email": "a@b.c", "groups": {}}, "groups is not a text"),
    jsonl("a number among the groups", {"email": "a@b.c", "groups": ["A", 1]}, "groups must be a list of names"),
    jsonl("a NUL in a text", '{"email":"a\\u0000@b.c"}', "is not valid JSON"),
    jsonl("half a surrogate", '{"email":"a\\ud800@b.c"}', "is not valid JSON"),
    jsonl("not UTF-8", b'{"email":"a\xff@b.c"}', "is not valid JSON"),
    jsonl("a NUL in the file", b'{"email":"a@b.c"}\0', "is not valid JSON"),
    jsonl("a huge number", '{"email":1e999}', "is not valid JSON"),
    jsonl("an unknown key", {"email": "a@b.c", "surname": "x"}, message='in.jsonl:1: unknown column "surname"', hint=COLUMNS),
    jsonl("an unknown key with an escape sequence", {"email": "a@b.c", "\x1b[2J": "x"}, message='unknown column "\\x1b[2J"', hint=COLUMNS),
    jsonl("a line of 10 MB", '{"email":"' + "x" * 10_000_000 + '"}', message="in.jsonl:1: the line is longer than 1 MiB", hint="in a line of its own"),
    array("no object", '[["a@b.c"], GOOD]', "is not a JSON object"),
    array("no comma", '[{"email":"a@b.c"} {"email":"b@b.c"}, GOOD]', "is not valid JSON"),
    array("a comma at the end", "[GOOD,]", "is not valid JSON"),
    array("a comma at the beginning", "[,GOOD]", "is not valid JSON"),
    array("an end too many", "[}, GOOD]", "is not valid JSON"),
    array("100,000 lists in each other", "[" * 100_000 + "]" * 99_999 + ",GOOD]", "is not valid JSON"),
    array("a bad row", '[GOOD,\n{"email":"a"}]', "has no name before an @"),
    array("an unknown key", '[GOOD,\n{"emial":"a"}]', message='in.json:2: unknown column "emial"', hint='did you mean "email"?'),
    array("cut off", '[\n{"email":"a@b.c"},\n{"email":"b@', message="in.json:3: the array that begins the file is never closed", hint="is the file cut off?"),
    array("cut off behind a comma", '[{"email":"a@b.c"},\n', message="is never closed", hint="is the file cut off?"),
    array("cut off at once", "[", message="is never closed", hint="is the file cut off?"),
    array("two in a file", "[GOOD]\n[GOOD]", message="in.json:2: something follows the array", hint="a file holds one array"),
    array("an object of 10 MB", '[{"email":"' + "x" * 10_000_000 + '"}]', message="in.json:1: the object is longer than 1 MiB", hint="never closed"),
    array("a NUL", '[GOOD, {"email":"a@b.c"\0}]', "is not valid JSON"),
    array("no array", '{"email":"a@b.c"}', message="is no JSON array", hint="--format jsonl", words="--format json"),
    Case("import: nothing there", "user import {folder}/missing.csv --database {db}", 65, "No such file or directory", "check the path"),
    Case("import: a folder", "user import {folder} --database {db}", 65, "is a folder", "give the path of a file"),
    Case("import: not readable", "user import {folder}/in.csv --database {db}", 77, "Permission denied", "check the path", setup=unreadable, unprivileged=True),
    Case("import: nothing on standard input", "user import - --database {db}", 65, "standard input is empty", FIRST_LINE),
]
