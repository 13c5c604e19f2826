/* Signs of life, in a folder. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "backup/running.h"
#include "base/memory.h"

#define NS_A_SECOND 1000000000LL
#define HOUR (3600 * NS_A_SECOND)

static char folder[] = "/tmp/owctl-heartbeat-XXXXXX";
static struct repository repository;

static int open_folder(void **state)
{
	(void)state;
	struct store_target target = {.kind = STORE_FOLDER, .folder = folder, .display = folder};
	assert_non_null(mkdtemp(folder));
	assert_null(store_open(&target, NULL, &repository.store));
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	store_close(repository.store);
	AUTO(memory) char *inner = text_format("%s/running", folder);
	rmdir(inner);
	return rmdir(folder);
}

static bool find(const char *name, int64_t *modified)
{
	struct store_object object;
	bool found;
	assert_null(store_look(repository.store, name, &found, &object));
	*modified = found ? object.modified : 0;
	return found;
}

/* Waits for a beat that is later than `since`; it comes however slow the machine is. */
static int64_t later_than(const char *name, int64_t since)
{
	int64_t modified;
	while (!find(name, &modified) || modified <= since)
		usleep(1000);
	return modified;
}

static void test_beats(void **state)
{
	(void)state;
	struct heartbeat *heartbeat;
	assert_null(heartbeat_begin(repository.store, "running/x", "me", 1, &heartbeat));
	int64_t first = later_than("running/x", 0);
	later_than("running/x", first);
	heartbeat_end(heartbeat);
	AUTO(str) struct str bytes = {0};
	assert_null(store_read(repository.store, "running/x", 10, &bytes));
	assert_string_equal(str_text(&bytes), "me");
	assert_null(store_delete(repository.store, "running/x"));
	heartbeat_end(NULL);
}

static void test_ends_without_waiting_for_a_beat(void **state)
{
	(void)state;
	struct heartbeat *heartbeat;
	int64_t modified;
	assert_null(heartbeat_begin(repository.store, "running/y", "me", INT32_MAX, &heartbeat));
	heartbeat_end(heartbeat);
	assert_false(find("running/y", &modified));
}

/* ---- as a prune sees them ---- */

static void put_at(const char *name, int64_t modified)
{
	AUTO(memory) char *path = text_format("%s/%s", folder, name);
	const struct timespec times[2] = {{modified / NS_A_SECOND, modified % NS_A_SECOND},
					  {modified / NS_A_SECOND, modified % NS_A_SECOND}};
	assert_null(store_put(repository.store, name, "", 0, STORE_ANY));
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void test_who_is_alive(void **state)
{
	(void)state;
	static const int64_t now = 1000000 * HOUR;
	AUTO(running_backups) struct running_backups backups = {0};
	put_at("running/a.begun", now - 30 * HOUR); /* long, and heard of */
	put_at("running/a.alive", now - HOUR / 2);
	put_at("running/b.begun", now - 30 * HOUR); /* dead */
	put_at("running/b.alive", now - HOUR - 1);
	put_at("running/c.begun", now - HOUR - 1); /* dead before its first beat */
	put_at("running/d.begun", now - HOUR); /* not yet */
	put_at("running/e.alive", now - 2 * HOUR); /* left over */
	put_at("running/f.alive", now);
	put_at("running/g.begun", now + 50 * HOUR);
	assert_null(running_look(&repository, now, 3600, &backups));
	assert_int_equal(backups.alive, 3);
	assert_int_equal(backups.oldest, now - 30 * HOUR);
	AUTO(memory) char *dead = strings_join(&backups.dead, " ");
	assert_string_equal(dead, "running/b.alive running/b.begun running/c.begun running/e.alive");
	for (char name[] = "running/a.begun"; name[8] <= 'g'; name[8]++) {
		assert_null(store_delete(repository.store, name));
		memcpy(name + 10, "alive", 5);
		assert_null(store_delete(repository.store, name));
		memcpy(name + 10, "begun", 5);
	}
}

static void test_a_backup_that_was_taken_for_dead_is_told(void **state)
{
	(void)state;
	AUTO(running) struct running running = {0};
	AUTO(running_backups) struct running_backups before = {0}, after = {0};
	assert_null(running_begin(&repository, &running));
	assert_null(running_check(&running));
	assert_null(running_look(&repository, 0, 0, &before));
	assert_int_equal(before.alive, 1);
	assert_null(store_delete(repository.store, running.begun));
	struct error *error = running_check(&running);
	assert_int_equal(error->code, ERR_FAILED);
	error_free(error);
	running_cleanup(&running);
	assert_null(running_look(&repository, 0, 0, &after));
	assert_int_equal(after.alive, 0);
	assert_int_equal(after.oldest, INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_beats),
		cmocka_unit_test(test_ends_without_waiting_for_a_beat),
		cmocka_unit_test(test_who_is_alive),
		cmocka_unit_test(test_a_backup_that_was_taken_for_dead_is_told),
	};
	return cmocka_run_group_tests(tests, open_folder, remove_folder);
}
