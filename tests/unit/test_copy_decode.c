/* Lines of COPY's text format: what PostgreSQL reads in them, and what is refused. tests/real/test_db_lines.py asks a
 * server for the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/large.h"
#include "base/memory.h"
#include "db/copy_decode.h"
#include "db/copy_text.h"

#define CLEAN __attribute__((unused)) void **state
#define TEXT(literal) literal, sizeof(literal) - 1

static fallible decode(const char *line, size_t size, struct db_value *fields, size_t count, struct str *unescaped)
{
	size_t used = 0;
	TRY(copy_decode_line(line, size, fields, count, unescaped, &used));
	assert_int_equal(used, size);
	return NULL;
}

static const struct {
	const char *line;
	size_t line_size;
	const char *text;
	size_t size;
} fields_alone[] = {
	{TEXT("\n"), TEXT("")},
	{TEXT("plain\n"), TEXT("plain")},
	{TEXT("\\b\\f\\n\\r\\t\\v\\\\\n"), TEXT("\b\f\n\r\t\v\\")},
	{TEXT("\\q\\ \\\"\\N!\n"), TEXT("q \"N!")},
	{TEXT("\\\\N\n"), TEXT("\\N")},
	{TEXT("\\\\.\n"), TEXT("\\.")},
	{TEXT("a.\n"), TEXT("a.")},
	{TEXT("\\0\\7\\10\\101\\1011\\400\\777\n"), TEXT("\0\7\10A"
							 "A1\0\xff")},
	{TEXT("\\8\n"), TEXT("8")},
	{TEXT("\\x00\\xA\\xfF\\x411\\xg\\x\n"), TEXT("\0\n\xff"
						     "A1xgx")},
	{TEXT("\b\v\f\x1b\x7f\xff\n"), TEXT("\b\v\f\x1b\x7f\xff")},
};

static void escapes_are_read_as_postgresql_does(CLEAN)
{
	for (size_t i = 0; i < COUNT(fields_alone); i++) {
		AUTO(str) struct str unescaped = {0};
		struct db_value field;
		assert_null(decode(fields_alone[i].line, fields_alone[i].line_size, &field, 1, &unescaped));
		assert_int_equal(field.type, DB_TEXT);
		assert_int_equal(field.size, fields_alone[i].size);
		assert_memory_equal(field.text, fields_alone[i].text, field.size);
	}
}

static const struct {
	const char *line;
	size_t size;
	const char *words;
} refusals[] = {
	{TEXT(""), "has no end"},
	{TEXT("a\tb"), "has no end"},
	{TEXT("a\n"), "too few fields"},
	{TEXT("\n"), "too few fields"},
	{TEXT("a\tb\tc\n"), "too many fields"},
	{TEXT("a\t\\\n"), "a backslash"},
	{TEXT("\\\tb\n"), "a backslash"},
	{TEXT("a\\\nb\tc\n"), "too few fields"},
	{TEXT("a\tb\\.\n"), "a backslash"},
	{TEXT("\\.\t\n"), "a backslash"},
	{TEXT("\\\x01\tb\n"), "a backslash"},
	{TEXT("a\tb\r\n"), "a carriage return"},
	{TEXT("a\rb\tc\n"), "a carriage return"},
	{TEXT("a\t\0\n"), "a NUL"},
};

static void what_is_no_copy_text_is_refused(CLEAN)
{
	for (size_t i = 0; i < COUNT(refusals); i++) {
		AUTO(str) struct str unescaped = {0};
		struct db_value fields[2];
		size_t used;
		AUTO(error)
		struct error *error =
			copy_decode_line(refusals[i].line, refusals[i].size, fields, 2, &unescaped, &used);
		if (!error || error->code != ERR_INPUT || !strstr(error->message, refusals[i].words))
			fail_msg("line %zu: %s", i, error ? error->message : "taken");
	}
}

static void line_after_line(CLEAN)
{
	static const char lines[] = "1\t\\N\n\\\\a\tb\\\\\n\t\n";
	static const char *const expected[][2] = {{"1", NULL}, {"\\a", "b\\"}, {"", ""}};
	AUTO(str) struct str unescaped = {0};
	size_t at = 0;
	for (size_t row = 0; row < COUNT(expected); row++) {
		struct db_value fields[2];
		size_t used;
		assert_null(copy_decode_line(lines + at, strlen(lines) - at, fields, 2, &unescaped, &used));
		at += used;
		for (int i = 0; i < 2; i++) {
			assert_int_equal(fields[i].type, expected[row][i] ? DB_TEXT : DB_NULL);
			if (!expected[row][i])
				continue;
			assert_int_equal(fields[i].size, strlen(expected[row][i]));
			assert_memory_equal(fields[i].text, expected[row][i], fields[i].size);
		}
	}
	assert_int_equal(at, strlen(lines));
}

/* What was read before stays where it is while the rest of the line is read. */
static void all_bytes_survive(CLEAN)
{
	AUTO(str) struct str text = {0}, line = {0}, unescaped = {0};
	for (int i = 0; i < 100000; i++)
		str_add_char(&text, (char)(i * 7 + i / 256));
	for (int field = 0; field < 3; field++) {
		for (size_t at = 0; at < text.size; at++) {
			at += copy_add_text(&line, text.data + at, text.size - at);
			if (at < text.size)
				copy_add_nul(&line);
		}
		str_add_char(&line, field < 2 ? '\t' : '\n');
	}
	struct db_value fields[3];
	assert_null(decode(line.data, line.size, fields, 3, &unescaped));
	for (int field = 0; field < 3; field++) {
		assert_int_equal(fields[field].size, text.size);
		assert_memory_equal(fields[field].text, text.data, text.size);
	}
}

