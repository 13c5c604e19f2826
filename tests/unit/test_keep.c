/* Which snapshots a prune keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backup/keep.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/str.h"

#define CLEAN __attribute__((unused)) void **state

/* A snapshot as "2026-11-29T11:01:55Z", which may be followed by "!" (it is not good), "#" (it has a tag that keeps it)
 * and "=LABEL". */
static struct keep_snapshot snapshot_of(const char *text)
{
	const char *label = strchr(text, '=');
	struct keep_snapshot snapshot = {.label = label ? label + 1 : "default",
					 .good = !strchr(text, '!'),
					 .tagged = strchr(text, '#')};
	AUTO(memory) char *time = text_copy_n(text, strcspn(text, "!#="));
	assert_true(clock_parse(time, &snapshot.time));
	return snapshot;
}

/* What is decided about each, "daily+weekly", or "-" for one that goes. "newest" and "newest good" are left out where
 * another reason stands beside them, as they are all but always there. */
static char *decided(const struct keep_snapshot *snapshot)
{
	AUTO(strings) struct strings words = {0};
	for (int i = 0; i < KEEP_REASONS; i++)
		if (snapshot->reasons & 1U << i &&
		    (1U << i < KEEP_NEWEST || !(snapshot->reasons & (KEEP_NEWEST - 1))))
			strings_add(&words, keep_reason_name(i));
	return words.count ? strings_join(&words, "+") : text_copy("-");
}

/* `lines`: a snapshot and what is to be decided, a pair each, the oldest first. */
static void assert_decided(struct keep_rules rules, const char *now, const char *const (*lines)[2], size_t count)
{
	struct keep_snapshot snapshots[32];
	int64_t at = INT64_MAX;
	assert_true(count <= COUNT(snapshots));
	assert_true(!now || clock_parse(now, &at));
	for (size_t i = 0; i < count; i++)
		snapshots[i] = snapshot_of(lines[i][0]);
	keep_decide(&rules, at, snapshots, count);
	for (size_t i = 0; i < count; i++) {
		AUTO(memory) char *said = decided(&snapshots[i]);
		AUTO(memory) char *found = text_format("%s %s", lines[i][0], said);
		AUTO(memory) char *wanted = text_format("%s %s", lines[i][0], lines[i][1]);
		assert_string_equal(found, wanted);
	}
}
#define ASSERT_DECIDED(now, lines, ...) \
	assert_decided((struct keep_rules){__VA_ARGS__}, now, lines, COUNT(lines))

static void test_last(CLEAN)
{
	static const char *const lines[][2] = {{"2026-11-01T00:00:00Z", "-"},
					       {"2026-11-01T00:00:00Z", "last"},
					       {"2026-11-01T00:00:00Z", "last"}};
	ASSERT_DECIDED(NULL, lines, .last = 2);
	static const char *const few[][2] = {{"2026-11-01T00:00:00Z", "last"}};
	ASSERT_DECIDED(NULL, few, .last = INT64_MAX);
	keep_decide(&(struct keep_rules){.last = 1}, 0, NULL, 0);
}

static void test_several_in_an_hour(CLEAN)
{
	static const char *const lines[][2] = {
		{"2026-11-28T23:59:59Z", "hourly"}, {"2026-11-29T00:00:00Z", "-"},
		{"2026-11-29T00:59:59Z", "hourly"}, {"2026-11-29T05:00:00Z", "-"},
		{"2026-11-29T05:00:00Z", "-"},      {"2026-11-29T05:59:59Z", "hourly"},
	};
	ASSERT_DECIDED(NULL, lines, .hourly = 3); /* hours without one are not counted */
}

static void test_days_end_at_midnight_utc(CLEAN)
{
	static const char *const lines[][2] = {
		{"2026-03-28T23:59:59Z", "-"},     {"2026-03-29T00:00:00Z", "-"}, {"2026-03-29T01:30:00Z", "-"},
		{"2026-03-29T23:59:59Z", "daily"}, {"2026-03-30T00:00:00Z", "-"}, {"2026-03-30T00:00:01Z", "daily"},
	};
	ASSERT_DECIDED(NULL, lines, .daily = 2); /* the night in which clocks of Europe are set forward */
}

