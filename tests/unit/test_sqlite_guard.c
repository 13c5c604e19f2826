/* What SQLite is kept from: what endangers a live file, and statements without an end. */
#include <sqlite3.h>

#include "base/clock.h"
#include "scratch_sqlite.h"

static void what_endangers_a_live_file_is_refused(CLEAN)
{
	static const char *const statements[] = {"PRAGMA journal_mode = DELETE", "PRAGMA wal_checkpoint",
						 "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA locking_mode = EXCLUSIVE",
						 "ATTACH 'other.db' AS other", "PRAGMA WAL_AUTOCHECKPOINT = 1"};
	AUTO(db) struct db *db = create("guard.db");
	for (size_t i = 0; i < COUNT(statements); i++) {
		assert_null(db_begin(db, DB_WRITE));
		assert_int_equal(code_of(db_script(db, statements[i]), "refused"), ERR_FAILED);
		db_rollback(db);
	}
	assert_null(db_begin(db, DB_READ));
	assert_null(db_script(db, "PRAGMA journal_mode"));
}

static void a_long_statement_is_stopped(CLEAN)
{
	struct db *db = NULL;
	assert_null(try_open("long.db", (struct db_options){.create = true, .statement_timeout_s = 1}, &db));
	assert_null(db_begin(db, DB_READ));
	const char *endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
	assert_int_equal(code_of_hinted(db_run(db, endless, NULL, 0, NULL), "stopped after 1 s"), ERR_BUSY);
	db_close(db);
}

/* Rows that come for longer than that are no silence; a row that does not come is. */
static void a_silent_statement_is_stopped(CLEAN)
{
	struct db *db = NULL;
	assert_null(try_open("silent.db", (struct db_options){.create = true, .silence_timeout_s = 1}, &db));
	assert_null(db_begin(db, DB_READ));
	const char *endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
	AUTO(db_rows) struct db_rows *rows = NULL;
	assert_null(db_query(db, endless, NULL, 0, &rows));
	int64_t end = clock_monotonic_ms() + 1500;
	for (bool row = true; clock_monotonic_ms() < end;) {
		assert_null(db_next(rows, &row));
		assert_true(row);
	}
	db_rows_free(rows);
	rows = NULL;
	assert_null(db_query(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
				 "SELECT i FROM n WHERE i < 0",
			     NULL, 0, &rows));
	bool row;
	assert_int_equal(code_of_hinted(db_next(rows, &row), "stopped after 1 s"), ERR_BUSY);
	db_rows_free(rows);
	rows = NULL;
	db_close(db);
}

/* A statement time-out is for the statement, however steadily its rows come, and comes before any other. */
static void a_statement_that_streams_for_too_long_is_stopped(CLEAN)
{
	struct db *db = NULL;
	const struct db_options options = {.create = true, .statement_timeout_s = 1, .silence_timeout_s = 60};
	assert_null(try_open("streams.db", options, &db));
	assert_null(db_begin(db, DB_READ));
	const char *endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
	AUTO(db_rows) struct db_rows *rows = NULL;
	assert_null(db_query(db, endless, NULL, 0, &rows));
	int64_t end = clock_monotonic_ms() + 5000;
	struct error *error = NULL;
	for (bool row = true; row && !error && clock_monotonic_ms() < end;)
		error = db_next(rows, &row);
	assert_int_equal(code_of_hinted(error, "stopped after 1 s"), ERR_BUSY);
	db_rows_free(rows);
	rows = NULL;
	db_close(db);
}

static void who_keeps_writers_waiting(CLEAN)
{
	AUTO(db) struct db *db = create("waiting.db");
	assert_false(db_keeps_writers_waiting(db));
	assert_null(db_begin(db, DB_READ));
	assert_true(db_keeps_writers_waiting(db));
	db_rollback(db);
	assert_false(db_keeps_writers_waiting(db));
	AUTO(memory) char *path = path_of("waiting.db");
	sqlite3 *other;
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "PRAGMA journal_mode = WAL", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
	assert_null(db_begin(db, DB_READ));
	assert_false(db_keeps_writers_waiting(db));
	db_rollback(db);
	assert_null(db_begin(db, DB_WRITE));
	assert_true(db_keeps_writers_waiting(db));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_endangers_a_live_file_is_refused),
		cmocka_unit_test(a_long_statement_is_stopped),
		cmocka_unit_test(a_silent_statement_is_stopped),
		cmocka_unit_test(a_statement_that_streams_for_too_long_is_stopped),
		cmocka_unit_test(who_keeps_writers_waiting),
	};
	return cmocka_run_group_tests_name("sqlite_guard", tests, make_folder, remove_folder);
}
