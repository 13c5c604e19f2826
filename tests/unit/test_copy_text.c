/* COPY's text format: each kind of value, and every byte that a text can hold. tests/real/test_db_lines.py has the
 * server write and read the same. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/copy_text.h"

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
	{{.type = DB_REAL, .real = 0.1}, "0.1"},
	{{.type = DB_REAL, .real = 5.0}, "5"},
	{{.type = DB_REAL, .real = -0.0}, "-0"},
	{{.type = DB_REAL, .real = 1700000000.25}, "1700000000.25"},
	{{.type = DB_REAL, .real = 0.0001}, "0.0001"},
	{{.type = DB_REAL, .real = 0.00001}, "1e-05"},
	{{.type = DB_REAL, .real = 123456789012345.0}, "123456789012345"},
	{{.type = DB_REAL, .real = 1e15}, "1e+15"},
	{{.type = DB_REAL, .real = 9007199254740993.0}, "9.007199254740992e+15"},
	{{.type = DB_REAL, .real = 0.1 + 0.2}, "0.30000000000000004"},
	{{.type = DB_REAL, .real = 1.7976931348623157e308}, "1.7976931348623157e+308"},
	{{.type = DB_REAL, .real = 5e-324}, "5e-324"},
	{{.type = DB_REAL, .real = 0x1p-44}, "5.684341886080802e-14"}, /* the nearest of 16 digits is another number */
	{{.type = DB_REAL, .real = NAN}, "NaN"},
	{{.type = DB_REAL, .real = INFINITY}, "Infinity"},
	{{.type = DB_REAL, .real = -INFINITY}, "-Infinity"},
	{{.type = DB_TEXT, .text = "", .size = 0}, ""},
	{{.type = DB_TEXT, .text = "a\tb\nc\rd\\e", .size = 9}, "a\\tb\\nc\\rd\\\\e"},
	{{.type = DB_TEXT, .text = "\\.", .size = 2}, "\\\\."},
	{{.type = DB_TEXT, .text = "\\N", .size = 2}, "\\\\N"},
	{{.type = DB_TEXT, .text = "\b\v\f\x1b\x7f", .size = 5}, "\\b\\v\\f\x1b\x7f"},
	{{.type = DB_TEXT, .text = "\xc3\xa9\xf0\x9f\x98\x80", .size = 6}, "\xc3\xa9\xf0\x9f\x98\x80"},
	{{.type = DB_TEXT, .text = "cut here", .size = 3}, "cut"},
	{{.type = DB_BLOB, .text = "\x00\xff\\", .size = 3}, "\\\\x00ff5c"},
	{{.type = DB_BLOB, .text = NULL, .size = 0}, "\\\\x"},
};

static void each_kind_of_value(CLEAN)
{
	for (size_t i = 0; i < COUNT(values); i++) {
		AUTO(str) struct str out = {0};
		assert_null(copy_add_value(&out, &values[i].value));
		assert_string_equal(str_text(&out), values[i].expected);
		assert_int_equal(out.size, strlen(values[i].expected));
	}
}

static void a_text_in_pieces_is_the_text(CLEAN)
{
	static const char text[] = "a\tb\\c\xc3\xa9\n";
	AUTO(str) struct str whole = {0}, pieces = {0};
	const struct db_value value = db_text(text);
	assert_null(copy_add_value(&whole, &value));
	for (size_t i = 0; i < strlen(text); i++) {
		const struct db_value piece = db_text_n(text + i, 1);
		assert_null(copy_add_value(&pieces, &piece));
	}
	assert_string_equal(str_text(&pieces), str_text(&whole));
}

/* At every place among eight, which are looked at together, and beside each other one. */
static void only_the_special_bytes_are_escaped_wherever_they_are(CLEAN)
{
	static const char special[] = "\\\b\f\n\r\t\v", escapes[] = "\\bfnrtv";
	for (int byte = 1; byte < 256 * 8; byte++) {
		char text[19] = "0123456789abcdefgh";
		size_t place = (size_t)byte % 8 + 3;
		text[place] = (char)(byte / 8);
		if (!text[place])
			continue;
		const char *found = strchr(special, text[place]);
		const struct db_value value = db_text_n(text, 18);
		AUTO(str) struct str row = {0}, expected = {0};
		assert_null(copy_add_value(&row, &value));
		str_add_n(&expected, text, place);
		if (found)
			str_add_format(&expected, "\\%c", escapes[found - special]);
		else
			str_add_char(&expected, text[place]);
		str_add_n(&expected, text + place + 1, 17 - place);
		assert_string_equal(str_text(&row), str_text(&expected));
	}
}

static void many_special_bytes_in_a_row(CLEAN)
{
	static const char text[] = "\n\n\\\\\t\t\r\r\b\f\v\\\x80\x8a\xff\x0f\x10!\n";
	const struct db_value value = db_text(text);
	AUTO(str) struct str row = {0};
	assert_null(copy_add_value(&row, &value));
	assert_string_equal(row.data, "\\n\\n\\\\\\\\\\t\\t\\r\\r\\b\\f\\v\\\\\x80\x8a\xff\x0f\x10!\\n");
}

static void nul_is_refused(CLEAN)
{
	const struct db_value value = db_text_n("a\0b", 3);
	AUTO(str) struct str row = {0};
	AUTO(error) struct error *error = copy_add_value(&row, &value);
	assert_non_null(error);
	assert_int_equal(error->code, ERR_INPUT);
	assert_int_equal(copy_add_text(&row, "a\0b", 3), 1);
	assert_int_equal(copy_add_text(&row, "no NUL within these", 19), 19);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_value),
		cmocka_unit_test(a_text_in_pieces_is_the_text),
		cmocka_unit_test(only_the_special_bytes_are_escaped_wherever_they_are),
		cmocka_unit_test(many_special_bytes_in_a_row),
		cmocka_unit_test(nul_is_refused),
	};
	return cmocka_run_group_tests_name("copy_text", tests, NULL, NULL);
}
