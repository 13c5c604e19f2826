/* Backups that are under way, as a prune sees them: docs/backup-format.md, "running/ID". */
#ifndef BACKUP_RUNNING_H
#define BACKUP_RUNNING_H

#include "backup/heartbeat.h"
#include "backup/place.h"
#include "backup/repository.h"

/* ---- of a backup ---- */

struct running {
	const struct repository *repository; /* borrowed */
	char *begun, *alive; /* objects */
	struct heartbeat *heartbeat;
};

/* Before anything else is written to the repository. `running` is to be cleaned up also on error. */
fallible running_begin(const struct repository *repository, struct running *running) MUST_CHECK;

/* ERR_FAILED where a prune took this backup for dead, and may have removed what it has written. To be asked after the
 * record was written, too: a prune first takes away the sign of a dead backup and then looks for records, so that
 * either the backup sees the one or the prune the other. */
fallible running_check(const struct running *running) MUST_CHECK;

void running_cleanup(struct running *running); /* the end, in whatever way; also of {0} */

/* ---- of a prune ---- */

struct running_backups {
	size_t alive;
	int64_t oldest;      /* when the oldest of these began, by the store's clock in ns; INT64_MAX: there is none */
	struct strings dead; /* objects of those that are not */
};
void running_backups_cleanup(struct running_backups *backups);

/* `now` by the store's clock in ns. One is dead that was not heard of for `dead_after_s`. */
fallible running_look(const struct repository *repository, int64_t now, int64_t dead_after_s,
		      struct running_backups *backups) MUST_CHECK;

#endif
