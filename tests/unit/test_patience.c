/* How long others are waited for: whoever gets on has all the time again. That it ends, and what is told, is seen on
 * real databases (tests/real/test_migrate_online.py). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "migrate/patience.h"

#define MINUTE_MS 60000

static void who_got_on_has_all_the_time_again(void **state)
{
	(void)state;
	int64_t now = clock_monotonic_ms();
	struct strings tables = {0};
	struct error *error = error_new(ERR_BUSY, "no lock");
	AUTO(db) struct db *db = NULL;
	assert_null(db_open_in_memory(&db));
	struct patience patience = {.db = db, .most_s = 60, .since = now - 2 * MINUTE_MS, .told = now};
	patience_got_on(&patience);
	assert_true(patience_goes_on(&patience, &tables, &error));
	assert_null(error);
	assert_true(patience.since > now - MINUTE_MS);
}

static void what_the_first_try_waited_counts(void **state)
{
	(void)state;
	struct strings tables = {0};
	AUTO(db) struct db *db = NULL;
	assert_null(db_open_in_memory(&db));
	struct error *error = error_new(ERR_BUSY, "no lock");
	struct patience patience = {.db = db, .most_s = db_lock_wait(db), .told = clock_monotonic_ms()};
	assert_false(patience_goes_on(&patience, &tables, &error));
	assert_non_null(error);
	error_free(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_got_on_has_all_the_time_again),
		cmocka_unit_test(what_the_first_try_waited_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
