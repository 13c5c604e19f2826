#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "net/redis.h"

void redis_target_cleanup(struct redis_target *target)
{
	free(target->host);
	free(target->user);
	secret_free(target->password);
	strings_cleanup(&target->sentinels);
	*target = (struct redis_target){0};
}

static fallible bad_url(const char *what)
{
	return error_hint(error_new(ERR_SETTINGS, "%s", what),
			  "it has the form redis://user:password@host:6379/0, or rediss:// for TLS");
}

/* A part of the URL without its escapes; NULL when it is not there or empty. */
static char *part(CURLU *url, CURLUPart which)
{
	char *text = NULL;
	if (curl_url_get(url, which, &text, CURLU_URLDECODE) != CURLUE_OK || !text)
		return NULL;
	char *copy = *text ? text_copy(text) : NULL;
	curl_free(text);
	return copy;
}

static bool number(const char *text, int64_t largest, int64_t *value)
{
	char *end;
	errno = 0;
	long long read = strtoll(text, &end, 10);
	if (errno || *end || !isdigit((unsigned char)*text) || read > largest)
		return false;
	*value = read;
	return true;
}

/* libcurl's parser knows https and http; what stands behind the scheme has the same grammar (RFC 3986). */
static fallible parse(CURLU *url, const char *text, struct redis_target *target)
{
	AUTO(secret) char *as_http = text_format("http%s", strchr(text, ':'));
	if (curl_url_set(url, CURLUPART_URL, as_http, 0) != CURLUE_OK)
		return bad_url("this is no Redis URL");
	target->host = part(url, CURLUPART_HOST);
	target->user = part(url, CURLUPART_USER);
	target->password = part(url, CURLUPART_PASSWORD);
	AUTO(memory) char *port = part(url, CURLUPART_PORT);
	AUTO(memory) char *path = part(url, CURLUPART_PATH);
	target->port = 6379;
	if (port && !number(port, 65535, &target->port))
		return bad_url("the port of the Redis URL is no port");
	const char *database = path && *path == '/' ? path + 1 : "";
	if (*database && !number(database, 1000000, &target->database))
		return bad_url("what follows the host in the Redis URL is no database number");
	return NULL;
}

static fallible add_sentinels(const char *hosts, const char *port, struct redis_target *target)
{
	AUTO(strings) struct strings list = {0};
	int64_t checked;
	strings_split(&list, hosts ? hosts : "", ',');
	if (list.count && port && !number(port, 65535, &checked))
		return error_new(ERR_SETTINGS, "REDIS_SENTINEL_PORT is no port: %s", port);
	for (size_t i = 0; i < list.count; i++)
		strings_add_taken(&target->sentinels, text_format("%s:%s", list.items[i], port ? port : "26379"));
	return NULL;
}

fallible redis_target_parse(const char *url, const char *sentinel_hosts, const char *sentinel_port,
			    struct redis_target *target)
{
	*target = (struct redis_target){0};
	if (!text_starts(url, "redis://") && !text_starts(url, "rediss://"))
		return bad_url("the Redis URL does not begin with redis:// or rediss://");
	target->tls = text_starts(url, "rediss://");
	CURLU *parser = curl_url();
	if (!parser)
		return error_new(ERR_FAILED, "libcurl can't parse URLs");
	struct error *error = parse(parser, url, target);
	curl_url_cleanup(parser);
	if (!error)
		error = add_sentinels(sentinel_hosts, sentinel_port, target);
	if (error)
		redis_target_cleanup(target);
	return error;
}
