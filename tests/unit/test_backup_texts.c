/* The small texts that a repository is made of: places, fields, records, sums; and compression. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backup/compressor.h"
#include "backup/fields.h"
#include "backup/line_sum.h"
#include "backup/odd.h"
#include "backup/record.h"
#include "base/memory.h"
#include "base/number.h"

static void assert_refused(struct error *error)
{
	assert_non_null(error);
	assert_int_equal(error->code, ERR_INPUT);
	error_free(error);
}

/* ---- numbers and places ---- */

static void test_numbers(void **state)
{
	(void)state;
	const char *right = "18446744073709551615:x", *over = "18446744073709551616", *most = "18446744073709551615";
	const char *bad[] = {"", "-1", "+1", " 1", "1 ", "1:", "0x1", "a"};
	uint64_t number = 7;
	assert_true(number_parse(&right, ':', &number));
	assert_true(number == UINT64_MAX && !strcmp(right, "x"));
	assert_true(number_parse(&most, '\0', &number));
	assert_false(number_parse(&over, '\0', &number));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(number_parse(&bad[i], '\0', &number));
}

static struct place some_place(bool compressed)
{
	struct place place = {.offset = 512, .size = 99, .compressed = compressed};
	place_new_pack(place.pack);
	digest_of("x", 1, place.hash);
	return place;
}

static void test_places(void **state)
{
	(void)state;
	for (int compressed = 0; compressed <= 1; compressed++) {
		struct place place = some_place(compressed), read = {0};
		AUTO(str) struct str text = {0};
		place_add_text(&text, &place);
		assert_true(place_parse(str_text(&text), &read));
		assert_string_equal(read.pack, place.pack);
		assert_int_equal(read.offset, 512);
		assert_int_equal(read.size, 99);
		assert_int_equal(read.compressed, compressed);
		assert_memory_equal(read.hash, place.hash, DIGEST_SIZE);
		/* Nothing shorter or longer is one. */
		str_add_char(&text, '0');
		assert_false(place_parse(str_text(&text), &read));
		for (size_t size = text.size - 1; size--;) {
			AUTO(memory) char *cut = text_copy_n(text.data, size);
			assert_false(place_parse(cut, &read));
		}
	}
}

/* ---- fields ---- */

static fallible keep_line(void *state, char *const *fields, size_t count)
{
	struct strings *kept = state;
	for (size_t i = 0; i < count; i++)
		strings_add(kept, fields[i]);
	strings_add(kept, "END");
	return NULL;
}

static fallible read_fields(const char *text, size_t piece, struct strings *kept)
{
	AUTO(fields_reader) struct fields_reader reader = {.what = "the list", .line = keep_line, .state = kept};
	for (size_t at = 0, size = strlen(text); at < size; at += piece)
		TRY(fields_take(&reader, text + at, size - at < piece ? size - at : piece));
	return fields_end(&reader);
}

static void test_fields(void **state)
{
	(void)state;
	static const char *const values[] = {"a\tb", "", "\\N", "line\nbreak\r", "\xc3\xa9", "7"};
	for (size_t piece = 1; piece < 40; piece++) {
		AUTO(str) struct str lines = {0};
		AUTO(strings) struct strings kept = {0};
		for (size_t i = 0; i < COUNT(values); i++)
			fields_add(&lines, values[i]);
		str_add_char(&lines, '\n');
		fields_add_number(&lines, UINT64_MAX);
		str_add_char(&lines, '\n');
		assert_null(read_fields(str_text(&lines), piece, &kept));
		assert_int_equal(kept.count, COUNT(values) + 3);
		for (size_t i = 0; i < COUNT(values); i++)
			assert_string_equal(kept.items[i], values[i]);
		assert_string_equal(kept.items[COUNT(values) + 1], "18446744073709551615");
	}
}

static void test_fields_that_are_wrong(void **state)
{
	(void)state;
	static const char *const wrong[] = {"a", "a\nb", "a\\\n", "a\\x\n", "a\\"};
	for (size_t i = 0; i < COUNT(wrong); i++) {
		AUTO(strings) struct strings kept = {0};
		assert_refused(read_fields(wrong[i], 100, &kept));
	}
	AUTO(fields_reader) struct fields_reader reader = {.what = "the list", .line = keep_line};
	assert_refused(fields_take(&reader, "a\0b\n", 4));
}

/* ---- sums ---- */

static void test_sums(void **state)
{
	(void)state;
	struct line_sum one = {0}, other = {0}, pieces = {0}, some = {0}, swapped = {0};
	const enum field_form forms[] = {FIELD_SAME, FIELD_OTHERWISE, FIELD_NUMBER};
	line_sum_add(&one, "a\tb\nc\td\n", 8);
	line_sum_add(&other, "c\td\na\tb\n", 8);
	line_sum_add(&pieces, "a\tb\n", 4);
	line_sum_add(&pieces, "c\td\n", 4);
	assert_int_equal(one.lines, 2);
	assert_true(one.sum == other.sum && one.sum == pieces.sum);
	line_sum_add_forms(&some, "a\tx\t2.50\n", 9, forms, 3);
	line_sum_add_forms(&swapped, "a\ty\t2.5\n", 8, forms, 3);
	assert_true(some.sum == swapped.sum && some.lines == 1);
	swapped = (struct line_sum){0};
	line_sum_add_forms(&swapped, "a\ty\t2.51\n", 9, forms, 3);
	assert_true(some.sum != swapped.sum);
	swapped = (struct line_sum){0};
	line_sum_add_forms(&swapped, "b\tx\t2.5\n", 8, forms, 3);
	assert_true(some.sum != swapped.sum);
}

