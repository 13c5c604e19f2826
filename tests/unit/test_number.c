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

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_bytes)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
