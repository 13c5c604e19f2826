#include "health/redis_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

fallible redis_allowed(struct error *error)
{
	if (error && (error->code == ERR_PERMISSION || error->code == ERR_FAILED)) {
		error_free(error);
		error = NULL;
	}
	return error;
}

/* Lines are "field:value\r\n". */
static char *field_of(const char *text, const char *field)
{
	size_t size = strlen(field);
	while (text && *text) {
		if (!strncmp(text, field, size) && text[size] == ':')
			return text_copy_n(text + size + 1, strcspn(text + size + 1, "\r\n"));
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return NULL;
}

static fallible ask(struct redis *redis, const char *command, const char *word, const char *field, char **value)
{
	AUTO(redis_reply) redisReply *reply = NULL;
	const char *const words[] = {command, word};
	*value = NULL;
	TRY(redis_allowed(redis_command(redis, words, COUNT(words), &reply)));
	if (reply && reply->str)
		*value = field_of(reply->str, field);
	return NULL;
}

static int64_t number_of(const char *text)
{
	return text && *text ? strtoll(text, NULL, 10) : -1;
}

fallible redis_info(struct redis *redis, const char *section, const char *field, char **value)
{
	return ask(redis, "INFO", section, field, value);
}

fallible redis_info_number(struct redis *redis, const char *section, const char *field, int64_t *value)
{
	AUTO(memory) char *text = NULL;
	TRY(redis_info(redis, section, field, &text));
	*value = number_of(text);
	return NULL;
}

fallible redis_cluster_text(struct redis *redis, const char *field, char **value)
{
	return ask(redis, "CLUSTER", "INFO", field, value);
}

fallible redis_cluster_number(struct redis *redis, const char *field, int64_t *value)
{
	AUTO(memory) char *text = NULL;
	TRY(redis_cluster_text(redis, field, &text));
	*value = number_of(text);
	return NULL;
}

fallible redis_parameter(struct redis *redis, const char *name, char **value)
{
	AUTO(redis_reply) redisReply *reply = NULL;
	const char *const words[] = {"CONFIG", "GET", name};
	*value = NULL;
	TRY(redis_allowed(redis_command(redis, words, COUNT(words), &reply)));
	if (reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2)
		*value = text_copy(reply->element[1]->str);
	return NULL;
}

fallible redis_clients_most(struct redis *redis, int64_t *most)
{
	AUTO(memory) char *text = NULL;
	TRY(redis_info_number(redis, "clients", "maxclients", most));
	if (*most >= 0)
		return NULL;
	TRY(redis_parameter(redis, "maxclients", &text));
	*most = number_of(text);
	return NULL;
}
