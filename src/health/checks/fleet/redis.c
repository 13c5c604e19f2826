/* Whether the replicas have a Redis in common, by who listens there. */
#include "health/environment.h"
#include "health/result.h"
#include "health/scene.h"
#include "openwebui/release.h"

static fallible look_for_none(struct checking *checking)
{
	const struct scene *scene = checking->scene;
	bool known;
	const char *url = NULL;
	TRY(environment_look(checking, "REDIS_URL", &known, &url));
	if (!url && scene->redis.sight.absent)
		checking_found(checking, NULL, "%zu replicas, and no REDIS_URL in %s", scene_speaking(scene),
			       known ? "their environment" : "the settings that owctl has");
	return NULL;
}

HEALTH_CHECK(no_redis) = {
	.code = "OW211",
	.name = "redis-for-several",
	.title = "several replicas have a Redis",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_CRITICAL,
	.certainty = CERTAINTY_LIKELY,
	.needs = NEEDS_TWO_REPLICAS,
	.why = "Without it, what one replica hears the others do not: answers don't reach the window, a change of "
	       "settings stays with the replica that saved it, and a revoked token goes on elsewhere.",
	.remedy = "set REDIS_URL, WEBSOCKET_MANAGER=redis and WEBSOCKET_REDIS_URL on all replicas, and give owctl the "
		  "same environment",
	.page = "https://docs.openwebui.com/getting-started/advanced-topics/scaling/",
	.run = look_for_none,
};

/* From this release on each process also listens to PREFIX:direct_completion. */
#define FIRST_WITH_COMPLETION "0.12.0"

static bool lacks(int64_t listeners, int64_t count)
{
	return listeners >= 0 && listeners < count;
}

static int64_t count_recent(const struct scene *scene)
{
	const struct replica *replica;
	int64_t count = 0;
	for (size_t i = 0; (replica = scene_next(scene, &i));)
		count += release_compare(replica->release, FIRST_WITH_COMPLETION) >= 0;
	return count;
}

static void tell(struct checking *checking, int64_t listeners, int64_t count, const char *what, const char *remedy)
{
	struct trouble *trouble = checking_found(checking, NULL, "%lld of %lld replicas %s", (long long)listeners,
						 (long long)count, what);
	if (remedy)
		trouble_remedy(trouble, "%s", remedy);
}

/* In 0.10 the listener for tasks ended with its first broken connection, and did not come back. */
static fallible look_for_deaf(struct checking *checking)
{
	static const char sockets[] = "set WEBSOCKET_MANAGER=redis and WEBSOCKET_REDIS_URL on all replicas";
	const struct redis_sight *redis = &checking->scene->redis;
	if (redis->cluster || redis->task_listeners < 0) {
		result_skip(checking->result, redis->cluster
						      ? "each node of a cluster counts its own listeners"
						      : "this user may not ask Redis who listens (PUBSUB NUMSUB)");
		return NULL;
	}
	int64_t count = (int64_t)scene_speaking(checking->scene), recent = count_recent(checking->scene);
	if (lacks(redis->task_listeners, count))
		tell(checking, redis->task_listeners, count, "listen to this Redis",
		     recent == count ? NULL
				     : "compare REDIS_URL of the replicas; those of 0.10 are to be started again "
				       "after a connection to Redis broke");
	else if (lacks(redis->completion_listeners, recent))
		tell(checking, redis->completion_listeners, recent, "share websocket events by this Redis", sockets);
	return NULL;
}

HEALTH_CHECK(deaf) = {
	.code = "OW212",
	.name = "redis-shared",
	.title = "all replicas listen to the same Redis",
	.family = FAMILY_FLEET,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_TWO_REPLICAS | NEEDS_REDIS,
	.why = "A replica that is on another Redis, or on none, works by itself: whoever is connected to it misses "
	       "what happens elsewhere. Each process subscribes to channels of its Redis; how many do is counted.",
	.remedy = "compare REDIS_URL and REDIS_KEY_PREFIX of the replicas; `owctl health check --deep` mostly names "
		  "the one that is missing, which is not in the list of `CLIENT LIST` by its address",
	.page = "https://docs.openwebui.com/troubleshooting/multi-replica/",
	.run = look_for_deaf,
};