/* ---- odd values ---- */

static void test_odd_values(void **state)
{
	(void)state;
	const struct db_odd odd[] = {{0, 3, db_integer(INT64_MIN)},
				     {0, 4, db_text_n("a\0\tb\\", 5)},
				     {7, 0, db_blob("\0\xff", 2)},
				     {7, 1, db_real(0.1)},
				     {9, 1, db_blob("", 0)},
				     {9, 2, db_text("")}};
	AUTO(str) struct str lines = {0};
	AUTO(odd_list) struct odd_list list = {0};
	for (size_t i = 0; i < COUNT(odd); i++)
		odd_add_line(&lines, &odd[i]);
	assert_null(odd_list_read(&list, &lines));
	assert_int_equal(list.count, COUNT(odd));
	for (size_t i = 0; i < COUNT(odd); i++) {
		const struct db_value *value = &list.items[i].value, *was = &odd[i].value;
		assert_int_equal(list.items[i].row, odd[i].row);
		assert_int_equal(list.items[i].column, odd[i].column);
		assert_int_equal(value->type, was->type);
		assert_true(value->integer == was->integer && value->size == was->size);
		assert_memory_equal(&value->real, &was->real, sizeof value->real);
		if (was->size)
			assert_memory_equal(value->text, was->text, was->size);
	}
}

static void test_odd_values_that_are_wrong(void **state)
{
	(void)state;
	static const char *const wrong[] = {"0\t1\tinteger\tx\n", "0\t1\tinteger\t\n", "0\t1\tblob\t\\\\x0\n",
					    "0\t1\tother\tx\n",	 "-1\t1\ttext\tx\n",   "1\t0\ttext\n",
					    "0\t1\ttext\tx",	 "0\t1\treal\t\\N\n",  "5\t0\ttext\ta\n4\t0\ttext\ta\n",
					    "0\t-1\ttext\tx\n"};
	for (size_t i = 0; i < COUNT(wrong); i++) {
		AUTO(str) struct str lines = {0};
		AUTO(odd_list) struct odd_list list = {0};
		str_add(&lines, wrong[i]);
		assert_refused(odd_list_read(&list, &lines));
	}
}

/* ---- compression ---- */

static fallible collect(void *state, const char *bytes, size_t size)
{
	str_add_n(state, bytes, size);
	return NULL;
}

static void test_compression(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, 100, 131072, 131073, 1000000};
	AUTO(compressor) struct compressor compressor = {0};
	AUTO(decompressor) struct decompressor decompressor = {0};
	for (size_t i = 0; i < COUNT(sizes); i++) {
		AUTO(memory) char *bytes = mem_new(1, sizes[i] + 1);
		AUTO(str) struct str back = {0};
		const struct sink sink = {collect, &back};
		const struct str *frame;
		for (size_t at = 0; at < sizes[i]; at++)
			bytes[at] = (char)(at * at >> 7);
		assert_null(compress(&compressor, bytes, sizes[i], &frame));
		assert_null(decompress(&decompressor, frame->data, frame->size, sizes[i], &sink));
		assert_int_equal(back.size, sizes[i]);
		assert_memory_equal(str_text(&back), bytes, sizes[i]);
		if (sizes[i])
			assert_refused(decompress(&decompressor, frame->data, frame->size, sizes[i] - 1, &sink));
		assert_refused(decompress(&decompressor, frame->data, frame->size - 1, UINT64_MAX, &sink));
	}
}

/* ---- records ---- */

#define SNAPSHOT "20261129T110155Z-1a2b3c4d"

static void test_ids(void **state)
{
	(void)state;
	static const char *const wrong[] = {"", "20261129T110155Z-1a2b3c4", SNAPSHOT "0", "20261129T110155Z-1A2b3c4d",
					    "20261129T110155Z_1a2b3c4d", "2026112xT110155Z-1a2b3c4d",
					    "../../etc/passwd.........."};
	char id[SNAPSHOT_ID_SIZE];
	record_new_id(1795950115, id);
	assert_true(record_is_id(id));
	assert_true(text_starts(id, "20261129T110155Z-"));
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_false(record_is_id(wrong[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_fields_that_are_wrong),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_odd_values),
		cmocka_unit_test(test_odd_values_that_are_wrong),
		cmocka_unit_test(test_compression),
		cmocka_unit_test(test_ids),
	};
	return cmocka_run_group_tests_name("backup_texts", tests, NULL, NULL);
}
