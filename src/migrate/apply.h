/* Bringing a database with rows to a revision, one by one: what was begun and cut off is gone on with, and the
 * revision is recorded with its last change. */
#ifndef MIGRATE_APPLY_H
#define MIGRATE_APPLY_H

#include "migrate/plan.h"

struct migration_manner {
	bool online;         /* others are at the database, and are to get on: patience.h, later.h */
	int64_t lock_wait_s; /* how long their locks are waited for, each time something needs one (patience.h) */
};

/* Brings rows from plan->from to plan->to while the database is held (migration_hold), in transactions of its own.
 * *applied counts the revisions that are committed, also after an error; then the rest is as it was, or goes on
 * where it was cut off when this is called again. ERR_BUSY names who would not let go of a lock. */
fallible migration_apply(struct installation *installation, const struct migration_plan *plan,
			 const struct migration_manner *manner, int *applied) MUST_CHECK;

#endif
