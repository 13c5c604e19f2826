/* What servers may answer to a health check: any bytes, of any of two replicas and of what stands before them. It is
 * read, the checks judge it, and what is said of it is safe for a terminal.
 *
 * The input is a list of answers with a line "@" between them. Each begins with two letters: whose it is ("a", "b": a
 * replica, "f": the front) and the question, counted from "a" on; then comes the answer as HTTP has it. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "commands/health/health.h"
#include "health/checks.h"
#include "health/look/answers.h"
#include "net/http_exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REPLICAS 2
#define MOST_REPEATED 8

static size_t line_size(const char *text, size_t size)
{
	const char *end = memchr(text, '\n', size);
	return end ? (size_t)(end - text) + 1 : size;
}

static void read_http(const char *text, size_t size, struct probe_answer *answer)
{
	*answer = (struct probe_answer){.asked_ms = 1800000000000, .answered_ms = 1800000000100, .connected = true};
	for (bool first = true, ends = false; size && !ends; first = false) {
		size_t line = line_size(text, size);
		if (first && line > 12)
			answer->http.status = strtol(text + 9, NULL, 10);
		http_take_header(&answer->http, text, line);
		ends = *text == '\r' || *text == '\n';
		text += line;
		size -= line;
	}
	str_add_n(&answer->http.body, text, size);
	if (answer->http.status == 0) { /* it broke off */
		answer->end = PROBE_BROKEN;
		answer->failure = error_new(ERR_UNREACHABLE, "broken");
	}
}

static void take_by_replica(struct replica *replica, unsigned question, const char *text, size_t size)
{
	if (question >= QUESTIONS || replica->asked[question] || size > 64 * 1024)
		return;
	replica->asked[question] = true;
	AUTO(memory) char *copy = text_copy_n(text, size); /* ends with a NUL, as what libcurl gives */
	read_http(copy, size, &replica->answers[question]);
	answer_read(replica, (enum question)question, true);
}

static void take_by_front(struct front_sight *sight, unsigned question, const char *text, size_t size)
{
	if (question >= FRONT_QUESTIONS || sight->answers[question].count == MOST_REPEATED)
		return;
	struct front_answers *answers = &sight->answers[question];
	if (!answers->items)
		answers->items = mem_new(MOST_REPEATED, sizeof *answers->items);
	AUTO(memory) char *copy = text_copy_n(text, size);
	read_http(copy, size, &answers->items[answers->count++]);
}

/* Small letters are the questions of health/replica.h, large ones those of health/front.h. */
static void take(struct scene *scene, const char *text, size_t size)
{
	struct fleet_sight *fleet = &scene->fleet;
	if (size < 3)
		return;
	if (text[0] == 'f' && text[1] >= 'A' && text[1] <= 'Z')
		take_by_front(&fleet->at_front, (unsigned)(text[1] - 'A'), text + 3, size - 3);
	else if (text[1] >= 'a' && text[1] <= 'z')
		take_by_replica(text[0] == 'f'	 ? &fleet->front
				: text[0] == 'a' ? &fleet->replicas.items[0]
						 : &fleet->replicas.items[1],
				(unsigned)(text[1] - 'a'), text + 3, size - 3);
}

static void check_safe(const char *text, bool lines)
{
	for (size_t i = 0, one, size = strlen(text); i < size; i += one) {
		uint32_t point;
		one = utf8_decode(text + i, size - i, &point);
		assert(one && ((lines && point == '\n') || !utf8_is_unsafe(point)));
	}
}

static void judge(const struct scene *scene, struct settings *settings)
{
	struct results results;
	results_new(&results);
	for (size_t i = 0; i < results.count; i++) {
		struct result *result = &results.items[i];
		struct checking checking = {.scene = scene, .settings = settings, .result = result};
		const struct check *check = result->check;
		bool of_servers = check->family == FAMILY_REPLICAS || check->family == FAMILY_FLEET ||
				  check->family == FAMILY_BALANCER;
		const char *why;
		if (check->stage != CHECK_AT_END || !of_servers || !needs_are_met(scene, check->needs, &why))
			continue;
		struct error *error = check->run(&checking);
		if (error)
			result_unknown(result, error);
		for (size_t j = 0; j < result->count; j++)
			check_safe(result->troubles[j].what, false);
	}
	AUTO(str) struct str out = {0};
	health_add_text(&out, scene, &results, true, 80);
	const struct tally tally = results_tally(&results);
	health_add_plugin_line(&out, scene, &results, tally_verdict(&tally), NULL);
	check_safe(str_text(&out), true);
	results_cleanup(&results);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct settings *settings;
	static char key[] = "WEBUI_SECRET_KEY=a key of many characters";
	static char *const environment[] = {key, NULL};
	const struct settings_request request = {.environment = environment};
	struct scene scene = {.now = 1800000000, .has_secret_key = true};
	struct replicas *replicas = &scene.fleet.replicas;
	if (!settings)
		error_ignore(settings_load(&request, &settings));
	for (size_t i = 0; i <= REPLICAS; i++)
		replicas_add(replicas, NULL, i < REPLICAS ? "http://10.0.0.7:8080" : "https://chat.example", NULL, "x");
	scene.fleet.front = replicas->items[--replicas->count];
	scene.fleet.at_front.looked = scene.fleet.at_front.tls = true;
	scene.database.sight.absent = scene.redis.sight.absent = true;
	const char *text = (const char *)data;
	while (size) {
		const char *mark = memmem(text, size, "\n@\n", 3);
		size_t piece = mark ? (size_t)(mark - text) : size;
		take(&scene, text, piece);
		piece += mark ? 3 : 0;
		text += piece;
		size -= piece;
	}
	judge(&scene, settings);
	scene_cleanup(&scene);
	return 0;
}
