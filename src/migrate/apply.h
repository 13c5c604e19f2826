/* Bringing a database with rows to a revision, one by one: what was begun and cut off is gone on with, and the
 * revision is recorded with its last change. */
#ifndef MIGRATE_APPLY_H
#define MIGRATE_APPLY_H

#include "migrate/plan.h"
#include "migrate/work.h"

struct applied {
	int revisions; /* that are committed */
	bool begun;    /* and something of the next one is */
};

/* Brings rows from plan->from to plan->to while the database is held (migration_hold), in transactions of its own.
 * *applied is told also after an error; then the rest is as it was, or goes on where it was cut off when this is called
 * again. ERR_BUSY names who would not let go of a lock. */
fallible migration_apply(struct installation *installation, const struct migration_plan *plan,
			 const struct manner *manner, struct applied *applied) MUST_CHECK;

#endif
