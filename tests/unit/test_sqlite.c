/* The database layer on SQLite: values, the order of calls, what is refused. What happens beside another process is in
 * tests/real/test_db_sqlite.py. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "db/db.h"

#define CLEAN __attribute__((unused)) void **state

static char folder[] = "/tmp/owctl-test-sqlite-XXXXXX";

static char *path_of(const char *name)
{
	return text_format("%s/%s", folder, name);
}

static fallible try_open(const char *name, struct db_options options, struct db **db)
{
	AUTO(memory) char *path = path_of(name);
	struct db_target target = {.engine = DB_SQLITE, .path = path, .display = path};
	return db_open(&target, &options, db);
}

static struct db *create(const char *name)
{
	struct db *db = NULL;
	assert_null(try_open(name, (struct db_options){.create = true}, &db));
	return db;
}

/* The code of `error`, which must be one and have `words` in its text. */
static enum error_code code_of(struct error *error, const char *words)
{
	assert_non_null(error);
	AUTO(memory) char *text = error_text(error);
	if (!strstr(text, words))
		fail_msg("\"%s\" does not say \"%s\"", text, words);
	enum error_code code = error->code;
	error_free(error);
	return code;
}

static enum error_code code_of_hinted(struct error *error, const char *words)
{
	assert_non_null(error);
	assert_non_null(error_hint_text(error));
	return code_of(error, words);
}

static struct db *with_table(const char *name)
{
	struct db *db = create(name);
	assert_null(db_begin(db, DB_WRITE));
	assert_null(db_script(db, "CREATE TABLE \"group\" (id TEXT PRIMARY KEY, value)"));
	return db;
}

/* ---- values ---- */

static void values_come_back_as_they_were(CLEAN)
{
	AUTO(db) struct db *db = with_table("values.db");
	const struct db_value given[] = {db_text("a\tb\n\"'\\ \xc3\xa9 \xf0\x9f\x98\x80"), db_integer(INT64_MIN),
					 db_boolean(true), db_real(0.1), db_null(), db_blob("\0\xff", 2), db_text("")};
	AUTO(db_rows) struct db_rows *rows = NULL;
	assert_null(db_query(db, "SELECT $1, $2, $3, $4, $5, $6, $7", given, COUNT(given), &rows));
	bool row;
	assert_null(db_next(rows, &row));
	assert_true(row);
	assert_string_equal(db_cell_text(rows, 0), given[0].text);
	assert_int_equal(db_cell(rows, 0).size, given[0].size);
	assert_int_equal(db_cell(rows, 1).integer, INT64_MIN);
	assert_string_equal(db_cell_text(rows, 1), "-9223372036854775808");
	assert_int_equal(db_cell(rows, 2).type, DB_INTEGER);
	assert_int_equal(db_cell(rows, 2).integer, 1);
	assert_true(db_cell(rows, 3).real == 0.1);
	assert_int_equal(db_cell(rows, 4).type, DB_NULL);
	assert_null(db_cell_text(rows, 4));
	assert_int_equal(db_cell(rows, 5).type, DB_BLOB);
	assert_memory_equal(db_cell(rows, 5).text, "\0\xff", 2);
	assert_int_equal(db_cell(rows, 6).type, DB_TEXT);
	assert_string_equal(db_cell_text(rows, 6), "");
	assert_null(db_next(rows, &row));
	assert_false(row);
}

static void numbers_are_read_from_any_cell(CLEAN)
{
	AUTO(db) struct db *db = with_table("numbers.db");
	AUTO(db_rows) struct db_rows *rows = NULL;
	assert_null(db_query(db, "SELECT 7, '8', 9.9, NULL, 'x', 1e300, -1e300, x'31', 9223372036854775808.0,"
			       " 9223372036854774784.0", NULL, 0, &rows));
	bool row;
	assert_null(db_next(rows, &row));
	const int64_t expected[] = {7, 8, 9, 0, 0, INT64_MAX, INT64_MIN, 0, INT64_MAX, INT64_MAX - 1023};
	for (size_t i = 0; i < COUNT(expected); i++)
		assert_int_equal(db_cell_integer(rows, (int)i), expected[i]);
}

