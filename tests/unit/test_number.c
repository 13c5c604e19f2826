/* Numbers of bytes as people read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/number.h"

static void assert_bytes(uint64_t bytes, const char *expected)
{
	AUTO(memory) char *text = number_bytes(bytes);
	assert_string_equal(text, expected);
}

static void test_bytes(void **state)
{
	(void)state;
	assert_bytes(0, "0 B");
	assert_bytes(999, "999 B");
	assert_bytes(1000, "1.0 kB");
	assert_bytes(1249, "1.2 kB");
	assert_bytes(999949, "999.9 kB");
	assert_bytes(999950, "1.0 MB");
	assert_bytes(34500000000, "34.5 GB");
	assert_bytes(UINT64_MAX, "18.4 EB");
}

static void assert_read(const char *text, uint64_t expected)
{
	uint64_t bytes;
	assert_true(number_parse_bytes(text, &bytes));
	assert_int_equal(bytes, expected);
}

static void test_bytes_are_read(void **state)
{
	static const char *const wrong[] = {"",      "k",    "-1", "1.5M",                "10 M",
					    "10MiB", "10MM", "1x", "9223372036854775808", "10000000T"};
	uint64_t bytes;
	(void)state;
	assert_read("0", 0);
	assert_read("17B", 17);
	assert_read("500k", 500000);
	assert_read("10M", 10000000);
	assert_read("10mb", 10000000);
	assert_read("3G", 3000000000);
	assert_read("9T", 9000000000000);
	assert_read("9223372036854775807", INT64_MAX);
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_false(number_parse_bytes(wrong[i], &bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_bytes), cmocka_unit_test(test_bytes_are_read)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
