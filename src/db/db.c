#include "db/db.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/notify.h"
#include "db/order.h"

#define DEFAULT_LOCK_TIMEOUT_S 10

/* ---- connections ---- */

static const struct db_driver *driver_of(const struct db_target *target)
{
	return target->engine == DB_SQLITE ? &sqlite_driver : &postgresql_driver;
}

fallible db_would_create(const struct db_target *target, bool *would)
{
	const struct db_driver *driver = driver_of(target);
	*would = false;
	return driver->would_create ? driver->would_create(target, would) : NULL;
}

fallible db_open(const struct db_target *target, const struct db_options *options, struct db **db)
{
	if (options->create && options->read_only)
		return db_misuse("a database can't be created read-only");
	struct db_options complete = *options;
	if (!complete.lock_timeout_s)
		complete.lock_timeout_s = DEFAULT_LOCK_TIMEOUT_S;

	const struct db_driver *driver = driver_of(target);
	struct db *opened = NULL;
	TRY(driver->open(target, &complete, &opened));
	log_debug("opened %s, %s %s", target->display, driver->name, opened->version);
	*db = opened;
	return NULL;
}

fallible db_open_in_memory(struct db **db)
{
	return sqlite_open_in_memory(&(struct db_options){.lock_timeout_s = DEFAULT_LOCK_TIMEOUT_S}, db);
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db_rollback(db);
	db_release(db, db->held);
	db->driver->close(db);
	free(db->preferred);
	free(db->display);
	free(db->version);
	free(db);
}

bool db_can(const struct db *db, enum db_feature feature)
{
	return db->driver->features & (unsigned)feature;
}

const char *db_engine_name(const struct db *db)
{
	return db->driver->name;
}

const char *db_server_version(const struct db *db)
{
	return db->version;
}

const char *db_display(const struct db *db)
{
	return db->display;
}

const char *db_pick(const struct db *db, const char *sqlite, const char *postgresql)
{
	return db->driver == &sqlite_driver ? sqlite : postgresql;
}

void db_add_like(struct str *pattern, const char *text)
{
	for (; *text; text++) {
		if (strchr("%_\\", *text))
			str_add_char(pattern, '\\');
		str_add_char(pattern, *text);
	}
}

const char *db_lower(const struct db *db)
{
	return db_pick(db, "lower_unicode", "lower");
}

/* ---- transactions ---- */

/* Rows that are still to come go with their transaction; the driver no longer has what they came from. */
static void end_rows(struct db *db)
{
	if (db->rows)
		db->rows->ended = true;
	db->rows = NULL;
}

static void transaction_over(struct db *db)
{
	end_rows(db);
	if (db->load)
		db->load->ended = true;
	db->load = NULL;
	db_forget_names(db);
	db->in_transaction = db->streaming = db->failed = false;
}

fallible db_begin(struct db *db, enum db_access access)
{
	if (db->in_transaction)
		return db_misuse("a transaction inside a transaction");
	if (db->options.read_only && access == DB_WRITE)
		return db_misuse("writing to a database that was opened read-only");
	db->blocked = false;
	TRY(db->driver->begin(db, access));
	db->in_transaction = true;
	db->writing = access == DB_WRITE;
	return NULL;
}

bool db_keeps_writers_waiting(struct db *db)
{
	if (!db->in_transaction)
		return false;
	return db->writing || (db->driver->readers_block && db->driver->readers_block(db));
}

fallible db_commit(struct db *db)
{
	struct error *error = NULL;
	if (!db->in_transaction)
		return db_misuse("a commit outside a transaction");
	if (db->streaming)
		error = db_misuse("a commit while rows are being read or loaded");
	else if (db->failed)
		error = error_new(ERR_FAILED, "a statement of the transaction had failed");
	else
		error = db->driver->commit(db);
	if (error) {
		db->failed = true;
		db->driver->rollback(db);
	}
	transaction_over(db);
	return db->commit_unknown ? error : error_wrap(error, "nothing was written");
}

bool db_commit_unknown(const struct db *db)
{
	return db->commit_unknown;
}

void db_rollback(struct db *db)
{
	if (!db->in_transaction)
		return;
	db->driver->rollback(db);
	transaction_over(db);
}

fallible db_lock(struct db *db, int64_t number)
{
	TRY(db_may_start(db));
	return db->driver->lock ? db_noted(db, db->driver->lock(db, number)) : NULL;
}

