#include "health/report/spots.h"

#include <stdlib.h>

#include "base/memory.h"
#include "health/report/sights.h"

const char *const spot_titles[SPOTS] = {
	[SPOT_BALANCER] = "Load balancer", [SPOT_REPLICAS] = "All replicas", [SPOT_DATABASE] = "Database",
	[SPOT_REDIS] = "Redis",		   [SPOT_UPLOADS] = "Uploads",	     [SPOT_VECTORS] = "Vectors",
	[SPOT_REPOSITORY] = "Backups",	   [SPOT_TELEMETRY] = "Telemetry",
};

/* Families that are about more than one part are told apart by the beginnings of their checks' names. */
static enum spot spot_of(const struct check *check)
{
	static const struct {
		const char *prefix;
		enum spot spot;
	} names[] = {{"vectors-", SPOT_VECTORS},     {"telemetry-", SPOT_TELEMETRY}, {"audit-log", SPOT_TELEMETRY},
		     {"database-", SPOT_DATABASE},   {"redis-", SPOT_REDIS}};
	static const enum spot families[FAMILIES] = {
		[FAMILY_REPLICAS] = SPOT_REPLICAS,     [FAMILY_FLEET] = SPOT_REPLICAS,
		[FAMILY_DATABASE] = SPOT_DATABASE,     [FAMILY_REDIS] = SPOT_REDIS,
		[FAMILY_STORAGE] = SPOT_UPLOADS,       [FAMILY_ORCHESTRATOR] = SPOT_REPLICAS,
		[FAMILY_BALANCER] = SPOT_BALANCER,     [FAMILY_SECURITY] = SPOT_REPLICAS,
		[FAMILY_BACKUPS] = SPOT_REPOSITORY,
	};
	for (size_t i = 0; i < COUNT(names); i++)
		if (text_starts(check->name, names[i].prefix))
			return names[i].spot;
	return families[check->family];
}

static void put(struct spot_state *state, enum mark mark, const char *code)
{
	if (mark > state->mark)
		state->mark = mark;
	if (!strings_have(&state->codes, code))
		strings_add(&state->codes, code);
}

/* On the replica that it names; on the part, where it names none or is about the way there. */
static void put_trouble(const struct scene *scene, struct spots *spots, const struct check *check,
			const struct trouble *trouble, enum mark mark)
{
	bool named = false;
	for (size_t i = 0; trouble->subject && i < spots->count; i++) {
		if (!text_equal(scene->fleet.replicas.items[i].name, trouble->subject))
			continue;
		put(&spots->replicas[i], mark, check->code);
		named = true;
	}
	if (!named || check->family == FAMILY_BALANCER)
		put(&spots->parts[spot_of(check)], mark, check->code);
}

static void put_troubles(const struct scene *scene, const struct results *results, struct spots *spots,
			 enum severity severity, enum mark mark)
{
	for (size_t i = 0; i < results->count; i++)
		for (size_t j = 0; j < results->items[i].count; j++) {
			const struct trouble *trouble = &results->items[i].troubles[j];
			if (trouble->severity == severity && trouble_counts(trouble))
				put_trouble(scene, spots, results->items[i].check, trouble, mark);
		}
}

static void put_unknown(const struct results *results, struct spots *spots)
{
	for (size_t i = 0; i < results->count; i++)
		if (results->items[i].outcome == OUTCOME_UNKNOWN)
			put(&spots->parts[spot_of(results->items[i].check)], MARK_UNKNOWN,
			    results->items[i].check->code);
}

static void put_in_order(struct spots *spots)
{
	size_t place = 0;
	for (int mark = MARKS - 1; mark >= 0; mark--)
		for (size_t i = 0; i < spots->count; i++)
			if ((int)spots->replicas[i].mark == mark)
				spots->order[place++] = i;
}

/* All replicas together stand no better than the worst of them. */
static void take_worst(struct spots *spots)
{
	struct spot_state *all = &spots->parts[SPOT_REPLICAS];
	if (spots->count && spots->replicas[spots->order[0]].mark > all->mark)
		all->mark = spots->replicas[spots->order[0]].mark;
}

void spots_find(const struct scene *scene, const struct results *results, struct spots *spots)
{
	size_t count = scene->fleet.replicas.count;
	*spots = (struct spots){.replicas = mem_new(count + 1, sizeof *spots->replicas),
				.order = mem_new(count + 1, sizeof *spots->order),
				.count = count};
	for (enum spot spot = 0; spot < SPOTS; spot++)
		sight_of_part(scene, spot, &spots->parts[spot]);
	for (size_t i = 0; i < count; i++)
		sight_of_replica(&scene->fleet.replicas.items[i], &spots->replicas[i]);
	put_troubles(scene, results, spots, SEVERITY_CRITICAL, MARK_CRITICAL);
	put_troubles(scene, results, spots, SEVERITY_WARNING, MARK_WARNING);
	put_unknown(results, spots);
	put_in_order(spots);
	take_worst(spots);
}

static void state_cleanup(struct spot_state *state)
{
	free(state->what);
	free(state->where);
	free(state->why);
	strings_cleanup(&state->codes);
}

void spots_cleanup(struct spots *spots)
{
	for (enum spot spot = 0; spot < SPOTS; spot++)
		state_cleanup(&spots->parts[spot]);
	for (size_t i = 0; i < spots->count; i++)
		state_cleanup(&spots->replicas[i]);
	free(spots->replicas);
	free(spots->order);
	*spots = (struct spots){0};
}
