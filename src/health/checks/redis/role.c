/* Whether this Redis takes writes, and has somebody who takes over. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "health/redis_words.h"
#include "health/result.h"
#include "health/scene.h"

static fallible look_for_replica(struct checking *checking)
{
	AUTO(memory) char *role = NULL;
	AUTO(memory) char *master = NULL;
	AUTO(memory) char *link = NULL;
	TRY(redis_info(checking->redis, "replication", "role", &role));
	TRY(redis_info(checking->redis, "replication", "master_host", &master));
	TRY(redis_info(checking->redis, "replication", "master_link_status", &link));
	if (text_equal(role, "slave") && !checking->scene->redis.cluster)
		checking_found(checking, NULL, "REDIS_URL leads to a replica of %s (whose link is %s), which takes no "
			       "writes", master ? master : "another server", link ? link : "not known");
	return NULL;
}

HEALTH_CHECK(replica) = {
	.code = "OW402",
	.name = "redis-takes-writes",
	.title = "REDIS_URL leads to a master",
	.family = FAMILY_REDIS,
	.stage = CHECK_IN_REDIS,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REDIS_INFO,
	.why = "A replica refuses what Open WebUI stores: sessions, tasks, settings. After a fail-over the address may "
	       "still be that of the former master.",
	.remedy = "name the master in REDIS_URL, or have sentinels tell it (REDIS_SENTINEL_HOSTS)",
	.page = "https://redis.io/docs/latest/operate/oss_and_stack/management/replication/",
	.run = look_for_replica,
};

/* A replica tells every second how far it is. */
#define BEHIND_S 10

/* "ip=10.0.0.7,port=6379,state=online,offset=1234,lag=1" */
static char *part_of(const char *line, const char *name)
{
	size_t size = strlen(name);
	for (const char *at = line; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		if (!strncmp(at, name, size) && at[size] == '=')
			return text_copy_n(at + size + 1, strcspn(at + size + 1, ","));
	return text_copy("?");
}

static void tell_if_behind(struct checking *checking, const char *line)
{
	AUTO(memory) char *host = part_of(line, "ip");
	AUTO(memory) char *port = part_of(line, "port");
	AUTO(memory) char *state = part_of(line, "state");
	AUTO(memory) char *lag = part_of(line, "lag");
	AUTO(memory) char *name = text_format("replica %s:%s", host, port);
	if (!text_equal(state, "online"))
		checking_found(checking, name, "is not in step yet (%s)", state);
	else if (strtoll(lag, NULL, 10) > BEHIND_S)
		checking_found(checking, name, "was last heard of %s s ago", lag);
}

static fallible look_for_too_few(struct checking *checking, int64_t connected)
{
	AUTO(memory) char *least = NULL;
	int64_t good;
	TRY(redis_info_number(checking->redis, "replication", "min_slaves_good_slaves", &good));
	TRY(redis_parameter(checking->redis, "min-replicas-to-write", &least));
	if (least && good >= 0 && good < strtoll(least, NULL, 10))
		trouble_remedy(checking_found_as(checking, SEVERITY_CRITICAL, NULL,
						 "Redis refuses writes: %lld of the %s replicas that "
						 "min-replicas-to-write wants are there",
						 (long long)good, least),
			       "bring the replicas back, or CONFIG SET min-replicas-to-write lower");
	else if (!connected && checking->scene->redis.sentinels)
		checking_found(checking, NULL, "the master has no replica: the sentinels have nobody to promote");
	return NULL;
}

static fallible look_for_behind(struct checking *checking)
{
	AUTO(memory) char *role = NULL;
	int64_t connected;
	TRY(redis_info(checking->redis, "replication", "role", &role));
	TRY(redis_info_number(checking->redis, "replication", "connected_slaves", &connected));
	if (!text_equal(role, "master"))
		return NULL;
	for (int64_t i = 0; i < connected; i++) {
		AUTO(memory) char *field = text_format("slave%lld", (long long)i);
		AUTO(memory) char *line = NULL;
		TRY(redis_info(checking->redis, "replication", field, &line));
		if (line)
			tell_if_behind(checking, line);
	}
	return look_for_too_few(checking, connected);
}

HEALTH_CHECK(behind) = {
	.code = "OW403",
	.name = "redis-replicas-follow",
	.title = "the replicas of Redis follow",
	.family = FAMILY_REDIS,
	.stage = CHECK_IN_REDIS,
	.severity = SEVERITY_WARNING,
	.needs = NEEDS_REDIS_INFO,
	.why = "A replica that is behind or gone is none to fail over to, and with min-replicas-to-write Redis refuses "
	       "writes without it. Told is one that is not online, or was silent for more than 10 s (it tells every "
	       "second how far it is).",
	.remedy = "look at the replica's log; `redis-cli INFO replication` on both sides",
	.page = "https://redis.io/docs/latest/operate/oss_and_stack/management/replication/",
	.run = look_for_behind,
};
