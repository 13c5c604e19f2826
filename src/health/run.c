#include "health/run.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/join.h"
#include "base/log.h"
#include "base/memory.h"
#include "health/checks.h"
#include "health/choice.h"
#include "health/discover.h"
#include "health/look/look.h"

/* What is kept of the whole time for ending: a third of it for what has run until its deadline and still puts together
 * what it has seen, the rest for what has to be stopped. */
#define GRACE_MS 1500
#define PARTS 16

/* One part with all that its thread touches. */
struct worker {
	const struct part *part;
	struct look look;
	struct scene scene;
	struct results results;
	pthread_t thread;
	bool started;
	struct error *error; /* what became of it; of the thread until it is joined */
};

struct run {
	struct health_options options;
	struct worker workers[PARTS];
	size_t count;
	bool *wanted;
	struct identity *identity;
	int64_t deadline_ms; /* of the parts */
	int64_t end_ms;	     /* of all of it */
	bool left_behind; /* a thread is still at it: nothing that it has may be freed */
};

static struct sight *sight_of(struct scene *scene, const struct part *part)
{
	return (struct sight *)(void *)((char *)scene + part->sight);
}

static void run_free(struct run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		struct worker *worker = &run->workers[i];
		if (worker->part->release && worker->look.state)
			worker->part->release(&worker->look);
		results_cleanup(&worker->results);
		scene_cleanup(&worker->scene);
		error_free(worker->error);
	}
	identity_free(run->identity);
	free(run->wanted);
	free(run);
}

/* ---- the parts ---- */

static void *work(void *state)
{
	struct worker *worker = state;
	worker->error = worker->part->look(&worker->look);
	sight_of(&worker->scene, worker->part)->ended_us = clock_now_us();
	if (worker->part->stage == CHECK_IN_DATABASE) /* nobody waits for it in vain */
		identity_tell(worker->look.identity, NULL);
	return NULL;
}

static void begin(struct run *run, const struct part *part, struct settings *settings, const struct scene *base)
{
	struct worker *worker = &run->workers[run->count++];
	worker->part = part;
	worker->scene.now = base->now;
	worker->scene.has_secret_key = base->has_secret_key;
	results_new(&worker->results);
	worker->look = (struct look){.scene = &worker->scene,
				     .results = &worker->results,
				     .settings = settings,
				     .options = &run->options,
				     .wanted = run->wanted,
				     .deadline_ms = run->deadline_ms,
				     .identity = run->identity};
	worker->error = part->prepare(&worker->look);
}

/* Settings are for one thread at a time: all parts are prepared before the first one starts, and then they are the
 * database's alone. */
static void start(struct run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		struct worker *worker = &run->workers[i];
		struct sight *sight = sight_of(&worker->scene, worker->part);
		bool absent = sight->absent;
		sight->begun_us = absent || worker->error ? 0 : clock_now_us();
		if (!absent && !worker->error)
			worker->started = !pthread_create(&worker->thread, NULL, work, worker);
		if (!absent && !worker->error && !worker->started)
			worker->error = error_new(ERR_FAILED, "no thread could be started to look at %s",
						  worker->part->what);
		if (!worker->started && worker->part->stage == CHECK_IN_DATABASE)
			identity_tell(run->identity, NULL);
	}
}

static bool join_until(struct worker *worker, int64_t deadline_ms)
{
	return !worker->started || thread_join_by(worker->thread, deadline_ms);
}

/* Takes over what the part's thread has seen, now that it is not at it any more. */
static void adopt(struct worker *worker, struct scene *scene, struct results *results)
{
	const struct part *part = worker->part;
	struct sight *sight = sight_of(&worker->scene, part);
	sight->failure = worker->error;
	worker->error = NULL;
	sight->seen = !sight->absent && !sight->failure;
	memcpy((char *)scene + part->offset, (char *)&worker->scene + part->offset, part->size);
	memset((char *)&worker->scene + part->offset, 0, part->size);
	for (size_t i = 0; i < results->count; i++) {
		if (part->stage == CHECK_AT_END || results->items[i].check->stage != part->stage)
			continue;
		result_cleanup(&results->items[i]);
		results->items[i] = worker->results.items[i];
		worker->results.items[i] = (struct result){.check = results->items[i].check};
	}
}

