/* Which versions of servers and libraries are sound, and until when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attributes.h"
#include "health/postgresql_support.h"
#include "health/sqlite_library.h"

static void sqlite(void **state UNUSED)
{
	static const char *const sound[] = {"3.51.3", "3.52.0", "3.50.7", "3.44.6", "3.44.7",
					    "3.6.23", "4.0.0", "", "3.x"};
	static const char *const unsound[] = {"3.7.0", "3.40.1", "3.44.5", "3.46.1", "3.50.6", "3.51.2"};
	for (size_t i = 0; i < COUNT(sound); i++)
		assert_true(sqlite_version_is_sound(sound[i]));
	for (size_t i = 0; i < COUNT(unsound); i++)
		assert_false(sqlite_version_is_sound(unsound[i]));
}

static void postgresql(void **state UNUSED)
{
	assert_string_equal(postgresql_last_release(9), "2024-11-21");
	assert_string_equal(postgresql_last_release(14), "2026-11-12");
	assert_string_equal(postgresql_last_release(18), "2030-11-14");
	assert_null(postgresql_last_release(19));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sqlite), cmocka_unit_test(postgresql)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
