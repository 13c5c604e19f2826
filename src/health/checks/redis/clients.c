/* Room for those who connect to Redis, and for what is sent to them. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "health/redis_words.h"
#include "health/result.h"

/* From these shares on. */
#define SOON_PERCENT 80
#define NOW_PERCENT 95

static fallible look_for_used_up(struct checking *checking)
{
	int64_t most, used, rejected;
	TRY(redis_clients_most(checking->redis, &most));
	TRY(redis_info_number(checking->redis, "clients", "connected_clients", &used));
	TRY(redis_info_number(checking->redis, "stats", "rejected_connections", &rejected));
	if (most <= 0 || used < 0) {
		result_skip(checking->result, "Redis does not tell how many clients it takes");
		return NULL;
	}
	int64_t percent = used * 100 / most;
	if (percent >= SOON_PERCENT)
		checking_found_as(checking, percent >= NOW_PERCENT ? SEVERITY_CRITICAL : SEVERITY_WARNING, NULL,
				  "%lld of %lld clients are connected (%lld %%); %lld were turned away since it "
				  "started",
				  (long long)used, (long long)most, (long long)percent,
				  (long long)(rejected > 0 ? rejected : 0));
	else if (rejected > 0)
		checking_found_as(checking, SEVERITY_INFO, NULL, "%lld clients were turned away since it started",
				  (long long)rejected);
	return NULL;
}

HEALTH_CHECK(used_up) = {
	.code = "OW404",
	.name = "redis-clients-left",
	.title = "Redis takes more clients",
	.family = FAMILY_REDIS,
	.stage = CHECK_IN_REDIS,
	.severity = SEVERITY_CRITICAL,
	.needs = NEEDS_REDIS_INFO,
	.why = "Each process of Open WebUI has four or five connections, and more under load. Beyond maxclients Redis "
	       "turns away who comes: requests fail, and a replica does not start. A warning from 80 %, critical from "
	       "95 %.",
	.remedy = "CONFIG SET maxclients higher (and the limit of open files of its process); `redis-cli CLIENT LIST` "
		  "shows who is there",
	.page = "https://redis.io/docs/latest/develop/reference/clients/",
	.run = look_for_used_up,
};

/* What a browser may send at once (maxPayload of Open WebUI's socket.io), and others then get. */
#define LARGEST_MESSAGE 16777216

/* "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60" */
static int64_t hard_limit(const char *limits)
{
	const char *at = strstr(limits, "pubsub ");
	return at ? strtoll(at + strlen("pubsub "), NULL, 10) : 0;
}

static fallible look_for_small(struct checking *checking)
{
	AUTO(memory) char *limits = NULL;
	TRY(redis_parameter(checking->redis, "client-output-buffer-limit", &limits));
	if (!limits) {
		result_skip(checking->result, "this user may not read Redis' parameters (CONFIG GET)");
		return NULL;
	}
	int64_t limit = hard_limit(limits);
	if (limit > 0 && limit < LARGEST_MESSAGE)
		checking_found(checking, NULL,
			       "Redis cuts off a subscriber that has more than %lld bytes to take; one message may "
			       "have %d",
			       (long long)limit, LARGEST_MESSAGE);
	return NULL;
}

HEALTH_CHECK(small_buffer) = {
	.code = "OW405",
	.name = "redis-buffers",
	.title = "Redis holds large messages for its subscribers",
	.family = FAMILY_REDIS,
	.stage = CHECK_IN_REDIS,
	.severity = SEVERITY_WARNING,
	.why = "Replicas hear of each other by subscriptions. One that is cut off misses what comes until it is back, "
	       "and in releases before 0.12 never hears again that a task is to be stopped. Redis' own limit is "
	       "32 MB; a message may have 16 MB.",
	.remedy = "CONFIG SET client-output-buffer-limit 'pubsub 33554432 8388608 60', and the same in redis.conf",
	.page = "https://redis.io/docs/latest/develop/reference/clients/",
	.run = look_for_small,
};
