/* What bringing a database to a revision would take, and whether it can be done at all. */
#ifndef MIGRATE_PLAN_H
#define MIGRATE_PLAN_H

#include "openwebui/installation.h"

struct migration_plan {
	const struct revision *from; /* NULL: the database is empty */
	const struct revision *to;
	int pending; /* revisions to apply; 0: nothing to do */
};

/* The ordinal of the first revision to apply; there are `pending` of them. */
static inline int migration_first(const struct migration_plan *plan)
{
	return plan->to->ordinal - plan->pending + 1;
}

/* The revision that `target` names: an id, a release, or NULL for the newest. ERR_INPUT. */
fallible migration_target(const char *target, const struct revision **revision) MUST_CHECK;

/* The tables that keep a database without a recorded revision from being an empty one. */
fallible migration_tables_in_the_way(struct installation *installation, struct strings *tables) MUST_CHECK;

/* Before it had revisions, Open WebUI numbered the changes of its tables. */
enum numbered {
	NUMBERED_NONE, /* it was born later */
	NUMBERED_SOME, /* later releases take it for complete, and lack columns */
	NUMBERED_ALL,
};
/* *last (to be freed, or NULL): the last change that was made. */
fallible migration_numbered(struct installation *installation, enum numbered *numbered, char **last) MUST_CHECK;

/* How to have such changes made. */
extern const char migration_numbered_hint[];

/* ERR_FAILED for a database without a recorded revision that has tables; ERR_SETTINGS as elsewhere_refuse. */
fallible migration_check_empty(struct installation *installation) MUST_CHECK;

/* What would be done. ERR_FAILED with the way out for what owctl can't take: tables without a recorded revision, two
 * recorded revisions, an unknown one, a later one, one whose tables are older than all revisions. */
fallible migration_plan(struct installation *installation, const struct revision *to, struct migration_plan *plan)
	MUST_CHECK;

/* ERR_FAILED that names the rows which a revision of the plan could not carry over (blockers.h). Not beside somebody
 * who migrates: what they have done by then is no longer as the plan thinks. */
fallible migration_check_rows(struct installation *installation, const struct migration_plan *plan) MUST_CHECK;

#endif
