/* What so many people need: each amount is worked out by hand beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "health/capacity/capacity.h"
#include "health/capacity/process.h"
#include "health/capacity/sums.h"

#define MB 1000000

static struct growth_sight growth;

/* Ten people, whom one process serves, and two servers; all else is not known. */
static struct capacity_ground ground_of(void)
{
	growth = (struct growth_sight){.sight.seen = true};
	return (struct capacity_ground){.people = 10,
					.concurrency = 10,
					.replicas = 2,
					.pools = {.workers = 1, .engines = 2, .size = 5, .overflow = 10},
					.threads = -1,
					.request_us = -1,
					.memory_limit = -1,
					.resident = -1,
					.files_most = -1,
					.server = true,
					.connections_most = -1,
					.connections_reserved = -1,
					.round_trip_us = -1,
					.redis_clients_most = -1,
					.growth = &growth,
					.disk_free = -1,
					.vectors = -1};
}

static struct capacity capacity;

static const struct capacity_item *find(const char *name)
{
	for (size_t i = 0; i < capacity.count; i++)
		if (text_equal(capacity.items[i].name, name))
			return &capacity.items[i];
	return NULL;
}

static const struct capacity_item *work_out(const struct capacity_ground *ground, const char *name)
{
	capacity_cleanup(&capacity);
	capacity_work_out(ground, &capacity);
	return find(name);
}

static void assert_item(const struct capacity_item *item, int64_t low, int64_t high, enum capacity_state state)
{
	assert_non_null(item);
	assert_true(item->known);
	assert_int_equal(item->low, low);
	assert_int_equal(item->high, high);
	assert_int_equal(item->state, state);
	assert_int_equal(item->remedy != NULL, state == CAPACITY_LACKING || state == CAPACITY_UNSURE);
	assert_non_null(item->formula);
	assert_non_null(item->source);
}

/* ---- servers ---- */

static void replicas_come_of_the_work_that_people_make(void **state UNUSED)
{
	struct capacity_ground ground = ground_of();
	assert_item(work_out(&ground, "replicas"), 1, 1, CAPACITY_ENOUGH);
	ground.people = 50; /* from here on one may be away */
	assert_item(work_out(&ground, "replicas"), 2, 2, CAPACITY_ENOUGH);
	ground.people = 1000; /* 1000 x 0.4 s / 180 s / 0.7 = 3.2; 1000 x 0.75 s / 60 s / 0.5 = 25 */
	assert_item(work_out(&ground, "replicas"), 4, 25, CAPACITY_LACKING);
	assert_item(find("workers"), 2, 13, CAPACITY_FIGURE);
	ground.pools.workers = 4; /* 4 / 4 and 25 / 4 = 6.3 of these, but two at least */
	assert_item(work_out(&ground, "replicas"), 2, 7, CAPACITY_UNSURE);
	ground.replicas = 7;
	assert_item(work_out(&ground, "replicas"), 2, 7, CAPACITY_ENOUGH);
}

static void slow_requests_take_more_of_them(void **state UNUSED)
{
	struct capacity_ground ground = ground_of();
	ground.people = 1000;
	ground.request_us = 100000; /* 0.6 s + 10 x 0.1 s = 1.6 s of a turn; 1000 x 1.6 s / 60 s / 0.5 = 53.3 */
	assert_item(work_out(&ground, "replicas"), 4, 54, CAPACITY_LACKING);
	ground.request_us = 1000; /* quicker than what was measured in general, which counts */
	assert_item(work_out(&ground, "replicas"), 4, 25, CAPACITY_LACKING);
}

static void nobody_answers_and_the_need_is_told_all_the_same(void **state UNUSED)
{
	struct capacity_ground ground = ground_of();
	ground.replicas = -1;
	assert_item(work_out(&ground, "replicas"), 1, 1, CAPACITY_FIGURE);
	assert_int_equal(capacity.states[CAPACITY_LACKING], 0);
}

