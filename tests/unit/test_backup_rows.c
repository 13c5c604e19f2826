/* How rows are known again: lists of slots, lines that are skipped, the runs of an earlier table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backup/known_rows.h"
#include "backup/skips.h"
#include "base/memory.h"
#include "db/slots.h"

/* ---- slots ---- */

static void test_slots_of_lines(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		uint64_t slot;
		bool whole;
		const char *rest;
	} right[] = {
		{"(0,1)\tt\tx\n", 1, true, "x\n"},
		{"(3,65535)\t\\N\t\\N\n", 3 * 65536 + 65535, false, "\\N\n"},
		{"(4294967295,7)\tt\n", UINT64_C(4294967295) * 65536 + 7, true, "\n"},
		{"12\t1\t\\N\n", 12, true, "\\N\n"},
		{"-1\t1\tx\n", UINT64_MAX, true, "x\n"},
	};
	static const char *const wrong[] = {"", "\n", "x\tt\n", "(1)\tt\tx\n", "(1,2\tt\n", "(1,2)t\n",
					    "(4294967296,1)\tt\n", "(1,65536)\tt\n", "12", "12\t",
					    "12\ttrue\tx\n", "\t1\tx\n"};
	for (size_t i = 0; i < COUNT(right); i++) {
		const char *at = right[i].line;
		uint64_t slot;
		bool whole;
		assert_true(db_slot_parse(&at, at + strlen(at), &slot, &whole));
		assert_true(slot == right[i].slot && whole == right[i].whole);
		assert_string_equal(at, right[i].rest);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		const char *at = wrong[i];
		uint64_t slot;
		bool whole;
		assert_false(db_slot_parse(&at, at + strlen(at), &slot, &whole));
	}
}

static void test_lists_of_slots(void **state)
{
	(void)state;
	static const uint64_t slots[] = {0, 1, 127, 128, 65537, 65538, UINT64_C(1) << 62, UINT64_MAX};
	unsigned char tag[CONTENT_TAG_SIZE] = {0};
	for (int tagged = 0; tagged < 2; tagged++) {
		AUTO(str) struct str list = {0};
		uint64_t last = 0;
		for (size_t i = 0; i < COUNT(slots); i++) {
			tag[0] = (unsigned char)i;
			slot_list_add(&list, &last, slots[i], tagged ? tag : NULL);
		}
		struct slot_cursor cursor = slot_cursor_at(&list, tagged);
		for (size_t i = 0; i < COUNT(slots); i++) {
			assert_true(slot_cursor_next(&cursor));
			assert_true(cursor.slot == slots[i]);
			assert_true(!tagged || cursor.tag[0] == i);
		}
		assert_false(slot_cursor_next(&cursor));
		list.size--; /* cut off */
		cursor = slot_cursor_at(&list, tagged);
		for (size_t i = 0; i + 1 < COUNT(slots); i++)
			assert_true(slot_cursor_next(&cursor));
		assert_false(slot_cursor_next(&cursor));
	}
}

/* ---- skips ---- */

static void test_skips_as_text(void **state)
{
	(void)state;
	static const char *const right[] = {"", "0", "3+2,9", "0+10", "8,9"};
	static const char *const wrong[] = {"10", "0+11", "3+0", "3+2,4", "3+2,3", "-1",
					    "a",  "3+",   "+2",  "9+2",   "1 ,2+x"};
	for (size_t i = 0; i < COUNT(right); i++) {
		struct skips skips = {0};
		AUTO(str) struct str text = {0};
		assert_true(skips_parse(right[i], 10, &skips));
		skips_add_text(&text, &skips);
		assert_string_equal(str_text(&text), right[i]);
		skips_cleanup(&skips);
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct skips skips = {0};
		assert_false(skips_parse(wrong[i], 10, &skips));
	}
}

static void test_skipped_lines_go(void **state)
{
	(void)state;
	static const struct {
		const char *skips, *lines, *odd;
	} cases[] = {
		{"", "a\nb\nc\nd\n", "0123"}, {"0", "b\nc\nd\n", "012"}, {"1+2", "a\nd\n", "01"},
		{"0,2", "b\nd\n", "01"},      {"3", "a\nb\nc\n", "012"}, {"0+4", "", ""},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct skips skips = {0};
		AUTO(str) struct str lines = {0}, list = {0};
		struct odd_list odd = {0};
		str_add(&lines, "a\nb\nc\nd\n");
		str_add(&list, "0\t0\tinteger\t7\n1\t0\tinteger\t7\n2\t0\tinteger\t7\n3\t0\tinteger\t7\n");
		assert_null(odd_list_read(&odd, &list));
		assert_true(skips_parse(cases[i].skips, 4, &skips));
		skips_take_out(&skips, &lines, &odd);
		assert_int_equal(lines.size, strlen(cases[i].lines));
		assert_memory_equal(str_text(&lines), cases[i].lines, lines.size);
		assert_int_equal(odd.count, strlen(cases[i].odd));
		for (size_t at = 0; at < odd.count; at++)
			assert_int_equal(odd.items[at].row, cases[i].odd[at] - '0');
		odd_list_cleanup(&odd);
		skips_cleanup(&skips);
	}
}

