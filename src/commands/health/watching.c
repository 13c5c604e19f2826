#include "commands/health/watching.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

struct watching {
	struct settings *settings;
	const struct health_options *options;
	int64_t interval_ms, due_ms;
	struct look_found previous, last, next; /* `next` is the thread's until it has ended */
	size_t looks;
	pthread_t thread;
	bool started;
	atomic_bool ended;
};

void look_found_cleanup(struct look_found *found)
{
	results_cleanup(&found->results);
	scene_cleanup(&found->scene);
	error_free(found->error);
	*found = (struct look_found){0};
}

struct watching *watching_new(struct settings *settings, const struct health_options *options, int64_t interval_s)
{
	struct watching *watching = mem_new(1, sizeof *watching);
	watching->settings = settings;
	watching->options = options;
	watching->interval_ms = interval_s * 1000;
	return watching;
}

void watching_free(struct watching *watching)
{
	if (!watching)
		return;
	if (watching->started)
		pthread_join(watching->thread, NULL);
	look_found_cleanup(&watching->previous);
	look_found_cleanup(&watching->last);
	look_found_cleanup(&watching->next);
	free(watching);
}

static void *work(void *state)
{
	struct watching *watching = state;
	struct look_found *next = &watching->next;
	next->error = health_run(watching->settings, watching->options, &next->scene, &next->results);
	watching->ended = true;
	return NULL;
}

static void begin(struct watching *watching)
{
	watching->due_ms = clock_monotonic_ms() + watching->interval_ms;
	watching->ended = false;
	watching->started = !pthread_create(&watching->thread, NULL, work, watching);
}

bool watching_turn(struct watching *watching, const struct look_found **found, const struct look_found **before)
{
	bool fresh = watching->started && watching->ended;
	if (fresh) {
		pthread_join(watching->thread, NULL);
		watching->started = false;
		look_found_cleanup(&watching->previous);
		watching->previous = watching->last;
		watching->last = watching->next;
		watching->next = (struct look_found){0};
		*found = &watching->last;
		*before = watching->looks++ ? &watching->previous : NULL;
	}
	if (!watching->started && clock_monotonic_ms() >= watching->due_ms)
		begin(watching);
	return fresh;
}

void watching_hurry(struct watching *watching)
{
	watching->due_ms = 0;
}

bool watching_is_looking(const struct watching *watching)
{
	return watching->started;
}

int64_t watching_next_s(const struct watching *watching)
{
	int64_t ms = watching->due_ms - clock_monotonic_ms();
	return ms > 0 ? (ms + 999) / 1000 : 0;
}

/* ---- what was found, in order ---- */

const char *const watch_order_names[WATCH_ORDERS] = {
	[WATCH_BY_SEVERITY] = "severity", [WATCH_BY_SUBJECT] = "subject", [WATCH_BY_CODE] = "code"};

static int rank(const struct watched *one)
{
	return one->trouble ? SEVERITIES - (int)one->trouble->severity : SEVERITIES - SEVERITY_WARNING;
}

static const char *subject_of(const struct watched *one)
{
	return one->trouble && one->trouble->subject ? one->trouble->subject : "";
}

static int by_code(const void *a, const void *b)
{
	const struct watched *one = a, *other = b;
	int order = strcmp(one->check->code, other->check->code);
	return order ? order : strcmp(subject_of(one), subject_of(other));
}

static int by_severity(const void *a, const void *b)
{
	int order = rank(a) - rank(b);
	return order ? order : by_code(a, b);
}

static int by_subject(const void *a, const void *b)
{
	int order = strcmp(subject_of(a), subject_of(b));
	return order ? order : by_severity(a, b);
}

struct watched *watched_list(const struct results *results, enum watch_order order, size_t *count)
{
	static int (*const orders[WATCH_ORDERS])(const void *a, const void *b) = {
		[WATCH_BY_SEVERITY] = by_severity, [WATCH_BY_SUBJECT] = by_subject, [WATCH_BY_CODE] = by_code};
	size_t room = 1;
	for (size_t i = 0; i < results->count; i++)
		room += results->items[i].count + 1;
	struct watched *list = mem_new(room, sizeof *list);
	*count = 0;
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		for (size_t j = 0; j < result->count; j++)
			list[(*count)++] = (struct watched){result->check, &result->troubles[j], result};
		if (result->outcome == OUTCOME_UNKNOWN)
			list[(*count)++] = (struct watched){result->check, NULL, result};
	}
	qsort(list, *count, sizeof *list, orders[order]);
	return list;
}
