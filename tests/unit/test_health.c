/* What becomes of findings once they are there: the verdict, suppressions, baselines, and what is printed of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/memory.h"
#include "commands/health/health.h"
#include "crypto/jwt.h"
#include "health/baseline.h"
#include "health/majority.h"
#include "health/suppress.h"

static fallible nothing(struct checking *checking UNUSED)
{
	return NULL;
}

HEALTH_CHECK(first) = {.code = "OW901", .name = "first", .title = "one", .family = FAMILY_REPLICAS, .run = nothing,
		       .severity = SEVERITY_CRITICAL, .why = "w", .remedy = "do <this> & \"that\""};
HEALTH_CHECK(second) = {.code = "OW902", .name = "second", .title = "two", .family = FAMILY_FLEET, .run = nothing,
			.severity = SEVERITY_WARNING, .why = "w", .remedy = "r"};

/* Results with what is found of the two. */
static void find(struct results *results, bool critical, bool warning)
{
	results_new(results);
	assert_int_equal(results->count, 2);
	struct checking one = {.result = &results->items[0]}, two = {.result = &results->items[1]};
	if (critical)
		checking_found(&one, "10.0.0.7:8080", "is <down> | gone\x1b[31m\xef\xbf\xbe");
	if (warning)
		checking_found(&two, NULL, "is odd");
}

static enum verdict verdict_of(const struct results *results)
{
	struct tally tally = results_tally(results);
	return tally_verdict(&tally);
}

static void what_was_seen_to_be_wrong_is_worth_more_than_what_is_not_known(void **state UNUSED)
{
	struct results results;
	find(&results, false, false);
	assert_int_equal(verdict_of(&results), VERDICT_OK);
	result_unknown(&results.items[0], error_new(ERR_PERMISSION, "may not"));
	assert_int_equal(verdict_of(&results), VERDICT_UNKNOWN);
	checking_found(&(struct checking){.result = &results.items[1]}, NULL, "is odd");
	assert_int_equal(verdict_of(&results), VERDICT_WARNING);
	results_cleanup(&results);
	find(&results, true, true);
	assert_int_equal(verdict_of(&results), VERDICT_CRITICAL);
	results_cleanup(&results);
}

static void nothing_looked_at_is_not_well(void **state UNUSED)
{
	struct results results;
	find(&results, false, false);
	result_skip(&results.items[0], "there is none");
	assert_int_equal(verdict_of(&results), VERDICT_OK);
	result_skip(&results.items[1], "there is none");
	assert_int_equal(verdict_of(&results), VERDICT_UNKNOWN);
	results_cleanup(&results);
}

static void an_info_never_counts(void **state UNUSED)
{
	struct results results;
	find(&results, false, false);
	checking_found_as(&(struct checking){.result = &results.items[0]}, SEVERITY_INFO, NULL, "so it is");
	assert_int_equal(verdict_of(&results), VERDICT_OK);
	results_cleanup(&results);
}

/* ---- suppressions ---- */

static struct strings one(const char *text)
{
	struct strings list = {0};
	strings_add(&list, text);
	return list;
}

#define DAY_2026_12_24 INT64_C(1798070400)

static enum verdict suppressed_by(const char *text, int64_t now)
{
	AUTO(strings) struct strings list = one(text);
	struct results results;
	find(&results, true, false);
	assert_null(suppress_check(&list));
	suppress_apply(&list, now, &results);
	enum verdict verdict = verdict_of(&results);
	results_cleanup(&results);
	return verdict;
}

static void a_suppression_lasts_until_its_day_is_over(void **state UNUSED)
{
	log_setup(LOG_QUIET_ONLY_ERRORS, false);
	static const char until[] = "OW901=known until it is mended until 2026-12-24";
	assert_int_equal(suppressed_by("OW901=for ever", INT64_MAX / 2), VERDICT_OK);
	assert_int_equal(suppressed_by("first=by its name", 0), VERDICT_OK);
	assert_int_equal(suppressed_by("OW902=another one", 0), VERDICT_CRITICAL);
	assert_int_equal(suppressed_by(until, DAY_2026_12_24 + 86399), VERDICT_OK);
	assert_int_equal(suppressed_by(until, DAY_2026_12_24 + 86400), VERDICT_CRITICAL);
	assert_int_equal(suppressed_by("OW901=x until 2026-12-24T12:00:00Z", DAY_2026_12_24 + 43199), VERDICT_OK);
	assert_int_equal(suppressed_by("OW901=x until 2026-12-24T12:00:00Z", DAY_2026_12_24 + 43200), VERDICT_CRITICAL);
}