fallible db_lock_tables(struct db *db, const struct strings *tables, enum db_lock_out whom)
{
	AUTO(str) struct str sql = {0};
	for (size_t i = 0; i < tables->count; i++) {
		str_add(&sql, i ? ", " : "LOCK TABLE ");
		db_add_identifier(&sql, tables->items[i]);
	}
	str_add_format(&sql, " IN %s MODE", whom == DB_LOCK_OUT_ALL ? "ACCESS EXCLUSIVE" : "SHARE ROW EXCLUSIVE");
	/* SQLite: a write transaction locks all of them. */
	const char *lock = tables->count ? db_pick(db, NULL, str_text(&sql)) : NULL;
	return lock ? db_script(db, lock) : NULL;
}

fallible db_compress_quickly(struct db *db)
{
	const char *sql = db_pick(db, NULL,
				  "SELECT pg_catalog.set_config(s.name, 'lz4', true) FROM pg_catalog.pg_settings s"
				  " WHERE s.name = 'default_toast_compression' AND 'lz4' = ANY (s.enumvals)");
	return sql ? db_run(db, sql, NULL, 0, NULL) : NULL;
}

fallible db_may_wait(struct db *db)
{
	const char *sql = db_pick(db, NULL, "SET LOCAL idle_in_transaction_session_timeout = 0");
	return sql ? db_run(db, sql, NULL, 0, NULL) : NULL;
}

static fallible tell_place(struct db *db, char **place)
{
	const char *sql = db_pick(db, NULL,
				  "SELECT pg_catalog.format('%s %s %s', pg_catalog.pg_postmaster_start_time(), d.oid,"
				  " current_schema()) FROM pg_catalog.pg_database d"
				  " WHERE d.datname = pg_catalog.current_database()");
	bool found;
	return sql ? db_single_text(db, sql, NULL, 0, &found, place) : NULL;
}

fallible db_is_same(struct db *db, struct db *other, bool *same)
{
	AUTO(memory) char *one = NULL, *two = NULL;
	TRY(tell_place(db, &one));
	TRY(tell_place(other, &two));
	*same = one && two && !strcmp(one, two);
	return NULL;
}

bool db_name_taken(const struct db *db)
{
	return db->name_taken;
}

bool db_was_blocked(const struct db *db)
{
	return db->blocked;
}

void db_limit_lock_wait(struct db *db, int64_t seconds)
{
	if (db->driver->waiters_queue)
		db->options.lock_timeout_s = seconds;
}

int64_t db_lock_wait(const struct db *db)
{
	return db->options.lock_timeout_s;
}

void db_prefer_schema(struct db *db, const char *schema)
{
	free(db->preferred);
	db->preferred = text_copy(schema);
}

void db_drop_schema(struct db *db, const char *schema)
{
	if (db->driver->drop_schema && !db->in_transaction)
		db->driver->drop_schema(db, schema);
}

/* ---- statements ---- */

fallible db_query(struct db *db, const char *sql, const struct db_value *parameters, size_t count,
		  struct db_rows **rows)
{
	TRY(db_may_start(db));
	log_debug("SQL: %s", sql);
	struct db_rows *started = NULL;
	TRY(db_noted(db, db->driver->query(db, sql, parameters, count, &started)));
	db->streaming = true;
	*rows = db->rows = started;
	return NULL;
}

fallible db_next(struct db_rows *rows, bool *row)
{
	bool have = false;
	struct error *error = NULL;
	rows->put_column = 0;
	if (!rows->ended) {
		error = db_noted(rows->db, rows->db->driver->next(rows, &have));
		notify_alive();
		if (error || !have) {
			end_rows(rows->db);
			rows->db->streaming = false;
		}
	}
	*row = have;
	return error;
}

void db_rows_free(struct db_rows *rows)
{
	if (!rows)
		return;
	if (!rows->ended) {
		rows->db->driver->rows_end(rows);
		end_rows(rows->db);
		rows->db->streaming = false;
	}
	rows->db->driver->rows_free(rows);
	free(rows);
}

fallible db_run(struct db *db, const char *sql, const struct db_value *parameters, size_t count, int64_t *changed)
{
	AUTO(db_rows) struct db_rows *rows = NULL;
	TRY(db_query(db, sql, parameters, count, &rows));
	bool row;
	do
		TRY(db_next(rows, &row));
	while (row);
	if (changed)
		*changed = rows->changed;
	return NULL;
}

fallible db_script(struct db *db, const char *sql)
{
	TRY(db_may_start(db));
	return db_noted(db, db->driver->script(db, sql));
}
