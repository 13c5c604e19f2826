/* An object that is written anew every so often, by a thread, so that whoever looks at its time in the store can tell
 * that its writer is alive. Only times that the store gives are compared, never a clock of the writer's or the
 * looker's. */
#ifndef BACKUP_HEARTBEAT_H
#define BACKUP_HEARTBEAT_H

#include "store/store.h"

#define HEARTBEAT_EVERY_MS (5 * 60 * 1000)
/* Who has not been heard of for so long is dead, at the earliest. */
#define HEARTBEAT_DEAD_S (60 * 60)

struct heartbeat;

/* The first beat is one period from now. A beat that fails is left out. `object` and `bytes` are copied. */
fallible heartbeat_begin(struct store *store, const char *object, const char *bytes, int64_t every_ms,
			 struct heartbeat **heartbeat) MUST_CHECK;
/* Returns when no beat is under way any more. The object stays. NULL is fine. */
void heartbeat_end(struct heartbeat *heartbeat);

#endif
