/* How long Redis takes to answer. */
#include "health/result.h"
#include "health/scene.h"

/* A model that writes 50 words a second has a message for each. */
#define SLOW_US 20000

static fallible look(struct checking *checking)
{
	int64_t us = checking->scene->redis.round_trip_us;
	if (us >= SLOW_US)
		checking_found(checking, NULL, "a PING takes %.1f ms from here", (double)us / 1e3);
	return NULL;
}

HEALTH_CHECK(slow) = {
	.code = "OW407",
	.name = "redis-near",
	.title = "Redis answers at once",
	.family = FAMILY_REDIS,
	.severity = SEVERITY_WARNING,
	.certainty = CERTAINTY_LIKELY,
	.needs = NEEDS_REDIS,
	.why = "Each piece of an answer that a model writes goes through Redis on its way to the window, 50 a second "
	       "and more: from 20 ms on they queue up. It is the best of three, measured from where owctl runs: from "
	       "the replicas it may be less.",
	.remedy = "run owctl beside the replicas to be sure; have Redis and replicas in one data centre; `redis-cli "
		  "--latency`, SLOWLOG GET",
	.page = "https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/latency/",
	.run = look,
};
