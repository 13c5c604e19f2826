/* Which known words are taken for a slip of the finger. */
#include "sample.h"

static void test_nearest(void **state)
{
	(void)state;
	static const char *const known[] = {"list", "show", "create", "update", "delete", "import", "export", "passwd"};
	static const struct {
		const char *word, *nearest;
	} cases[] = {
		{"lsit", "list"},     /* a swap */
		{"lst", "list"},      /* a letter less */
		{"lisst", "list"},    /* a letter more */
		{"lizt", "list"},     /* another letter */
		{"creat", "create"},  /* a beginning */
		{"imp", "import"},    /* a short beginning beats a near word */
		{"xport", "export"},
		{"password", "passwd"},
		{"zzzz", NULL},
		{"host", NULL},       /* half of a short word is another word, not a slip */
		{"l", NULL},          /* too short to guess from */
		{"", NULL},
		{"an-option-that-is-much-too-long-to-be-a-slip", NULL},
	};
	for (size_t n = 0; n < COUNT(cases); n++) {
		AUTO(strings) struct strings nearest = {0};
		suggest(cases[n].word, known, COUNT(known), &nearest);
		if (cases[n].nearest)
			assert_string_equal(nearest.count ? nearest.items[0] : "", cases[n].nearest);
		else
			assert_int_equal(nearest.count, 0);
	}
}

static void test_best_three_in_order(void **state)
{
	(void)state;
	static const char *const known[] = {"abcdefff", "abcdeff", "abcdef", "abcdxf", "abdcef"};
	AUTO(strings) struct strings nearest = {0};
	suggest("abcdef", known, COUNT(known), &nearest);
	assert_int_equal(nearest.count, 3);
	assert_string_equal(nearest.items[0], "abcdef");
	assert_string_equal(nearest.items[1], "abcdefff");
	assert_string_equal(nearest.items[2], "abcdeff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_best_three_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