/* Longer than what is read in one go. */
static void a_very_long_field(CLEAN)
{
	size_t size = 5 * (size_t)LARGE_BLOCK + 3;
	AUTO(str) struct str line = {0}, unescaped = {0};
	for (size_t i = 0; i < size; i++)
		str_add_char(&line, 'a' + (char)(i % 26));
	str_add(&line, "\\n\t");
	for (size_t i = 0; i < size; i++)
		str_add(&line, "\\\\");
	str_add(&line, "\n");
	struct db_value fields[2];
	assert_null(decode(line.data, line.size, fields, 2, &unescaped));
	assert_int_equal(fields[0].size, size + 1);
	assert_memory_equal(fields[0].text, line.data, size);
	assert_int_equal(fields[0].text[size], '\n');
	assert_int_equal(fields[1].size, size);
	assert_int_equal(fields[1].text[size - 1], '\\');
}

static const struct {
	const char *lines;
	int64_t count;
	const char *words; /* NULL: they are taken */
} checked[] = {
	{"", 0, NULL},
	{"a\tb\n", 1, NULL},
	{"a\n\n\\N\n", 3, NULL},
	{"a\\\\.\n.\n\\\\\\\\.\n", 3, NULL},
	{"a\nb", 1, "has no end"},
	{"a\n\\.\nb\n", 1, "a mark of its end"},
	{"a\nb\nc\\\\\\.\n", 2, "a mark of its end"},
	{"\\.", 0, "a mark of its end"},
	{"a\\", 0, "has no end"},
};

static void lines_for_a_server_have_no_mark_of_their_end(CLEAN)
{
	for (size_t i = 0; i < COUNT(checked); i++) {
		int64_t count;
		AUTO(error) struct error *error = copy_check_lines(checked[i].lines, strlen(checked[i].lines), &count);
		assert_int_equal(count, checked[i].count);
		assert_true(!error == !checked[i].words);
		if (error)
			assert_non_null(strstr(error->message, checked[i].words));
	}
}

static void bytes_are_read_in_place(CLEAN)
{
	char text[] = "\\x00fFa5";
	assert_true(copy_read_hex(text, 8, text));
	assert_memory_equal(text, "\x00\xff\xa5", 3);
	static const char *const none[] = {"", "\\", "\\x0", "x00", "\\x0g", "\\x 0", "\\X00", "\\x00z0"};
	for (size_t i = 0; i < COUNT(none); i++) {
		char copy[16];
		strcpy(copy, none[i]);
		assert_false(copy_read_hex(copy, strlen(copy), copy));
		assert_string_equal(copy, none[i]);
	}
	assert_true(copy_read_hex("\\x", 2, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_are_read_as_postgresql_does),
		cmocka_unit_test(what_is_no_copy_text_is_refused),
		cmocka_unit_test(line_after_line),
		cmocka_unit_test(all_bytes_survive),
		cmocka_unit_test(a_very_long_field),
		cmocka_unit_test(lines_for_a_server_have_no_mark_of_their_end),
		cmocka_unit_test(bytes_are_read_in_place),
	};
	return cmocka_run_group_tests_name("copy_decode", tests, NULL, NULL);
}
