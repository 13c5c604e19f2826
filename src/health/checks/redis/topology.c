/* Redis of several servers: a cluster, or sentinels. */
#include <strings.h>

#include "base/memory.h"
#include "health/redis_words.h"
#include "health/result.h"
#include "health/scene.h"
#include "settings/settings.h"

#define ALL_SLOTS 16384

static fallible look_at_cluster(struct checking *checking)
{
	AUTO(memory) char *state = NULL;
	int64_t assigned, good;
	if (!checking->scene->redis.cluster)
		return NULL;
	TRY(redis_cluster_text(checking->redis, "cluster_state", &state));
	TRY(redis_cluster_number(checking->redis, "cluster_slots_assigned", &assigned));
	TRY(redis_cluster_number(checking->redis, "cluster_slots_ok", &good));
	if (state && (!text_equal(state, "ok") || (good >= 0 && good < ALL_SLOTS)))
		checking_found(checking, NULL,
			       "the cluster's state is %s: of %d slots %lld are assigned, and %lld served", state,
			       ALL_SLOTS, (long long)assigned, (long long)good);
	return NULL;
}

HEALTH_CHECK(cluster) = {
	.code = "OW412",
	.name = "redis-cluster-whole",
	.title = "the Redis cluster serves all keys",
	.family = FAMILY_REDIS,
	.stage = CHECK_IN_REDIS,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REDIS_INFO,
	.why = "Keys of slots that nobody serves can't be read or written; by default the cluster then answers nothing "
	       "at all (cluster-require-full-coverage).",
	.remedy = "`redis-cli --cluster check HOST:PORT` names what is missing; bring the node back, or `redis-cli "
		  "--cluster fix`",
	.page = "https://redis.io/docs/latest/operate/oss_and_stack/management/scaling/",
	.run = look_at_cluster,
};

static fallible look_at_setting(struct checking *checking)
{
	const struct redis_sight *redis = &checking->scene->redis;
	const char *value = NULL;
	TRY(settings_get(checking->settings, "REDIS_CLUSTER", &value));
	bool set = value && !strcasecmp(value, "true");
	if (redis->sentinels || set == redis->cluster)
		return NULL;
	checking_found(checking, NULL, redis->cluster ? "Redis is a cluster, and REDIS_CLUSTER is not true"
						      : "REDIS_CLUSTER is true, and Redis is no cluster");
	return NULL;
}

HEALTH_CHECK(cluster_setting) = {
	.code = "OW413",
	.name = "redis-cluster-set",
	.title = "REDIS_CLUSTER says what Redis is",
	.family = FAMILY_REDIS,
	.severity = SEVERITY_CRITICAL,
	.certainty = CERTAINTY_LIKELY,
	.needs = NEEDS_REDIS | NEEDS_REDIS_INFO,
	.why = "Without it Open WebUI fails on each key that lives on another node (MOVED); with it, and no cluster, "
	       "it does not connect. owctl takes the settings that it has for those of the replicas.",
	.remedy = "set REDIS_CLUSTER (and WEBSOCKET_REDIS_CLUSTER) to true or false on all replicas",
	.page = "https://docs.openwebui.com/getting-started/env-configuration/",
	.run = look_at_setting,
};

static fallible look_at_sentinels(struct checking *checking)
{
	const struct redis_sight *redis = &checking->scene->redis;
	for (size_t i = 0; i < redis->sentinel_count; i++) {
		const struct sentinel_sight *sentinel = &redis->sentinel_sights[i];
		AUTO(memory) char *name = text_format("sentinel %s", sentinel->address);
		if (sentinel->failure)
			checking_found(checking, name, "does not help: %s", sentinel->failure);
		else if (sentinel->refusal)
			checking_found(checking, name, "could not make a fail-over: %s", sentinel->refusal);
	}
	return NULL;
}

HEALTH_CHECK(sentinels) = {
	.code = "OW414",
	.name = "sentinels-agree",
	.title = "all sentinels answer, and could make a fail-over",
	.family = FAMILY_REDIS,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_REDIS,
	.why = "Sentinels have to agree by a majority, and by the quorum of the service: with too few left the next "
	       "failure of the master lasts until somebody comes. Each of REDIS_SENTINEL_HOSTS is asked (CKQUORUM).",
	.remedy = "bring the sentinel back, or correct REDIS_SENTINEL_HOSTS; `redis-cli -p 26379 SENTINEL CKQUORUM "
		  "NAME`",
	.page = "https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/",
	.run = look_at_sentinels,
};
