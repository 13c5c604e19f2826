/* What is recorded in alembic_version. */
#include "migrate/recorded.h"

#include "scratch_sqlite.h"

static struct db *at_revision(const char *name, int ordinal)
{
	struct db *db = create(name);
	assert_null(db_begin(db, DB_WRITE));
	assert_null(recorded_create(db, revision_at(ordinal)));
	return db;
}

/* This one, and no other. */
static void assert_recorded(struct db *db, int ordinal)
{
	AUTO(strings) struct strings recorded = {0};
	assert_null(db_texts(db, "SELECT version_num FROM alembic_version", NULL, 0, &recorded));
	assert_int_equal(recorded.count, 1);
	assert_string_equal(recorded.items[0], revision_at(ordinal)->id);
}

static void a_new_table_is_nobodys_yet(CLEAN)
{
	AUTO(db) struct db *db = at_revision("new.db", 3);
	assert_recorded(db, 3);
	assert_int_equal(code_of(recorded_create(db, revision_at(4)), "already exists"), ERR_FAILED);
}

static void a_revision_is_moved_from_where_it_was_seen(CLEAN)
{
	AUTO(db) struct db *db = at_revision("move.db", 3);
	assert_null(recorded_move(db, revision_at(3), revision_at(7)));
	assert_recorded(db, 7);
}

static void one_that_somebody_else_has_moved_stays(CLEAN)
{
	AUTO(db) struct db *db = at_revision("moved.db", 4);
	assert_int_equal(code_of_hinted(recorded_move(db, revision_at(3), revision_at(7)), "no longer"), ERR_BUSY);
	assert_recorded(db, 4);
}

static void one_is_set_whatever_was_before(CLEAN)
{
	AUTO(db) struct db *db = at_revision("set.db", 5);
	assert_null(db_script(db, "INSERT INTO alembic_version (version_num) VALUES ('of another program')"));
	assert_null(recorded_set(db, revision_at(2)));
	assert_recorded(db, 2);
	assert_null(db_script(db, "DROP TABLE alembic_version"));
	assert_null(recorded_set(db, revision_at(6)));
	assert_recorded(db, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_table_is_nobodys_yet),
		cmocka_unit_test(a_revision_is_moved_from_where_it_was_seen),
		cmocka_unit_test(one_that_somebody_else_has_moved_stays),
		cmocka_unit_test(one_is_set_whatever_was_before),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
