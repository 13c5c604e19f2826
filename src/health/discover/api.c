#include "health/discover/api.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/percent.h"
#include "base/utf8.h"
#include "net/redis_target.h"

/* A list of a thousand containers has 2 MB, one of a swarm's tasks with its history more. */
#define ANSWER_LIMIT ((size_t)8 << 20)
#define FILE_LIMIT ((size_t)1 << 20)

void api_cleanup(struct api *api)
{
	char *const texts[] = {api->base,     api->socket, api->ca_file,    api->certificate_file,
			       api->key_file, api->ca,	   api->certificate};
	for (size_t i = 0; i < COUNT(texts); i++)
		free(texts[i]);
	secret_free(api->key);
	secret_free(api->authorization);
	*api = (struct api){0};
}

/* Docker and Kubernetes say why in "message". */
static fallible refused(const struct api *api, const char *path, const struct probe_answer *answer)
{
	json_auto_t *body = json_loadb(str_text(&answer->http.body), answer->http.body.size, 0, NULL);
	const char *message = json_text(body, "message");
	long status = answer->http.status;
	enum error_code code = status == 401 || status == 403 ? ERR_PERMISSION
			       : status == 404		      ? ERR_SETTINGS
							      : ERR_UNREACHABLE;
	AUTO(str) struct str safe = {0};
	if (message)
		utf8_add_safe(&safe, message, strlen(message));
	return error_hint(error_new(code, "%s answers %ld to %.*s%s%s", api->what, status,
				    (int)strcspn(path, "?"), path, message ? ": " : "", str_text(&safe)),
			  "%s", api->hint);
}

fallible api_get(const struct api *api, const struct discover_options *options, const char *path, json_t **answer)
{
	AUTO(probe_answer) struct probe_answer told = {0};
	AUTO(memory) char *url = text_format("%s%s", api->base, path);
	const char *const headers[] = {api->authorization, NULL};
	const struct probe_options by = {.timeout_ms = options->timeout_ms, .deadline_ms = options->deadline_ms};
	const struct probe_request request = {.url = url,
					      .socket = api->socket,
					      .headers = headers,
					      .answer_limit = ANSWER_LIMIT,
					      .unverified = api->unverified,
					      .ca_file = api->ca_file,
					      .certificate = api->certificate_file,
					      .key = api->key_file,
					      .ca_text = api->ca,
					      .certificate_text = api->certificate,
					      .key_text = api->key};
	json_error_t why;
	TRY(probe_once(&by, &request, &told));
	if (told.failure) {
		AUTO(memory) char *text = error_text(told.failure);
		return error_hint(error_new(ERR_UNREACHABLE, "%s: %s", api->what, text), "%s", api->hint);
	}
	if (told.http.status != 200)
		return refused(api, path, &told);
	*answer = json_loadb(str_text(&told.http.body), told.http.body.size, 0, &why);
	return *answer ? NULL
		       : error_new(ERR_UNREACHABLE, "%s answers %.*s with what is no JSON", api->what,
				   (int)strcspn(path, "?"), path);
}

fallible api_read_file(const char *path, char **text)
{
	AUTO(str) struct str bytes = {0};
	TRY(file_read(path, FILE_LIMIT, &bytes));
	while (bytes.size && strchr("\r\n", bytes.data[bytes.size - 1]))
		bytes.data[--bytes.size] = '\0';
	*text = str_take(&bytes);
	return NULL;
}

const char *json_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

json_t *json_below(const json_t *object, const char *path)
{
	json_t *at = (json_t *)(uintptr_t)object;
	while (at && *path) {
		size_t size = strcspn(path, "/");
		AUTO(memory) char *key = text_copy_n(path, size);
		at = json_object_get(at, key);
		path += path[size] ? size + 1 : size;
	}
	return at;
}

int64_t json_time(const json_t *object, const char *key)
{
	const char *text = json_text(object, key);
	int64_t seconds = 0;
	if (!text)
		return 0;
	AUTO(memory) char *whole = text_format("%.*sZ", (int)strcspn(text, ".Z"), text);
	return clock_parse(whole, &seconds) && seconds > 0 ? seconds : 0;
}

const char *api_variable(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

char *api_filter(const char *key, const char *value, const char *also)
{
	AUTO(str) struct str encoded = {0};
	json_auto_t *filter = json_pack("{s:[ss*]}", key, value, also);
	AUTO(memory) char *text = json_dumps(filter, JSON_COMPACT);
	percent_encode(&encoded, text ? text : "{}", text ? strlen(text) : 2, ""); /* NULL: it was no UTF-8 */
	return str_take(&encoded);
}

bool discover_split_port(const char *text, char **name, int64_t *port)
{
	const char *colon = strrchr(text, ':');
	*port = 0;
	*name = text_copy_n(text, colon ? (size_t)(colon - text) : strlen(text));
	return **name && (!colon || redis_port_parse(colon + 1, port));
}
