/* Checks by a scene that is made up: limits and words that no real server could be brought to the edge of cheaply. That
 * such scenes are seen on real servers is proved in tests/real/test_health_*.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "health/checks.h"
#include "health/result.h"
#include "health/scene.h"
#include "settings/settings.h"

#define NOW INT64_C(1798070400)
#define DAY 86400
#define HOUR 3600
#define GIB (UINT64_C(1) << 30)

/* ---- a scene ---- */

static struct scene scene;
static struct result result;
static char *environment[2];

static int begin(void **state UNUSED)
{
	scene = (struct scene){.now = NOW};
	environment[0] = NULL;
	return 0;
}

static int end(void **state UNUSED)
{
	result_cleanup(&result);
	scene_cleanup(&scene);
	return 0;
}

static struct replica *add(const char *url, const char *release)
{
	struct replica *replica = replicas_add(&scene.fleet.replicas, NULL, url, NULL, "");
	replica->release = text_copy(release);
	return replica;
}

/* Runs one check, whatever it needs. */
static struct error *run(const char *code)
{
	AUTO(settings) struct settings *settings = NULL;
	const struct settings_request request = {.environment = environment};
	const struct check *check = check_find(code);
	assert_non_null(check);
	assert_null(settings_load(&request, &settings));
	result_cleanup(&result);
	result = (struct result){.check = check};
	return check->run(&(struct checking){.scene = &scene, .settings = settings, .result = &result});
}

static void look(const char *code)
{
	assert_null(run(code));
}

/* It can't be told, and that is no fault of whom it is about. */
static void assert_untold(const char *code, const char *why)
{
	struct error *error = run(code);
	assert_non_null(error);
	assert_int_equal(result.count, 0);
	assert_non_null(strstr(error->message, why));
	error_free(error);
}

static void assert_nothing(const char *code)
{
	look(code);
	assert_int_equal(result.outcome, OUTCOME_GOOD);
}

static void assert_skipped(const char *code, const char *why)
{
	look(code);
	assert_int_equal(result.outcome, OUTCOME_SKIPPED);
	assert_non_null(strstr(result.why, why));
}

/* One thing, with these words. */
static void assert_found(const char *code, enum severity severity, const char *subject, const char *what)
{
	look(code);
	assert_int_equal(result.count, 1);
	assert_int_equal(result.troubles[0].severity, severity);
	if (subject)
		assert_string_equal(result.troubles[0].subject, subject);
	else
		assert_null(result.troubles[0].subject);
	assert_string_equal(result.troubles[0].what, what);
}

/* ---- clocks ---- */

static void tell_time(size_t at, int64_t ahead_s)
{
	scene.fleet.replicas.items[at].clock_known = true;
	scene.fleet.replicas.items[at].clock_ahead_s = ahead_s;
}

static void a_clock_is_held_against_those_of_most(void **state UNUSED)
{
	static const char *const urls[] = {"http://a:1", "http://b:1", "http://c:1"};
	for (size_t i = 0; i < COUNT(urls); i++)
		add(urls[i], "0.12.4");
	tell_time(0, 100);
	assert_skipped("OW208", "no two replicas tell the time");
	tell_time(1, 100);
	tell_time(2, 104);
	assert_nothing("OW208");
	tell_time(2, 105);
	assert_found("OW208", SEVERITY_WARNING, "c:1", "has a clock that is 5 s ahead of the others'");
	tell_time(2, 160);
	assert_found("OW208", SEVERITY_CRITICAL, "c:1", "has a clock that is 60 s ahead of the others'");
	tell_time(2, 41);
	assert_found("OW208", SEVERITY_WARNING, "c:1", "has a clock that is 59 s behind the others'");
}

static void the_clock_of_this_machine_is_held_against_the_replicas(void **state UNUSED)
{
	add("http://a:1", "0.12.4");
	assert_skipped("OW209", "no replica tells the time");
	tell_time(0, -4);
	assert_nothing("OW209");
	tell_time(0, 5);
	assert_found("OW209", SEVERITY_WARNING, NULL, "the clock of this machine is 5 s behind that of the replicas");
	tell_time(0, -7);
	assert_found("OW209", SEVERITY_WARNING, NULL, "the clock of this machine is 7 s ahead of that of the replicas");
}

