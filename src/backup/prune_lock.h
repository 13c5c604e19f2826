/* One prune at a time: docs/backup-format.md, "prune/lock". It is there for order, and not what makes a prune safe: two
 * at once would do the same work twice. */
#ifndef BACKUP_PRUNE_LOCK_H
#define BACKUP_PRUNE_LOCK_H

#include "backup/heartbeat.h"
#include "backup/place.h"
#include "backup/repository.h"

/* Objects of a prune are below this. */
#define PRUNE_PREFIX "prune/"
/* For store_time. */
#define PRUNE_SCRATCH PRUNE_PREFIX "clock"

struct prune_lock {
	struct store *store; /* borrowed; NULL: it is not held */
	char id[PACK_ID_SIZE];
	struct heartbeat *heartbeat;
};

/* ERR_BUSY names the holder. One whose process is gone, or who was not heard of for HEARTBEAT_DEAD_S by the store's
 * clock, holds it no more. */
fallible prune_lock_take(const struct repository *repository, struct prune_lock *lock) MUST_CHECK;

/* ERR_BUSY where another one has it by now. */
fallible prune_lock_check(const struct prune_lock *lock) MUST_CHECK;

void prune_lock_cleanup(struct prune_lock *lock); /* gives it back; also of {0} */

#endif
