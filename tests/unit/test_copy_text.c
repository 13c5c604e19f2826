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

static const struct {
	struct db_value value;
	const char *expected;
} values[] = {
	{{.type = DB_NULL}, "\\N"},
	{{.type = DB_INTEGER, .integer = 0}, "0"},
	{{.type = DB_INTEGER, .integer = -1}, "-1"},
	{{.type = DB_INTEGER, .integer = INT64_MAX}, "9223372036854775807"},
	{{.type = DB_INTEGER, .integer = INT64_MIN}, "-9223372036854775808"},
	{{.type = DB_BOOLEAN, .integer = 1}, "t"},
	{{.type = DB_BOOLEAN, .integer = 0}, "f"},
	{{.type = DB_REAL, .real = 0.1}, "0.10000000000000001"},
	{{.type = DB_REAL, .real = INFINITY}, "Infinity"},
	{{.type = DB_REAL, .real = -INFINITY}, "-Infinity"},
	{{.type = DB_TEXT, .text = "", .size = 0}, ""},
	{{.type = DB_TEXT, .text = "a\tb\nc\rd\\e", .size = 9}, "a\\tb\\nc\\rd\\\\e"},
	{{.type = DB_TEXT, .text = "\\.", .size = 2}, "\\\\."},
	{{.type = DB_TEXT, .text = "\\N", .size = 2}, "\\\\N"},
	{{.type = DB_TEXT, .text = "\b\v\f\x1b\x7f", .size = 5}, "\b\v\f\x1b\x7f"},
	{{.type = DB_TEXT, .text = "\xc3\xa9\xf0\x9f\x98\x80", .size = 6}, "\xc3\xa9\xf0\x9f\x98\x80"},
	{{.type = DB_TEXT, .text = "cut here", .size = 3}, "cut"},
	{{.type = DB_BLOB, .text = "\x00\xff\\", .size = 3}, "\\\\x00ff5c"},
	{{.type = DB_BLOB, .text = NULL, .size = 0}, "\\\\x"},
};

static void each_kind_of_value(CLEAN)
{
	for (size_t i = 0; i < COUNT(values); i++) {
		AUTO(str) struct str out = {0};
		assert_null(pg_copy_value(&out, &values[i].value));
		assert_string_equal(str_text(&out), values[i].expected);
		assert_int_equal(out.size, strlen(values[i].expected));
	}
}

static void a_text_in_pieces_is_the_text(CLEAN)
{
	static const char text[] = "a\tb\\c\xc3\xa9\n";
	AUTO(str) struct str whole = {0}, pieces = {0};
	const struct db_value value = db_text(text);
	assert_null(pg_copy_value(&whole, &value));
	for (size_t i = 0; i < strlen(text); i++) {
		const struct db_value piece = db_text_n(text + i, 1);
		assert_null(pg_copy_value(&pieces, &piece));
	}
	assert_string_equal(str_text(&pieces), str_text(&whole));
}

static void only_the_four_special_bytes_are_escaped(CLEAN)
{
	for (int byte = 1; byte < 256; byte++) {
		char text[] = {'x', (char)byte, 'y'};
		const struct db_value value = db_text_n(text, sizeof text);
		AUTO(str) struct str row = {0};
		assert_null(pg_copy_value(&row, &value));
		bool escaped = strchr("\\\n\r\t", byte) != NULL;
		assert_int_equal(row.size, escaped ? 4 : 3);
		if (!escaped)
			assert_memory_equal(row.data, text, sizeof text);
	}
}

static void nul_is_refused(CLEAN)
{
	const struct db_value value = db_text_n("a\0b", 3);
	AUTO(str) struct str row = {0};
	AUTO(error) struct error *error = pg_copy_value(&row, &value);
	assert_non_null(error);
	assert_int_equal(error->code, ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_value),
		cmocka_unit_test(a_text_in_pieces_is_the_text),
		cmocka_unit_test(only_the_four_special_bytes_are_escaped),
		cmocka_unit_test(nul_is_refused),
	};
	return cmocka_run_group_tests_name("copy_text", tests, NULL, NULL);
}
