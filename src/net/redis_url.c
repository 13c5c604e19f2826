/* The grammar of a Redis URL: Python's urlsplit, then redis-py's parse_url, or Open WebUI's own with sentinels. */
#include "net/redis_url.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

#define DATABASE_MAX 1000000

fallible redis_url_bad(const char *what)
{
	return error_hint(error_new(ERR_SETTINGS, "%s", what),
			  "write redis://user:password@host:6379/0, rediss:// for TLS, or unix:///path?db=0; in a "
			  "password write @ as %%40, : as %%3A, / as %%2F, ? as %%3F, # as %%23 and %% as %%25");
}

fallible redis_url_decode(const char *text, size_t size, char **decoded)
{
	int length = 0;
	char *plain = size ? curl_easy_unescape(NULL, text, (int)size, &length) : NULL;
	if (!plain || !length) {
		curl_free(plain);
		*decoded = NULL;
		return NULL;
	}
	bool fine = !memchr(plain, '\0', (size_t)length) && utf8_valid(plain, (size_t)length);
	*decoded = fine ? text_copy_n(plain, (size_t)length) : NULL;
	mem_wipe(plain, (size_t)length);
	curl_free(plain);
	return fine ? NULL : redis_url_bad("the Redis URL holds bytes that are not UTF-8, or %00");
}

fallible redis_url_database(const char *text, struct redis_target *target)
{
	size_t digits = strspn(text, "0123456789");
	if (!digits || text[digits] || digits > 7 || strtol(text, NULL, 10) > DATABASE_MAX)
		return redis_url_bad("the database of the Redis URL is no number");
	target->database = strtol(text, NULL, 10);
	return NULL;
}

fallible redis_url_port(const char *text, struct redis_target *target)
{
	return redis_port_parse(text, &target->port) ? NULL : redis_url_bad("the port of the Redis URL is no port");
}

static fallible replace(char **field, struct span span, bool verbatim)
{
	char *text = NULL;
	if (verbatim)
		text = span.size ? text_copy_n(span.start, span.size) : NULL;
	else
		TRY(redis_url_decode(span.start, span.size, &text));
	if (!text)
		return NULL;
	secret_free(*field);
	*field = text;
	return NULL;
}

/* "host", "host:6379", "[::1]:6379", ":6379" */
static fallible take_host(struct span span, bool verbatim, struct redis_target *target)
{
	AUTO(memory) char *text = text_copy_n(span.start, span.size);
	const char *host = text, *end = strchrnul(text, ':');
	if (*text == '[') {
		host = text + 1;
		end = strchr(host, ']');
		if (!end || (end[1] && end[1] != ':'))
			return redis_url_bad("the host of the Redis URL is no address");
	}
	TRY(replace(&target->host, (struct span){host, (size_t)(end - host)}, verbatim));
	const char *port = strchr(end, ':');
	if (port && port[1])
		TRY(redis_url_port(port + 1, target));
	if (target->host && !redis_host_valid(target->host))
		return redis_url_bad("the host of the Redis URL is no name or address");
	return NULL;
}

static fallible take_authority(struct span span, bool verbatim, struct redis_target *target)
{
	const char *at = span.size ? memrchr(span.start, '@', span.size) : NULL;
	if (at) {
		size_t size = (size_t)(at - span.start);
		const char *colon = memchr(span.start, ':', size);
		size_t user = colon ? (size_t)(colon - span.start) : size;
		TRY(replace(&target->user, (struct span){span.start, user}, verbatim));
		if (colon)
			TRY(replace(&target->password, (struct span){colon + 1, size - user - 1}, verbatim));
		span = (struct span){at + 1, span.size - size - 1};
	}
	return take_host(span, verbatim, target);
}

static fallible take_path(struct span span, bool socket, struct redis_target *target)
{
	if (socket) {
		TRY(replace(&target->socket, span, false));
		return target->socket && *target->socket == '/' ? NULL : redis_url_bad("the Redis URL names no socket");
	}
	AUTO(memory) char *text = NULL;
	TRY(replace(&text, span, false));
	char *database = text ? text + strspn(text, "/") : NULL;
	for (size_t size = database ? strlen(database) : 0; size && database[size - 1] == '/'; size--)
		database[size - 1] = '\0';
	return database && *database && target->database < 0 ? redis_url_database(database, target) : NULL;
}

static fallible check_characters(const char *url)
{
	for (const char *c = url; *c; c++)
		if (iscntrl((unsigned char)*c))
			return error_hint(error_new(ERR_SETTINGS, "the Redis URL holds a control character"),
					  "look for a stray line end or tab");
	return utf8_valid(url, strlen(url)) ? NULL : redis_url_bad("the Redis URL is not UTF-8");
}

static fallible parse(const char *url, bool service, struct redis_target *target)
{
	bool socket = text_starts(url, "unix://");
	target->tls = text_starts(url, "rediss://");
	target->port = 6379;
	target->database = -1; /* not said */
	if (service && socket)
		return redis_url_bad("with sentinels the Redis URL must begin with redis:// or rediss://");
	if (!socket && !target->tls && !text_starts(url, "redis://"))
		return redis_url_bad("the Redis URL does not begin with redis://, rediss:// or unix://");
	TRY(check_characters(url));
	const char *start = strstr(url, "://") + 3;
	struct span authority = {start, strcspn(start, "/?#")};
	struct span path = {start + authority.size, strcspn(start + authority.size, "?#")};
	const char *query = path.start + path.size;
	if (*query == '?' && !service)
		TRY(redis_url_query((struct span){query + 1, strcspn(query + 1, "#")}, target));
	TRY(take_authority(authority, service, target));
	TRY(take_path(path, socket, target));
	target->database = target->database < 0 ? 0 : target->database;
	if (!socket) {
		free(target->socket);
		target->socket = NULL;
	}
	return NULL;
}

fallible redis_url_parse(const char *url, bool service, struct redis_target *target)
{
	AUTO(redis_target) struct redis_target parsed = {0};
	TRY(parse(url, service, &parsed));
	*target = parsed;
	parsed = (struct redis_target){0};
	return NULL;
}