static void memory_is_what_a_server_has_now_and_what_comes_with_people(void **state UNUSED)
{
	struct capacity_ground ground = ground_of();
	ground.resident = 500 * MB;
	ground.memory_limit = 700 * MB; /* 500 + 5 x 0.05; 750 + 5 x 1 */
	assert_item(work_out(&ground, "memory"), 500250000, 755 * MB, CAPACITY_UNSURE);
	assert_item(find("memory-in-all"), 1000500000, 1510 * MB, CAPACITY_FIGURE);
	ground.memory_limit = 755 * MB;
	assert_item(work_out(&ground, "memory"), 500250000, 755 * MB, CAPACITY_ENOUGH);
	ground.memory_limit = 500 * MB;
	assert_item(work_out(&ground, "memory"), 500250000, 755 * MB, CAPACITY_LACKING);
	ground.resident = ground.memory_limit = -1; /* 360 + 5 x 0.05; 360 + 500 + 5 x 1 */
	assert_item(work_out(&ground, "memory"), 360250000, 865 * MB, CAPACITY_FIGURE);
}

static void open_files_are_those_of_the_people_of_a_process(void **state UNUSED)
{
	struct capacity_ground ground = ground_of();
	ground.people = 400;
	ground.replicas = 5;
	ground.pools.workers = 2; /* 40 to each of 10 processes: 40 + 40 x 1, 40 + 40 x 4 */
	ground.files_most = 128;
	assert_item(work_out(&ground, "open-files"), 80, 200, CAPACITY_UNSURE);
	ground.files_most = 1024;
	assert_item(work_out(&ground, "open-files"), 80, 200, CAPACITY_ENOUGH);
}

static void a_server_of_this_machine_is_one_that_listens_here(void **state UNUSED)
{
	struct server_seen seen;
	assert_false(server_find(1, &seen));
}

/* ---- connections ---- */

static void pools_are_held_against_what_the_server_has(void **state UNUSED)
{
	struct capacity_ground ground = ground_of();
	ground.replicas = 4;
	ground.pools = (struct pools){.workers = 2, .engines = 2, .size = 5, .overflow = 3, .size_told = true};
	ground.connections_most = 100;
	ground.connections_reserved = 3; /* 8 processes x 8; 8 x 2 x 8; 97 are left */
	assert_item(work_out(&ground, "database-connections"), 64, 128, CAPACITY_UNSURE);
	const struct capacity_item *item = find("database-connections");
	assert_int_equal(item->present, 97);
	assert_non_null(strstr(item->remedy, "DATABASE_POOL_SIZE=6 ")); /* 97 / 8 = 12, for two engines */
	assert_non_null(strstr(item->remedy, "max_connections = 131,"));
	assert_non_null(strstr(item->formula, "8 processes x (5 pool + 3 overflow); 8 processes x 2 engines x that"));
	ground.connections_most = 131;
	assert_item(work_out(&ground, "database-connections"), 64, 128, CAPACITY_ENOUGH);
	ground.connections_most = 66;
	assert_item(work_out(&ground, "database-connections"), 64, 128, CAPACITY_LACKING);
	ground.connections_most = 12; /* 9 are not one for each engine of 8 processes */
	item = work_out(&ground, "database-connections");
	assert_null(strstr(item->remedy, "DATABASE_POOL_SIZE"));
	ground.vectors_in_database = true; /* 8 x (2 x 8 + 15) */
	assert_item(work_out(&ground, "database-connections"), 64, 248, CAPACITY_LACKING);
	ground.server = false;
	assert_item(work_out(&ground, "database-connections"), 64, 248, CAPACITY_FIGURE);
	assert_null(find("database-pool"));
}

static void without_a_pool_nothing_bounds_connections(void **state UNUSED)
{
	struct capacity_ground ground = ground_of();
	ground.pools.size = ground.pools.overflow = 0;
	const struct capacity_item *item = work_out(&ground, "database-connections");
	assert_false(item->known);
	assert_int_equal(item->state, CAPACITY_UNSURE);
	assert_non_null(item->remedy);
	ground.pools.overflow = 10; /* of a pool that there is not */
	ground.round_trip_us = 1000;
	assert_false(work_out(&ground, "database-connections")->known);
	assert_false(find("database-pool")->present_known);
}

