/* Bringing a database to a revision. An empty one gets every revision of the chain in one transaction. One with rows
 * gets them one by one: what was begun and cut off is gone on with, and the revision is recorded with its last
 * change. */
#ifndef MIGRATE_UP_H
#define MIGRATE_UP_H

#include "migrate/plan.h"

/* Takes the lock under which one owctl makes a schema (db_lock), and looks again at what is recorded. */
fallible migration_lock(struct installation *installation) MUST_CHECK;

/* Takes the lock under which one owctl migrates rows (db_hold), for as long as it is connected; waits up to wait_s
 * for who has it. Outside a transaction. ERR_BUSY names the holder. */
fallible migration_hold(struct installation *installation, int64_t wait_s) MUST_CHECK;

/* Makes the schema of an empty database in the open write transaction, which the caller commits. */
fallible migration_create(struct installation *installation, const struct migration_plan *plan) MUST_CHECK;

struct migration_manner {
	bool online;         /* others are at the database, and are to get on: patience.h, later.h */
	int64_t lock_wait_s; /* how long their locks are waited for, each time something needs one (patience.h) */
};

/* Brings rows from plan->from to plan->to while the database is held (migration_hold), in transactions of its own.
 * *applied counts the revisions that are committed, also after an error; then the rest is as it was, or goes on
 * where it was cut off when this is called again. ERR_BUSY names who would not let go of a lock. */
fallible migration_apply(struct installation *installation, const struct migration_plan *plan,
			 const struct migration_manner *manner, int *applied) MUST_CHECK;

/* Afterwards: *fault (to be freed, or NULL) says what is recorded instead of what the plan goes to. */
fallible migration_check(struct installation *installation, const struct migration_plan *plan, char **fault) MUST_CHECK;

#endif
