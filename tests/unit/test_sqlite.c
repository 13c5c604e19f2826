/* The database layer on SQLite: values, the order of calls, the catalogue. */
#include "scratch_sqlite.h"

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

/* ---- statements that are kept ---- */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_back_as_they_were),
		cmocka_unit_test(numbers_are_read_from_any_cell),
		cmocka_unit_test(parameters_go_by_number_not_by_place),
		cmocka_unit_test(wrong_parameters_are_told),
		cmocka_unit_test(a_single_value_may_be_missing),
		cmocka_unit_test(changed_rows_are_counted),
		cmocka_unit_test(statements_need_a_transaction),
		cmocka_unit_test(one_statement_at_a_time),
		cmocka_unit_test(a_failed_statement_spoils_the_transaction),
		cmocka_unit_test(a_readers_transaction_can_not_write),
		cmocka_unit_test(a_misspelt_name_is_not_a_text),
		cmocka_unit_test(foreign_keys_are_as_open_webui_has_them),
		cmocka_unit_test(tables_and_columns_are_found),
		cmocka_unit_test(identifiers_are_quoted),
		cmocka_unit_test(more_statements_than_are_kept),
	};
	return cmocka_run_group_tests_name("sqlite", tests, make_folder, remove_folder);
}