/* ---- replicas ---- */

static void what_a_release_is_known_for_is_told(void **state UNUSED)
{
	add("http://a:1", "0.12.4");
	assert_nothing("OW110");
	assert_nothing("OW111");
	add("http://b:1", "0.99.0");
	assert_found("OW110", SEVERITY_INFO, "b:1", "runs 0.99.0, which this owctl does not know");
	assert_nothing("OW111");
	add("http://c:1", "0.11.3");
	assert_nothing("OW111");
	add("http://d:1", "0.11.2");
	assert_found("OW111", SEVERITY_INFO, "d:1", "runs 0.11.2, which goes on after a migration that failed");
}

static struct probe_answer answer_of(long status, const char *type, const char *body)
{
	struct probe_answer answer = {.end = PROBE_ANSWERED, .http.status = status};
	strings_add_taken(&answer.http.headers, text_format("content-type: %s", type));
	str_add(&answer.http.body, body);
	return answer;
}

static void answer(struct replica *replica, enum question question, struct probe_answer answer)
{
	probe_answer_cleanup(&replica->answers[question]);
	replica->answers[question] = answer;
	replica->asked[question] = true;
}

static struct probe_answer nothing_came(void)
{
	struct error *failure = error_new(ERR_UNREACHABLE, "no answer within 2 s");
	return (struct probe_answer){.end = PROBE_TIMED_OUT, .failure = failure};
}

static void a_replica_that_is_not_ready_says_why(void **state UNUSED)
{
	struct replica *replica = add("http://a:1", "0.12.4");
	answer(replica, ASK_READY, answer_of(200, "text/html", "<!doctype html>"));
	assert_skipped("OW104", "no replica has /ready");
	answer(replica, ASK_READY, answer_of(200, "application/json", "{\"status\":true}"));
	assert_nothing("OW104");
	answer(replica, ASK_READY, answer_of(503, "application/json", "{\"detail\":\"Redis not ready\"}"));
	assert_found("OW104", SEVERITY_CRITICAL, "a:1", "is not ready: Redis not ready (status 503)");
	scene.redis.sight.failure = error_new(ERR_UNREACHABLE, "refused"); /* which is told by a check of its own */
	assert_nothing("OW104");
	answer(replica, ASK_READY, answer_of(503, "application/json", "{\"detail\":\"Database not ready\"}"));
	assert_found("OW104", SEVERITY_CRITICAL, "a:1", "is not ready: Database not ready (status 503)");
	answer(replica, ASK_READY, answer_of(500, "text/plain", "Internal Server Error"));
	assert_found("OW104", SEVERITY_CRITICAL, "a:1", "is not ready: it does not say why (status 500)");
}

static void a_replica_that_hangs_is_told_by_what_it_hangs_at(void **state UNUSED)
{
	struct replica *replica = add("http://a:1", "0.12.4");
	answer(replica, ASK_READY, nothing_came());
	answer(replica, ASK_DATABASE, nothing_came());
	assert_found("OW104", SEVERITY_CRITICAL, "a:1",
		     "hangs when it looks at its database: neither /ready nor /health/db gives an answer");
	answer(replica, ASK_DATABASE, answer_of(200, "application/json", "{\"status\":true}"));
	assert_found("OW104", SEVERITY_CRITICAL, "a:1",
		     "hangs when it looks at Redis: /ready gives no answer, and /health/db does");
	scene.redis.sight.failure = error_new(ERR_UNREACHABLE, "refused");
	assert_nothing("OW104");
}

static void a_header_that_does_not_arrive_is_told_of_each(void **state UNUSED)
{
	add("http://a:1", "0.12.4")->key = KEY_SAME;
	assert_nothing("OW204");
	add("http://b:1", "0.12.4")->key = KEY_LOST;
	assert_found("OW204", SEVERITY_CRITICAL, "b:1", "does not get the header Authorization");
	assert_nothing("OW202"); /* which says nothing of its key */
}

