/* Where in an installation what was found belongs: to one replica by its name, or to a part by the check's family. */
#ifndef HEALTH_REPORT_SPOTS_H
#define HEALTH_REPORT_SPOTS_H

#include "health/report/html.h"
#include "health/result.h"
#include "health/scene.h"

enum spot {
	SPOT_BALANCER,
	SPOT_REPLICAS, /* all of them together, with what runs them and their settings */
	SPOT_DATABASE,
	SPOT_REDIS,
	SPOT_UPLOADS,
	SPOT_VECTORS,
	SPOT_REPOSITORY,
	SPOT_TELEMETRY,
	SPOTS,
};
extern const char *const spot_titles[SPOTS]; /* "Database" */

struct spot_state {
	enum mark mark; /* never MARK_INFO: that is worth knowing, and no state */
	bool broken;    /* it was looked for, and not reached */
	char *what;     /* in a few words: "PostgreSQL 15.8", "not reached" */
	char *where;    /* "postgresql://db.internal/chat", never a secret; NULL: nowhere */
	char *why;      /* it was not reached; NULL: nothing is to be told */
	struct strings codes; /* of what counts and of what could not be found out, the worst first, each once */
};

struct spots {
	struct spot_state parts[SPOTS];
	struct spot_state *replicas; /* as many as scene.fleet.replicas has, by index */
	size_t *order;		     /* their indexes, the worst first, else as they were found */
	size_t count;
};
void spots_find(const struct scene *scene, const struct results *results, struct spots *spots);
void spots_cleanup(struct spots *spots);

#endif
