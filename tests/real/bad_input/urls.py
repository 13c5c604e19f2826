"""URLs of databases. Each holds a password where it can: it must not come out again."""
from bad_input.case import Case

WRITE = "write sqlite:////"
KEYWORDS = "Parameter Key Words"


def flag(name, url, message, hint, status=78):
    return Case(f"--database: {name}", ["user", "list", "--database", url], status, message, hint, secret="geheim")


def variable(name, url, message, hint, status=78):
    return Case(f"DATABASE_URL: {name}", "user list", status, message, hint, env={"DATABASE_URL": url}, secret="geheim")


def parts(name, message, hint, **wrong):
    right = {"TYPE": "postgresql", "USER": "u", "PASSWORD": "geheim", "HOST": "h", "PORT": "1", "NAME": "db"}
    environment = {f"DATABASE_{part}": value for part, value in {**right, **wrong}.items()}
    return Case(f"DATABASE_*: {name}", "user list", 78, message, hint, env=environment, secret="geheim")


CASES = [
    variable("a bare path", "webui.db", "DATABASE_URL (environment): this is not a database URL", WRITE),
    variable("no scheme", "://u:geheim@h/db", "this is not a database URL", WRITE),
    variable("nothing but a scheme", "postgresql", "this is not a database URL", WRITE),
    variable("blanks in front", " postgresql://u:geheim@h/db", "this is not a database URL", WRITE),
    variable("another engine", "mysql://root:geheim@h/db", "owctl does not work with mysql databases", "SQLite (sqlite:///"),
    variable("a line end behind it", "postgresql://u:geheim@h/db\n", "holds a control character", "stray line end"),
    variable("an escape sequence", "postgresql://u:geheim\x1b[2J@h/db", "holds a control character", "stray line end"),
    variable("a NUL, encoded", "postgresql://u:geheim%00@h/db", "bytes that are not UTF-8, or %00", "percent-encode"),
    variable("not UTF-8, encoded", "postgresql://u:geheim%ff@h/db", "bytes that are not UTF-8", "percent-encode"),
    variable("not UTF-8", b"postgresql://u:geheim\xff@h/db", "not UTF-8", "mend it there: DATABASE_URL is"),
    variable("an @ in the password", "postgresql://u:ge@geheim@h/db", "the host in the database URL holds an @", "write @ as %40"),
    variable("no host behind the password", "postgresql://u:geheim/db", "is not a number from 1 to 65535", "write @ as %40"),
    variable("a word for a port", "postgresql://u:geheim@h:five/db", "is not a number from 1 to 65535", "write @ as %40"),
    variable("port 0", "postgresql://u:geheim@h:0/db", "is not a number from 1 to 65535", "write @ as %40"),
    variable("port 65536", "postgresql://u:geheim@h:65536/db", "is not a number from 1 to 65535", "write @ as %40"),
    variable("a negative port", "postgresql://u:geheim@h:-1/db", "is not a number from 1 to 65535", "write @ as %40"),
    variable("an unclosed bracket", "postgresql://u:geheim@[::1/db", "the [] in the database URL do not hold a host", "[2001:db8::1]:5432"),
    variable("an unknown parameter", "postgresql://u:geheim@h/db?nonsense=1", 'the parameter "nonsense"', KEYWORDS),
    variable("an unknown sslmode", "postgresql://u:geheim@h/db?sslmode=sometimes", "sslmode", "one of disable, allow"),
    variable("SQLite with a host", "sqlite://webui.db", "a SQLite URL has no host", "third slash"),
    variable("SQLite in memory", "sqlite:///:memory:", "in memory holds nothing", WRITE),
    variable("SQLite without a path", "sqlite://", "in memory holds nothing", WRITE),
    variable("SQLCipher", "sqlite+sqlcipher:///webui.db", "encrypted SQLite database", "sqlcipher_export"),
    flag("a slash too few", "postgresql:/u:geheim@h/db", 'has no "://"', "postgresql://user:password@host"),
    flag("empty", "", "--database has an empty value", "is it a shell variable that is not set?", status=64),
    flag("a quote that is not closed", "host=h password='geheim", "does not understand these key=value pairs", "host=db port=5432"),
    flag("an unknown key", "hots=h password=geheim", "does not understand these key=value pairs", "host=db port=5432"),
    flag("an unknown service", "service=missing password=geheim", "missing", "PGSERVICEFILE"),
    flag("100 KB of path", "postgresql://u:geheim@h/" + "x" * 100_000 + "?y=1", 'the parameter "y"', KEYWORDS),
    parts("an unknown type", "DATABASE_TYPE (environment): owctl does not work with mariadb databases", "write postgresql", TYPE="mariadb"),
    parts("a type with blanks", "DATABASE_TYPE (environment): this is not a database URL", "write postgresql", TYPE="postgre sql"),
    parts("an @ in the password", "DATABASE_PASSWORD (environment): a character in it ends it in a URL", "@ as %40", PASSWORD="ge@geheim"),
    parts("an @ and a / in the password", "DATABASE_PASSWORD (environment): a character in it", "percent-encode it", PASSWORD="h@geheim/x"),
    parts("a / in the user", "DATABASE_USER (environment): a character in it ends it in a URL", "/ as %2F", USER="geheim/x"),
    parts("a word for a port", "DATABASE_PORT (environment): the port in the database URL is not a number", "PostgreSQL's own is 5432", PORT="five"),
    parts("a host with a port", "DATABASE_HOST (environment): ", "a name or an address alone", HOST="h:1"),
    Case("DATABASE_*: one of them alone", "user list", 78, "no database is given", "DATABASE_TYPE (environment) is set, but DATABASE_USER",
         env={"DATABASE_TYPE": "postgresql"}),
    Case("nothing at all", "user list", 78, "no database is given", "use --database", db=False),
    Case("DATA_DIR that is not there", "user list", 78, "there is no file", "DATA_DIR", env={"DATA_DIR": "{folder}/missing"}),
]