/* ---- known rows ---- */

/* Ends with 0. */
static void add_segment(struct table *table, const char *skips, const uint64_t *slots)
{
	struct segment segment = {.number = table->segment_count};
	uint64_t last = 0;
	for (; *slots; slots++, segment.lines++)
		slot_list_add(&segment.slots, &last, *slots, NULL);
	assert_true(skips_parse(skips, segment.lines, &segment.skips));
	table_add_segment(table, &segment);
}

static void assert_kept(const struct segment *segment, uint64_t number, const char *skips)
{
	AUTO(str) struct str text = {0};
	assert_true(segment->number == number);
	skips_add_text(&text, &segment->skips);
	assert_string_equal(str_text(&text), skips);
}

static void test_rows_are_known(void **state)
{
	(void)state;
	struct tables tables = {0}, kept = {0};
	struct table *table = tables_add(&tables, "chat"), *to = tables_add(&kept, "chat");
	add_segment(table, "", (const uint64_t[]){1, 2, 3, 0});
	add_segment(table, "1", (const uint64_t[]){4, 5, 6, 0}); /* 5 is skipped */
	add_segment(table, "", (const uint64_t[]){5, 9, 0});     /* and here again */
	add_segment(table, "", (const uint64_t[]){7, 8, 0});     /* follows on the first run */
	struct known_rows *known = known_rows_new(table, false);
	assert_non_null(known);
	assert_true(known_rows_last(known) == 9);
	static const uint64_t asked[] = {2, 4, 5, 6, 9, 10};
	static const bool there[] = {true, true, true, true, true, false};
	for (size_t i = 0; i < COUNT(asked); i++)
		assert_int_equal(known_rows_keep(known, asked[i], NULL), there[i]);
	known_rows_end(known, &to->kept, &to->kept_count);
	known_rows_free(known);
	assert_int_equal(to->kept_count, 3);
	assert_kept(&to->kept[0], 0, "0,2");
	assert_kept(&to->kept[1], 1, "1");
	assert_kept(&to->kept[2], 2, "");
	tables_cleanup(&tables);
	tables_cleanup(&kept);
}

static void test_what_is_no_table_of_an_index(void **state)
{
	(void)state;
	for (int what = 0; what < 4; what++) {
		struct tables tables = {0};
		struct table *table = tables_add(&tables, "chat");
		add_segment(table, what == 3 ? "0+2" : "", (const uint64_t[]){1, 2, 3, 0});
		struct segment *segment = &table->segments[0];
		if (what == 0)
			segment->lines++;
		if (what == 1)
			segment->slots.size--;
		if (what == 2)
			segment->slots.data[1] = 0; /* the same slot twice */
		assert_null(known_rows_new(table, false));
		tables_cleanup(&tables);
	}
}

/* Slots 20, 19, .. are each a run of its own. */
static void test_a_table_in_too_many_runs(void **state)
{
	(void)state;
	struct tables tables = {0};
	struct table *table = tables_add(&tables, "chat");
	for (uint64_t slot = 20; slot > 4; slot--)
		add_segment(table, "", (const uint64_t[]){slot, slot + 100, 0});
	struct known_rows *known = known_rows_new(table, false);
	assert_non_null(known);
	known_rows_free(known);
	add_segment(table, "", (const uint64_t[]){4, 104, 0});
	assert_null(known_rows_new(table, false));
	tables_cleanup(&tables);
}

/* ---- moments ---- */

static void test_moments_that_follow(void **state)
{
	(void)state;
	char a[] = "a", b[] = "b";
	const struct db_moment earlier = {a, 100, 110};
	const struct {
		struct db_moment moment;
		bool follows;
	} cases[] = {
		{{a, 100, 110}, true},  {{a, 105, 200}, true},
		{{b, 105, 200}, false}, {{a, 105, 109}, false},
		{{a, 99, 200}, false},  {{a, 105, 100 + (UINT64_C(1) << 31)}, false},
		{{NULL, 105, 200}, false}, {{a, 105, 99 + (UINT64_C(1) << 31)}, true},
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(db_moment_follows(&cases[i].moment, &earlier), cases[i].follows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slots_of_lines),
		cmocka_unit_test(test_lists_of_slots),
		cmocka_unit_test(test_skips_as_text),
		cmocka_unit_test(test_skipped_lines_go),
		cmocka_unit_test(test_rows_are_known),
		cmocka_unit_test(test_what_is_no_table_of_an_index),
		cmocka_unit_test(test_a_table_in_too_many_runs),
		cmocka_unit_test(test_moments_that_follow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
