/* Connections that work at once on what is made in a schema beside (backup/beside.h). */
#ifndef BACKUP_CREW_H
#define BACKUP_CREW_H

#include "db/db.h"

struct crew {
	struct db **connections; /* which prefer the schema; outside of transactions */
	size_t count;            /* 1 at least */
	const char *schema;
};

/* Does `count` pieces of work, each in a transaction of its own on one of the connections (beside_begin), which is
 * committed; the first ones are begun first. Returns when none is under way: the first error ends it once those are
 * done that were begun. */
fallible crew_each(const struct crew *crew, size_t count, fallible (*work)(struct db *db, size_t index, void *state),
		   void *state) MUST_CHECK;

#endif
