/* How long others are waited for: whoever gets on has all the time again. That it ends, and what is told, is seen on
 * real databases (tests/real/test_migrate_online.py). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "migrate/patience.h"

#define MINUTE_MS 60000

static void who_got_on_has_all_the_time_again(void **state)
{
	(void)state;
	int64_t now = clock_monotonic_ms();
	struct strings tables = {0};
	struct error *error = error_new(ERR_BUSY, "no lock");
	struct patience patience = {.most_s = 60, .since = now - 2 * MINUTE_MS, .told = now};
	patience_got_on(&patience);
	assert_true(patience_goes_on(&patience, &tables, &error));
	assert_null(error);
	assert_true(patience.since > now - MINUTE_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(who_got_on_has_all_the_time_again)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
