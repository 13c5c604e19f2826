/* Bringing a database to a revision. An empty one gets every revision of the chain in one transaction. */
#ifndef MIGRATE_UP_H
#define MIGRATE_UP_H

#include "openwebui/installation.h"

struct migration_plan {
	const struct revision *from; /* NULL: the database is empty */
	const struct revision *to;
	int pending; /* revisions to apply; 0: nothing to do */
};

/* The revision that `target` names: an id, a release, or NULL for the newest. ERR_INPUT. */
fallible migration_target(const char *target, const struct revision **revision) MUST_CHECK;

/* The tables that keep a database without a recorded revision from being an empty one. */
fallible migration_tables_in_the_way(struct installation *installation, struct strings *tables) MUST_CHECK;

/* Takes the lock under which only one owctl migrates this database (db_lock), and looks again at what is recorded. */
fallible migration_lock(struct installation *installation) MUST_CHECK;

/* What would be done. ERR_FAILED with the way out for what owctl can't take: tables without a recorded revision, two
 * recorded revisions, an unknown one, a later one, an earlier one (only empty databases are brought up so far). */
fallible migration_plan(struct installation *installation, const struct revision *to, struct migration_plan *plan)
	MUST_CHECK;

/* Applies the plan in the open write transaction, which the caller commits, and records the revision. */
fallible migration_run(struct installation *installation, const struct migration_plan *plan) MUST_CHECK;

/* Afterwards: *fault (to be freed, or NULL) says what is recorded instead of what the plan goes to. */
fallible migration_check(struct installation *installation, const struct migration_plan *plan, char **fault) MUST_CHECK;

#endif
