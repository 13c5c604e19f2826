/* What Redis does when its memory is full. */
#include <string.h>

#include "base/memory.h"
#include "health/redis_words.h"
#include "health/result.h"

/* From this share on it is soon. */
#define NEARLY_FULL_PERCENT 90

static fallible look_for_full(struct checking *checking)
{
	int64_t used, most;
	TRY(redis_info_number(checking->redis, "memory", "used_memory", &used));
	TRY(redis_info_number(checking->redis, "memory", "maxmemory", &most));
	if (most > 0 && used >= most / 100 * NEARLY_FULL_PERCENT)
		checking_found(checking, NULL, "Redis uses %lld of %lld MB that it may", (long long)(used >> 20),
			       (long long)(most >> 20));
	return NULL;
}

HEALTH_CHECK(nearly_full) = {
	.code = "OW410",
	.name = "redis-memory",
	.title = "Redis has memory left",
	.family = FAMILY_REDIS,
	.stage = CHECK_IN_REDIS,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_REDIS_INFO,
	.why = "At maxmemory Redis refuses writes, or throws out keys, as maxmemory-policy says: sessions, locks and "
	       "live notes of Open WebUI go with them.",
	.remedy = "raise maxmemory (CONFIG SET maxmemory), or find what else uses this Redis (`redis-cli --bigkeys`)",
	.run = look_for_full,
};

/* These throw out keys that have no end of their own: Open WebUI's pools, locks and revocations have none. */
static bool takes_any_key(const char *policy)
{
	return !strncmp(policy, "allkeys-", 8);
}

static fallible look_for_eviction(struct checking *checking)
{
	AUTO(memory) char *policy = NULL;
	int64_t most, evicted;
	TRY(redis_info(checking->redis, "memory", "maxmemory_policy", &policy));
	TRY(redis_info_number(checking->redis, "memory", "maxmemory", &most));
	TRY(redis_info_number(checking->redis, "stats", "evicted_keys", &evicted));
	if (policy && most > 0 && takes_any_key(policy))
		checking_found(checking, NULL, "Redis throws out keys when its memory is full (%s); so far %lld",
			       policy, (long long)(evicted > 0 ? evicted : 0));
	return NULL;
}

HEALTH_CHECK(evicts) = {
	.code = "OW411",
	.name = "redis-keeps-keys",
	.title = "Redis throws out no keys of Open WebUI",
	.family = FAMILY_REDIS,
	.stage = CHECK_IN_REDIS,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_REDIS_INFO,
	.why = "Open WebUI keeps sessions, running tasks and revoked tokens there without an end, and takes them for "
	       "kept: when one is thrown out, a token that was revoked works again.",
	.remedy = "CONFIG SET maxmemory-policy noeviction (or volatile-lru), and the same in redis.conf",
	.run = look_for_eviction,
};