static void keys_can_only_be_compared_by_one_that_somebody_takes(void **state UNUSED)
{
	add("http://a:1", "0.12.4")->key = KEY_OTHER;
	add("http://b:1", "0.12.4")->key = KEY_OTHER;
	assert_skipped("OW202", "no replica takes a token of owctl's own key");
	add("http://c:1", "0.12.4")->key = KEY_SAME;
	look("OW202");
	assert_int_equal(result.count, 2);
	assert_nothing("OW203");
}

static void a_key_is_short_by_its_length_and_by_its_letters(void **state UNUSED)
{
	environment[0] = (char[]){"WEBUI_SECRET_KEY=aB3aB3aB3aB3aB3"};
	assert_found("OW801", SEVERITY_CRITICAL, NULL, "WEBUI_SECRET_KEY has 15 characters");
	environment[0] = (char[]){"WEBUI_SECRET_KEY=aB3aB3aB3aB3aB3a"};
	assert_nothing("OW801");
	environment[0] = (char[]){"WEBUI_SECRET_KEY=ab3ab3ab3ab3ab3ab3ab3ab3ab3ab3a"};
	assert_found("OW801", SEVERITY_WARNING, NULL,
		     "WEBUI_SECRET_KEY has 31 characters, and does not look as if drawn at random");
	add("http://a:1", "0.12.4")->key = KEY_OTHER; /* it is not theirs, which OW203 tells */
	assert_nothing("OW801");
	scene.fleet.replicas.items[0].key = KEY_UNKNOWN;
	environment[0] = (char[]){"WEBUI_SECRET_KEY=ab3ab3ab3ab3ab3ab3ab3ab3ab3ab3ab"};
	assert_nothing("OW801");
}

static void replicas_are_held_against_the_database_that_owctl_has(void **state UNUSED)
{
	scene.database.display = text_copy("/data/webui.db");
	add("http://a:1", "0.12.4");
	assert_skipped("OW205", "no replica tells which accounts it knows");
	scene.fleet.replicas.items[0].account = ACCOUNT_KNOWN;
	assert_nothing("OW205");
	add("http://b:1", "0.12.4")->account = ACCOUNT_MISSING;
	assert_found("OW205", SEVERITY_CRITICAL, "b:1",
		     "is not on this database: it does not know the oldest account of /data/webui.db");
	assert_found("OW206", SEVERITY_CRITICAL, NULL, "2 replicas are on one SQLite file, /data/webui.db");
	unsigned needs = NEEDS_TWO_REPLICAS | NEEDS_DATABASE_FILE;
	assert_int_equal(check_needs(check_find("OW206")) & needs, needs);
}

/* ---- certificates ---- */

static void assert_certificate(int64_t left_s, int64_t lasts_s, int severity, const char *what)
{
	struct probe_certificate *seen = &scene.fleet.front.answers[ASK_VERSION].certificate;
	seen->not_after = NOW + left_s;
	seen->not_before = seen->not_after - lasts_s;
	if (what)
		assert_found("OW721", (enum severity)severity, "chat.example", what);
	else
		assert_nothing("OW721");
}

static void a_certificate_is_told_of_three_weeks_before_its_end(void **state UNUSED)
{
	scene.fleet.at_front.looked = true;
	scene.fleet.front.name = text_copy("chat.example");
	scene.fleet.front.url = text_copy("https://chat.example");
	assert_skipped("OW721", "no trusted certificate");
	scene.fleet.front.asked[ASK_VERSION] = true;
	assert_certificate(21 * DAY, 90 * DAY, 0, NULL);
	assert_certificate(21 * DAY - 1, 90 * DAY, SEVERITY_WARNING, "has a certificate that expires in 20 days");
	assert_certificate(7 * DAY, 90 * DAY, SEVERITY_WARNING, "has a certificate that expires in 7 days");
	assert_certificate(7 * DAY - 1, 90 * DAY, SEVERITY_CRITICAL, "has a certificate that expires in 6 days");
	assert_certificate(47 * HOUR, 90 * DAY, SEVERITY_CRITICAL, "has a certificate that expires in 47 hours");
	/* One that lasts for 160 hours is late in its last 40, and 16 are the last tenth. */
	assert_certificate(40 * HOUR, 160 * HOUR, 0, NULL);
	assert_certificate(39 * HOUR, 160 * HOUR, SEVERITY_WARNING, "has a certificate that expires in 39 hours");
	assert_certificate(15 * HOUR, 160 * HOUR, SEVERITY_CRITICAL, "has a certificate that expires in 15 hours");
}