static void a_suppression_needs_a_check_a_reason_and_a_date_that_is_one(void **state UNUSED)
{
	static const char *const bad[] = {"OW901", "OW901=", "=why", "OW999=why", "OW901=x until tomorrow",
					  "OW901= until 2026-12-24"};
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(strings) struct strings list = one(bad[i]);
		AUTO(error) struct error *error = suppress_check(&list);
		assert_non_null(error);
		assert_int_equal(error->code, ERR_USAGE);
	}
}

/* ---- baselines ---- */

static enum verdict compared_with(const char *baseline)
{
	json_auto_t *rows = json_loads(baseline, 0, NULL);
	struct results results;
	find(&results, true, false);
	baseline_apply(rows, &results);
	enum verdict verdict = verdict_of(&results);
	results_cleanup(&results);
	return verdict;
}

static void what_was_as_bad_before_is_known(void **state UNUSED)
{
	assert_int_equal(compared_with("[{\"code\":\"OW901\",\"state\":\"critical\",\"subject\":\"10.0.0.7:8080\"}]"),
			 VERDICT_OK);
	assert_int_equal(compared_with("[{\"code\":\"OW901\",\"state\":\"warning\",\"subject\":\"10.0.0.7:8080\"}]"),
			 VERDICT_CRITICAL);
	assert_int_equal(compared_with("[{\"code\":\"OW901\",\"state\":\"good\",\"subject\":\"10.0.0.7:8080\"}]"),
			 VERDICT_CRITICAL);
	assert_int_equal(compared_with("[{\"code\":\"OW901\",\"state\":\"critical\",\"subject\":\"10.0.0.8:8080\"}]"),
			 VERDICT_CRITICAL);
	assert_int_equal(compared_with("[{\"code\":\"OW901\",\"state\":\"critical\",\"subject\":null}]"),
			 VERDICT_CRITICAL);
	assert_int_equal(compared_with("[{\"code\":\"OW902\",\"state\":\"critical\",\"subject\":\"10.0.0.7:8080\"}]"),
			 VERDICT_CRITICAL);
	assert_int_equal(compared_with("[]"), VERDICT_CRITICAL);
	assert_int_equal(compared_with("[{\"code\":\"OW901\",\"state\":\"critical\",\"subject\":\"10.0.0.7:8080\","
				       "\"suppressed\":\"until tomorrow\"}]"),
			 VERDICT_CRITICAL);
}

static void what_was_worse_before_is_known_also_of_the_whole(void **state UNUSED)
{
	json_auto_t *rows = json_loads("[{\"code\":\"OW902\",\"state\":\"critical\",\"subject\":null}]", 0, NULL);
	struct results results;
	find(&results, false, true);
	baseline_apply(rows, &results);
	assert_int_equal(verdict_of(&results), VERDICT_OK);
	assert_int_equal(results_tally(&results).known, 1);
	results_cleanup(&results);
}

/* ---- what is printed ---- */

static void nothing_from_outside_leaves_its_place(void **state UNUSED)
{
	AUTO(str) struct str line = {0};
	AUTO(str) struct str xml = {0};
	struct results results;
	struct scene scene = {0};
	find(&results, true, true);
	health_add_plugin_line(&line, &scene, &results, VERDICT_CRITICAL, NULL);
	health_add_junit(&xml, &results);
	assert_null(strchr(str_text(&line), '\x1b'));
	assert_ptr_equal(strchr(str_text(&line), '|'), strrchr(str_text(&line), '|'));
	assert_non_null(strstr(str_text(&line), "critical=1;"));
	assert_non_null(strstr(str_text(&xml), "is &lt;down&gt; | gone\\x1b[31m\\ufffe"));
	assert_non_null(strstr(str_text(&xml), "do &lt;this&gt; &amp; &quot;that&quot;"));
	assert_non_null(strstr(str_text(&xml), "tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\""));
	results_cleanup(&results);
}

