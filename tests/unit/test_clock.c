/* Times and durations, against dates known from elsewhere and against the C library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <time.h>

#include "base/clock.h"
#include "base/memory.h"

static void test_format_as_the_c_library(void **state)
{
	(void)state;
	for (int64_t seconds = -62135596800; seconds <= 253402300799; seconds += 86400 * 97 + 12345) {
		char text[CLOCK_TEXT_SIZE], expected[64];
		time_t time = (time_t)seconds;
		struct tm parts;
		gmtime_r(&time, &parts);
		snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900,
			 parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
		assert_true(clock_format(seconds, text));
		assert_string_equal(text, expected);
		int64_t back;
		assert_true(clock_parse(text, &back));
		assert_int_equal(back, seconds);
	}
}

static void test_borders_of_format(void **state)
{
	(void)state;
	char text[CLOCK_TEXT_SIZE] = "kept";
	assert_false(clock_format(-62135596801, text));
	assert_false(clock_format(253402300800, text));
	assert_false(clock_format(INT64_MIN, text));
	assert_false(clock_format(INT64_MAX, text));
	assert_string_equal(text, "kept");
	assert_true(clock_format(-62135596800, text));
	assert_string_equal(text, "0001-01-01T00:00:00Z");
	assert_true(clock_format(253402300799, text));
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	assert_true(clock_format(-1, text));
	assert_string_equal(text, "1969-12-31T23:59:59Z");
}

static void test_parse(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {
		{"1970-01-01", 0},
		{"2026-11-24", 1795478400},
		{"2026-11-24T10:49:41Z", 1795517381},
		{"2026-11-24t10:49:41z", 1795517381},
		{"2026-11-24 10:49:41Z", 1795517381},
		{"2026-11-24T11:49:41+01:00", 1795517381},
		{"2026-11-24T05:19:41-05:30", 1795517381},
		{"2026-11-24T10:49:41+00:00", 1795517381},
		{"2024-02-29", 1709164800},
		{"2000-02-29", 951782400},
		{"2016-12-31T23:59:60Z", 1483228800},
		{"0001-01-01", -62135596800},
		{"9999-12-31T23:59:59Z", 253402300799},
		{"1970-01-01T23:59:59+23:59", 59},
	};
	for (size_t i = 0; i < COUNT(good); i++) {
		int64_t seconds = 1;
		assert_true(clock_parse(good[i].text, &seconds));
		assert_int_equal(seconds, good[i].seconds);
	}
}

static void test_parse_refuses(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"", "x", "2026", "2026-11", "2026-11-", "2026-11-2", "2026-11-245", "26-11-24", "2026/11/24",
		"0000-01-01", "2026-00-01", "2026-13-01", "2026-01-00", "2026-01-32", "2026-04-31", "2026-02-29",
		"1900-02-29", "2100-02-29", "2026-+1-+1", "2026- 1- 2", " 2026-11-24", "2026-11-24 ", "-026-11-24",
		"+202-11-24", "2026-11-24T", "2026-11-24T10", "2026-11-24T10:49", "2026-11-24T10:49:41",
		"2026-11-24T24:00:00Z", "2026-11-24T23:60:00Z", "2026-11-24T23:59:61Z", "2026-11-24T-1:-1:-1Z",
		"2026-11-24T10:49:41ZZ", "2026-11-24T10:49:41+1:00", "2026-11-24T10:49:41+01",
		"2026-11-24T10:49:41+24:00", "2026-11-24T10:49:41+01:60", "2026-11-24T10:49:41+01:000",
		"2026-11-24X10:49:41Z", "2026-11-24T10:49:41.5Z", "2026-11-24T10:49:41 01:00", "yesterday",
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		int64_t seconds;
		if (clock_parse(bad[i], &seconds))
			fail_msg("taken for a time: %s", bad[i]);
	}
}

static void test_durations(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {{"0", 0}, {"90", 90}, {"90s", 90}, {"15m", 900}, {"2h", 7200}, {"7d", 604800}, {"4w", 2419200},
		    {"007s", 7}, {"9223372036854775807", INT64_MAX}};
	static const char *const bad[] = {"", "s", "-1", "+1", " 1", "1 ", "1 s", "1ms", "1y", "1.5h", "1h30m",
					  "9223372036854775808", "15250284452472w", "1S", "0x10"};
	for (size_t i = 0; i < COUNT(good); i++) {
		int64_t seconds = -1;
		assert_true(clock_parse_duration(good[i].text, &seconds));
		assert_int_equal(seconds, good[i].seconds);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		int64_t seconds;
		if (clock_parse_duration(bad[i], &seconds))
			fail_msg("taken for a duration: %s", bad[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format_as_the_c_library), cmocka_unit_test(test_borders_of_format),
		cmocka_unit_test(test_parse), cmocka_unit_test(test_parse_refuses), cmocka_unit_test(test_durations),
	};
	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