static void as_many_are_in_use_as_come_while_each_lasts(void **state UNUSED)
{
	struct capacity_ground ground = ground_of();
	ground.people = 300;
	ground.replicas = 10;
	ground.round_trip_us = 10000; /* 30 people x 350 x 4 x 10 ms / 180 s = 2.3, / 60 s = 7 */
	assert_item(work_out(&ground, "database-pool"), 3, 7, CAPACITY_ENOUGH);
	ground.pools.overflow = 0;
	assert_item(work_out(&ground, "database-pool"), 3, 7, CAPACITY_UNSURE);
	ground.round_trip_us = 30000; /* 7; 21 */
	assert_item(work_out(&ground, "database-pool"), 7, 21, CAPACITY_LACKING);
	ground.round_trip_us = 100; /* hardly any; but 30 x 10 s / 60 s turns are under way */
	assert_item(work_out(&ground, "database-pool"), 1, 5, CAPACITY_ENOUGH);
	ground.round_trip_us = -1;
	assert_false(work_out(&ground, "database-pool")->known);
}

static void clients_of_redis(void **state UNUSED)
{
	struct capacity_ground ground = ground_of();
	ground.redis_clients_most = 19; /* 2 x 4; 2 x 8 + 2 for each of 10 x 10 s / 60 s = 1.7 turns */
	assert_item(work_out(&ground, "redis-clients"), 8, 20, CAPACITY_UNSURE);
	ground.redis_absent = true;
	assert_item(work_out(&ground, "redis-clients"), 8, 20, CAPACITY_FIGURE);
}

static void threads_of_a_large_installation(void **state UNUSED)
{
	struct capacity_ground ground = ground_of();
	assert_item(work_out(&ground, "threads"), 40, 40, CAPACITY_FIGURE);
	ground.people = 1000;
	ground.threads = 500;
	assert_item(work_out(&ground, "threads"), 2000, 2000, CAPACITY_LACKING);
}

/* ---- growth ---- */

static void room_grows_by_what_each_account_left_in_a_day(void **state UNUSED)
{
	struct capacity_ground ground = ground_of();
	ground.people = 50; /* of 500 accounts */
	growth = (struct growth_sight){.sight.seen = true,
				       .accounts = 100,
				       .days = 30,
				       .active_accounts = 20,
				       .chat_bytes = 600 * MB,  /* 1 MB of each in a day */
				       .file_bytes = 60 * MB};  /* 0.1 MB */
	assert_item(work_out(&ground, "database-growth"), INT64_C(15000) * MB, INT64_C(30000) * MB, CAPACITY_FIGURE);
	const char *formula = find("database-growth")->formula;
	assert_non_null(strstr(formula, "500.0 MB to 1.0 GB a day, 182.5 GB to 365.0 GB a year"));
	assert_item(find("uploads-growth"), 1500 * MB, 1500 * MB, CAPACITY_FIGURE);
	assert_null(find("free-space"));
	ground.disk_free = INT64_C(50000) * MB;
	ground.disk_has_uploads = true; /* three months of them */
	assert_item(work_out(&ground, "free-space"), INT64_C(4500) * MB, INT64_C(4500) * MB, CAPACITY_ENOUGH);
	ground.disk_has_database = true;
	assert_item(work_out(&ground, "free-space"), INT64_C(49500) * MB, INT64_C(94500) * MB, CAPACITY_UNSURE);
	ground.disk_free = INT64_C(49499) * MB;
	assert_item(work_out(&ground, "free-space"), INT64_C(49500) * MB, INT64_C(94500) * MB, CAPACITY_LACKING);
	ground.concurrency = 50; /* of 100 accounts */
	assert_item(work_out(&ground, "uploads-growth"), 300 * MB, 300 * MB, CAPACITY_FIGURE);
}

static void of_too_little_nothing_is_told(void **state UNUSED)
{
	struct capacity_ground ground = ground_of();
	growth = (struct growth_sight){.sight.seen = true, .days = 29, .active_accounts = 1, .chat_bytes = MB};
	assert_false(work_out(&ground, "database-growth")->known);
	assert_non_null(strstr(find("database-growth")->why, "too little to go by: 1 account in 29 days"));
	growth.days = 30;
	assert_true(work_out(&ground, "database-growth")->known);
	growth = (struct growth_sight){.sight.failure = error_new(ERR_PERMISSION, "may\x1b[2J not")};
	assert_non_null(strstr(work_out(&ground, "uploads-growth")->why, "may\\x1b[2J not"));
	error_free(growth.sight.failure);
}