static void parameters_go_by_number_not_by_place(CLEAN)
{
	AUTO(db) struct db *db = with_table("places.db");
	const struct db_value given[] = {db_text("one"), db_text("two")};
	AUTO(memory) char *text = NULL;
	bool found;
	assert_null(db_single_text(db, "SELECT $2 || $1 || $2", given, 2, &found, &text));
	assert_string_equal(text, "twoonetwo");
}

static void wrong_parameters_are_told(CLEAN)
{
	AUTO(db) struct db *db = with_table("wrong.db");
	const struct db_value given[] = {db_integer(1), db_integer(2)};
	assert_int_equal(code_of(db_run(db, "SELECT $1", given, 2, NULL), "takes 1 parameters, not 2"), ERR_FAILED);
	db_rollback(db);
	assert_null(db_begin(db, DB_READ));
	assert_int_equal(code_of(db_run(db, "SELECT $1, $3", given, 2, NULL), "no parameter $2"), ERR_FAILED);
	db_rollback(db);
	assert_null(db_begin(db, DB_READ));
	assert_int_equal(code_of(db_run(db, "SELECT 1; SELECT 2", NULL, 0, NULL), "more than one"), ERR_FAILED);
}

static void a_single_value_may_be_missing(CLEAN)
{
	AUTO(db) struct db *db = with_table("single.db");
	char *text = NULL;
	bool found;
	int64_t number;
	assert_null(db_single_text(db, "SELECT id FROM \"group\"", NULL, 0, &found, &text));
	assert_false(found);
	assert_null(text);
	assert_null(db_single_text(db, "SELECT NULL", NULL, 0, &found, &text));
	assert_true(found);
	assert_null(text);
	assert_null(db_single_integer(db, "SELECT value FROM \"group\"", NULL, 0, &number));
	assert_int_equal(number, 0);
}

static void changed_rows_are_counted(CLEAN)
{
	AUTO(db) struct db *db = with_table("changed.db");
	int64_t changed;
	assert_null(db_run(db, "INSERT INTO \"group\" VALUES ('a', 1), ('b', 1), ('c', 2)", NULL, 0, &changed));
	assert_int_equal(changed, 3);
	assert_null(db_run(db, "UPDATE \"group\" SET value = 3 WHERE value = 1", NULL, 0, &changed));
	assert_int_equal(changed, 2);
	assert_null(db_run(db, "SELECT * FROM \"group\"", NULL, 0, &changed));
	assert_int_equal(changed, 0); /* not those of the statement before */
	assert_null(db_run(db, "DELETE FROM \"group\" WHERE value = 1", NULL, 0, &changed));
	assert_int_equal(changed, 0);
}

/* ---- loading ---- */

static int64_t count_of(struct db *db)
{
	int64_t count;
	assert_null(db_single_integer(db, "SELECT count(*) FROM \"group\"", NULL, 0, &count));
	return count;
}

static const char *const group_columns[] = {"id", "value"};

static void rows_are_loaded(CLEAN)
{
	AUTO(db) struct db *db = with_table("load.db");
	struct db_load *load = NULL;
	assert_null(db_load_begin(db, "group", group_columns, 2, &load));
	for (int i = 0; i < 100; i++) {
		char id[16];
		snprintf(id, sizeof id, "%d", i);
		const struct db_value row[] = {db_text(id), db_null()};
		assert_null(db_load_row(load, row));
	}
	int64_t rows;
	assert_null(db_load_end(&load, &rows));
	assert_int_equal(rows, 100);
	assert_int_equal(count_of(db), 100);
	assert_null(db_commit(db));
}

static void a_bad_row_is_named_and_spoils_the_load(CLEAN)
{
	AUTO(db) struct db *db = with_table("badrow.db");
	assert_null(db_commit(db));
	assert_null(db_begin(db, DB_WRITE));
	struct db_load *load = NULL;
	assert_null(db_load_begin(db, "group", group_columns, 2, &load));
	const struct db_value row[] = {db_text("same"), db_integer(1)};
	assert_null(db_load_row(load, row));
	assert_int_equal(code_of(db_load_row(load, row), "row 2: UNIQUE"), ERR_INPUT);
	assert_int_equal(code_of(db_load_end(&load, NULL), "failed before"), ERR_FAILED);
	assert_int_equal(code_of(db_commit(db), "nothing was written"), ERR_FAILED);
	assert_null(db_begin(db, DB_READ));
	assert_int_equal(count_of(db), 0);
}