/* `counts` is `tests="1" failures="0" ..`, as that suite is to have it. */
static void assert_suite(const struct results *results, const char *name, const char *counts, const char *inside)
{
	AUTO(str) struct str xml = {0};
	AUTO(memory) char *suite = text_format("name=\"%s\" %s", name, counts);
	health_add_junit(&xml, results);
	assert_non_null(strstr(str_text(&xml), suite));
	assert_non_null(strstr(str_text(&xml), inside));
}

static void what_is_counted_for_ci_is_what_came_of_each(void **state UNUSED)
{
	AUTO(str) struct str less = {0};
	struct results results;
	find(&results, false, true);
	result_unknown(&results.items[0], error_new(ERR_PERMISSION, "may \"not\""));
	assert_suite(&results, "replicas", "tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\"",
		     "<error message=\"may &quot;not&quot;\"/>");
	result_skip(&results.items[0], "there is none");
	assert_suite(&results, "replicas", "tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\"",
		     "<skipped message=\"there is none\"/>");
	assert_suite(&results, "fleet", "tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\"",
		     "<failure type=\"warning\"");
	results.items[0].left_out = true;
	results.items[1].troubles[0].known = true;
	health_add_junit(&less, &results);
	assert_null(strstr(str_text(&less), "replicas"));
	assert_null(strstr(str_text(&less), "<failure"));
	assert_int_equal(results_tally(&results).outcomes[OUTCOME_SKIPPED], 0);
	results_cleanup(&results);
}

/* Two samples with the same labels are an error to whoever reads the file. */
static void monitors_get_one_sample_of_what_is_alike(void **state UNUSED)
{
	AUTO(metrics) struct metrics metrics;
	struct results results;
	struct scene scene = {0};
	metrics_begin(&metrics, "health");
	find(&results, false, true);
	for (int i = 0; i < 3; i++)
		checking_found(&(struct checking){.result = &results.items[0]}, i ? "a" : "b", "is odd in way %d", i);
	results.items[1].troubles[0].suppressed = text_copy("known");
	health_add_metrics(&metrics, &scene, &results);
	const struct metric_family *found = &metrics.families[metrics.count - 1];
	assert_string_equal(found->name, "owctl_health_finding");
	assert_int_equal(found->count, 2);
	assert_string_equal(found->samples[0].labels.items[7], "b");
	assert_string_equal(found->samples[1].labels.items[7], "a");
	results_cleanup(&results);
}

static const struct metric_family *family(const struct metrics *metrics, const char *name)
{
	for (size_t i = 0; i < metrics->count; i++)
		if (text_equal(metrics->families[i].name, name))
			return &metrics->families[i];
	fail_msg("there is no %s", name);
	return NULL;
}

/* Pods of two namespaces: the first one of a name that works. */
static void of_replicas_of_one_name_one_is_measured(void **state UNUSED)
{
	AUTO(metrics) struct metrics metrics;
	struct results results;
	struct scene scene = {0};
	metrics_begin(&metrics, "health");
	results_new(&results);
	for (int i = 0; i < 3; i++)
		replicas_add(&scene.fleet.replicas, "open-webui-0", "http://10.0.0.1:8080", NULL, NULL);
	scene.fleet.deep.count = 4; /* and WEBUI_URL */
	scene.fleet.deep.places = mem_new(4, sizeof *scene.fleet.deep.places);
	for (int i = 1; i < 4; i++) {
		scene.fleet.deep.places[i].sign_in = (struct deep_try){.standing = DEEP_WORKS, .us = i * 1000000};
		scene.fleet.deep.places[i].completion = scene.fleet.deep.places[i].sign_in;
	}
	health_add_metrics(&metrics, &scene, &results);
	const struct metric_family *signing_in = family(&metrics, "owctl_health_sign_in_seconds");
	assert_int_equal(signing_in->count, 2);
	assert_string_equal(signing_in->samples[0].labels.items[1], "open-webui-0");
	assert_true(signing_in->samples[0].value == 1);
	assert_string_equal(signing_in->samples[1].labels.items[1], "WEBUI_URL");
	assert_int_equal(family(&metrics, "owctl_health_first_token_seconds")->count, 2);
	results_cleanup(&results);
	scene_cleanup(&scene);
}

