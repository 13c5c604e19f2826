#include <string.h>

#include "base/cancel.h"
#include "base/log.h"
#include "base/memory.h"
#include "db/postgresql/postgresql.h"

/* A transaction that is idle this long belongs to an owctl that was lost with its machine: its locks are let go. */
#define IDLE_TIMEOUT "'15min'"

/* How long beyond the statement time-out, when the server itself stops, it may be silent before it counts as dead. */
#define GRACE_S 5

/* All that the transaction needs to be told goes with its BEGIN in one message, and no longer than it: behind a pooler
 * the next transaction may run on another server connection. A time-out of 0 is told as well, as the role may have its
 * own, too short for a backup. */
static void add_begin(struct str *sql, const struct pg *pg, enum db_access access)
{
	const struct db_options *options = &pg->base.options;
	str_add(sql, access == DB_READ ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN");
	str_add_format(sql, "; SET LOCAL statement_timeout = '%llds'", (long long)options->statement_timeout_s);
	str_add_format(sql, "; SET LOCAL lock_timeout = '%llds'", (long long)options->lock_timeout_s);
	str_add(sql, "; SET LOCAL idle_in_transaction_session_timeout = " IDLE_TIMEOUT);
	if (PQserverVersion(pg->connection) >= 170000)
		str_add(sql, "; SET LOCAL transaction_timeout = 0");
	if (pg->schema) {
		str_add(sql, "; SET LOCAL search_path = ");
		db_add_identifier(sql, pg->schema);
	}
	str_add(sql, "; SELECT current_schema(), current_setting('transaction_read_only')");
}

static void rollback(struct db *db)
{
	struct pg *pg = (struct pg *)db;
	pg_stop(pg);
	if (pg->lost || PQtransactionStatus(pg->connection) == PQTRANS_IDLE)
		return;
	if (!PQsendQuery(pg->connection, "ROLLBACK") || !pg_settle(pg))
		pg->lost = true; /* the server rolls back when the connection ends */
}

/* PostgreSQL takes a search path to nowhere without a word. */
static fallible check_schema(const struct pg *pg, const PGresult *current)
{
	if (!pg->schema || (PQntuples(current) == 1 && !PQgetisnull(current, 0, 0)))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "%s: there is no schema \"%s\", or it may not be used",
				    pg->base.display, pg->schema),
			  "check DATABASE_SCHEMA, or create it: CREATE SCHEMA");
}

/* A standby, or a role that is set to read only, would refuse only what comes after: perhaps hours of hashing. */
static fallible check_access(const struct pg *pg, enum db_access access, const PGresult *current)
{
	bool read_only = PQntuples(current) == 1 && PQnfields(current) == 2 && !strcmp(PQgetvalue(current, 0, 1), "on");
	if (access == DB_READ || !read_only)
		return NULL;
	return error_hint(error_new(ERR_PERMISSION, "%s: transactions are read only there", pg->base.display), "%s",
			  pg_meaning_of("25006")->hint);
}

static fallible begin(struct db *db, enum db_access access)
{
	struct pg *pg = (struct pg *)db;
	const struct db_options *options = &db->options;
	TRY(cancel_check());
	AUTO(str) struct str sql = {0};
	add_begin(&sql, pg, access);
	AUTO(pg_result) PGresult *last = NULL;
	/* There is nothing to work on yet: who answers this no sooner than a connection is as good as gone. */
	pg->patience_s = options->connect_timeout_s;
	struct error *error = pg_command(pg, str_text(&sql), &last);
	if (!error)
		error = check_schema(pg, last);
	if (!error)
		error = check_access(pg, access, last);
	if (error)
		rollback(db);
	pg->patience_s =
		options->statement_timeout_s ? options->statement_timeout_s + GRACE_S : options->silence_timeout_s;
	return error;
}

/* The hint is to be this one, not that of the cause: "run it again" would be wrong. */
static fallible unknown_outcome(struct error *cause)
{
	return error_hint(error_wrap(error_without_hints(cause),
				     "cut off while committing, it is not known whether the changes were made"),
			  "look before you run the command again");
}

static fallible commit(struct db *db)
{
	struct pg *pg = (struct pg *)db;
	TRY(cancel_check());
	pg->committed = pg->warned = false;
	pg->waiting = "waiting for the server to confirm the change; a synchronous standby may be missing";
	AUTO(pg_result) PGresult *last = NULL;
	struct error *error = pg_command(pg, "COMMIT", &last);
	pg->waiting = NULL;
	db->commit_unknown = error && pg->lost;
	if (db->commit_unknown)
		return unknown_outcome(error);
	if (error && pg->committed) {
		if (pg->warned)
			log_warning("%s: committed, but the wait for the answer was cut short: a synchronous standby "
				    "may not have it yet",
				    db->display);
		/* A signal or a time-out that came too late; a signal is heeded by whatever is next. */
		error_ignore(error);
		return NULL;
	}
	if (error)
		return error;
	/* What a COMMIT of a spoilt transaction answers. */
	if (!strcmp(PQcmdStatus(last), "ROLLBACK"))
		return error_new(ERR_FAILED, "the server rolled the transaction back");
	return NULL;
}

static fallible lock(struct db *db, int64_t number)
{
	TRY(cancel_check());
	AUTO(memory) char *sql = text_format("SELECT pg_advisory_xact_lock(%lld)", (long long)number);
	return pg_command((struct pg *)db, sql, NULL);
}

static fallible script(struct db *db, const char *sql)
{
	TRY(cancel_check());
	return pg_command((struct pg *)db, sql, NULL);
}

const struct db_driver postgresql_driver = {
	.name = "PostgreSQL",
	.features = DB_CAN_COPY | DB_CAN_ENFORCE_FOREIGN_KEYS,
	.open = pg_open,
	.close = pg_close,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.lock = lock,
	.script = script,
	.query = pg_query,
	.next = pg_next,
	.cell = pg_cell,
	.cell_text = pg_cell_text,
	.rows_end = pg_rows_end,
	.rows_free = pg_rows_free,
	.load_begin = pg_load_begin,
	.load_row = pg_load_row,
	.load_end = pg_load_end,
	.load_free = pg_load_free,
	.unload = pg_unload,
};