static void test_weeks_begin_on_monday(CLEAN)
{
	static const char *const lines[][2] = {
		{"2025-12-28T23:59:59Z", "weekly"}, /* a Sunday */
		{"2025-12-29T00:00:00Z", "-"},
		{"2025-12-31T12:00:00Z", "-"},
		{"2026-01-04T23:59:59Z", "weekly"}, /* of a week in two years */
		{"2026-01-05T00:00:00Z", "weekly"},
	};
	ASSERT_DECIDED(NULL, lines, .weekly = 3);
}

static void test_months_and_years(CLEAN)
{
	static const char *const months[][2] = {
		{"2023-02-28T23:59:59Z", "-"},       {"2024-02-29T00:00:00Z", "monthly"},
		{"2025-02-28T23:59:59Z", "monthly"}, {"2025-03-01T00:00:00Z", "monthly"},
	};
	ASSERT_DECIDED(NULL, months, .monthly = 3);
	static const char *const years[][2] = {
		{"1969-12-31T23:59:59Z", "yearly"}, {"1970-01-01T00:00:00Z", "-"},
		{"1970-12-31T23:59:59Z", "yearly"}, {"1971-01-01T00:00:00Z", "yearly"},
	};
	ASSERT_DECIDED(NULL, years, .yearly = 9);
}

static void test_one_may_stay_for_several_reasons(CLEAN)
{
	static const char *const lines[][2] = {
		{"2026-10-01T00:00:00Z", "-"},
		{"2026-10-31T00:00:00Z", "monthly"},
		{"2026-11-28T10:00:00Z", "daily"},
		{"2026-11-29T10:00:00Z", "-"},
		{"2026-11-29T11:00:00Z", "last+daily+monthly"},
	};
	ASSERT_DECIDED(NULL, lines, .last = 1, .daily = 2, .monthly = 2);
}

static void test_within_an_age_of_the_newest(CLEAN)
{
	static const char *const lines[][2] = {
		{"2026-11-22T09:59:59Z", "-"}, {"2026-11-22T10:00:00Z", "within"}, {"2026-11-29T10:00:00Z", "within"}};
	ASSERT_DECIDED(NULL, lines, .within_s = 7 * 86400);
	ASSERT_DECIDED("2036-01-01T00:00:00Z", lines, .within_s = 7 * 86400);
}

static void test_a_snapshot_of_the_future_makes_no_other_old(CLEAN)
{
	static const char *const lines[][2] = {
		{"2026-11-21T10:00:00Z", "-"}, {"2026-11-29T09:00:00Z", "within"}, {"2036-01-01T00:00:00Z", "future"}};
	ASSERT_DECIDED("2026-11-29T10:00:00Z", lines, .within_s = 7 * 86400);
	static const char *const more[][2] = {
		{"2026-11-21T10:00:00Z", "within"}, {"2026-11-29T09:00:00Z", "future"}};
	ASSERT_DECIDED("2026-11-28T10:00:00Z", more, .within_s = 7 * 86400); /* a clock that is behind keeps more */
}

static void test_snapshots_of_the_future_take_no_place_of_others(CLEAN)
{
	static const char *const lines[][2] = {
		{"2026-11-27T10:00:00Z", "-"},		{"2026-11-28T10:00:00Z", "last+daily"},
		{"2026-11-29T10:00:00Z!", "last+daily"}, {"2026-11-29T10:05:00Z=b", "last+daily"},
		{"2026-11-29T10:05:01Z", "future"},	{"2036-01-01T00:00:00Z", "future"},
		{"2036-01-02T00:00:00Z#", "tag"}};
	ASSERT_DECIDED("2026-11-29T10:00:00Z", lines, .last = 2, .daily = 2);
	static const char *const all[][2] = {{"2036-01-01T00:00:00Z", "future"}, {"2036-01-02T00:00:00Z!", "future"}};
	ASSERT_DECIDED("2026-11-29T10:00:00Z", all, .last = 1);
}

