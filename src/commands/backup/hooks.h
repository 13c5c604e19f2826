/* Commands that run before and after a backup. */
#ifndef COMMANDS_BACKUP_HOOKS_H
#define COMMANDS_BACKUP_HOOKS_H

#include "backup/record.h"
#include "cli/context.h"

struct hooks {
	const char *before, *after; /* lines for /bin/sh; NULL: none */
	int64_t limit; /* s that each may take */
	const char *label, *repository; /* for their environment */
};

/* ERR_FAILED if it fails or takes too long: then there is to be no backup. */
fallible hooks_before(const struct hooks *hooks) MUST_CHECK;

/* Runs whatever came of the backup, also after a signal. `error`: how it ended, NULL: well; `record`: the snapshot,
 * NULL: there is none. ERR_FAILED if it fails or takes too long. */
fallible hooks_after(const struct hooks *hooks, const struct error *error, const struct record *record) MUST_CHECK;

#endif