static void an_aborted_load_leaves_nothing(CLEAN)
{
	AUTO(db) struct db *db = with_table("abort.db");
	assert_null(db_commit(db));
	assert_null(db_begin(db, DB_WRITE));
	struct db_load *load = NULL;
	assert_null(db_load_begin(db, "group", group_columns, 2, &load));
	assert_null(db_load_row(load, (const struct db_value[]){db_text("x"), db_null()}));
	db_load_abort(load);
	assert_int_equal(code_of(db_commit(db), "nothing was written"), ERR_FAILED);
	assert_null(db_begin(db, DB_READ));
	assert_int_equal(count_of(db), 0);
}

/* ---- the order of calls ---- */

static void statements_need_a_transaction(CLEAN)
{
	AUTO(db) struct db *db = create("order.db");
	struct db_load *load = NULL;
	assert_int_equal(code_of(db_run(db, "SELECT 1", NULL, 0, NULL), "outside a transaction"), ERR_FAILED);
	assert_int_equal(code_of(db_script(db, "SELECT 1"), "outside a transaction"), ERR_FAILED);
	assert_int_equal(code_of(db_load_begin(db, "t", group_columns, 1, &load), "outside"), ERR_FAILED);
	assert_int_equal(code_of(db_commit(db), "outside a transaction"), ERR_FAILED);
	db_rollback(db); /* nothing to do */
	assert_null(db_begin(db, DB_READ));
	assert_int_equal(code_of(db_begin(db, DB_READ), "inside a transaction"), ERR_FAILED);
}

static void one_statement_at_a_time(CLEAN)
{
	AUTO(db) struct db *db = with_table("one.db");
	struct db_rows *rows = NULL;
	assert_null(db_query(db, "SELECT 1 UNION SELECT 2", NULL, 0, &rows));
	bool row;
	assert_null(db_next(rows, &row));
	assert_int_equal(code_of(db_run(db, "SELECT 1", NULL, 0, NULL), "rows are being read"), ERR_FAILED);
	db_rows_free(rows);
	assert_null(db_run(db, "SELECT 1", NULL, 0, NULL));

	assert_null(db_query(db, "SELECT 1", NULL, 0, &rows));
	assert_null(db_next(rows, &row));
	assert_null(db_next(rows, &row));
	assert_false(row);
	assert_null(db_run(db, "SELECT 1", NULL, 0, NULL)); /* at the end, before the rows are freed */
	assert_null(db_next(rows, &row));
	assert_false(row);
	db_rows_free(rows);

	assert_null(db_query(db, "SELECT 1 UNION SELECT 2", NULL, 0, &rows));
	assert_null(db_next(rows, &row));
	assert_int_equal(code_of(db_commit(db), "while rows are being read"), ERR_FAILED);
	assert_null(db_next(rows, &row));
	assert_false(row);
	db_rows_free(rows);
	assert_int_equal(code_of(db_commit(db), "outside a transaction"), ERR_FAILED);
}

static void a_failed_statement_spoils_the_transaction(CLEAN)
{
	AUTO(db) struct db *db = with_table("spoilt.db");
	assert_null(db_commit(db));
	assert_null(db_begin(db, DB_WRITE));
	assert_null(db_run(db, "INSERT INTO \"group\" VALUES ('a', 1)", NULL, 0, NULL));
	assert_int_equal(code_of(db_run(db, "SELECT nonsense", NULL, 0, NULL), "no such column"), ERR_FAILED);
	assert_int_equal(code_of(db_run(db, "SELECT 1", NULL, 0, NULL), "earlier statement"), ERR_FAILED);
	assert_int_equal(code_of(db_commit(db), "nothing was written"), ERR_FAILED);
	assert_null(db_begin(db, DB_READ));
	assert_int_equal(count_of(db), 0);
}

