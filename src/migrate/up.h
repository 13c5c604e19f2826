/* Bringing a database to a revision: the locks around it, an empty one, and what is to be so afterwards. An empty one
 * gets every revision of the chain in one transaction; one with rows: apply.h. */
#ifndef MIGRATE_UP_H
#define MIGRATE_UP_H

#include "migrate/plan.h"

/* Takes the lock under which one owctl makes a schema (db_lock), and looks again at what is recorded. */
fallible migration_lock(struct installation *installation) MUST_CHECK;

/* Takes the lock under which one owctl migrates rows (db_hold), for as long as it is connected; waits up to wait_s
 * for who has it. Outside a transaction. ERR_BUSY names the holder. */
fallible migration_hold(struct installation *installation, int64_t wait_s) MUST_CHECK;

/* Runs the SQL of all revisions up to `to` in the open write transaction of an empty database, and records `to`. */
fallible schema_create(struct db *db, const struct revision *to) MUST_CHECK;

/* The same where somebody else may be at it: makes the schema of an empty database in the open write transaction, which
 * the caller commits. */
fallible migration_create(struct installation *installation, const struct migration_plan *plan) MUST_CHECK;

/* Afterwards: *fault (to be freed, or NULL) says what is recorded instead of what the plan goes to. */
fallible migration_check(struct installation *installation, const struct migration_plan *plan, char **fault) MUST_CHECK;

#endif
