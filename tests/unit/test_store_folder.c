/* What of a folder as a store no file system of this machine can be made to show: names given where it lacks
 * renameat2, and hard links. tests/real/test_store_folder.py has all else. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "store/folder/folder.h"

#define CLEAN __attribute__((unused)) void **state

/* Instead of the C library's: as file systems that lack it answer. */
static bool no_renameat2, no_link;
static int links;

int renameat2(int from, const char *old, int to, const char *new, unsigned int flags)
{
	if (no_renameat2) {
		errno = EINVAL;
		return -1;
	}
	assert_int_equal(flags, RENAME_NOREPLACE);
	if (!faccessat(to, new, F_OK, AT_SYMLINK_NOFOLLOW)) {
		errno = EEXIST;
		return -1;
	}
	return renameat(from, old, to, new);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
	(void)flags;
	links++;
	if (no_link) {
		errno = EPERM;
		return -1;
	}
	char target[64];
	ssize_t size = faccessat(to, new, F_OK, AT_SYMLINK_NOFOLLOW) ? 0 : -1;
	if (size < 0) {
		errno = EEXIST;
		return -1;
	}
	/* Another name of the same contents is enough here. */
	int in = openat(from, old, O_RDONLY), out = openat(to, new, O_WRONLY | O_CREAT | O_EXCL, 0600);
	size = read(in, target, sizeof target);
	assert_int_equal(write(out, target, (size_t)size), size);
	close(in);
	return close(out);
}

static char folder[] = "/tmp/test-store-folder-XXXXXX";
static struct store *store;

static int set_up(CLEAN)
{
	struct store_target target = {0};
	if (!mkdtemp(folder))
		return -1;
	error_free(store_target_parse(folder, &target));
	error_free(store_open(&target, NULL, &store));
	store_target_cleanup(&target);
	return store ? 0 : -1;
}

static int tear_down(CLEAN)
{
	error_free(store_delete(store, "n"));
	store_close(store);
	return rmdir(folder);
}

static int empty(CLEAN)
{
	error_free(store_delete(store, "n"));
	no_renameat2 = no_link = false;
	links = 0;
	return 0;
}

/* The second write is refused, and what the first one wrote stays. */
static void new_is_kept(void)
{
	AUTO(str) struct str bytes = {0};
	assert_null(store_put(store, "n", "first", 5, STORE_NEW));
	AUTO(error) struct error *taken = store_put(store, "n", "second", 6, STORE_NEW);
	assert_non_null(taken);
	assert_int_equal(taken->code, ERR_NO);
	assert_null(store_read(store, "n", 100, &bytes));
	assert_string_equal(str_text(&bytes), "first");
	assert_null(store_put(store, "n", "third", 5, STORE_ANY));
	assert_null(store_read(store, "n", 100, &bytes));
	assert_string_equal(str_text(&bytes), "third");
}

static void test_new_is_kept_by_rename(CLEAN)
{
	new_is_kept();
	assert_int_equal(links, 0);
	assert_true(store_can(store, STORE_CAN_CREATE));
}

static void test_new_is_kept_by_a_hard_link_where_rename_can_not(CLEAN)
{
	no_renameat2 = true;
	new_is_kept();
	assert_int_equal(links, 2);
	assert_true(store_can(store, STORE_CAN_CREATE));
}

static void test_new_is_looked_for_before_where_neither_can(CLEAN)
{
	no_renameat2 = no_link = true;
	new_is_kept();
	assert_false(store_can(store, STORE_CAN_CREATE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_new_is_kept_by_rename, empty),
		cmocka_unit_test_setup(test_new_is_kept_by_a_hard_link_where_rename_can_not, empty),
		cmocka_unit_test_setup(test_new_is_looked_for_before_where_neither_can, empty),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