static void a_readers_transaction_can_not_write(CLEAN)
{
	AUTO(db) struct db *db = with_table("reader.db");
	assert_null(db_commit(db));
	assert_null(db_begin(db, DB_READ));
	assert_int_equal(code_of(db_run(db, "DELETE FROM \"group\"", NULL, 0, NULL), "readonly"), ERR_PERMISSION);
	db_rollback(db);
	assert_null(db_begin(db, DB_WRITE));
	assert_null(db_run(db, "DELETE FROM \"group\"", NULL, 0, NULL));
}

static void a_misspelt_name_is_not_a_text(CLEAN)
{
	AUTO(db) struct db *db = with_table("misspelt.db");
	assert_int_equal(code_of(db_run(db, "SELECT \"nmae\"", NULL, 0, NULL), "no such column"), ERR_FAILED);
}

static void foreign_keys_are_as_open_webui_has_them(CLEAN)
{
	AUTO(db) struct db *db = with_table("foreign.db");
	assert_false(db_can(db, DB_CAN_ENFORCE_FOREIGN_KEYS));
	assert_null(db_script(db, "CREATE TABLE member (id REFERENCES \"group\" (id) ON DELETE CASCADE);"
				  "INSERT INTO \"group\" VALUES (1, 1); INSERT INTO member VALUES (1), (2);"
				  "DELETE FROM \"group\""));
	int64_t left;
	assert_null(db_single_integer(db, "SELECT count(*) FROM member", NULL, 0, &left));
	assert_int_equal(left, 2);
}

/* ---- catalogue ---- */

static void tables_and_columns_are_found(CLEAN)
{
	AUTO(db) struct db *db = with_table("names.db");
	assert_null(db_script(db, "CREATE TABLE \"a \"\"b\" (c, PRIMARY KEY (c)); CREATE VIEW v AS SELECT 1;"
				" CREATE TABLE sqlites (n INTEGER PRIMARY KEY AUTOINCREMENT)"));
	bool exists;
	assert_null(db_table_exists(db, "group", &exists));
	assert_true(exists);
	assert_null(db_table_exists(db, "v", &exists));
	assert_false(exists);
	assert_null(db_column_exists(db, "a \"b", "c", &exists));
	assert_true(exists);
	assert_null(db_column_exists(db, "group", "c", &exists));
	assert_false(exists);
	AUTO(strings) struct strings names = {0};
	assert_null(db_tables(db, &names));
	AUTO(memory) char *joined = strings_join(&names, ",");
	assert_string_equal(joined, "a \"b,group,sqlites");
}

static void identifiers_are_quoted(CLEAN)
{
	AUTO(str) struct str sql = {0};
	db_add_identifier(&sql, "us\"er");
	assert_string_equal(str_text(&sql), "\"us\"\"er\"");
}

/* ---- files ---- */

