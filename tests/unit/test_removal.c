/* What a server names as a kind of possession stays within the tables. The file itself is included: no server that can
 * be had answers such things, and nobody else may call this. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "provision/removal.c"

static int64_t count_known(void)
{
	int64_t known = 0;
	while (possessions[known].table)
		known++;
	return known;
}

static void assert_refused(struct removal_plan *plan, int64_t kind)
{
	size_t before = plan->count;
	AUTO(error) struct error *error = add_count(plan, kind, 1);
	assert_non_null(error);
	assert_int_equal(error->code, ERR_FAILED);
	assert_non_null(error_hint_text(error));
	assert_int_equal(plan->count, before);
}

static void test_each_kind_is_taken(void **state)
{
	(void)state;
	struct removal_plan plan = {0};
	for (int64_t kind = 0; kind < count_known(); kind++) {
		assert_null(add_count(&plan, kind, kind + 1));
		assert_ptr_equal(plan.items[kind].kind, &possessions[kind]);
		assert_int_equal(plan.items[kind].rows, kind + 1);
	}
	assert_int_equal(plan.count, count_known());
	assert_null(add_count(&plan, THE_ACCOUNT, 1));
	assert_null(add_count(&plan, GRANTS, 7));
	assert_int_equal(plan.accounts, 1);
	assert_int_equal(plan.grants, 7);
	assert_int_equal(plan.count, count_known());
}

static void test_kinds_that_are_none_are_refused(void **state)
{
	(void)state;
	struct removal_plan plan = {0};
	const int64_t odd[] = {count_known(), count_known() + 1, GRANTS - 1, INT64_MAX,
			       INT64_MIN, 1LL << 32, -(1LL << 32)};
	for (size_t i = 0; i < COUNT(odd); i++)
		assert_refused(&plan, odd[i]);
}

static void test_more_than_there_is_room_for_is_refused(void **state)
{
	(void)state;
	struct removal_plan plan = {0};
	for (size_t i = 0; i < COUNT(plan.items); i++)
		assert_null(add_count(&plan, 0, 1));
	assert_refused(&plan, 0);
}

/* Each known kind once must always fit. */
static void test_there_is_room_for_each_kind(void **state)
{
	(void)state;
	assert_true(count_known() <= MOST_POSSESSIONS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_kind_is_taken),
		cmocka_unit_test(test_kinds_that_are_none_are_refused),
		cmocka_unit_test(test_more_than_there_is_room_for_is_refused),
		cmocka_unit_test(test_there_is_room_for_each_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
