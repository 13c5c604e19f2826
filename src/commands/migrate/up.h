/* `owctl migrate up`: a new database (up.c), and one with rows (rows.c). */
#ifndef COMMANDS_MIGRATE_UP_H
#define COMMANDS_MIGRATE_UP_H

#include "commands/migrate/migrate.h"

struct up_arguments {
	const char *to;
	bool no_backup, online;
	int64_t wait, lock_wait; /* seconds */
};

struct migration {
	const char *database;
	const struct migration_plan *plan;
	int applied;
	const char *backup; /* the file that has the database as it was, or NULL */
};

fallible migration_print(struct context *context, const void *migration) MUST_CHECK;
json_t *migration_details(const struct migration *migration); /* for the audit record */

/* Brings a database with rows to a revision: one owctl at a time, beside nobody else unless --online, after a copy
 * of it. The open transaction has looked only; `plan` is what it saw. */
fallible migrate_rows(struct context *context, struct installation *installation, const struct up_arguments *arguments,
		      struct migration_plan *plan) MUST_CHECK;

#endif
