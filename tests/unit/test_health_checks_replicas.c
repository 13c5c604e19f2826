/* Checks of replicas, one by one and together, of their keys and of what runs them. */
#include "health_scene.h"

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
		IN_A_SCENE(a_key_is_short_by_its_length_and_by_its_letters),
		IN_A_SCENE(replicas_are_held_against_the_database_that_owctl_has),
		IN_A_SCENE(what_ended_a_day_ago_is_history),
		IN_A_SCENE(a_liveness_probe_is_not_to_look_at_others),
		IN_A_SCENE(fewer_run_than_are_wanted),
		IN_A_SCENE(what_an_orchestrator_does_not_tell_is_told_as_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
