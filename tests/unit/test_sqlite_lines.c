/* Lines of COPY text out of SQLite and into it: pieces, rows, and what is refused. */
#include "scratch_sqlite.h"

struct pieces {
	struct str text;
	int count, cut; /* cut: that do not end with a line */
	size_t longest;
	int64_t odd, told_before; /* told_before: how many were told before the first piece */
};

static fallible take(void *state, const char *bytes, size_t size)
{
	struct pieces *pieces = state;
	assert_true(size > 0);
	if (!pieces->count++)
		pieces->told_before = pieces->odd;
	pieces->cut += bytes[size - 1] != '\n';
	pieces->longest = size > pieces->longest ? size : pieces->longest;
	str_add_n(&pieces->text, bytes, size);
	return NULL;
}

static fallible count_odd(void *state, const struct db_odd *odd)
{
	struct pieces *pieces = state;
	assert_int_equal(odd->row, pieces->odd);
	pieces->odd++;
	return NULL;
}

static fallible refuse(void *state, const char *bytes, size_t size)
{
	(void)state, (void)bytes, (void)size;
	return error_new(ERR_FAILED, "the disk is full");
}

static fallible unload(struct db *db, const char *query, struct pieces *pieces)
{
	const struct db_unload asked = {query, {take, pieces}, count_odd, pieces};
	return db_unload(db, &asked);
}

static fallible load(struct db *db, const char *lines, const struct db_odd *odd, size_t count)
{
	struct db_load *load = NULL;
	TRY(db_load_begin(db, "group", group_columns, 2, &load));
	struct error *error = db_load_lines(load, lines, strlen(lines), odd, count);
	if (error) {
		db_load_abort(load);
		return error;
	}
	return db_load_end(&load, NULL);
}

static void small_rows_come_together_and_end_with_lines(CLEAN)
{
	struct pieces pieces = {0};
	AUTO(db) struct db *db = with_table("small.db");
	assert_null(db_script(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000)"
				  " INSERT INTO \"group\" SELECT printf('%d', i), printf('%100d', i) FROM n"));
	assert_null(unload(db, "SELECT id, value FROM \"group\" ORDER BY rowid", &pieces));
	assert_true(pieces.count > 10 && pieces.count < 60);
	assert_int_equal(pieces.cut, 0);
	assert_int_equal(strncmp(pieces.text.data, "1\t   ", 5), 0);
	str_cleanup(&pieces.text);
}

static void a_long_line_comes_in_pieces_of_its_own(CLEAN)
{
	struct pieces pieces = {0};
	AUTO(db) struct db *db = with_table("long.db");
	assert_null(db_script(db, "INSERT INTO \"group\" VALUES ('a', 'short'), ('b', printf('%.*c', 3000000, '\\')),"
				  " ('c', 'short')"));
	assert_null(unload(db, "SELECT id, value FROM \"group\" ORDER BY id", &pieces));
	assert_int_equal(pieces.text.size, 8 + 2 + 6000000 + 1 + 8);
	assert_int_equal(strncmp(pieces.text.data, "a\tshort\nb\t\\\\", 11), 0);
	assert_true(pieces.longest < 128 * 1024);
	assert_true(pieces.cut >= pieces.count - 2);
	str_cleanup(&pieces.text);
}

static void odd_values_are_told_before_their_lines(CLEAN)
{
	struct pieces pieces = {0};
	AUTO(db) struct db *db = with_table("odd.db");
	assert_null(db_script(db, "INSERT INTO \"group\" VALUES ('a', 1), ('b', 2), ('c', 3)"));
	assert_null(unload(db, "SELECT id, value FROM \"group\" ORDER BY id", &pieces));
	assert_int_equal(pieces.told_before, 3);
	assert_string_equal(pieces.text.data, "a\t1\nb\t2\nc\t3\n");
	str_cleanup(&pieces.text);
}

