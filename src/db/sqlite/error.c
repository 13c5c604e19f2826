/* What SQLite's result codes mean for an operator. */
#include <errno.h>
#include <string.h>

#include "base/cancel.h"
#include "db/sqlite/sqlite.h"

static const char as_server[] = "run owctl as the user that Open WebUI runs as";
static const char beside[] =
	"SQLite writes -journal or -wal beside the file, and in WAL mode -shm even to read: run owctl where it may "
	"write into the database's folder, as the user that Open WebUI runs as";

static const struct meaning {
	int code; /* extended, or else primary */
	enum error_code error;
	const char *message; /* NULL: SQLite's own */
	const char *hint;
} meanings[] = {
	{SQLITE_READONLY_ROLLBACK, ERR_PERMISSION, "a write was cut off half-way, and can't be undone read-only",
	 "a start of Open WebUI undoes it, and so does any owctl command that may write; keep the -journal file, it "
	 "belongs to the database"},
	{SQLITE_READONLY_RECOVERY, ERR_PERMISSION, "its -wal file must be recovered, which can't be done read-only",
	 "start Open WebUI once, or run owctl where it may write into the database's folder"},
	{SQLITE_READONLY_CANTINIT, ERR_PERMISSION, "its -shm file is not usable, and can't be made anew read-only",
	 "run owctl where it may write into the database's folder"},
	{SQLITE_READONLY_DBMOVED, ERR_FAILED, "the file was moved or deleted while it was open", NULL},
	{SQLITE_READONLY_DIRECTORY, ERR_PERMISSION, "the database's folder can't be written to", beside},
	{SQLITE_READONLY, ERR_PERMISSION, NULL, as_server},
	{SQLITE_PERM, ERR_PERMISSION, NULL, as_server},
	{SQLITE_AUTH, ERR_FAILED,
	 "refused: it would touch the database file in a way that a running Open WebUI can't stand", NULL},
	{SQLITE_BUSY, ERR_BUSY, "locked by another program", "try again, or wait longer for it (--timeout)"},
	{SQLITE_LOCKED, ERR_BUSY, NULL, NULL},
	{SQLITE_PROTOCOL, ERR_BUSY, NULL, NULL},
	{SQLITE_NOTADB, ERR_INPUT, "not an SQLite database",
	 "is it the right file? If SQLCipher has encrypted it: " DB_ENCRYPTED_HINT},
	{SQLITE_CORRUPT, ERR_INPUT, "the database is damaged or cut off (database disk image is malformed)",
	 "keep a copy of the file with its -wal before anything else, then restore a backup"},
	{SQLITE_CONSTRAINT, ERR_INPUT, NULL, NULL},
	{SQLITE_MISMATCH, ERR_INPUT, NULL, NULL},
	{SQLITE_TOOBIG, ERR_INPUT, NULL, NULL},
	{SQLITE_FULL, ERR_FAILED, "the disk is full",
	 "what was begun is undone: make room and run the same command again"},
	{SQLITE_CANTOPEN, ERR_PERMISSION, "the database or its -wal, -shm or -journal file can't be opened",
	 beside},
	{SQLITE_IOERR, ERR_FAILED, NULL, "look at the disk and at the kernel's log"},
};

static const struct meaning *meaning_of(int code)
{
	for (size_t i = 0; i < COUNT(meanings); i++)
		if (meanings[i].code == code || meanings[i].code == (code & 0xff))
			return &meanings[i];
	return NULL;
}

/* The file's troubles are told with its name; those of a statement are not. */
static bool about_statement(int code)
{
	int primary = code & 0xff;
	return primary == SQLITE_ERROR || primary == SQLITE_CONSTRAINT || primary == SQLITE_MISMATCH ||
	       primary == SQLITE_TOOBIG || primary == SQLITE_RANGE || primary == SQLITE_AUTH;
}

static fallible stopped(const struct sqlite *sqlite)
{
	if (cancel_requested())
		return cancel_check();
	return error_hint(error_new(ERR_BUSY, "statement stopped after %lld s",
				    (long long)sqlite_timeout_s(sqlite)),
			  "give it more time (--timeout)");
}

/* The words for `code`, of which the connection need not know: a step of a copy keeps its own. */
static const char *words_of(struct sqlite *sqlite, int code)
{
	bool known = (sqlite3_extended_errcode(sqlite->handle) & 0xff) == (code & 0xff);
	return known ? sqlite3_errmsg(sqlite->handle) : sqlite3_errstr(code);
}

static fallible of_meaning(struct sqlite *sqlite, int code, const struct meaning *meaning)
{
	const char *text = meaning->message ? meaning->message : words_of(sqlite, code);
	int errnum = sqlite3_system_errno(sqlite->handle);
	bool file = meaning->code == SQLITE_CANTOPEN || meaning->code == SQLITE_IOERR;
	/* SQLite's message of a failed write does not say that the disk is full when it was not the database's own. */
	if (file && (errnum == ENOSPC || errnum == EDQUOT))
		return of_meaning(sqlite, SQLITE_FULL, meaning_of(SQLITE_FULL));
	if (file && (errnum == EMFILE || errnum == ENFILE))
		return error_hint(error_system(errnum, "the database can't be opened"),
				  "allow more open files (ulimit -n)");
	struct error *error;
	if (file && errnum && errnum != ENOENT)
		error = error_new(meaning->error, "%s: %s", text, strerrordesc_np(errnum));
	else
		error = error_new(meaning->error, "%s", text);
	return meaning->hint ? error_hint(error, "%s", meaning->hint) : error;
}

fallible sqlite_error(struct sqlite *sqlite, int code)
{
	int primary = code & 0xff;
	if (primary == SQLITE_INTERRUPT || (primary == SQLITE_BUSY && cancel_requested()))
		return stopped(sqlite);
	const struct meaning *meaning = meaning_of(code);
	sqlite->base.blocked = primary == SQLITE_BUSY || primary == SQLITE_LOCKED;
	struct error *error = meaning ? of_meaning(sqlite, code, meaning)
				      : error_new(ERR_FAILED, "%s", words_of(sqlite, code));
	return about_statement(code) ? error : error_wrap(error, "%s", sqlite->base.display);
}