static void put_file(const char *name, const char *bytes, size_t size)
{
	AUTO(memory) char *path = path_of(name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
}

static const struct db_options reading = {.read_only = true}, writing = {0}, creating = {.create = true};

static void a_path_may_hold_anything(CLEAN)
{
	static const char *const names[] = {"a?b.db", "100%.db", "#1.db", "%41.db", "a b&mode=ro.db", "\xc3\xa9.db",
					    ":memory:.db", "a\\b'\".db"};
	for (size_t i = 0; i < COUNT(names); i++) {
		db_close(with_table(names[i]));
		AUTO(memory) char *path = path_of(names[i]);
		assert_int_equal(access(path, F_OK), 0);
		AUTO(db) struct db *db = NULL;
		assert_null(try_open(names[i], creating, &db));
	}
}

static void what_is_no_database_is_refused(CLEAN)
{
	struct db *db = NULL;
	AUTO(memory) char *sub = path_of("folder");
	assert_int_equal(mkdir(sub, 0700), 0);
	put_file("empty.db", "", 0);
	put_file("text.db", "This is not a database, but long enough to look at it and see that it is none of ours.....", 90);
	put_file("short.db", "SQLite", 6);

	assert_int_equal(code_of_hinted(try_open("none.db", reading, &db), "no file"), ERR_SETTINGS);
	assert_int_equal(code_of_hinted(try_open("none.db", writing, &db), "no file"), ERR_SETTINGS);
	assert_int_equal(code_of_hinted(try_open("none/none.db", creating, &db), "no folder"), ERR_SETTINGS);
	assert_int_equal(code_of_hinted(try_open("text.db/none.db", reading, &db), "text.db is a file, not"), ERR_SETTINGS);
	assert_int_equal(code_of_hinted(try_open("text.db/none.db", creating, &db), "text.db is a file, not"), ERR_SETTINGS);
	assert_int_equal(code_of_hinted(try_open("none", creating, &db), "the name is none"), ERR_SETTINGS);
	assert_int_equal(code_of_hinted(try_open("none/", creating, &db), "no folder"), ERR_SETTINGS);
	assert_int_equal(code_of_hinted(try_open("/../../dev/null", reading, &db), "regular file"), ERR_SETTINGS);
	assert_int_equal(code_of_hinted(try_open("folder", reading, &db), "is a folder"), ERR_SETTINGS);
	assert_int_equal(code_of_hinted(try_open("folder", creating, &db), "is a folder"), ERR_SETTINGS);
	assert_int_equal(code_of_hinted(try_open("empty.db", writing, &db), "is empty"), ERR_INPUT);
	assert_int_equal(code_of_hinted(try_open("text.db", reading, &db), "not an SQLite database"), ERR_INPUT);
	assert_int_equal(code_of_hinted(try_open("text.db", creating, &db), "not an SQLite database"), ERR_INPUT);
	assert_int_equal(code_of_hinted(try_open("short.db", reading, &db), "not an SQLite database"), ERR_INPUT);
	assert_null(db);
	AUTO(memory) char *none = path_of("none.db");
	assert_int_equal(access(none, F_OK), -1);
}

static void a_cut_off_database_is_damaged(CLEAN)
{
	struct db *db = with_table("cut.db");
	assert_null(db_run(db, "INSERT INTO \"group\" VALUES (1, zeroblob(50000))", NULL, 0, NULL));
	assert_null(db_commit(db));
	db_close(db);
	AUTO(memory) char *path = path_of("cut.db");
	assert_int_equal(truncate(path, 8192), 0);
	db = NULL;
	assert_int_equal(code_of_hinted(try_open("cut.db", reading, &db), "damaged or cut off"), ERR_INPUT);
	assert_int_equal(code_of_hinted(try_open("cut.db", writing, &db), "damaged or cut off"), ERR_INPUT);
}

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

static void read_only_can_not_be_asked_to_create(CLEAN)
{
	struct db *db = NULL;
	struct db_options both = {.read_only = true, .create = true};
	assert_int_equal(code_of(try_open("both.db", both, &db), "read-only"), ERR_FAILED);
	db = with_table("ro.db");
	assert_null(db_commit(db));
	db_close(db);
	assert_null(try_open("ro.db", reading, &db));
	assert_int_equal(code_of(db_begin(db, DB_WRITE), "opened read-only"), ERR_FAILED);
	db_close(db);
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

/* What outlives its transaction is at its end, and does not spoil the next one. */
static void a_load_that_outlives_its_transaction(CLEAN)
{
	AUTO(db) struct db *db = with_table("outlived.db");
	struct db_load *load = NULL;
	assert_null(db_commit(db));
	assert_null(db_begin(db, DB_WRITE));
	assert_null(db_load_begin(db, "group", group_columns, 2, &load));
	db_rollback(db);
	assert_null(db_begin(db, DB_WRITE));
	const struct db_value row[] = {db_text("a"), db_null()};
	assert_int_equal(code_of(db_load_row(load, row), "after the transaction"), ERR_FAILED);
	db_load_abort(load);
	assert_null(db_run(db, "SELECT * FROM \"group\"", NULL, 0, NULL));
	assert_null(db_commit(db));
}

/* Nor the load that is begun while it is still there. */
static void a_load_that_outlives_its_transaction_leaves_the_next_one_alone(CLEAN)
{
	AUTO(db) struct db *db = with_table("next.db");
	struct db_load *old = NULL, *ended = NULL, *next = NULL;
	const struct db_value row[] = {db_text("a"), db_null()};
	int64_t rows;
	assert_null(db_load_begin(db, "group", group_columns, 2, &old));
	assert_null(db_load_end(&old, &rows));
	assert_null(db_commit(db));
	for (int i = 0; i < 2; i++) {
		assert_null(db_begin(db, DB_WRITE));
		assert_null(db_load_begin(db, "group", group_columns, 2, i ? &ended : &old));
		db_rollback(db);
	}
	assert_null(db_begin(db, DB_WRITE));
	assert_null(db_load_begin(db, "group", group_columns, 2, &next));
	db_load_abort(old);
	assert_int_equal(code_of(db_load_end(&ended, &rows), "the end of a load after the transaction"), ERR_FAILED);
	assert_null(ended);
	assert_int_equal(code_of(db_run(db, "SELECT 1", NULL, 0, NULL), "being read or loaded"), ERR_FAILED);
	assert_null(db_load_row(next, row));
	assert_null(db_load_end(&next, &rows));
	assert_int_equal(rows, 1);
	assert_null(db_commit(db));
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
	assert_null(db_query(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0",
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

static void more_statements_than_are_kept(CLEAN)
{
	AUTO(db) struct db *db = with_table("kept.db");
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 20; i++) {
			AUTO(memory) char *sql = text_format("SELECT %d + $1", i);
			const struct db_value given = db_integer(round);
			int64_t sum;
			assert_null(db_single_integer(db, sql, &given, 1, &sum));
			assert_int_equal(sum, i + round);
		}
	/* A kept statement outlives a change of what it reads. */
	assert_null(db_run(db, "SELECT * FROM \"group\"", NULL, 0, NULL));
	assert_null(db_script(db, "ALTER TABLE \"group\" ADD COLUMN more"));
	assert_null(db_run(db, "SELECT * FROM \"group\"", NULL, 0, NULL));
}

static int make_folder(CLEAN)
{
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(CLEAN)
{
	AUTO(memory) char *command = text_format("rm -r %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_back_as_they_were),
		cmocka_unit_test(numbers_are_read_from_any_cell),
		cmocka_unit_test(parameters_go_by_number_not_by_place),
		cmocka_unit_test(wrong_parameters_are_told),
		cmocka_unit_test(a_single_value_may_be_missing),
		cmocka_unit_test(changed_rows_are_counted),
		cmocka_unit_test(rows_are_loaded),
		cmocka_unit_test(a_bad_row_is_named_and_spoils_the_load),
		cmocka_unit_test(an_aborted_load_leaves_nothing),
		cmocka_unit_test(statements_need_a_transaction),
		cmocka_unit_test(one_statement_at_a_time),
		cmocka_unit_test(a_failed_statement_spoils_the_transaction),
		cmocka_unit_test(a_readers_transaction_can_not_write),
		cmocka_unit_test(a_misspelt_name_is_not_a_text),
		cmocka_unit_test(foreign_keys_are_as_open_webui_has_them),
		cmocka_unit_test(tables_and_columns_are_found),
		cmocka_unit_test(identifiers_are_quoted),
		cmocka_unit_test(a_path_may_hold_anything),
		cmocka_unit_test(what_is_no_database_is_refused),
		cmocka_unit_test(a_cut_off_database_is_damaged),
		cmocka_unit_test(what_endangers_a_live_file_is_refused),
		cmocka_unit_test(read_only_can_not_be_asked_to_create),
		cmocka_unit_test(a_long_statement_is_stopped),
		cmocka_unit_test(a_silent_statement_is_stopped),
		cmocka_unit_test(a_statement_that_streams_for_too_long_is_stopped),
		cmocka_unit_test(a_load_that_outlives_its_transaction),
		cmocka_unit_test(a_load_that_outlives_its_transaction_leaves_the_next_one_alone),
		cmocka_unit_test(more_statements_than_are_kept),
	};
	return cmocka_run_group_tests_name("sqlite", tests, make_folder, remove_folder);
}
