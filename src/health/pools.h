/* How many connections the servers may open to the database, by their settings. */
#ifndef HEALTH_POOLS_H
#define HEALTH_POOLS_H

#include <stdint.h>

#include "health/check.h"

/* Each process of a server has `engines` engines on PostgreSQL with a pool each (internal/db.py): since 0.9 one that
 * requests use and one for starting up, before it one for all. A pool keeps `size` connections and opens `overflow`
 * more in need. SQLAlchemy's QueuePool has 5 and 10, where DATABASE_POOL_SIZE is not set. */
struct pools {
	int64_t workers; /* UVICORN_WORKERS, 1 at least: processes of each server */
	int64_t engines;
	int64_t size, overflow; /* size 0: no pool, but a connection for each use */
	bool size_told;	/* DATABASE_POOL_SIZE is known; else they are what an unset one means */
};

/* At the end, as environment_look. The settings are taken to be those of all replicas. */
fallible pools_read(const struct checking *checking, struct pools *pools) MUST_CHECK;

#endif
