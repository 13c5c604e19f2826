/* Numbers by digests: each is found again, whatever the table has grown to, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "crypto/digest_map.h"

#define CLEAN __attribute__((unused)) void **state

static void number(uint64_t value, unsigned char digest[static DIGEST_SIZE])
{
	digest_of(&value, sizeof value, digest);
}

static void what_was_set_is_found(CLEAN)
{
	enum { MANY = 5000 };
	AUTO(digest_map) struct digest_map map = {0};
	unsigned char digest[DIGEST_SIZE];
	uint64_t found = 7;
	number(0, digest);
	assert_false(digest_map_get(&map, digest, &found));
	for (uint64_t i = 0; i < MANY; i++) {
		number(i, digest);
		digest_map_set(&map, digest, i);
	}
	assert_int_equal(map.count, MANY);
	for (uint64_t i = 0; i < 2 * (uint64_t)MANY; i++) {
		number(i, digest);
		found = UINT64_MAX;
		assert_int_equal(digest_map_get(&map, digest, &found), i < MANY);
		assert_int_equal(found, i < MANY ? i : UINT64_MAX);
	}
}

/* All begin at the same place of the table, the last one: they go on at its first. */
static void equal_beginnings_are_told_apart(CLEAN)
{
	AUTO(digest_map) struct digest_map map = {0};
	unsigned char digest[DIGEST_SIZE];
	uint64_t found;
	memset(digest, 0xff, sizeof digest);
	for (unsigned char i = 0; i < 100; i++) {
		digest[DIGEST_SIZE - 1] = i;
		digest_map_set(&map, digest, i);
	}
	for (unsigned char i = 0; i < 100; i++) {
		digest[DIGEST_SIZE - 1] = i;
		assert_true(digest_map_get(&map, digest, &found));
		assert_int_equal(found, i);
	}
	digest[DIGEST_SIZE - 1] = 100;
	assert_false(digest_map_get(&map, digest, &found));
}

static void the_last_value_counts(CLEAN)
{
	AUTO(digest_map) struct digest_map map = {0};
	unsigned char digest[DIGEST_SIZE];
	uint64_t found;
	number(1, digest);
	digest_map_set(&map, digest, 1);
	digest_map_set(&map, digest, 2);
	assert_int_equal(map.count, 1);
	assert_true(digest_map_get(&map, digest, &found));
	assert_int_equal(found, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_set_is_found),
		cmocka_unit_test(equal_beginnings_are_told_apart),
		cmocka_unit_test(the_last_value_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
