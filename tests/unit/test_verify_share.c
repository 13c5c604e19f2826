/* Which packs are read on which day: backup/verify.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "backup/verify_objects.h"
#include "base/memory.h"

#define PACKS 2000
#define SOME_DAY 20786

static bool is_read(unsigned percent, int64_t day, const char *pack)
{
	const struct verifier verifier = {.share = {.percent = percent, .day = day}};
	return verify_reads(&verifier, pack);
}

static void test_each_pack_has_its_turn(void **state)
{
	(void)state;
	for (unsigned percent = 1; percent <= 100; percent++)
		for (int i = 0; i < PACKS; i++) {
			char pack[PACK_ID_SIZE];
			unsigned days = (99 + percent) / percent, times = 0;
			place_new_pack(pack);
			for (unsigned day = 0; day < days; day++)
				times += is_read(percent, SOME_DAY + day, pack);
			assert_in_range(times, 1, 2);
		}
}

static void test_the_ends_of_the_ring_have_theirs(void **state)
{
	(void)state;
	static const char *const packs[] = {"00000000000000000000000000000000", "ffffffffffffffffffffffffffffffff",
					    "7fffffffffffffffffffffffffffffff", "80000000000000000000000000000000"};
	for (size_t i = 0; i < COUNT(packs); i++)
		for (int64_t first = SOME_DAY; first < SOME_DAY + 300; first++) {
			unsigned times = 0;
			for (int64_t day = first; day < first + 34; day++)
				times += is_read(3, day, packs[i]);
			assert_in_range(times, 1, 2);
		}
}

static void test_a_day_reads_about_the_share(void **state)
{
	(void)state;
	for (unsigned percent = 10; percent <= 100; percent += 30) {
		int count = 0;
		for (int i = 0; i < PACKS; i++) {
			char pack[PACK_ID_SIZE];
			place_new_pack(pack);
			count += is_read(percent, SOME_DAY, pack);
		}
		/* Ten deviations: once in 10^20 runs it fails for nothing. */
		assert_in_range(count + 224, PACKS * percent / 100, PACKS * percent / 100 + 448);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_pack_has_its_turn),
		cmocka_unit_test(test_the_ends_of_the_ring_have_theirs),
		cmocka_unit_test(test_a_day_reads_about_the_share),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
