/* What the migrations of a release may be let loose on. */
#include <string.h>

#include "base/memory.h"
#include "migrate/plan.h"
#include "migrate/upstream.h"
#include "openwebui/release.h"

static int place_in(const struct strings *chain, const char *revision)
{
	for (size_t i = 0; i < chain->count; i++)
		if (!strcmp(chain->items[i], revision))
			return (int)i;
	return -1;
}

/* Known to this owctl or not: the release itself says what it is and has. */
fallible upstream_find_target(const struct upstream *upstream, const char *target, int *place)
{
	const struct release *release = target ? release_find(target) : NULL;
	bool newest = !target || text_equal(target, upstream->release);
	*place = newest ? (int)upstream->chain.count - 1
			: place_in(&upstream->chain, release ? release->head : target);
	if (*place >= 0)
		return NULL;
	return error_hint(error_new(ERR_INPUT, "%s has no revision %s", upstream->name, target),
			  "its newest is %s", upstream->chain.items[upstream->chain.count - 1]);
}

static fallible find_recorded(const struct installation *installation, const struct upstream *upstream, int *place)
{
	const char *recorded = installation->recorded.items[0];
	const struct release *first = NULL, *last = NULL;
	*place = place_in(&upstream->chain, recorded);
	if (*place >= 0)
		return NULL;
	struct error *error = error_new(ERR_FAILED, "%s is at revision %s, which %s does not have; nothing was changed",
					db_display(installation->db), recorded, upstream->name);
	if (release_span(recorded, &first, &last))
		return error_hint(error, "--python is to be that of Open WebUI %s or later", first->version);
	return error_hint(error, "--python is to be that of the release which made it, or of a later one");
}

static fallible check_schema(const struct installation *installation, const struct upstream *upstream)
{
	if (!installation_schema(installation) || upstream->takes_schema)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "the migrations of %s do not look at DATABASE_SCHEMA, and would go to "
						"another schema; nothing was changed",
				    upstream->name),
			  "take the Python of 0.12.0 or later, or set the search_path of the database's role and leave "
			  "DATABASE_SCHEMA out");
}

/* What nobody recorded is empty, or from before there were revisions. */
static fallible check_tables(struct installation *installation, const struct upstream *upstream,
			     struct upstream_plan *plan)
{
	enum numbered numbered;
	AUTO(memory) char *last = NULL;
	TRY(migration_numbered(installation, &numbered, &last));
	if (!plan->from && numbered == NUMBERED_NONE) {
		plan->empty = true;
		return migration_check_empty(installation);
	}
	plan->numbers = numbered == NUMBERED_SOME;
	if (!plan->numbers || upstream->numbers)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "the tables of %s are older than all revisions (migratehistory ends "
						"with %s), which %s does not look at; nothing was changed",
				    db_display(installation->db), last ? last : "nothing", upstream->name),
			  "%s", migration_numbered_hint);
}

fallible upstream_make_plan(struct installation *installation, const struct upstream *upstream, const char *target,
			    struct upstream_plan *plan)
{
	int from = -1, to;
	*plan = (struct upstream_plan){0};
	TRY(upstream_find_target(upstream, target, &to));
	if (installation->standing == STANDING_BROKEN)
		return installation_check_known(installation);
	if (installation->standing != STANDING_EMPTY) {
		TRY(find_recorded(installation, upstream, &from));
		plan->from = upstream->chain.items[from];
	}
	TRY(check_schema(installation, upstream));
	TRY(check_tables(installation, upstream, plan));
	plan->to = upstream->chain.items[to];
	plan->pending = to - from;
	plan->known_from = installation->revision;
	plan->known_to = revision_find(plan->to);
	if (plan->pending >= 0)
		return NULL;
	return error_hint(error_new(ERR_FAILED, "%s is at revision %s, which is later than %s",
				    db_display(installation->db), plan->from, plan->to),
			  "there is no way back but a backup taken before");
}
