/* `owctl migrate up`: a new database (up.c), one with rows (rows.c), either with a release's own migrations
 * (upstream.c). */
#ifndef COMMANDS_MIGRATE_UP_H
#define COMMANDS_MIGRATE_UP_H

#include "commands/migrate/migrate.h"

struct up_arguments {
	const char *to;
	const char *engine, *python;
	bool no_backup, online;
	int64_t wait, lock_wait; /* seconds */
};

struct up_outcome {
	const char *database;
	const struct migration_plan *plan;
	int applied;
	bool begun; /* and something of the next one is committed */
	const char *backup; /* the file that has the database as it was, or NULL */
};

/* The outcome as it is printed; all texts are borrowed. */
struct up_row {
	const char *database, *from, *to, *releases;
	int applied;
	const char *backup, *outcome;
};
fallible up_print_row(struct context *context, const struct up_row *row) MUST_CHECK;

/* A dry run does not make the SQLite file that it would begin with: *done when there is none; then `row` is printed,
 * with its database. */
fallible up_plan_new_file(struct context *context, const struct up_row *row, bool *done) MUST_CHECK;

fallible up_print(struct context *context, const void *outcome) MUST_CHECK;
json_t *up_details(const struct up_outcome *outcome); /* for the audit record */

/* Brings a database with rows to a revision: one owctl at a time, beside nobody else unless --online, after a copy
 * of it. The open transaction has looked only; `plan` is what it saw. */
fallible migrate_rows(struct context *context, struct installation *installation, const struct up_arguments *arguments,
		      struct migration_plan *plan) MUST_CHECK;

/* Brings a database up with the migrations of the Open WebUI that is installed for arguments->python. */
fallible migrate_by_upstream(struct context *context, const struct up_arguments *arguments) MUST_CHECK;

/* The database is opened whatever is in it, and made if there is none. */
extern const struct installation_options up_opening;

#endif
