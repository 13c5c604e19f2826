/* Growing strings and lists of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/str.h"

static void test_growing(void **state)
{
	(void)state;
	AUTO(str) struct str text = {0};
	assert_string_equal(str_text(&text), "");
	for (size_t i = 0; i < 1000; i++) {
		str_add_char(&text, (char)('a' + i % 26));
		assert_int_equal(text.size, i + 1);
		assert_int_equal(text.data[i + 1], '\0');
		assert_true(text.room > text.size);
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(text.data[i], 'a' + i % 26);
	size_t room = text.room;
	str_clear(&text);
	assert_int_equal(text.size, 0);
	assert_int_equal(text.room, room);
	assert_string_equal(str_text(&text), "");
	str_add_format(&text, "%d-%s", 7, "x");
	str_add_n(&text, "a\0b", 3);
	assert_int_equal(text.size, 6);
	assert_memory_equal(text.data, "7-xa\0b", 7);
}

static void test_room_is_an_empty_text(void **state)
{
	(void)state;
	AUTO(str) struct str text = {0};
	str_reserve(&text, 100);
	assert_true(text.room >= 101);
	assert_string_equal(str_text(&text), "");
	str_add(&text, "kept");
	str_reserve(&text, 5000);
	assert_string_equal(str_text(&text), "kept");
}

static void test_take(void **state)
{
	(void)state;
	struct str text = {0};
	AUTO(memory) char *nothing = str_take(&text);
	assert_string_equal(nothing, "");
	str_add(&text, "x");
	AUTO(memory) char *taken = str_take(&text);
	assert_string_equal(taken, "x");
	assert_null(text.data);
	assert_int_equal(text.size + text.room, 0);
}

static void assert_split(const char *text, char separator, const char *expected)
{
	AUTO(strings) struct strings list = {0};
	strings_split(&list, text, separator);
	AUTO(memory) char *joined = strings_join(&list, "|");
	assert_string_equal(joined, expected);
	assert_true(!list.count || !list.items[list.count]);
}

static void test_split(void **state)
{
	(void)state;
	assert_split("", ',', "");
	assert_split(",, ,\t,", ',', "");
	assert_split("a", ',', "a");
	assert_split(" a b ,\tc,", ',', "a b|c");
	assert_split(" a;b ", '\0', "a;b");
}

static void test_lists(void **state)
{
	(void)state;
	AUTO(strings) struct strings list = {0};
	AUTO(memory) char *empty = strings_join(&list, ", ");
	assert_string_equal(empty, "");
	strings_sort(&list);
	assert_false(strings_have(&list, "a"));
	for (int i = 20; i > 0; i--)
		strings_add_taken(&list, text_format("%02d", i));
	strings_sort(&list);
	assert_string_equal(list.items[0], "01");
	assert_string_equal(list.items[19], "20");
	assert_null(list.items[20]);
	assert_true(strings_have(&list, "07"));
	assert_false(strings_have(&list, "7"));
}

static void test_comparing(void **state)
{
	(void)state;
	assert_true(text_equal(NULL, NULL) && text_equal("a", "a") && text_equal("", ""));
	assert_false(text_equal(NULL, "") || text_equal("", NULL) || text_equal("a", "A") || text_equal("a", "ab"));
	assert_true(text_starts("abc", "ab") && text_starts("abc", "") && text_starts("abc", "abc"));
	assert_false(text_starts("ab", "abc") || text_starts("xabc", "abc"));
	assert_true(text_ends("abc", "bc") && text_ends("abc", "") && text_ends("abc", "abc"));
	assert_false(text_ends("bc", "abc") || text_ends("abcx", "abc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growing), cmocka_unit_test(test_room_is_an_empty_text),
		cmocka_unit_test(test_take), cmocka_unit_test(test_split), cmocka_unit_test(test_lists),
		cmocka_unit_test(test_comparing),
	};
	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
