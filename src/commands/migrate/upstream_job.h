/* `owctl migrate up --engine upstream`, between its looks before (upstream.c) and afterwards (upstream_after.c). */
#ifndef COMMANDS_MIGRATE_UPSTREAM_JOB_H
#define COMMANDS_MIGRATE_UPSTREAM_JOB_H

#include "commands/migrate/up.h"
#include "migrate/row_counts.h"
#include "migrate/upstream.h"

struct upstream_job {
	struct context *context;
	struct installation *installation;
	const struct up_arguments *arguments;
	struct upstream upstream;
	struct upstream_plan plan;
	struct row_counts before; /* where owctl does not know what the tables are to be */
	struct strings own;       /* what is not Open WebUI's, as far as owctl knows the revisions */
	char *from;               /* what was recorded, or NULL */
	char *backup;
};

/* In the audit record: the database was changed, and what it records now; NULL: nothing. */
void upstream_record(struct upstream_job *job, const char *recorded);

/* After they failed, and may have come some of the way: `error`, which it takes over, with what is recorded by then as
 * its hint. */
fallible upstream_stopped(struct upstream_job *job, struct error *error) MUST_CHECK;

/* After they ended: ERR_FAILED where another revision is recorded than the plan's, ERR_NO where the database is not
 * what it should be at that one; each difference is a warning. */
fallible upstream_look_after(struct upstream_job *job) MUST_CHECK;

#endif
