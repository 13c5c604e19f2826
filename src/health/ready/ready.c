#include "health/ready/ready.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/str.h"
#include "health/checks.h"

const char *const ready_section_names[READY_SECTIONS] = {
	[READY_BALANCING] = "load balancing",	  [READY_DATABASE] = "external database",
	[READY_SHARED_STATE] = "shared state",	  [READY_STORAGE] = "persistent storage",
	[READY_STATELESS] = "stateless containers", [READY_ORCHESTRATION] = "orchestration",
	[READY_OBSERVABILITY] = "observability",
};

const char *const ready_state_names[READY_STATES] = {
	[READY_MET] = "ready", [READY_UNMET] = "missing", [READY_UNKNOWN] = "unknown"};

void readinesses_cleanup(struct readinesses *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free(all->items[i].why);
		free(all->items[i].remedy);
	}
	free(all->items);
	*all = (struct readinesses){0};
}

/* The first trouble of a check that stands in the way; NULL: there is none. */
static const struct trouble *trouble_of(const struct result *result)
{
	for (size_t i = 0; i < result->count; i++)
		if (result->troubles[i].severity > SEVERITY_INFO)
			return &result->troubles[i];
	return NULL;
}

static void take_trouble(struct readiness *readiness, const struct result *result, const struct trouble *trouble)
{
	free(readiness->why);
	readiness->state = READY_UNMET;
	readiness->why = text_format("%s%s%s (%s)", trouble->subject ? trouble->subject : "",
				     trouble->subject ? " " : "", trouble->what, result->check->code);
	readiness->remedy = text_copy(trouble->remedy ? trouble->remedy : result->check->remedy);
}

/* What the checks say. Whether any of them was run. */
static bool judge_by_checks(const struct results *results, struct readiness *readiness)
{
	bool any = false, unknown = false;
	for (const char *const *name = readiness->requirement->checks; *name; name++) {
		const struct check *check = check_find(*name);
		const struct result *result = check ? &results->items[check_index(check)] : NULL;
		const struct trouble *trouble = result ? trouble_of(result) : NULL;
		if (trouble) {
			take_trouble(readiness, result, trouble);
			return true;
		}
		if (result && result->outcome == OUTCOME_UNKNOWN) {
			free(readiness->why);
			readiness->why = text_format("%s (%s)", result->why, check->code);
			unknown = true;
		}
		bool told = result && (result->outcome == OUTCOME_GOOD || result->outcome == OUTCOME_TROUBLE);
		any |= told;
		if (!told && !readiness->why && result && result->why)
			readiness->why = text_copy(result->why);
	}
	if (unknown) {
		readiness->state = READY_UNKNOWN;
		readiness->remedy = text_copy(readiness->requirement->remedy);
		return true;
	}
	if (any || readiness->requirement->judge) {
		free(readiness->why);
		readiness->why = NULL;
	}
	return any;
}

static fallible judge_one(const struct scene *scene, const struct results *results, struct settings *settings,
			  struct readiness *readiness)
{
	const struct requirement *requirement = readiness->requirement;
	readiness->state = READY_MET;
	bool told = judge_by_checks(results, readiness);
	if (readiness->remedy) /* a check has found something, or could not find out */
		return NULL;
	if (!told && !requirement->judge)
		readiness->state = READY_UNKNOWN;
	if (requirement->judge) {
		struct ready_ground ground = {.scene = scene, .settings = settings};
		struct error *error = requirement->judge(&ground, &readiness->state);
		readiness->why = ground.why;
		TRY(error);
	}
	if (readiness->state != READY_MET)
		readiness->remedy = text_copy(requirement->remedy);
	return NULL;
}

fallible ready_judge(const struct scene *scene, const struct results *results, struct settings *settings,
		     struct readinesses *all)
{
	size_t count = 0;
	while (requirements[count].text)
		count++;
	all->items = mem_new(count, sizeof *all->items);
	all->count = count;
	for (size_t i = 0; i < count; i++) {
		all->items[i].requirement = &requirements[i];
		TRY(judge_one(scene, results, settings, &all->items[i]));
		all->states[all->items[i].state]++;
	}
	return NULL;
}