/* ---- what is behind the load balancer ---- */

static struct probe_answer *make_answers(enum front_question question, size_t count)
{
	struct front_answers *answers = &scene.fleet.at_front.answers[question];
	answers->items = mem_new(count, sizeof *answers->items);
	answers->count = count;
	return answers->items;
}

static void mark(struct probe_answer *one, const char *tag, const char *more)
{
	probe_answer_cleanup(one);
	*one = answer_of(200, "text/css", "");
	one->asked_ms = 1;
	strings_add_taken(&one->http.headers, text_format("ETag: %s", tag));
	if (more)
		strings_add(&one->http.headers, more);
}

static void who_answered_is_told_by_a_mark_that_no_cache_gave(void **state UNUSED)
{
	add("http://a:1", "0.12.4");
	add("http://b:1", "0.12.4");
	scene.fleet.front.name = text_copy("chat.example");
	struct probe_answer *of_replicas = make_answers(FRONT_REPLICA_FILE, 2), *files = make_answers(FRONT_FILE, 8);
	mark(&of_replicas[0], "\"a\"", NULL);
	mark(&of_replicas[1], "\"b\"", NULL);
	for (size_t i = 0; i < 8; i++)
		mark(&files[i], "W/\"a\"", NULL);
	assert_found("OW705", SEVERITY_INFO, "chat.example", "all 8 requests of this machine were answered by a:1");
	assert_nothing("OW707");
	mark(&files[7], "\"c\"", NULL);
	assert_found("OW707", SEVERITY_WARNING, "chat.example",
		     "1 of 8 requests were answered by a server that is not among the replicas");
	mark(&files[7], "\"c\"", "Age: 7");
	assert_nothing("OW707");
	assert_skipped("OW705", "can't be told");
	mark(&files[7], "\"b\"", NULL);
	assert_nothing("OW705");
	mark(&of_replicas[1], "\"a\"", NULL); /* they share their folder */
	assert_skipped("OW705", "can't be told");
	assert_skipped("OW707", "can't be told");
}

static void have_features(const char *name, json_t *value)
{
	json_decref(scene.fleet.front.config);
	scene.fleet.front.config = json_pack("{s:{s:o}}", "features", name, value);
}

static void silence(enum silence_end end, int64_t ended_ms)
{
	free(scene.fleet.deep.silence.why);
	scene.fleet.deep.silence = (struct deep_silence){
		.end = end, .ping_ms = 25000, .ended_ms = ended_ms, .deadline_s = 40};
}

static void a_silent_websocket_is_not_to_be_cut_unless_browsers_speak_before(void **state UNUSED)
{
	scene.fleet.front.name = text_copy("chat.example");
	assert_skipped("OW731", "no websocket is accepted there");
	scene.fleet.deep.silence.why = text_copy("it is refused");
	assert_skipped("OW731", "could be opened: it is refused");
	have_features("enable_websocket", json_false());
	assert_skipped("OW731", "websockets are switched off");
	silence(SILENCE_LASTED, 0);
	assert_nothing("OW731");
	silence(SILENCE_TOO_LONG, 0);
	assert_skipped("OW731", "--deadline 40s");
	silence(SILENCE_CUT, 10010);
	const char *what = "cuts a websocket after 10.0 s of silence; Open WebUI pings every 25 s";
	assert_found("OW731", SEVERITY_WARNING, "chat.example", what);
	have_features("websocket_heartbeat_interval", json_integer(10));
	assert_found("OW731", SEVERITY_WARNING, "chat.example", what);
	have_features("websocket_heartbeat_interval", json_integer(9));
	assert_nothing("OW731");
	have_features("websocket_heartbeat_interval", json_integer(0));
	assert_found("OW731", SEVERITY_WARNING, "chat.example", what);
	silence(SILENCE_ENDLESS, 0);
	assert_untold("OW731", "pings after 25 s, and did not");
	add("http://10.0.0.7:8080", "0.12.4");
	silence(SILENCE_CUT_DIRECTLY, 10010);
	assert_untold("OW731", "before the server's ping at 10.0.0.7:8080 as well");
}

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

