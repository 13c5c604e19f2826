/* A scene that is made up, and what one check finds in it: limits and words that no real server could be brought to the
 * edge of cheaply. That such scenes are seen on real servers is proved in tests/real/test_health_*.py. */
#ifndef UNIT_HEALTH_SCENE_H
#define UNIT_HEALTH_SCENE_H

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

static UNUSED void look(const char *code)
{
	assert_null(run(code));
}

/* It can't be told, and that is no fault of whom it is about. */
static UNUSED void assert_untold(const char *code, const char *why)
{
	struct error *error = run(code);
	assert_non_null(error);
	assert_int_equal(result.count, 0);
	assert_non_null(strstr(error->message, why));
	error_free(error);
}

static UNUSED void assert_nothing(const char *code)
{
	look(code);
	assert_int_equal(result.outcome, OUTCOME_GOOD);
}

static UNUSED void assert_skipped(const char *code, const char *why)
{
	look(code);
	assert_int_equal(result.outcome, OUTCOME_SKIPPED);
	assert_non_null(strstr(result.why, why));
}

/* One thing, with these words. */
static UNUSED void assert_found(const char *code, enum severity severity, const char *subject, const char *what)
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

static UNUSED struct probe_answer answer_of(long status, const char *type, const char *body)
{
	struct probe_answer answer = {.end = PROBE_ANSWERED, .http.status = status};
	strings_add_taken(&answer.http.headers, text_format("content-type: %s", type));
	str_add(&answer.http.body, body);
	return answer;
}

#define IN_A_SCENE(test) cmocka_unit_test_setup_teardown(test, begin, end)

#endif
