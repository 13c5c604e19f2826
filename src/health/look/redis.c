/* The Redis that the replicas share. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "health/look/look.h"
#include "health/redis_words.h"
#include "net/redis_node.h"
#include "openwebui/redis_settings.h"

static void release(struct look *look)
{
	struct redis_target *target = look->state;
	redis_target_cleanup(target);
	free(target);
}

static fallible see_elsewhere(struct settings *settings, bool *elsewhere)
{
	const char *url = NULL, *sockets = NULL;
	TRY(settings_get(settings, "REDIS_URL", &url));
	TRY(settings_get(settings, "WEBSOCKET_REDIS_URL", &sockets));
	*elsewhere = sockets && !text_equal(sockets, url);
	return NULL;
}

static fallible prepare(struct look *look)
{
	struct redis_sight *seen = &look->scene->redis;
	struct redis_target *target = look->state = mem_new(1, sizeof *target);
	const char *prefix = NULL;
	bool found;
	TRY(redis_settings_target(look->settings, target, &found));
	TRY(redis_settings_prefix(look->settings, &prefix));
	TRY(see_elsewhere(look->settings, &seen->sockets_elsewhere));
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

static fallible time_round_trip(struct redis *redis, int64_t *best)
{
	const char *const words[] = {"PING"};
	*best = -1;
	for (int i = 0; i < 3; i++) {
		AUTO(redis_reply) redisReply *reply = NULL;
		int64_t began = clock_monotonic_us();
		TRY(redis_allowed(redis_command(redis, words, COUNT(words), &reply)));
		int64_t took = clock_monotonic_us() - began;
		if (!reply)
			return NULL;
		*best = *best < 0 || took < *best ? took : *best;
	}
	return NULL;
}

/* ---- sentinels ---- */

/* How long one may hold up the others. */
#define SENTINEL_MS 2000

static fallible ask_quorum(const struct redis_target *target, const char *address, char **refusal)
{
	int64_t deadline = clock_monotonic_ms() + SENTINEL_MS;
	AUTO(redis_node) struct redis_node *node = NULL;
	AUTO(redis_reply) redisReply *reply = NULL;
	TRY(redis_node_open(target, address, deadline, &node));
	TRY(redis_sentinel_ask(node, "ckquorum", deadline, &reply));
	if (reply->type != REDIS_REPLY_ERROR)
		return NULL;
	if (!text_starts(reply->str, "NOQUORUM") && !text_starts(reply->str, "NOGOODSLAVE"))
		return redis_refusal(node, reply);
	*refusal = text_copy(reply->str);
	return NULL;
}

static fallible see_sentinels(struct redis_sight *seen, const struct redis_target *target)
{
	seen->sentinel_count = target->sentinels.count;
	seen->sentinel_sights = mem_new(seen->sentinel_count + 1, sizeof *seen->sentinel_sights);
	for (size_t i = 0; i < seen->sentinel_count; i++) {
		struct sentinel_sight *sentinel = &seen->sentinel_sights[i];
		sentinel->address = text_copy(target->sentinels.items[i]);
		struct error *error = ask_quorum(target, sentinel->address, &sentinel->refusal);
		if (error && error->code == ERR_INTERRUPTED)
			return error;
		if (error) {
			sentinel->failure = error_text(error);
			error_free(error);
		}
	}
	return NULL;
}

/* ---- the server ---- */

/* Rights for INFO and PUBSUB may be missing: then these are not known, and all else still is. */
static fallible see(struct redis_sight *seen, struct redis *redis)
{
	AUTO(memory) char *mode = NULL;
	AUTO(memory) char *version = NULL;
	AUTO(memory) char *tasks = text_format("%s:tasks:commands", seen->prefix);
	AUTO(memory) char *completion = text_format("%s:direct_completion", seen->prefix);
	TRY(redis_info(redis, "server", "redis_version", &version));
	seen->version = utf8_safe_copy(version);
	TRY(redis_info(redis, "server", "redis_mode", &mode));
	seen->cluster = text_equal(mode, "cluster");
	TRY(redis_clients_most(redis, &seen->clients_most));
	TRY(count_listeners(redis, tasks, &seen->task_listeners));
	return seen->sockets_elsewhere ? NULL : count_listeners(redis, completion, &seen->completion_listeners);
}

static fallible look(struct look *look)
{
	AUTO(redis) struct redis *redis = NULL;
	struct redis_sight *seen = &look->scene->redis;
	seen->task_listeners = seen->completion_listeners = seen->clients_most = -1;
	TRY(redis_open(look->state, look_seconds(look), &redis));
	TRY(see(seen, redis));
	TRY(time_round_trip(redis, &seen->round_trip_us));
	TRY(see_sentinels(seen, look->state));
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