static void test_the_newest_and_the_newest_good_one_stay_whatever_the_rules(CLEAN)
{
	static const char *const lines[][2] = {
		{"2026-11-25T10:00:00Z", "-"},
		{"2026-11-26T10:00:00Z", "newest good"},
		{"2026-11-27T10:00:00Z!", "-"},
		{"2026-11-28T10:00:00Z!", "last"},
	};
	ASSERT_DECIDED(NULL, lines, .last = 1);
	static const char *const none[][2] = {{"2026-11-27T10:00:00Z!", "-"}, {"2026-11-28T10:00:00Z!", "newest"}};
	ASSERT_DECIDED(NULL, none, .hourly = 0);
	static const char *const both[][2] = {{"2026-11-27T10:00:00Z", "-"},
					      {"2026-11-28T10:00:00Z", "newest+newest good"}};
	ASSERT_DECIDED(NULL, both, .hourly = 0);
}

static void test_a_good_one_stands_for_its_day_before_an_incomplete_one(CLEAN)
{
	static const char *const lines[][2] = {
		{"2026-11-26T08:00:00Z!", "-"},     {"2026-11-26T09:00:00Z!", "daily"}, {"2026-11-27T08:00:00Z", "-"},
		{"2026-11-27T09:00:00Z", "daily"},  {"2026-11-27T10:00:00Z!", "-"},     {"2026-11-28T08:00:00Z!", "-"},
		{"2026-11-28T09:00:00Z", "daily"},  {"2026-11-28T10:00:00Z!", "newest"},
	};
	ASSERT_DECIDED(NULL, lines, .daily = 3);
}

static void test_labels_do_not_count_each_other(CLEAN)
{
	static const char *const lines[][2] = {
		{"2026-11-25T10:00:00Z=one", "-"},   {"2026-11-26T10:00:00Z=two", "-"},
		{"2026-11-27T10:00:00Z=one", "last"}, {"2026-11-28T10:00:00Z=two", "last"},
		{"2026-11-29T10:00:00Z=two", "last"}, {"2026-11-29T10:00:00Z=one", "last"},
	};
	ASSERT_DECIDED(NULL, lines, .last = 2);
}

static void test_tags_keep(CLEAN)
{
	static const char *const lines[][2] = {
		{"2026-11-25T10:00:00Z#", "tag"}, {"2026-11-26T10:00:00Z", "-"}, {"2026-11-27T10:00:00Z#", "last+tag"}};
	ASSERT_DECIDED(NULL, lines, .last = 1);
}

/* Whatever is drawn: not fewer than the rule says where there are as many, and a good one where there is one. */
static void test_drawn(CLEAN)
{
	srand(1);
	for (int round = 0; round < 2000; round++) {
		struct keep_snapshot snapshots[40];
		size_t count = (size_t)(rand() % (int)COUNT(snapshots)), kept = 0, good = 0, good_kept = 0;
		struct keep_rules rules = {.last = rand() % 5, .hourly = rand() % 5, .daily = rand() % 5,
					   .weekly = rand() % 3, .monthly = rand() % 3, .yearly = rand() % 3};
		int64_t time = 1700000000;
		for (size_t i = 0; i < count; i++) {
			time += rand() % (rand() % 2 ? 4000 : 4000000);
			snapshots[i] = (struct keep_snapshot){.label = "", .time = time, .good = rand() % 3};
			good += snapshots[i].good;
		}
		keep_decide(&rules, time, snapshots, count);
		for (size_t i = 0; i < count; i++) {
			kept += snapshots[i].reasons != 0;
			good_kept += snapshots[i].reasons && snapshots[i].good;
			assert_true((int64_t)(count - i) > rules.last || snapshots[i].reasons & KEEP_LAST);
		}
		assert_true(!count || kept);
		assert_true(!good || good_kept);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last),
		cmocka_unit_test(test_several_in_an_hour),
		cmocka_unit_test(test_days_end_at_midnight_utc),
		cmocka_unit_test(test_weeks_begin_on_monday),
		cmocka_unit_test(test_months_and_years),
		cmocka_unit_test(test_one_may_stay_for_several_reasons),
		cmocka_unit_test(test_within_an_age_of_the_newest),
		cmocka_unit_test(test_a_snapshot_of_the_future_makes_no_other_old),
		cmocka_unit_test(test_snapshots_of_the_future_take_no_place_of_others),
		cmocka_unit_test(test_the_newest_and_the_newest_good_one_stay_whatever_the_rules),
		cmocka_unit_test(test_a_good_one_stands_for_its_day_before_an_incomplete_one),
		cmocka_unit_test(test_labels_do_not_count_each_other),
		cmocka_unit_test(test_tags_keep),
		cmocka_unit_test(test_drawn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
