/* Opening SQLite files: what is one, and how it may be opened. What happens beside another process is in
 * tests/real/test_db_sqlite.py. */
#include <sys/stat.h>
#include <unistd.h>

#include "scratch_sqlite.h"

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
	put_file("text.db",
		 "This is not a database, but long enough to look at it and see that it is none of ours.....", 90);
	put_file("short.db", "SQLite", 6);

	assert_int_equal(code_of_hinted(try_open("none.db", reading, &db), "no file"), ERR_SETTINGS);
	assert_int_equal(code_of_hinted(try_open("none.db", writing, &db), "no file"), ERR_SETTINGS);
	assert_int_equal(code_of_hinted(try_open("none/none.db", creating, &db), "no folder"), ERR_SETTINGS);
	assert_int_equal(code_of_hinted(try_open("text.db/none.db", reading, &db), "text.db is a file, not"),
			 ERR_SETTINGS);
	assert_int_equal(code_of_hinted(try_open("text.db/none.db", creating, &db), "text.db is a file, not"),
			 ERR_SETTINGS);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_may_hold_anything),
		cmocka_unit_test(what_is_no_database_is_refused),
		cmocka_unit_test(a_cut_off_database_is_damaged),
		cmocka_unit_test(read_only_can_not_be_asked_to_create),
	};
	return cmocka_run_group_tests_name("sqlite_open", tests, make_folder, remove_folder);
}
