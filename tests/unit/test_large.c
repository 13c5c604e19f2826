/* Blocks of memory in files: what is in them stays in them as they grow, and where no file can be they are memory. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <linux/magic.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/large.h"
#include "base/memory.h"
#include "base/str.h"

#define CLEAN __attribute__((unused)) void **state
#define MEGABYTE (1 << 20)

static bool is_pattern(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i += 997)
		if (bytes[i] != (unsigned char)(i * 31))
			return false;
	return true;
}

static void fill(unsigned char *bytes, size_t from, size_t size)
{
	for (size_t i = from; i < size; i++)
		bytes[i] = (unsigned char)(i * 31);
}

/* Runs before a folder is known. */
static void without_a_folder_it_is_memory_as_any_other(CLEAN)
{
	assert_null(large_map(8 * MEGABYTE));
	unsigned char *block = large_resize(NULL, 8 * MEGABYTE);
	assert_int_equal(large_size(block), 0);
	fill(block, 0, 8 * MEGABYTE);
	block = large_resize(block, 16 * MEGABYTE);
	assert_true(is_pattern(block, 8 * MEGABYTE));
	free(block);
}

static bool use_disk(void)
{
	struct statfs status;
	large_use("/var/tmp");
	return !statfs("/var/tmp", &status) && status.f_type != TMPFS_MAGIC && !access("/var/tmp", W_OK);
}

static void blocks_keep_what_they_hold_as_they_grow(CLEAN)
{
	if (!use_disk())
		skip();
	unsigned char *block = NULL;
	for (size_t size = MEGABYTE, held = 0; size <= 64 * MEGABYTE; held = size, size *= 2) {
		block = large_resize(block, size);
		assert_int_equal(large_size(block) != 0, size >= LARGE_BLOCK);
		assert_true(is_pattern(block, held));
		fill(block, held, size);
	}
	assert_true(is_pattern(block, 64 * MEGABYTE));
	large_free(block);
}

static void small_ones_are_left_to_malloc(CLEAN)
{
	if (!use_disk())
		skip();
	assert_null(large_map(LARGE_BLOCK - 1));
	char *block = large_resize(NULL, LARGE_BLOCK - 1);
	assert_int_equal(large_size(block), 0);
	free(block);
	large_free(NULL);
	assert_int_equal(large_size(NULL), 0);
}

/* Files without a name: the folder shows none, and the descriptor goes with the block. */
static size_t open_files(void)
{
	size_t count = 0;
	for (int fd = 0; fd < 256; fd++) {
		char path[64], target[PATH_MAX];
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		ssize_t size = readlink(path, target, sizeof target - 1);
		target[size > 0 ? size : 0] = '\0';
		count += !strncmp(target, "/var/tmp/", 9) && strstr(target, "(deleted)");
	}
	return count;
}

static void a_file_goes_with_its_block(CLEAN)
{
	if (!use_disk())
		skip();
	void *one = large_map(LARGE_BLOCK), *other = large_map(40 * MEGABYTE);
	assert_int_equal(open_files(), 2);
	large_unmap(one);
	assert_int_equal(open_files(), 1);
	large_unmap(other);
	assert_int_equal(open_files(), 0);
}

static void strings_may_be_large(CLEAN)
{
	if (!use_disk())
		skip();
	AUTO(strings) struct strings list = {0};
	struct str text = {0};
	for (size_t i = 0; i < 3 * MEGABYTE; i++)
		str_add_n(&text, "0123456789", 10);
	assert_true(large_size(text.data) > 30 * MEGABYTE);
	assert_memory_equal(text.data, text.data + 10 * MEGABYTE, 20 * MEGABYTE);
	strings_add(&list, str_text(&text));
	const char *kept = strings_add_str(&list, &text);
	assert_string_equal(list.items[0], kept);
	assert_true(large_size(kept));
	assert_null(text.data);
	str_add_n(&text, kept, 8 * MEGABYTE);
	char *taken = str_take(&text);
	assert_memory_equal(taken, kept, 8 * MEGABYTE);
	free(taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_folder_it_is_memory_as_any_other),
		cmocka_unit_test(blocks_keep_what_they_hold_as_they_grow),
		cmocka_unit_test(small_ones_are_left_to_malloc),
		cmocka_unit_test(a_file_goes_with_its_block),
		cmocka_unit_test(strings_may_be_large),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
