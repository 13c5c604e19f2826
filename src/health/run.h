/* Looking at an installation, and running the checks: who has to be asked is asked by a thread of its own, so that one
 * deadline holds for all of it, whoever hangs. */
#ifndef HEALTH_RUN_H
#define HEALTH_RUN_H

#include "health/result.h"
#include "health/scene.h"
#include "settings/settings.h"

#define HEALTH_DEADLINE_S 15

struct health_options {
	struct strings replicas; /* where they are (health/discover.h); none: what OWCTL_REPLICAS says */
	struct strings only, skip; /* codes, names or families */
	int64_t timeout_s;  /* for one server; 0: 10 */
	int64_t deadline_s; /* for all of it; 0: HEALTH_DEADLINE_S */
	bool read_only;	    /* nothing is written anywhere, not even the probe of a store */
	bool deep;	    /* also look at what only people see who have signed in: health/deep.h */
	const char *model; /* with `deep`: have this one answer; borrowed; NULL: none */
	bool growth;	    /* look at scene.growth */
};

void health_options_cleanup(struct health_options *options);

/* Before anything is asked: ERR_USAGE for words that name no check. */
fallible health_check_options(const struct health_options *options) MUST_CHECK;

/* Fills scene and results; what could not be looked at is in them, and no error. ERR_SETTINGS where the settings can't
 * be read, ERR_INTERRUPTED by a signal. */
fallible health_run(struct settings *settings, const struct health_options *options, struct scene *scene,
		    struct results *results) MUST_CHECK;

#endif