static void vectors_take_their_numbers_and_eight_bytes(void **state UNUSED)
{
	struct capacity_ground ground = ground_of(); /* of 100 accounts */
	growth.accounts = 20;
	ground.vectors = 1000;
	ground.vector_bytes = 1536 * 4 + 8;
	ground.vectors_indexed = true; /* 1000 x 6152 x 2, and five times that */
	assert_item(work_out(&ground, "vectors"), 12304000, 61520000, CAPACITY_FIGURE);
	growth.accounts = 0; /* nothing is known of them */
	assert_item(work_out(&ground, "vectors"), 12304000, 12304000, CAPACITY_FIGURE);
}

/* ---- numbers that can't be ---- */

static void sums_end_where_numbers_do(void **state UNUSED)
{
	assert_int_equal(sum_times(INT64_MAX, 2), INT64_MAX);
	assert_int_equal(sum_times(3, 4), 12);
	assert_int_equal(sum_plus(INT64_MAX, 1), INT64_MAX);
	assert_int_equal(sum_parts(10, 5), 2);
	assert_int_equal(sum_parts(11, 5), 3);
	assert_int_equal(sum_parts(0, 5), 0);
	assert_int_equal(sum_share(7, 3, 2), 11); /* 10.5 */
	assert_int_equal(sum_share(INT64_MAX, 10, 10), INT64_MAX);
	assert_int_equal(sum_share(INT64_MAX, INT64_MAX, 1), INT64_MAX);
	assert_int_equal(sum_share(0, 5, 3), 0);
}

static void the_largest_numbers_of_all_are_told_as_some(void **state UNUSED)
{
	struct capacity_ground ground = ground_of();
	ground.people = CAPACITY_MOST_PEOPLE;
	ground.concurrency = 1;
	ground.pools = (struct pools){.workers = 1, .engines = 2, .size = MB, .overflow = MB};
	ground.request_us = ground.resident = ground.round_trip_us = ground.disk_free = INT64_MAX;
	ground.connections_most = ground.vectors = ground.vector_bytes = INT64_MAX;
	ground.connections_reserved = 0;
	ground.disk_has_database = ground.disk_has_uploads = ground.vectors_in_database = true;
	growth = (struct growth_sight){.sight.seen = true,
				       .accounts = 1,
				       .days = 30,
				       .active_accounts = 1,
				       .chat_bytes = INT64_MAX,
				       .file_bytes = INT64_MAX};
	capacity_cleanup(&capacity);
	capacity_work_out(&ground, &capacity);
	assert_int_equal(capacity.count, 13);
	for (size_t i = 0; i < capacity.count; i++) {
		assert_true(capacity.items[i].low >= 0 && capacity.items[i].low <= capacity.items[i].high);
		assert_non_null(capacity.items[i].why);
	}
	assert_item(find("database-growth"), INT64_MAX, INT64_MAX, CAPACITY_FIGURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replicas_come_of_the_work_that_people_make),
		cmocka_unit_test(slow_requests_take_more_of_them),
		cmocka_unit_test(nobody_answers_and_the_need_is_told_all_the_same),
		cmocka_unit_test(memory_is_what_a_server_has_now_and_what_comes_with_people),
		cmocka_unit_test(open_files_are_those_of_the_people_of_a_process),
		cmocka_unit_test(a_server_of_this_machine_is_one_that_listens_here),
		cmocka_unit_test(pools_are_held_against_what_the_server_has),
		cmocka_unit_test(without_a_pool_nothing_bounds_connections),
		cmocka_unit_test(as_many_are_in_use_as_come_while_each_lasts),
		cmocka_unit_test(clients_of_redis),
		cmocka_unit_test(threads_of_a_large_installation),
		cmocka_unit_test(room_grows_by_what_each_account_left_in_a_day),
		cmocka_unit_test(of_too_little_nothing_is_told),
		cmocka_unit_test(vectors_take_their_numbers_and_eight_bytes),
		cmocka_unit_test(sums_end_where_numbers_do),
		cmocka_unit_test(the_largest_numbers_of_all_are_told_as_some),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	capacity_cleanup(&capacity);
	return failed;
}
