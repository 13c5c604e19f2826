#include "openwebui/sessions.h"

#include "base/memory.h"
#include "net/redis.h"

static fallible find_redis(struct settings *settings, struct redis_target *target, bool *found)
{
	const char *url, *hosts, *port;
	TRY(settings_get(settings, "REDIS_URL", &url));
	TRY(settings_get(settings, "REDIS_SENTINEL_HOSTS", &hosts));
	TRY(settings_get(settings, "REDIS_SENTINEL_PORT", &port));
	*found = url != NULL;
	if (!url)
		return NULL;
	return error_wrap(redis_target_parse(url, hosts, port, target), "REDIS_URL (%s)",
			  settings_origin(settings, "REDIS_URL"));
}

static fallible mark(struct redis *redis, const char *prefix, const char *id, int64_t now, int64_t lifetime_s)
{
	AUTO(memory) char *key = text_format("%s:auth:user:%s:revoked_at", prefix, id);
	AUTO(memory) char *value = text_format("%lld", (long long)now);
	AUTO(memory) char *lifetime = text_format("%lld", (long long)lifetime_s);
	const char *words[] = {"SET", key, value, "EX", lifetime};
	return redis_command(redis, words, lifetime_s ? 5 : 3, NULL);
}

fallible sessions_revoke(struct settings *settings, const char *const *ids, size_t count, int64_t now,
			 int64_t lifetime_s, int64_t timeout_s, enum sessions_outcome *outcome)
{
	AUTO(redis_target) struct redis_target target = {0};
	AUTO(redis) struct redis *redis = NULL;
	const char *prefix;
	bool found;
	*outcome = SESSIONS_NO_REDIS;
	TRY(find_redis(settings, &target, &found));
	if (!found)
		return NULL;
	TRY(settings_get(settings, "REDIS_KEY_PREFIX", &prefix));
	TRY(redis_open(&target, timeout_s, &redis));
	for (size_t i = 0; i < count; i++)
		TRY(mark(redis, prefix ? prefix : "open-webui", ids[i], now, lifetime_s));
	*outcome = SESSIONS_REVOKED;
	return NULL;
}
