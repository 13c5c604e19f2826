/* The Redis that the replicas share. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "health/look/look.h"
#include "health/redis_words.h"
#include "net/redis.h"
#include "openwebui/redis_settings.h"

static void release(struct look *look)
{
	struct redis_target *target = look->state;
	redis_target_cleanup(target);
	free(target);
}

static fallible prepare(struct look *look)
{
	struct redis_sight *seen = &look->scene->redis;
	struct redis_target *target = look->state = mem_new(1, sizeof *target);
	const char *prefix = NULL;
	bool found;
	TRY(redis_settings_target(look->settings, target, &found));
	TRY(redis_settings_prefix(look->settings, &prefix));
	seen->sight.absent = !found;
	seen->prefix = text_copy(prefix);
	seen->sentinels = found && target->sentinels.count > 0;
	if (found)
		seen->display = target->socket		 ? text_copy(target->socket)
				: target->sentinels.count ? text_format("%s by sentinels", target->host)
							  : redis_address(target->host, target->port);
	return NULL;
}

static fallible count_listeners(struct redis *redis, const char *channel, int64_t *count)
{
	AUTO(redis_reply) redisReply *reply = NULL;
	const char *const words[] = {"PUBSUB", "NUMSUB", channel};
	TRY(redis_allowed(redis_command(redis, words, COUNT(words), &reply)));
	bool told = reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2;
	*count = told && reply->element[1]->type == REDIS_REPLY_INTEGER ? reply->element[1]->integer : -1;
	return NULL;
}

/* Rights for INFO and PUBSUB may be missing: then these are not known, and all else still is. */
static fallible see(struct redis_sight *seen, struct redis *redis)
{
	AUTO(memory) char *mode = NULL;
	AUTO(memory) char *tasks = text_format("%s:tasks:commands", seen->prefix);
	AUTO(memory) char *completion = text_format("%s:direct_completion", seen->prefix);
	TRY(redis_info(redis, "server", "redis_version", &seen->version));
	TRY(redis_info(redis, "server", "redis_mode", &mode));
	seen->cluster = text_equal(mode, "cluster");
	TRY(count_listeners(redis, tasks, &seen->task_listeners));
	return count_listeners(redis, completion, &seen->completion_listeners);
}

static fallible look(struct look *look)
{
	AUTO(redis) struct redis *redis = NULL;
	struct redis_sight *seen = &look->scene->redis;
	seen->task_listeners = seen->completion_listeners = -1;
	TRY(redis_open(look->state, look_seconds(look), &redis));
	TRY(see(seen, redis));
	seen->sight.seen = true;
	struct checking checking = {.scene = look->scene, .redis = redis};
	look_run_checks(look, &checking, CHECK_IN_REDIS, NULL);
	return NULL;
}

const struct part redis_part = {.what = "Redis",
				PART_OF_SCENE(redis, redis.sight),
				.stage = CHECK_IN_REDIS,
				.prepare = prepare,
				.look = look,
				.release = release};
