/* Where a database is, worked out from the URL forms that Open WebUI takes (SQLAlchemy URLs; its env.py and
 * internal/db.py), before anything is opened.
 *
 *   sqlite:///relative.db            path relative to the working folder
 *   sqlite:////var/lib/webui.db      absolute path
 *   sqlite+aiosqlite:///..., sqlite+sqlcipher:///...  (the latter is refused: encrypted, owctl has no SQLCipher)
 *   postgres://, postgresql://, postgresql+psycopg2://, +psycopg://, +asyncpg://, +pg8000:// ...
 *       user:password@host:port/name?sslmode=require&host=/run/postgresql   percent-encoded as in RFC 3986;
 *       several hosts "a:1,b:2"; "ssl=" of asyncpg taken as sslmode; every other parameter that libpq knows
 *   service=NAME or key=value pairs  libpq's own conninfo, for --database only
 *   /var/lib/webui.db, ./webui.db    a bare path, for --database only
 *   a folder                         webui.db in it, for --database only
 */
#ifndef DB_TARGET_H
#define DB_TARGET_H

#include <stdbool.h>

#include "base/error.h"

enum db_engine { DB_SQLITE, DB_POSTGRESQL };

enum db_password {
	DB_TAKES_NO_PASSWORD,
	DB_PASSWORD_ELSEWHERE, /* PGPASSWORD, the password file, or none is needed */
	DB_PASSWORD_GIVEN,
};

struct db_target {
	enum db_engine engine;
	char *path;     /* SQLite: the file as given */
	char *conninfo; /* PostgreSQL: keyword='value' pairs for PQconnectdb; holds the password */
	char *schema;   /* DATABASE_SCHEMA, or NULL; SQLite has no schemas and does not look */
	enum db_password password;
	char *display;  /* for people and logs: engine, host, database; never a secret */
	bool doubtful;  /* an @ in the URL is not encoded: user, host and database may be pieces of the password */
};

/* `bare` also allows what is for --database only. ERR_SETTINGS with a hint; messages never hold the password. */
fallible db_target_parse(const char *url, bool bare, struct db_target *target) MUST_CHECK;

/* Builds the URL that Open WebUI would from DATABASE_TYPE, _USER, _PASSWORD, _HOST, _PORT, _NAME (any may be NULL):
 * NULL unless type, user or password, host, port and name are all there. Like Open WebUI it does not percent-encode.
 * To be released with secret_free. */
char *db_url_from_parts(const char *type, const char *user, const char *password, const char *host, const char *port,
			const char *name);

/* What to do about a database that SQLCipher has encrypted. Releases of Open WebUI open one up to 0.8.12 only. */
#define DB_ENCRYPTED_HINT                                                                                        \
	"owctl has no SQLCipher, and neither has Open WebUI from 0.9 on; make a plain copy while the server is " \
	"stopped, in the program sqlcipher: PRAGMA key = '..'; ATTACH DATABASE 'plain.db' AS plain KEY ''; "     \
	"SELECT sqlcipher_export('plain'); and have DATABASE_URL=sqlite:////..plain.db name that"

void db_target_cleanup(struct db_target *target);

#endif
