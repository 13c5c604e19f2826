/* Bulk loading into SQLite. */
#include "scratch_sqlite.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_loaded),
		cmocka_unit_test(a_bad_row_is_named_and_spoils_the_load),
		cmocka_unit_test(an_aborted_load_leaves_nothing),
		cmocka_unit_test(a_load_that_outlives_its_transaction),
		cmocka_unit_test(a_load_that_outlives_its_transaction_leaves_the_next_one_alone),
	};
	return cmocka_run_group_tests_name("sqlite_load", tests, make_folder, remove_folder);
}
