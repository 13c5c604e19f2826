/* bounded_run: a call that ends is waited for, one that does not is left behind and cleans up after itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/bounded.h"
#include "base/cancel.h"
#include "base/clock.h"

#define CLEAN __attribute__((unused)) void **state

struct work {
	useconds_t takes;
	atomic_int done, released;
};

static void job(void *state)
{
	struct work *work = state;
	usleep(work->takes);
	work->done++;
}

static void release(void *state)
{
	struct work *work = state;
	work->released++;
}

static void the_result_of_a_call_that_ends_is_the_callers(CLEAN)
{
	struct work work = {.takes = 1000};
	assert_true(bounded_run(job, release, &work, 10000, 10000));
	assert_int_equal(work.done, 1);
	assert_int_equal(work.released, 0);
}

/* Static: the call outlives the test's own frame. */
static void a_call_that_takes_too_long_is_left_behind(CLEAN)
{
	static struct work work = {.takes = 2000000};
	int64_t start = clock_monotonic_ms();
	assert_false(bounded_run(job, release, &work, 50, 50));
	assert_in_range(clock_monotonic_ms() - start, 45, 1900);
	assert_int_equal(work.released, 0);
	for (int i = 0; i < 1000 && !work.released; i++)
		usleep(10000);
	assert_int_equal(work.done, 1);
	assert_int_equal(work.released, 1);
}

static void a_signal_shortens_the_wait(CLEAN)
{
	static struct work work = {.takes = 3000000};
	cancel_install();
	raise(SIGTERM);
	int64_t start = clock_monotonic_ms();
	assert_false(bounded_run(job, release, &work, 60000, 50));
	assert_in_range(clock_monotonic_ms() - start, 45, 2900);
	for (int i = 0; i < 1000 && !work.released; i++)
		usleep(10000);
	assert_int_equal(work.released, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_result_of_a_call_that_ends_is_the_callers),
		cmocka_unit_test(a_call_that_takes_too_long_is_left_behind),
		cmocka_unit_test(a_signal_shortens_the_wait), /* the last one: it can't be taken back */
	};
	return cmocka_run_group_tests_name("bounded", tests, NULL, NULL);
}
