/* Checks of uploads and of backups. */
#include "health_scene.h"

#define GIB (UINT64_C(1) << 30)

/* ---- storage ---- */

static void assert_disk(uint64_t left_gib, uint64_t whole_gib, int severity, const char *what)
{
	scene.storage.disk = (struct statvfs){.f_frsize = 4096,
					      .f_blocks = whole_gib * GIB / 4096,
					      .f_bfree = whole_gib * GIB / 4096, /* of which root alone has more */
					      .f_bavail = left_gib * GIB / 4096};
	if (what)
		assert_found("OW504", (enum severity)severity, "/data", what);
	else
		assert_nothing("OW504");
}

static void a_disk_is_full_by_share_and_by_size(void **state UNUSED)
{
	assert_skipped("OW504", "DATA_DIR is not on this machine");
	scene.storage.folder = text_copy("/data");
	assert_skipped("OW504", "DATA_DIR may not be looked at");
	assert_disk(5, 1000, 0, NULL);
	assert_disk(4, 1000, SEVERITY_WARNING, "has 4.3 GB left of 1.1 TB"); /* 4 x 1.0737; 1.0737 */
	assert_disk(4, 39, 0, NULL);
	assert_disk(1, 1000, SEVERITY_WARNING, "has 1.1 GB left of 1.1 TB");
	assert_disk(0, 1000, SEVERITY_CRITICAL, "has 0 B left of 1.1 TB");
}

static void a_file_system_runs_out_of_files(void **state UNUSED)
{
	scene.storage.folder = text_copy("/data");
	scene.storage.disk = (struct statvfs){.f_frsize = 4096, .f_blocks = 1 << 28, .f_bavail = 1 << 27,
					      .f_files = 1000, .f_favail = 50};
	assert_nothing("OW504");
	scene.storage.disk.f_favail = 49;
	assert_found("OW504", SEVERITY_WARNING, "/data", "has room for 49 more files of 1000 (inodes)");
	scene.storage.disk.f_favail = 10;
	assert_found("OW504", SEVERITY_WARNING, "/data", "has room for 10 more files of 1000 (inodes)");
	scene.storage.disk.f_favail = 9;
	assert_found("OW504", SEVERITY_CRITICAL, "/data", "has room for 9 more files of 1000 (inodes)");
}

static void blobs_without_a_row_are_only_counted_where_rows_are_of_one_provider(void **state UNUSED)
{
	struct uploads_seen *seen = &scene.storage.uploads;
	*seen = (struct uploads_seen){.rows = 0, .orphans = 1, .orphan_bytes = 7};
	assert_skipped("OW506", "can't be told");
	seen->rows = 2;
	strings_add(&seen->orphan_names, "id_name");
	assert_found("OW506", SEVERITY_INFO, NULL, "1 blobs of 7 B are named by no row: id_name");
	seen->foreign = 1;
	assert_skipped("OW506", "can't be told");
}

static void a_folder_of_several_servers_may_not_be_the_same(void **state UNUSED)
{
	scene.storage.local = true;
	add("http://10.0.0.1:8080", "0.12.4");
	add("http://127.0.0.1:8080", "0.12.4");
	add("http://[::1]:8080", "0.12.4");
	assert_nothing("OW508"); /* one is elsewhere, and those of this machine have the same */
	add("http://10.0.0.2:8080", "0.12.4");
	assert_found("OW508", SEVERITY_INFO, NULL,
		     "4 replicas keep uploads in a folder; that it is the same one can't be seen here");
	scene.storage.local = false;
	assert_nothing("OW508");
}

static void a_probe_is_as_slow_as_its_slower_half(void **state UNUSED)
{
	struct probe_of_store *probe = &scene.storage.probe;
	assert_skipped("OW503", "--read-only");
	scene.storage.unmade = true;
	assert_skipped("OW503", "there is no folder of uploads in DATA_DIR");
	*probe = (struct probe_of_store){.done = true, .write_us = 999999, .read_us = 999999};
	assert_nothing("OW503");
	probe->read_us = 1000000;
	assert_found("OW503", SEVERITY_WARNING, NULL, "writing 4 kB took 999 ms, reading them 1000 ms");
	probe->write_us = 5000000;
	assert_found("OW503", SEVERITY_CRITICAL, NULL, "writing 4 kB took 5000 ms, reading them 1000 ms");
}

/* ---- backups ---- */

static struct newest *add_newest(int64_t age_s)
{
	struct repository_sight *seen = &scene.repository;
	seen->display = text_copy("/backups");
	seen->newest = (struct newest_list){.items = mem_new(1, sizeof *seen->newest.items), .count = 1};
	seen->newest.items[0] = (struct newest){.label = text_copy("chat"), .snapshot = "S", .time = NOW - age_s};
	seen->drilled = mem_new(1, sizeof *seen->drilled);
	return &seen->newest.items[0];
}

static void a_backup_is_old_after_26_hours_and_very_old_after_three_times_as_much(void **state UNUSED)
{
	struct newest *newest = add_newest(26 * HOUR);
	assert_nothing("OW903");
	newest->time--;
	look("OW903");
	assert_int_equal(result.troubles[0].severity, SEVERITY_WARNING);
	newest->time = NOW - 78 * HOUR;
	look("OW903");
	assert_int_equal(result.troubles[0].severity, SEVERITY_WARNING);
	newest->time--;
	look("OW903");
	assert_int_equal(result.troubles[0].severity, SEVERITY_CRITICAL);
	newest->snapshot[0] = '\0';
	assert_found("OW903", SEVERITY_CRITICAL, "/backups", "has no good snapshot");
}

static void a_drill_counts_for_five_weeks(void **state UNUSED)
{
	struct newest *newest = add_newest(HOUR);
	struct drilled *drilled = scene.repository.drilled;
	assert_found("OW905", SEVERITY_INFO, "/backups", "has snapshots of \"chat\" that nobody tried to restore");
	*drilled = (struct drilled){.time = NOW - 35 * DAY, .outcome = "good"};
	assert_nothing("OW905");
	drilled->time--;
	assert_found("OW905", SEVERITY_INFO, "/backups", "has snapshots of \"chat\" that were last tried 35 days ago");
	drilled->outcome = "failed";
	assert_found("OW905", SEVERITY_WARNING, "/backups",
		     "has a snapshot of \"chat\" whose restore failed in the last drill");
	newest->passed_over = 2;
	assert_nothing("OW904");
	newest->passed_over = 3;
	look("OW904");
	assert_int_equal(result.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_SCENE(a_disk_is_full_by_share_and_by_size),
		IN_A_SCENE(a_file_system_runs_out_of_files),
		IN_A_SCENE(blobs_without_a_row_are_only_counted_where_rows_are_of_one_provider),
		IN_A_SCENE(a_folder_of_several_servers_may_not_be_the_same),
		IN_A_SCENE(a_probe_is_as_slow_as_its_slower_half),
		IN_A_SCENE(a_backup_is_old_after_26_hours_and_very_old_after_three_times_as_much),
		IN_A_SCENE(a_drill_counts_for_five_weeks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
