/* Whether Redis can be worked with at all. */
#include "health/result.h"
#include "health/scene.h"

static fallible look(struct checking *checking)
{
	const struct sight *sight = &checking->scene->redis.sight;
	if (sight->failure)
		checking_found_failure(checking, "Redis can't be used", sight->failure);
	return NULL;
}

HEALTH_CHECK(unreached) = {
	.code = "OW401",
	.name = "redis-reached",
	.title = "Redis answers",
	.family = FAMILY_REDIS,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REDIS_NAMED,
	.why = "Replicas can't share events, sessions and settings without it, and from 0.12 on a Redis that hangs "
	       "holds up whoever asks it, without end. owctl connects as the settings say, from where it runs.",
	.remedy = "check that the server runs, and REDIS_URL",
	.run = look,
};