/* ---- what most have ---- */

static const char *release_of(const struct replica *replica)
{
	return replica->release;
}

/* NRPE cuts off a line of more than 1,023 bytes, and what it measured stands at its end. */
static void a_line_for_monitors_stays_short(void **state UNUSED)
{
	struct results results;
	struct scene scene = {0};
	AUTO(str) struct str line = {0};
	results_new(&results);
	struct checking checking = {.result = &results.items[0]};
	for (int i = 0; i < 200; i++)
		checking_found(&checking, "10.0.0.7:8080", "gives no answer");
	health_add_plugin_line(&line, &scene, &results, VERDICT_CRITICAL, NULL);
	assert_in_range(line.size, 700, 1023);
	assert_non_null(strstr(str_text(&line), "; and 1"));
	assert_non_null(strstr(str_text(&line), " | critical=200;"));
	results_cleanup(&results);
}

static void the_majority_is_what_most_have_and_the_first_of_two_alike(void **state UNUSED)
{
	static const char *const releases[] = {"0.12.4", "0.12.4", NULL, "0.10.2", "0.10.2"};
	struct scene scene = {0};
	for (size_t i = 0; i < COUNT(releases); i++)
		replicas_add(&scene.fleet.replicas, NULL, "http://a:1", NULL, "")->release = text_copy(releases[i]);
	assert_int_equal(scene_speaking(&scene), 4);
	assert_string_equal(majority_of(&scene, release_of), "0.12.4");
	replicas_add(&scene.fleet.replicas, NULL, "http://a:1/", NULL, "")->release = text_copy("0.10.2");
	assert_string_equal(scene.fleet.replicas.items[5].url, "http://a:1");
	assert_string_equal(majority_of(&scene, release_of), "0.10.2");
	scene_cleanup(&scene);
	assert_null(majority_of(&scene, release_of));
}

static void no_more_than_a_thousand_are_kept_and_the_others_are_counted(void **state UNUSED)
{
	AUTO(replicas) struct replicas replicas = {0};
	for (int i = 1; i <= 1003; i++)
		replicas_add(&replicas, NULL, i == 1000 ? "http://last:1" : "http://a:1", NULL, "")->release =
			text_copy("0.12.4");
	assert_int_equal(replicas.count, 1000);
	assert_int_equal(replicas.left_out, 3);
	assert_string_equal(replicas.items[999].url, "http://last:1");
}

/* ---- tokens ---- */

/* The signature was made by `openssl dgst -sha256 -hmac`. */
static void a_token_is_signed_as_openssl_does_it(void **state UNUSED)
{
	AUTO(secret) char *token = jwt_hs256("{\"id\":\"a\"}", "key");
	assert_string_equal(token, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6ImEifQ"
				   ".0trLGMS9VtPn6OrH_Ly8MQRd8V_TuaVU92hNi5jTEhg");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_seen_to_be_wrong_is_worth_more_than_what_is_not_known),
		cmocka_unit_test(nothing_looked_at_is_not_well),
		cmocka_unit_test(an_info_never_counts),
		cmocka_unit_test(a_suppression_lasts_until_its_day_is_over),
		cmocka_unit_test(a_suppression_needs_a_check_a_reason_and_a_date_that_is_one),
		cmocka_unit_test(what_was_as_bad_before_is_known),
		cmocka_unit_test(what_was_worse_before_is_known_also_of_the_whole),
		cmocka_unit_test(nothing_from_outside_leaves_its_place),
		cmocka_unit_test(what_is_counted_for_ci_is_what_came_of_each),
		cmocka_unit_test(monitors_get_one_sample_of_what_is_alike),
		cmocka_unit_test(of_replicas_of_one_name_one_is_measured),
		cmocka_unit_test(a_line_for_monitors_stays_short),
		cmocka_unit_test(the_majority_is_what_most_have_and_the_first_of_two_alike),
		cmocka_unit_test(no_more_than_a_thousand_are_kept_and_the_others_are_counted),
		cmocka_unit_test(a_token_is_signed_as_openssl_does_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
