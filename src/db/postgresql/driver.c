#include <string.h>

#include "base/cancel.h"
#include "base/log.h"
#include "base/memory.h"
#include "db/postgresql/postgresql.h"

/* A transaction that is idle this long belongs to an owctl that was lost with its machine: its locks are let go. */
#define IDLE_TIMEOUT "'15min'"

/* Before what the path has by now. */
static void add_preferred(struct str *sql, const struct pg *pg)
{
	AUTO(str) struct str name = {0};
	db_add_identifier(&name, pg->base.preferred);
	char *literal = PQescapeLiteral(pg->connection, str_text(&name), name.size);
	str_add_format(sql,
		       "SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', %s,"
		       " nullif(current_setting('search_path'), '')), true); ",
		       literal ? literal : "NULL");
	PQfreemem(literal);
}

/* All that the transaction needs to be told goes with its BEGIN in one message, and no longer than it: behind a pooler
 * the next transaction may run on another server connection. */
static void add_begin(struct str *sql, const struct pg *pg, enum db_access access, const char *snapshot)
{
	str_add(sql, access == DB_READ ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; " : "BEGIN; ");
	if (snapshot) /* before anything is read */
		str_add_format(sql, "SET TRANSACTION SNAPSHOT '%s'; ", snapshot);
	pg_add_settings(sql, pg, "SET LOCAL", pg->base.options.statement_timeout_s);
	if (pg->base.preferred)
		add_preferred(sql, pg);
	str_add(sql, "SET LOCAL idle_in_transaction_session_timeout = " IDLE_TIMEOUT "; " PG_ASK_STATE);
}

static void rollback(struct db *db)
{
	struct pg *pg = (struct pg *)db;
	pg_stop(pg);
	if (!pg->lost && PQtransactionStatus(pg->connection) != PQTRANS_IDLE)
		pg_tell(pg, "ROLLBACK"); /* by the server when the connection ends, if it does not hear this */
}

/* A standby, or a role that is set to read only, would refuse only what comes after: perhaps hours of hashing. */
static fallible check_access(const struct pg *pg, enum db_access access, const PGresult *state)
{
	bool read_only = PQntuples(state) == 1 && PQnfields(state) == 3 && !strcmp(PQgetvalue(state, 0, 1), "on");
	if (access == DB_READ || !read_only)
		return NULL;
	return error_hint(error_new(ERR_PERMISSION, "%s: transactions are read only there", pg->base.display), "%s",
			  pg_meaning_of("25006")->hint);
}

static fallible begin_at(struct db *db, enum db_access access, const char *snapshot)
{
	struct pg *pg = (struct pg *)db;
	TRY(cancel_check());
	AUTO(str) struct str sql = {0};
	add_begin(&sql, pg, access, snapshot);
	AUTO(pg_result) PGresult *last = NULL;
	/* There is nothing to work on yet: who answers this no sooner than a connection is as good as gone. */
	pg->patience_s = db->options.connect_timeout_s;
	struct error *error = pg_command(pg, str_text(&sql), &last);
	if (!error)
		error = pg_check_state(pg, last);
	if (!error)
		error = check_access(pg, access, last);
	if (error)
		rollback(db);
	pg_set_patience(pg);
	return error;
}

static fallible begin(struct db *db, enum db_access access)
{
	return begin_at(db, access, NULL);
}

static fallible share_state(struct db *db, char **name)
{
	bool found;
	return db_single_text(db, "SELECT pg_catalog.pg_export_snapshot()", NULL, 0, &found, name);
}

/* "00000003-0000001B-1". The name may come from another process: nothing that is none gets into SQL. */
static bool is_snapshot(const char *name)
{
	return *name && !name[strspn(name, "0123456789ABCDEF-")];
}

/* What the server says of a name that it does not know has several codes, by its version. */
static fallible begin_shared(struct db *db, const char *name)
{
	struct error *error = is_snapshot(name) ? begin_at(db, DB_READ, name) : error_new(ERR_FAILED, "no such name");
	if (error && error->code == ERR_INPUT)
		error->code = ERR_FAILED;
	if (!error || error->code != ERR_FAILED)
		return error;
	return error_hint(error_wrap(error, "%s: the state that is to be shared is no more", db->display),
			  "the connection that held it has ended: run the command again");
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

static void drop_schema(struct db *db, const char *schema)
{
	AUTO(str) struct str sql = {0};
	str_add(&sql, "DROP SCHEMA IF EXISTS ");
	db_add_identifier(&sql, schema);
	str_add(&sql, " CASCADE");
	pg_tell((struct pg *)db, str_text(&sql));
}

const struct db_driver postgresql_driver = {
	.name = "PostgreSQL",
	.features = DB_CAN_ENFORCE_FOREIGN_KEYS | DB_CAN_ALTER_TABLES | DB_CAN_SHARE_STATE | DB_CAN_USE_SCHEMAS,
	.open = pg_open,
	.close = pg_close,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.share_state = share_state,
	.begin_shared = begin_shared,
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
	.load_lines = pg_load_lines,
	.load_end = pg_load_end,
	.load_free = pg_load_free,
	.unload = pg_unload,
	.parts = pg_parts,
	.parts_refused = pg_parts_refused,
	.hold = pg_hold,
	.release = pg_release,
	.alone_begin = pg_alone_begin,
	.alone_end = pg_alone_end,
	.others = pg_others,
	.lock_holders = pg_lock_holders,
	.drop_schema = drop_schema,
	.waiters_queue = true,
};
