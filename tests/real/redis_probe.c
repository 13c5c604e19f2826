/* redis-probe: the Redis client by hand, with the settings of its environment. Reads one JSON object a line from
 * standard input, answers each with one: {"do":"open","timeout":S}, {"do":"command","words":[..]},
 * {"do":"pipeline","commands":[[..],..]}, {"do":"revoke","ids":[..],"now":N,"lifetime":S,"timeout":S},
 * {"do":"parse","url":..,"hosts":..,"port":..}. The exit status is that of the last error. */
#include <unistd.h>

#include "net/redis.h"
#include "openwebui/redis_settings.h"
#include "openwebui/sessions.h"
#include "probe.h"

static struct settings *settings;
static struct redis_target target;
static struct redis *redis;

static const char **texts_of(const json_t *array, size_t *count)
{
	*count = json_array_size(array);
	const char **texts = mem_new(*count + 1, sizeof *texts);
	for (size_t i = 0; i < *count; i++)
		texts[i] = json_string_value(json_array_get(array, i));
	return texts;
}

static json_t *json_of(const redisReply *reply)
{
	if (reply->type == REDIS_REPLY_INTEGER)
		return json_integer(reply->integer);
	if (reply->type == REDIS_REPLY_NIL)
		return json_null();
	if (reply->type != REDIS_REPLY_ARRAY)
		return json_stringn_nocheck(reply->str, reply->len);
	json_t *array = json_array();
	for (size_t i = 0; i < reply->elements; i++)
		json_array_append_new(array, json_of(reply->element[i]));
	return array;
}

static fallible do_open(const json_t *command, json_t *answer)
{
	bool found;
	redis_close(redis);
	redis = NULL;
	redis_target_cleanup(&target);
	TRY(redis_settings_target(settings, &target, &found));
	json_object_set_new(answer, "found", json_boolean(found));
	return found ? redis_open(&target, number_of(command, "timeout"), &redis) : NULL;
}

static fallible do_command(const json_t *command, json_t *answer)
{
	size_t count;
	AUTO(memory) const char **words = texts_of(json_object_get(command, "words"), &count);
	AUTO(redis_reply) redisReply *reply = NULL;
	TRY(redis_command(redis, words, count, &reply));
	json_object_set_new(answer, "reply", json_of(reply));
	return NULL;
}

static fallible do_pipeline(const json_t *command, json_t *answer)
{
	const json_t *list = json_object_get(command, "commands");
	size_t count = json_array_size(list);
	AUTO(memory) struct redis_words *commands = mem_new(count + 1, sizeof *commands);
	AUTO(memory) const char ***texts = mem_new(count + 1, sizeof *texts);
	AUTO(memory) redisReply **replies = mem_new(count + 1, sizeof *replies);
	for (size_t i = 0; i < count; i++)
		commands[i].words = texts[i] = texts_of(json_array_get(list, i), &commands[i].count);
	struct error *error = redis_pipeline(redis, commands, count, replies);
	json_t *shown = json_array();
	for (size_t i = 0; i < count; i++) {
		if (!error)
			json_array_append_new(shown, json_of(replies[i]));
		redis_reply_cleanup(&replies[i]);
		free(texts[i]);
	}
	json_object_set_new(answer, "replies", shown);
	return error;
}

static fallible do_revoke(const json_t *command, json_t *answer)
{
	size_t count;
	enum sessions_outcome outcome;
	AUTO(memory) const char **ids = texts_of(json_object_get(command, "ids"), &count);
	TRY(sessions_revoke(settings, ids, count, number_of(command, "now"), number_of(command, "lifetime"),
			    number_of(command, "timeout"), &outcome));
	json_object_set_new(answer, "outcome", json_string(outcome == SESSIONS_REVOKED ? "revoked" : "no redis"));
	return NULL;
}

static fallible do_parse(const json_t *command, json_t *answer)
{
	AUTO(redis_target) struct redis_target parsed = {0};
	TRY(redis_target_parse(text_of(command, "url"), text_of(command, "hosts"), text_of(command, "port"), &parsed));
	json_object_set_new(answer, "target",
			    json_pack("{s:b,s:s?,s:s?,s:I,s:I,s:s?,s:s?,s:s?}", "tls", parsed.tls, "host", parsed.host,
				      "path", parsed.socket, "port", (json_int_t)parsed.port, "db",
				      (json_int_t)parsed.database, "username", parsed.user, "password", parsed.password,
				      "ssl_ca_certs", parsed.ca_file));
	return NULL;
}

static const struct probe_command commands[] = {
	{"open", do_open},     {"command", do_command}, {"pipeline", do_pipeline},
	{"revoke", do_revoke}, {"parse", do_parse},
	{0},
};

int main(void)
{
	const struct probe probe = {.commands = commands};
	struct settings_request request = {.environment = environ};
	probe_begin();
	AUTO(error) struct error *error = settings_load(&request, &settings);
	if (error) {
		log_error(error, false);
		return (int)error->code;
	}
	int status = probe_run(&probe);
	redis_close(redis);
	redis_target_cleanup(&target);
	settings_free(settings);
	return status;
}
