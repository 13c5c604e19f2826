/* Doing a revision of the chain again, or what of it is missing. */
#ifndef MIGRATE_FAULTS_STEP_H
#define MIGRATE_FAULTS_STEP_H

#include "migrate/faults.h"

/* Its SQL: tables, columns and indexes that are there already stay as they are. */
fallible step_run_sql(struct work *work, const struct revision *revision) MUST_CHECK;
/* The indexes only that its SQL for the end makes. */
fallible step_make_last_indexes(struct work *work, const struct revision *revision) MUST_CHECK;
/* All of it, in the open transaction: SQL, code, and the SQL for the end. */
fallible step_run(struct work *work, const struct revision *revision) MUST_CHECK;

#endif
