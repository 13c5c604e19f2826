/* `owctl migrate repair`: looking and telling (repair.c), mending (repair_mend.c). */
#ifndef COMMANDS_MIGRATE_REPAIR_H
#define COMMANDS_MIGRATE_REPAIR_H

#include "commands/migrate/migrate.h"
#include "migrate/faults.h"

struct repair_arguments {
	struct strings only;
	bool no_backup, online;
	int64_t wait, lock_wait;
};

/* Whether a kind of fault is asked for, by --only or without it. */
bool repair_wants(const struct repair_arguments *arguments, const struct fault_kind *kind);

/* What is broken of that, in the open transaction. */
fallible repair_look(struct installation *installation, const struct repair_arguments *arguments,
		     struct faults *found) MUST_CHECK;

fallible repair_print(struct context *context, const struct faults *mended, const struct faults *left) MUST_CHECK;

/* ERR_FAILED where faults are left. */
fallible repair_left(const struct faults *left) MUST_CHECK;

/* Mends what is asked for while the database is held, after a copy of it; looks again, tells what was mended and what
 * is left, and keeps it in the audit record. `plan` is what was found before: what mending brings to light is mended as
 * well, but no rows are deleted of which it says nothing. */
fallible repair_mend(struct context *context, struct installation *installation,
		     const struct repair_arguments *arguments, const struct faults *plan) MUST_CHECK;

#endif