static fallible too_late(const struct part *part, int64_t ms)
{
	return error_new(ERR_UNREACHABLE, "%s gave no answer within %lld s", part->what, (long long)(ms + 999) / 1000);
}

/* Nothing of it is read but what was written before its thread began. */
static void leave_behind(struct run *run, struct worker *worker, struct scene *scene, int64_t whole_ms)
{
	struct sight *sight = sight_of(scene, worker->part);
	run->left_behind = true;
	sight->failure = too_late(worker->part, whole_ms);
	sight->begun_us = sight_of(&worker->scene, worker->part)->begun_us;
	sight->ended_us = clock_now_us();
}

static void gather(struct run *run, struct scene *scene, struct results *results, int64_t whole_ms)
{
	bool done[PARTS] = {false};
	for (size_t i = 0; i < run->count; i++)
		done[i] = join_until(&run->workers[i], run->deadline_ms + (run->end_ms - run->deadline_ms) / 3);
	cancel_stop(true);
	for (size_t i = 0; i < run->count; i++) {
		struct worker *worker = &run->workers[i];
		bool late = !done[i];
		if (late)
			done[i] = join_until(worker, run->end_ms);
		if (!done[i]) {
			leave_behind(run, worker, scene, whole_ms);
			continue;
		}
		if (late && worker->error && worker->error->code == ERR_INTERRUPTED) {
			error_free(worker->error);
			worker->error = too_late(worker->part, whole_ms);
		}
		adopt(worker, scene, results);
	}
	cancel_stop(false);
}

/* ---- the checks at the end ---- */

static void skip_what_has_no_ground(struct result *result, const struct scene *scene, const bool *wanted)
{
	const char *why;
	if (!wanted[check_index(result->check)]) {
		result_skip(result, "left out");
		result->left_out = true;
	} else if (!needs_are_met(scene, check_needs(result->check), &why)) {
		result_cleanup(result);
		result_skip(result, why);
	}
}

static void conclude(const struct run *run, struct settings *settings, struct scene *scene, struct results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		struct result *result = &results->items[i];
		skip_what_has_no_ground(result, scene, run->wanted);
		if (result->check->stage != CHECK_AT_END || result->outcome == OUTCOME_SKIPPED)
			continue;
		struct checking checking = {.scene = scene, .settings = settings, .result = result};
		struct error *error = result->check->run(&checking);
		if (error)
			result_unknown(result, error);
	}
}

void health_options_cleanup(struct health_options *options)
{
	strings_cleanup(&options->replicas);
	strings_cleanup(&options->only);
	strings_cleanup(&options->skip);
}

fallible health_check_options(const struct health_options *options)
{
	TRY(choice_check(&options->only));
	TRY(choice_check(&options->skip));
	for (size_t i = 0; i < options->replicas.count; i++)
		TRY(discover_check(options->replicas.items[i]));
	return NULL;
}

fallible health_run(struct settings *settings, const struct health_options *options, struct scene *scene,
		    struct results *results)
{
	struct run *run = mem_new(1, sizeof *run);
	const char *key = NULL;
	int64_t whole_ms = (options->deadline_s ? options->deadline_s : HEALTH_DEADLINE_S) * 1000;
	run->options = *options;
	run->identity = identity_new();
	run->wanted = mem_new(checks_count() + 1, sizeof *run->wanted);
	run->end_ms = clock_monotonic_ms() + whole_ms;
	run->deadline_ms = run->end_ms - (whole_ms > 2 * GRACE_MS ? GRACE_MS : whole_ms / 2);
	choice_mark(&options->only, &options->skip, run->wanted);
	results_new(results);
	*scene = (struct scene){.now = clock_now(), .begun_us = clock_now_us()};
	struct error *error = settings_get(settings, "WEBUI_SECRET_KEY", &key);
	scene->has_secret_key = key != NULL;
	for (size_t i = 0; !error && parts[i]; i++)
		begin(run, parts[i], settings, scene);
	if (!error) {
		start(run);
		gather(run, scene, results, whole_ms);
		error = cancel_check();
	}
	if (!error)
		conclude(run, settings, scene, results);
	scene->left_behind = run->left_behind;
	scene->ended_us = clock_now_us();
	if (!run->left_behind)
		run_free(run);
	return error;
}
