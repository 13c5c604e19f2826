/* What SQLite's declared types make of values: each value's text, put into such a column again, is that value, or it is
 * odd. SQLite itself says what it keeps. */
#include <math.h>

#include "db/copy_text.h"
#include "scratch_sqlite.h"

#define ODD true

static const struct {
	const char *type;
	struct db_value value;
	bool odd;
	const char *text; /* NULL: \N */
} cases[] = {
	{"BOOLEAN", {.type = DB_INTEGER, .integer = 0}, !ODD, "f"},
	{"BOOLEAN", {.type = DB_INTEGER, .integer = 1}, !ODD, "t"},
	{"boolean", {.type = DB_INTEGER, .integer = 2}, ODD, "2"},
	{"BOOLEAN", {.type = DB_REAL, .real = 0.5}, ODD, "0.5"},
	{"BOOLEAN", {.type = DB_TEXT, .text = "t", .size = 1}, ODD, "t"},
	{"BOOLEAN", {.type = DB_TEXT, .text = "abc", .size = 3}, ODD, "abc"},
	{"BOOLEAN", {.type = DB_NULL}, !ODD, NULL},
	{"JSON", {.type = DB_INTEGER, .integer = 5}, !ODD, "5"},
	{"JSON", {.type = DB_REAL, .real = 1.5}, !ODD, "1.5"},
	{"JSON", {.type = DB_REAL, .real = 0.1 + 0.2}, !ODD, "0.30000000000000004"},
	{"JSON", {.type = DB_REAL, .real = 1e300}, !ODD, "1e+300"},
	{"JSON", {.type = DB_REAL, .real = INFINITY}, ODD, "Infinity"},
	{"JSON", {.type = DB_TEXT, .text = "Infinity", .size = 8}, !ODD, "Infinity"},
	{"JSON", {.type = DB_TEXT, .text = "{\"a\\n\": 5}", .size = 10}, !ODD, "{\"a\\\\n\": 5}"},
	{"JSON", {.type = DB_TEXT, .text = "\"5\"", .size = 3}, !ODD, "\"5\""},
	{"JSON", {.type = DB_TEXT, .text = "", .size = 0}, !ODD, ""},
	{"JSON", {.type = DB_TEXT, .text = "-", .size = 1}, !ODD, "-"},
	{"JSON", {.type = DB_BLOB, .text = "{}", .size = 2}, ODD, "{}"},
	{"DATETIME", {.type = DB_TEXT, .text = "2026-11-24 10:49:41.5", .size = 21}, !ODD, "2026-11-24 10:49:41.5"},
	{"DATE", {.type = DB_TEXT, .text = "2026-11-24", .size = 10}, !ODD, "2026-11-24"},
	{"TIMESTAMP", {.type = DB_INTEGER, .integer = 1700000000}, !ODD, "1700000000"},
	{"BIGINT", {.type = DB_INTEGER, .integer = INT64_MAX}, !ODD, "9223372036854775807"},
	{"BIGINT", {.type = DB_INTEGER, .integer = INT64_MIN}, !ODD, "-9223372036854775808"},
	{"INTEGER", {.type = DB_REAL, .real = 1700000000.5}, !ODD, "1700000000.5"},
	{"INTEGER", {.type = DB_REAL, .real = 9.3e18}, !ODD, "9.3e+18"},
	{"INTEGER", {.type = DB_TEXT, .text = "abc", .size = 3}, !ODD, "abc"},
	{"INTEGER", {.type = DB_TEXT, .text = "0x10", .size = 4}, !ODD, "0x10"},
	{"REAL", {.type = DB_REAL, .real = 5.0}, !ODD, "5"},
	{"FLOAT", {.type = DB_REAL, .real = 5e-324}, !ODD, "5e-324"},
	{"DOUBLE PRECISION", {.type = DB_REAL, .real = -INFINITY}, !ODD, "-Infinity"},
	{"FLOAT", {.type = DB_TEXT, .text = "-Infinity", .size = 9}, ODD, "-Infinity"},
	{"FLOAT", {.type = DB_TEXT, .text = "NaN", .size = 3}, !ODD, "NaN"},
	{"VARCHAR(255)", {.type = DB_TEXT, .text = "5", .size = 1}, !ODD, "5"},
	{"TEXT", {.type = DB_TEXT, .text = "a\0b", .size = 3}, !ODD, "a\\x00b"},
	{"TEXT", {.type = DB_TEXT, .text = "\0\0", .size = 2}, !ODD, "\\x00\\x00"},
	{"TEXT", {.type = DB_TEXT, .text = "\xff\xfe", .size = 2}, !ODD, "\xff\xfe"},
	{"TEXT", {.type = DB_TEXT, .text = "\\N", .size = 2}, !ODD, "\\\\N"},
	{"TEXT", {.type = DB_BLOB, .text = "a\0\xff", .size = 3}, ODD, "a\\x00\xff"},
	{"TEXT", {.type = DB_BLOB, .text = "", .size = 0}, ODD, ""},
	{"", {.type = DB_TEXT, .text = "5", .size = 1}, !ODD, "5"},
	{"", {.type = DB_INTEGER, .integer = 5}, ODD, "5"},
	{"", {.type = DB_REAL, .real = 2.5}, ODD, "2.5"},
	{"", {.type = DB_BLOB, .text = "\\", .size = 1}, ODD, "\\\\"},
	{"BLOB", {.type = DB_BLOB, .text = "\x00\xff\\", .size = 3}, !ODD, "\\\\x00ff5c"},
	{"BLOB", {.type = DB_BLOB, .text = "", .size = 0}, !ODD, "\\\\x"},
	{"BLOB", {.type = DB_TEXT, .text = "\\x41", .size = 4}, ODD, "\\\\x41"},
	{"BLOB", {.type = DB_INTEGER, .integer = 7}, ODD, "7"},
	{"BYTEA", {.type = DB_BLOB, .text = "A", .size = 1}, !ODD, "\\\\x41"},
	{"VARBINARY(16)", {.type = DB_BLOB, .text = "A", .size = 1}, !ODD, "\\\\x41"},
};