/* ---- what runs the replicas ---- */

static void what_ended_a_day_ago_is_history(void **state UNUSED)
{
	struct orchestrated *own = &add("http://a:1", "0.12.4")->orchestrated;
	own->restarts = 2;
	own->last_end = text_copy("exit status 1");
	own->last_end_at = NOW - DAY;
	assert_nothing("OW603");
	own->restarts = 3;
	assert_found("OW603", SEVERITY_WARNING, "a:1", "was started again 3 times; it last ended with: exit status 1");
	own->last_end_at--;
	assert_found("OW603", SEVERITY_INFO, "a:1", "was started again 3 times; it last ended with: exit status 1");
	free(own->last_end);
	own->last_end = text_copy("OOMKilled");
	assert_nothing("OW603"); /* which is told once */
	assert_found("OW604", SEVERITY_INFO, "a:1", "was killed when its host had no memory left");
	own->last_end_at = NOW - DAY;
	assert_found("OW604", SEVERITY_CRITICAL, "a:1", "was killed when its host had no memory left");
}

static void a_liveness_probe_is_not_to_look_at_others(void **state UNUSED)
{
	struct orchestrated *own = &add("http://a:1", "0.12.4")->orchestrated;
	own->kind = text_copy("pod");
	own->live_path = text_copy("/health");
	assert_nothing("OW612");
	assert_found("OW611", SEVERITY_WARNING, NULL, "the pods have no readiness probe that asks the server");
	own->ready_path = own->live_path;
	own->live_path = text_copy("/ready");
	assert_nothing("OW611");
	assert_found("OW612", SEVERITY_WARNING, NULL,
		     "the liveness probe of the pods asks /ready, which looks at database and Redis");
	free(own->live_path);
	own->live_path = text_copy("/health/db");
	assert_found("OW612", SEVERITY_WARNING, NULL,
		     "the liveness probe of the pods asks /health/db, which looks at the database");
}

static void fewer_run_than_are_wanted(void **state UNUSED)
{
	add("http://a:1", "0.12.4")->orchestrated.running = true;
	scene.fleet.replicas.wanted = 1;
	assert_nothing("OW601");
	scene.fleet.replicas.wanted = 2;
	assert_found("OW601", SEVERITY_WARNING, NULL, "1 of 2 replicas run that are to run");
	scene.fleet.replicas.items[0].orchestrated.running = false;
	assert_found("OW601", SEVERITY_CRITICAL, NULL, "0 of 2 replicas run that are to run");
}

static void what_an_orchestrator_does_not_tell_is_told_as_it_is(void **state UNUSED)
{
	struct workload *workload = mem_new(1, sizeof *workload);
	scene.fleet.replicas.workloads = workload;
	scene.fleet.replicas.workload_count = 1;
	workload->budgets_unknown = text_copy("PodDisruptionBudgets could not be read: it hangs");
	workload->scalers_unknown = text_copy("HorizontalPodAutoscalers could not be read: it hangs");
	assert_skipped("OW614", "PodDisruptionBudgets could not be read: it hangs");
	assert_skipped("OW615", "PodDisruptionBudgets could not be read: it hangs");
	assert_skipped("OW616", "HorizontalPodAutoscalers could not be read: it hangs");
}

/* ---- what a check needs ---- */

static void assert_lacks(unsigned needs, const char *why)
{
	const char *told = NULL;
	assert_int_equal(needs_are_met(&scene, needs, &told), why == NULL);
	if (why)
		assert_string_equal(told, why);
}

