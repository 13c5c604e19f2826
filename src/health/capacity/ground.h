/* What the figures are worked out from: plain numbers, so that the arithmetic can be tried without an installation.
 * -1 wherever one is not known. */
#ifndef HEALTH_CAPACITY_GROUND_H
#define HEALTH_CAPACITY_GROUND_H

#include "health/pools.h"
#include "health/scene.h"

#define CAPACITY_MOST_PEOPLE 10000000
#define CAPACITY_USUAL_CONCURRENCY 10 /* percent */

struct capacity_ground {
	int64_t people;	     /* at once; 1 to CAPACITY_MOST_PEOPLE */
	int64_t concurrency; /* so many percent of those who use it in a month are at it at once */
	/* servers */
	int64_t replicas; /* that answer */
	struct pools pools;
	int64_t threads;      /* THREAD_POOL_SIZE */
	int64_t request_us;   /* that a server takes for a request which asks the database; of the middle one */
	int64_t memory_limit; /* of a replica; the least of them */
	int64_t resident;     /* bytes of memory of a replica on this machine, of all its processes */
	int64_t files_most;   /* that each of its processes may have open */
	/* what they stand on */
	int64_t connections_most, connections_reserved, round_trip_us; /* of the database */
	int64_t redis_clients_most;
	/* what was kept so far */
	const struct growth_sight *growth; /* borrowed from the scene */
	int64_t disk_free; /* bytes, of the disk that the folder of data is on */
	int64_t vectors, vector_bytes; /* how many, and what each takes */
	/* what is so */
	bool concurrency_assumed;
	bool server; /* the database is one, and no file */
	bool vectors_in_database; /* by pgvector */
	bool vectors_indexed;
	bool redis_absent;
	bool disk_has_database, disk_has_uploads;
};

/* By what health_run has seen; `concurrency` 0: not given. */
fallible capacity_look(const struct scene *scene, struct settings *settings, int64_t people, int64_t concurrency,
		       struct capacity_ground *ground) MUST_CHECK;

#endif
