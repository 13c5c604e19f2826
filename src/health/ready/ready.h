/* What stands between an installation and several replicas of it, requirement by requirement, as upstream's page on
 * running at scale has them: https://docs.openwebui.com/getting-started/advanced-topics/scaling/. Unlike a check a
 * requirement may be unmet where nothing is wrong: a laptop on SQLite is as it should be. */
#ifndef HEALTH_READY_H
#define HEALTH_READY_H

#include "health/result.h"
#include "health/scene.h"
#include "settings/settings.h"

enum ready_section {
	READY_BALANCING,
	READY_DATABASE,
	READY_SHARED_STATE,
	READY_STORAGE,
	READY_STATELESS,
	READY_ORCHESTRATION,
	READY_OBSERVABILITY,
	READY_SECTIONS,
};
extern const char *const ready_section_names[READY_SECTIONS]; /* "load balancing" */

enum ready_state { READY_MET, READY_UNMET, READY_UNKNOWN, READY_STATES };
extern const char *const ready_state_names[READY_STATES]; /* "ready", "missing", "unknown" */

/* What a requirement's own function sees. */
struct ready_ground {
	const struct scene *scene;
	struct settings *settings;
	char *why; /* to be set where the state is not READY_MET: what is, or what is not known */
};

struct requirement {
	enum ready_section section;
	const char *text;   /* what has to be true: "a load balancer stands before the replicas" */
	const char *remedy; /* the command or the setting */
	/* NULL: the checks alone tell. */
	fallible (*judge)(struct ready_ground *ground, enum ready_state *state);
	/* Names of checks that have to find nothing above info; ends with NULL. One that could not be run leaves the
	 * state to `judge`, and is READY_UNKNOWN without one. */
	const char *checks[8];
};
extern const struct requirement requirements[]; /* in the order of sections; ends with a NULL text */

struct readiness {
	const struct requirement *requirement;
	enum ready_state state;
	char *why, *remedy; /* NULL where it is met */
};
struct readinesses {
	struct readiness *items;
	size_t count;
	size_t states[READY_STATES];
};
void readinesses_cleanup(struct readinesses *all);

/* By what health_run has found. */
fallible ready_judge(const struct scene *scene, const struct results *results, struct settings *settings,
		     struct readinesses *all) MUST_CHECK;

#endif