static void what_is_missing_is_told_from_its_ground_up(void **state UNUSED)
{
	assert_lacks(0, NULL);
	assert_lacks(NEEDS_BALANCER, "WEBUI_URL is not set");
	assert_lacks(NEEDS_TLS, "WEBUI_URL is not set");
	scene.fleet.at_front.looked = true;
	assert_lacks(NEEDS_ADDRESS, NULL);
	assert_lacks(NEEDS_BALANCER, "WEBUI_URL is taken for the only replica");
	assert_lacks(NEEDS_TLS, "WEBUI_URL has no TLS");
	scene.fleet.front.url = text_copy("http://a:1");
	assert_lacks(NEEDS_FRONT, NULL);
	assert_lacks(NEEDS_BALANCER | NEEDS_REPLICAS, "no Open WebUI answers at WEBUI_URL");
	scene.fleet.front.release = text_copy("0.12.4");
	assert_lacks(NEEDS_BALANCER, NULL);
	assert_lacks(NEEDS_REPLICAS, "no replica answers");
	add("http://a:1", NULL);
	add("http://b:1", "0.12.4");
	assert_lacks(NEEDS_REPLICAS, NULL);
	assert_lacks(NEEDS_TWO_REPLICAS, "there are no two replicas that answer");
	add("http://c:1", "0.12.4");
	assert_lacks(NEEDS_TWO_REPLICAS, NULL);
}

static void what_was_not_reached_is_told_apart_from_what_there_is_none_of(void **state UNUSED)
{
	assert_lacks(NEEDS_REDIS, "Redis was not reached");
	assert_lacks(NEEDS_STORAGE, "the place of uploads was not reached");
	assert_lacks(NEEDS_DATABASE | NEEDS_SQL_SERVER, "the database was not reached");
	scene.redis.sight.absent = scene.storage.sight.absent = scene.database.sight.absent = true;
	assert_lacks(NEEDS_REDIS, "no Redis is set");
	assert_lacks(NEEDS_REDIS_NAMED, "no Redis is set");
	assert_lacks(NEEDS_STORAGE, "it is not known where uploads are");
	assert_lacks(NEEDS_DATABASE | NEEDS_SQL_SERVER, "no database is set");
	scene.database.sight = (struct sight){.seen = true};
	assert_lacks(NEEDS_DATABASE | NEEDS_SQL_SERVER, "the database is a file");
	assert_lacks(NEEDS_DATABASE | NEEDS_DATABASE_FILE, NULL);
	assert_int_equal(check_needs(check_find("OW404")) & NEEDS_REDIS, NEEDS_REDIS); /* by its stage */
}

#define IN_A_SCENE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_SCENE(a_clock_is_held_against_those_of_most),
		IN_A_SCENE(the_clock_of_this_machine_is_held_against_the_replicas),
		IN_A_SCENE(what_a_release_is_known_for_is_told),
		IN_A_SCENE(a_replica_that_is_not_ready_says_why),
		IN_A_SCENE(a_replica_that_hangs_is_told_by_what_it_hangs_at),
		IN_A_SCENE(a_header_that_does_not_arrive_is_told_of_each),
		IN_A_SCENE(keys_can_only_be_compared_by_one_that_somebody_takes),
		IN_A_SCENE(replicas_are_held_against_the_database_that_owctl_has),
		IN_A_SCENE(a_key_is_short_by_its_length_and_by_its_letters),
		IN_A_SCENE(a_certificate_is_told_of_three_weeks_before_its_end),
		IN_A_SCENE(who_answered_is_told_by_a_mark_that_no_cache_gave),
		IN_A_SCENE(a_silent_websocket_is_not_to_be_cut_unless_browsers_speak_before),
		IN_A_SCENE(a_disk_is_full_by_share_and_by_size),
		IN_A_SCENE(a_file_system_runs_out_of_files),
		IN_A_SCENE(blobs_without_a_row_are_only_counted_where_rows_are_of_one_provider),
		IN_A_SCENE(a_folder_of_several_servers_may_not_be_the_same),
		IN_A_SCENE(a_probe_is_as_slow_as_its_slower_half),
		IN_A_SCENE(a_backup_is_old_after_26_hours_and_very_old_after_three_times_as_much),
		IN_A_SCENE(a_drill_counts_for_five_weeks),
		IN_A_SCENE(what_ended_a_day_ago_is_history),
		IN_A_SCENE(a_liveness_probe_is_not_to_look_at_others),
		IN_A_SCENE(fewer_run_than_are_wanted),
		IN_A_SCENE(what_an_orchestrator_does_not_tell_is_told_as_it_is),
		IN_A_SCENE(what_is_missing_is_told_from_its_ground_up),
		IN_A_SCENE(what_was_not_reached_is_told_apart_from_what_there_is_none_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
