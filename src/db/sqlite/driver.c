#include "base/cancel.h"
#include "db/sqlite/sqlite.h"

static fallible run(struct sqlite *sqlite, const char *sql)
{
	sqlite_start_clock(sqlite);
	int code = sqlite3_exec(sqlite->handle, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? NULL : sqlite_error(sqlite, code);
}

static void end_any(struct sqlite *sqlite)
{
	if (!sqlite3_get_autocommit(sqlite->handle))
		sqlite3_exec(sqlite->handle, "ROLLBACK", NULL, NULL, NULL);
}

/* The next transaction has all its time for locks again. */
static void wait_anew(struct sqlite *sqlite)
{
	sqlite->lock_waited_ms = 0;
}

/* BEGIN alone promises nothing: the state that a reader sees is fixed by the first read, so that is made here. A reader
 * can't write, as with PostgreSQL. */
static fallible begin(struct db *db, enum db_access access)
{
	struct sqlite *sqlite = (struct sqlite *)db;
	TRY(cancel_check());
	struct error *error = run(sqlite, access == DB_WRITE ? "PRAGMA query_only = OFF; BEGIN IMMEDIATE"
							     : "PRAGMA query_only = ON; BEGIN; "
							       "SELECT count(*) FROM sqlite_master");
	if (error) {
		end_any(sqlite);
		wait_anew(sqlite);
	}
	return error;
}

static fallible commit(struct db *db)
{
	struct sqlite *sqlite = (struct sqlite *)db;
	TRY(cancel_check());
	/* A full disk and the like make SQLite itself roll back. */
	if (sqlite3_get_autocommit(sqlite->handle))
		return error_new(ERR_FAILED, "SQLite had ended the transaction");
	sqlite_may_wait_to_commit(sqlite);
	TRY(run(sqlite, "COMMIT"));
	wait_anew(sqlite);
	return NULL;
}

/* Outside WAL mode a commit needs the file for itself. What can't be found out is taken for that. */
static bool readers_block(struct db *db)
{
	sqlite3_stmt *statement = NULL;
	sqlite3 *handle = ((struct sqlite *)db)->handle;
	bool wal = sqlite3_prepare_v2(handle, "PRAGMA journal_mode", -1, &statement, NULL) == SQLITE_OK &&
		   sqlite3_step(statement) == SQLITE_ROW &&
		   text_equal((const char *)sqlite3_column_text(statement, 0), "wal");
	sqlite3_finalize(statement);
	return !wal;
}

static void rollback(struct db *db)
{
	struct sqlite *sqlite = (struct sqlite *)db;
	sqlite_forget_statements(sqlite);
	end_any(sqlite);
	/* After a failed write (a full disk) SQLite leaves undoing it to whoever reads next, which a reader with
	 * mode=ro could not. */
	if (db->failed && !db->options.read_only)
		sqlite3_exec(sqlite->handle, "SELECT count(*) FROM sqlite_master", NULL, NULL, NULL);
	wait_anew(sqlite);
}

const struct db_driver sqlite_driver = {
	.name = "SQLite",
	.features = DB_CAN_STORE_ANYTHING | DB_CAN_COPY_FILE | DB_CAN_HOLD_LARGE,
	.open = sqlite_open,
	.would_create = sqlite_would_create,
	.close = sqlite_close,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.readers_block = readers_block,
	.script = sqlite_script,
	.query = sqlite_query,
	.next = sqlite_next,
	.cell = sqlite_cell,
	.cell_text = sqlite_cell_text,
	.rows_end = sqlite_rows_end,
	.rows_free = sqlite_rows_free,
	.load_begin = sqlite_load_begin,
	.load_row = sqlite_load_row,
	.load_lines = sqlite_load_lines,
	.load_end = sqlite_load_end,
	.load_free = sqlite_load_free,
	.unload = sqlite_unload,
	.parts = sqlite_parts,
	.parts_refused = sqlite_parts_refused,
	.hold = sqlite_hold,
	.release = sqlite_release,
	.alone_begin = sqlite_alone_begin,
	.alone_end = sqlite_alone_end,
	.others = sqlite_others,
	.file_processes = sqlite_processes,
	.copy = sqlite_copy,
	.remove_parts = sqlite_remove_parts,
};
