/* Checks of what stands at WEBUI_URL. */
#include "health_scene.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_SCENE(a_certificate_is_told_of_three_weeks_before_its_end),
		IN_A_SCENE(who_answered_is_told_by_a_mark_that_no_cache_gave),
		IN_A_SCENE(a_silent_websocket_is_not_to_be_cut_unless_browsers_speak_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
