/* COPY's text format: each kind of value, and every byte that a text can hold. tests/real/test_db_postgresql.py has the
 * server read it back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/postgresql/postgresql.h"

#define CLEAN __attribute__((unused)) void **state

static void assert_row(const struct db_value *values, size_t count, const char *expected)
{
	AUTO(str) struct str row = {0};
	assert_null(pg_copy_row(&row, values, count));
	assert_string_equal(str_text(&row), expected);
	assert_int_equal(row.size, strlen(expected));
}

static const struct {
	struct db_value value;
	const char *expected;
} values[] = {
	{{.type = DB_NULL}, "\\N\n"},
	{{.type = DB_INTEGER, .integer = 0}, "0\n"},
	{{.type = DB_INTEGER, .integer = -1}, "-1\n"},
	{{.type = DB_INTEGER, .integer = INT64_MAX}, "9223372036854775807\n"},
	{{.type = DB_INTEGER, .integer = INT64_MIN}, "-9223372036854775808\n"},
	{{.type = DB_BOOLEAN, .integer = 1}, "t\n"},
	{{.type = DB_BOOLEAN, .integer = 0}, "f\n"},
	{{.type = DB_REAL, .real = 0.1}, "0.10000000000000001\n"},
	{{.type = DB_REAL, .real = INFINITY}, "Infinity\n"},
	{{.type = DB_REAL, .real = -INFINITY}, "-Infinity\n"},
	{{.type = DB_TEXT, .text = "", .size = 0}, "\n"},
	{{.type = DB_TEXT, .text = "a\tb\nc\rd\\e", .size = 9}, "a\\tb\\nc\\rd\\\\e\n"},
	{{.type = DB_TEXT, .text = "\\.", .size = 2}, "\\\\.\n"},
	{{.type = DB_TEXT, .text = "\\N", .size = 2}, "\\\\N\n"},
	{{.type = DB_TEXT, .text = "\b\v\f\x1b\x7f", .size = 5}, "\b\v\f\x1b\x7f\n"},
	{{.type = DB_TEXT, .text = "\xc3\xa9\xf0\x9f\x98\x80", .size = 6}, "\xc3\xa9\xf0\x9f\x98\x80\n"},
	{{.type = DB_TEXT, .text = "cut here", .size = 3}, "cut\n"},
	{{.type = DB_BLOB, .text = "\x00\xff\\", .size = 3}, "\\\\x00ff5c\n"},
	{{.type = DB_BLOB, .text = NULL, .size = 0}, "\\\\x\n"},
};

static void each_kind_of_value(CLEAN)
{
	for (size_t i = 0; i < COUNT(values); i++)
		assert_row(&values[i].value, 1, values[i].expected);
}

static void columns_are_separated_by_tabs(CLEAN)
{
	const struct db_value row[] = {db_text("a"), db_null(), db_integer(3)};
	assert_row(row, COUNT(row), "a\t\\N\t3\n");
}

static void rows_follow_one_another(CLEAN)
{
	AUTO(str) struct str rows = {0};
	for (int i = 0; i < 1000; i++) {
		const struct db_value value = db_text("\\");
		assert_null(pg_copy_row(&rows, &value, 1));
	}
	assert_int_equal(rows.size, 3000);
	for (size_t i = 0; i < rows.size; i += 3)
		assert_memory_equal(rows.data + i, "\\\\\n", 3);
}

static void only_the_four_special_bytes_are_escaped(CLEAN)
{
	for (int byte = 1; byte < 256; byte++) {
		char text[] = {'x', (char)byte, 'y'};
		const struct db_value value = db_text_n(text, sizeof text);
		AUTO(str) struct str row = {0};
		assert_null(pg_copy_row(&row, &value, 1));
		bool escaped = strchr("\\\n\r\t", byte) != NULL;
		assert_int_equal(row.size, escaped ? 5 : 4);
		if (!escaped)
			assert_memory_equal(row.data, text, sizeof text);
	}
}

static void nul_is_refused(CLEAN)
{
	const struct db_value value = db_text_n("a\0b", 3);
	AUTO(str) struct str row = {0};
	AUTO(error) struct error *error = pg_copy_row(&row, &value, 1);
	assert_non_null(error);
	assert_int_equal(error->code, ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_value),
		cmocka_unit_test(columns_are_separated_by_tabs),
		cmocka_unit_test(rows_follow_one_another),
		cmocka_unit_test(only_the_four_special_bytes_are_escaped),
		cmocka_unit_test(nul_is_refused),
	};
	return cmocka_run_group_tests_name("copy_text", tests, NULL, NULL);
}
