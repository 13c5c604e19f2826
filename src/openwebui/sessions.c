#include "openwebui/sessions.h"

#include <stdlib.h>

#include "base/memory.h"
#include "net/redis.h"
#include "openwebui/redis_settings.h"

#define BATCH 500 /* accounts in one round trip */

/* What one account costs: SET key value [EX lifetime], then GET key. */
struct mark {
	char *key;
	const char *set[5], *get[2];
};

static void fill(struct mark *mark, struct redis_words *words, const char *value, const char *lifetime)
{
	*mark = (struct mark){mark->key, {"SET", mark->key, value, "EX", lifetime}, {"GET", mark->key}};
	words[0] = (struct redis_words){mark->set, lifetime ? 5 : 3};
	words[1] = (struct redis_words){mark->get, 2};
}

static fallible check(const char *id, const char *value, const redisReply *reply)
{
	if (reply->type == REDIS_REPLY_STRING && text_equal(reply->str, value))
		return NULL;
	return error_hint(error_new(ERR_FAILED, "Redis did not keep the mark for account %s", id),
			  "check maxmemory-policy and whether another client flushes the database; then try again");
}

static fallible mark_batch(struct redis *redis, const char *prefix, const char *const *ids, size_t count,
			   const char *value, const char *lifetime)
{
	struct mark marks[BATCH];
	struct redis_words words[2 * BATCH] = {0};
	redisReply *replies[2 * BATCH] = {0};
	for (size_t i = 0; i < count; i++) {
		marks[i].key = text_format("%s:auth:user:%s:revoked_at", prefix, ids[i]);
		fill(&marks[i], &words[2 * i], value, lifetime);
	}
	struct error *error = redis_pipeline(redis, words, 2 * count, replies);
	for (size_t i = 0; i < count; i++) {
		if (!error)
			error = check(ids[i], value, replies[2 * i + 1]);
		free(marks[i].key);
	}
	for (size_t i = 0; i < 2 * count; i++)
		redis_reply_cleanup(&replies[i]);
	return error;
}

static bool holds_time(const redisReply *reply)
{
	return reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 && reply->element[0]->str;
}

/* TIME answers the seconds since 1970 and the microseconds beyond. Who may not ask for it has their own clock. */
static fallible time_of(struct redis *redis, int64_t *now)
{
	const char *const words[] = {"TIME"};
	AUTO(redis_reply) redisReply *reply = NULL;
	struct error *error = redis_command(redis, words, COUNT(words), &reply);
	if (error && error->code == ERR_PERMISSION) {
		error_ignore(error); /* the marks may still be allowed */
		return NULL;
	}
	TRY(error);
	if (holds_time(reply))
		*now = strtoll(reply->element[0]->str, NULL, 10);
	return NULL;
}

fallible sessions_have_redis(struct settings *settings, bool *redis)
{
	AUTO(redis_target) struct redis_target target = {0};
	return redis_settings_target(settings, &target, redis);
}

fallible sessions_revoke(struct settings *settings, const char *const *ids, size_t count, int64_t now,
			 int64_t lifetime_s, int64_t timeout_s, enum sessions_outcome *outcome)
{
	AUTO(redis_target) struct redis_target target = {0};
	AUTO(redis) struct redis *redis = NULL;
	const char *prefix;
	bool found;
	*outcome = SESSIONS_NO_REDIS;
	TRY(redis_settings_target(settings, &target, &found));
	if (!found)
		return NULL;
	TRY(redis_settings_prefix(settings, &prefix));
	TRY(redis_open(&target, timeout_s, &redis));
	TRY(time_of(redis, &now));
	AUTO(memory) char *value = text_format("%lld", (long long)now);
	AUTO(memory) char *lifetime = lifetime_s > 0 ? text_format("%lld", (long long)lifetime_s) : NULL;
	for (size_t i = 0; i < count; i += BATCH)
		TRY(mark_batch(redis, prefix, ids + i, count - i < BATCH ? count - i : BATCH, value, lifetime));
	*outcome = SESSIONS_REVOKED;
	return NULL;
}