static void a_sink_that_fails_ends_it(CLEAN)
{
	AUTO(db) struct db *db = with_table("sink.db");
	assert_null(db_script(db, "INSERT INTO \"group\" VALUES ('a', 1)"));
	const struct db_unload asked = {"SELECT * FROM \"group\"", {refuse, NULL}, NULL, NULL};
	assert_int_equal(code_of(db_unload(db, &asked), "the disk is full"), ERR_FAILED);
	assert_int_equal(code_of(db_commit(db), "nothing was written"), ERR_FAILED);
}

static void a_bad_query_is_told(CLEAN)
{
	struct pieces pieces = {0};
	AUTO(db) struct db *db = with_table("query.db");
	assert_int_equal(code_of(unload(db, "SELECT missing FROM \"group\"", &pieces), "no such column"), ERR_FAILED);
	assert_int_equal(pieces.count, 0);
}

static void odd_values_go_in_place_of_those_in_the_lines(CLEAN)
{
	AUTO(db) struct db *db = with_table("put.db");
	const struct db_odd odd[] = {{0, 1, db_integer(7)}, {2, 0, db_blob("\x01", 1)}, {2, 1, db_real(0.5)}};
	assert_null(load(db, "a\t\\N\nb\tx\nc\tx\n", odd, 3));
	struct pieces pieces = {0};
	assert_null(unload(db, "SELECT quote(id), quote(value) FROM \"group\" ORDER BY rowid", &pieces));
	assert_string_equal(pieces.text.data, "'a'\t7\n'b'\t'x'\nX'01'\t0.5\n");
	str_cleanup(&pieces.text);
}

static const struct {
	const char *lines, *words;
} bad[] = {
	{"a\tb\nc\n", "row 2: no COPY text: a line has too few fields"},
	{"a\tb\nc\td\te\n", "row 2: no COPY text: a line has too many fields"},
	{"a\tb\nc\td", "row 2: no COPY text: the last line has no end"},
	{"a\tb\n\\.\n", "row 2: no COPY text"},
	{"a\tb\nb\tc\na\tc\n", "row 3: UNIQUE"},
};

static void a_bad_line_is_named(CLEAN)
{
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(memory) char *name = text_format("bad%zu.db", i);
		AUTO(db) struct db *db = with_table(name);
		assert_int_equal(code_of(load(db, bad[i].lines, NULL, 0), bad[i].words), ERR_INPUT);
		assert_int_equal(code_of(db_commit(db), "nothing was written"), ERR_FAILED);
	}
}

static void an_odd_value_of_no_row_is_refused(CLEAN)
{
	const struct db_odd odd[] = {{1, 1, db_integer(7)}, {0, 2, db_integer(7)}};
	AUTO(db) struct db *db = with_table("norow.db");
	assert_int_equal(code_of(load(db, "a\tb\n", odd, 1), "a row that is not there"), ERR_INPUT);
	AUTO(db) struct db *other = with_table("nocolumn.db");
	assert_int_equal(code_of(load(other, "a\tb\n", odd + 1, 1), "column 3 of 2"), ERR_INPUT);
}

static void states_are_not_shared(CLEAN)
{
	AUTO(memory) char *name = NULL;
	AUTO(db) struct db *db = with_table("shared.db");
	assert_false(db_can(db, DB_CAN_SHARE_STATE));
	assert_int_equal(code_of(db_share_state(db, &name), "owctl has a defect"), ERR_FAILED);
	assert_null(db_commit(db));
	assert_int_equal(code_of(db_begin_shared(db, "1-1"), "owctl has a defect"), ERR_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_rows_come_together_and_end_with_lines),
		cmocka_unit_test(a_long_line_comes_in_pieces_of_its_own),
		cmocka_unit_test(odd_values_are_told_before_their_lines),
		cmocka_unit_test(a_sink_that_fails_ends_it),
		cmocka_unit_test(a_bad_query_is_told),
		cmocka_unit_test(odd_values_go_in_place_of_those_in_the_lines),
		cmocka_unit_test(a_bad_line_is_named),
		cmocka_unit_test(an_odd_value_of_no_row_is_refused),
		cmocka_unit_test(states_are_not_shared),
	};
	return cmocka_run_group_tests_name("sqlite_lines", tests, make_folder, remove_folder);
}
