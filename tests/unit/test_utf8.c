/* UTF-8 against the table of RFC 3629, and what a terminal may not get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/utf8.h"

static void test_every_code_point(void **state)
{
	(void)state;
	for (uint32_t point = 0; point <= 0x10ffff; point++) {
		AUTO(str) struct str text = {0};
		utf8_encode(&text, point);
		uint32_t back = 0xffffffff;
		size_t length = utf8_decode(text.data, text.size, &back);
		if (point >= 0xd800 && point <= 0xdfff) {
			assert_int_equal(length, 0);
			continue;
		}
		assert_int_equal(length, point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4);
		assert_int_equal(length, text.size);
		assert_int_equal(back, point);
		for (size_t cut = 1; cut < length; cut++)
			assert_int_equal(utf8_decode(text.data, cut, &back), 0);
	}
}

static void test_what_is_not_valid(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x80\x80", "\xe0\x9f\xbf",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xe2\x82", "\xe2\x28\xa1", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff",
	};
	for (size_t i = 0; i < COUNT(texts); i++) {
		uint32_t point = 7;
		assert_int_equal(utf8_decode(texts[i], strlen(texts[i]), &point), 0);
		AUTO(memory) char *inside = text_format("ab%scd", texts[i]);
		assert_false(utf8_valid(inside, strlen(inside)));
	}
	assert_true(utf8_valid("", 0));
	assert_true(utf8_valid("a\0b", 3));
	assert_true(utf8_valid("\xf4\x8f\xbf\xbf\xee\x80\x80\xed\x9f\xbf", 10));
}

static const char *safe(struct str *out, const char *bytes, size_t size)
{
	str_clear(out);
	utf8_add_safe(out, bytes, size);
	return str_text(out);
}

static void test_safe(void **state)
{
	(void)state;
	AUTO(str) struct str out = {0};
	assert_string_equal(safe(&out, "plain \\ J\xc3\xbcrgen \xe2\x82\xac", 19),
			    "plain \\ J\xc3\xbcrgen \xe2\x82\xac");
	assert_string_equal(safe(&out, "\x1b[2J", 4), "\\x1b[2J");
	assert_string_equal(safe(&out, "a\0b", 3), "a\\x00b");
	assert_string_equal(safe(&out, "a\xff", 2), "a\\xff");
	assert_string_equal(safe(&out, "\xc3", 1), "\\xc3");
	assert_string_equal(safe(&out, "\xc2\x9b" "31m", 5), "\\x9b31m");
	assert_string_equal(safe(&out, "\xe2\x80\xae" "x", 4), "\\u202ex");
	assert_string_equal(safe(&out, "\n\r\t\x7f", 4), "\\x0a\\x0d\\x09\\x7f");
}

static void test_unsafe_ranges(void **state)
{
	(void)state;
	static const uint32_t unsafe[] = {0, 0x1f, 0x7f, 0x80, 0x9f, 0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a,
					  0x202e, 0x2066, 0x2069, 0xfffe, 0xffff};
	static const uint32_t fine[] = {0x20, 0x7e, 0xa0, 0xe9, 0x061b, 0x061d, 0x200d, 0x2010, 0x2027, 0x202f, 0x2065,
					0x206a, 0xfffd, 0x1f600};
	for (size_t i = 0; i < COUNT(unsafe); i++)
		assert_true(utf8_is_unsafe(unsafe[i]));
	for (size_t i = 0; i < COUNT(fine); i++)
		assert_false(utf8_is_unsafe(fine[i]));
}

static void test_width(void **state)
{
	(void)state;
	assert_int_equal(utf8_width("abc", 3), 3);
	assert_int_equal(utf8_width("\xc3\xa9", 2), 1);
	assert_int_equal(utf8_width("\xe6\xbc\xa2", 3), 2);   /* wide */
	assert_int_equal(utf8_width("e\xcc\x81", 3), 1);      /* combining */
	assert_int_equal(utf8_width("", 0), 0);
}

static void test_cut(void **state)
{
	(void)state;
	assert_int_equal(utf8_cut("", 3), 0);
	assert_int_equal(utf8_cut("abc", 3), 3);
	assert_int_equal(utf8_cut("abcd", 3), 3);
	assert_int_equal(utf8_cut("ab\xc3\xa9", 3), 2);
	assert_int_equal(utf8_cut("ab\xc3\xa9", 4), 4);
	assert_int_equal(utf8_cut("\xe6\xbc\xa2", 2), 0);
}

static void test_lower(void **state)
{
	(void)state;
	AUTO(str) struct str out = {0};
	utf8_add_lower(&out, NULL);
	assert_int_equal(out.size, 0);
	utf8_add_lower(&out, "AZ@[`{ \xc3\x84\xc3\x96 \xce\xa3 \xd0\x9b \xff" "Q 9");
	assert_string_equal(str_text(&out), "az@[`{ \xc3\xa4\xc3\xb6 \xcf\x83 \xd0\xbb \xff" "q 9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_point), cmocka_unit_test(test_what_is_not_valid),
		cmocka_unit_test(test_safe), cmocka_unit_test(test_unsafe_ranges), cmocka_unit_test(test_width),
		cmocka_unit_test(test_cut), cmocka_unit_test(test_lower),
	};
	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