struct seen {
	struct str lines;
	int64_t odd;
	struct db_odd last;
	struct str bytes; /* of the last one */
};

static fallible take_lines(void *state, const char *bytes, size_t size)
{
	struct seen *seen = state;
	str_add_n(&seen->lines, bytes, size);
	return NULL;
}

static fallible take_odd(void *state, const struct db_odd *odd)
{
	struct seen *seen = state;
	seen->odd++;
	seen->last = *odd;
	str_clear(&seen->bytes);
	if (db_is_text(odd->value))
		str_add_n(&seen->bytes, odd->value.text, odd->value.size);
	seen->last.value.text = seen->bytes.data;
	return NULL;
}

static void unload(struct db *db, const char *query, struct seen *seen)
{
	const struct db_unload asked = {query, {take_lines, seen}, take_odd, seen};
	assert_null(db_unload(db, &asked));
}

static void free_seen(struct seen *seen)
{
	str_cleanup(&seen->lines);
	str_cleanup(&seen->bytes);
}

static void make_table(struct db *db, const char *type)
{
	AUTO(memory)
	char *sql = text_format("DROP TABLE IF EXISTS t; CREATE TABLE t (before TEXT, value %s, after TEXT)", type);
	assert_null(db_script(db, sql));
}

static const char *const columns[] = {"before", "value", "after"};

static void insert(struct db *db, const struct db_value *value)
{
	const struct db_value row[] = {db_text("a"), *value, db_text("z")};
	struct db_load *load = NULL;
	assert_null(db_load_begin(db, "t", columns, 3, &load));
	assert_null(db_load_row(load, row));
	assert_null(db_load_end(&load, NULL));
}

/* Type and value, as SQLite has them. */
static char *kept(struct db *db)
{
	bool found;
	char *text = NULL;
	assert_null(db_single_text(db,
				   "SELECT typeof(value) || ' ' || CASE typeof(value) WHEN 'real'"
				   " THEN printf('%!.20g', value) ELSE hex(value) END FROM t",
				   NULL, 0, &found, &text));
	return text;
}

static void each_value_comes_back_or_is_told(CLEAN)
{
	AUTO(db) struct db *db = create("declared.db");
	assert_null(db_begin(db, DB_WRITE));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct seen seen = {0};
		make_table(db, cases[i].type);
		insert(db, &cases[i].value);
		AUTO(memory) char *before = kept(db);
		unload(db, "SELECT before, value, after FROM t", &seen);
		AUTO(memory) char *expected = text_format("a\t%s\tz\n", cases[i].text ? cases[i].text : "\\N");
		assert_string_equal(str_text(&seen.lines), expected);
		if (seen.odd != cases[i].odd)
			fail_msg("%s: \"%s\" is %s", cases[i].type, cases[i].text, seen.odd ? "odd" : "not odd");
		if (seen.odd)
			assert_int_equal(seen.last.column, 1);

		struct db_load *load = NULL;
		make_table(db, cases[i].type);
		assert_null(db_load_begin(db, "t", columns, 3, &load));
		assert_null(db_load_lines(load, seen.lines.data, seen.lines.size, &seen.last, (size_t)seen.odd));
		assert_null(db_load_end(&load, NULL));
		AUTO(memory) char *after = kept(db);
		assert_string_equal(after, before);
		free_seen(&seen);
	}
}

static void what_is_no_column_is_never_odd(CLEAN)
{
	struct seen seen = {0};
	AUTO(db) struct db *db = with_table("expression.db");
	assert_null(db_run(db, "INSERT INTO \"group\" VALUES ('a', 5)", NULL, 0, NULL));
	unload(db, "SELECT value + 1, x'00ff', 0.5, 'b', NULL, value FROM \"group\"", &seen);
	assert_string_equal(seen.lines.data, "6\t\\\\x00ff\t0.5\tb\t\\N\t5\n");
	assert_int_equal(seen.odd, 1);
	assert_int_equal(seen.last.column, 5);
	free_seen(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_value_comes_back_or_is_told),
		cmocka_unit_test(what_is_no_column_is_never_odd),
	};
	return cmocka_run_group_tests_name("sqlite_declared", tests, make_folder, remove_folder);
}
