/* The grammar of a Redis URL: Python's urlsplit, then redis-py's parse_url, or Open WebUI's own with sentinels. */
#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "net/redis_target.h"

#define DATABASE_MAX 1000000

struct span {
	const char *start;
	size_t size;
};

static fallible bad(const char *what)
{
	return error_hint(error_new(ERR_SETTINGS, "%s", what),
			  "write redis://user:password@host:6379/0, rediss:// for TLS, or unix:///path?db=0; in a "
			  "password write @ as %%40, : as %%3A, / as %%2F, ? as %%3F, # as %%23 and %% as %%25");
}

/* As Python's unquote: "%" without two hexadecimal digits stands for itself. Nothing, where nothing is left. */
static fallible decode(const char *text, size_t size, char **decoded)
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
	return fine ? NULL : bad("the Redis URL holds bytes that are not UTF-8, or %00");
}

static fallible decode_value(struct span value, char **decoded)
{
	AUTO(secret) char *spaced = text_copy_n(value.start, value.size);
	for (char *c = spaced; *c; c++)
		*c = *c == '+' ? ' ' : *c;
	return decode(spaced, value.size, decoded);
}

/* ---- the query ---- */

static const struct {
	const char *name;
	size_t field;
} texts[] = {
	{"host", offsetof(struct redis_target, host)},
	{"path", offsetof(struct redis_target, socket)},
	{"username", offsetof(struct redis_target, user)},
	{"password", offsetof(struct redis_target, password)},
	{"ssl_ca_certs", offsetof(struct redis_target, ca_file)},
	{"ssl_ca_path", offsetof(struct redis_target, ca_folder)},
	{"ssl_certfile", offsetof(struct redis_target, certificate)},
	{"ssl_keyfile", offsetof(struct redis_target, key)},
	{"ssl_password", offsetof(struct redis_target, key_password)},
};

static fallible read_database(const char *text, struct redis_target *target)
{
	size_t digits = strspn(text, "0123456789");
	if (!digits || text[digits] || digits > 7 || strtol(text, NULL, 10) > DATABASE_MAX)
		return bad("the database of the Redis URL is no number");
	target->database = strtol(text, NULL, 10);
	return NULL;
}

static fallible read_port(const char *text, struct redis_target *target)
{
	return redis_port_parse(text, &target->port) ? NULL : bad("the port of the Redis URL is no port");
}

static fallible read_requirement(const char *text, struct redis_target *target)
{
	target->any_certificate = !strcmp(text, "none");
	if (target->any_certificate || !strcmp(text, "optional") || !strcmp(text, "required"))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "ssl_cert_reqs of the Redis URL is not known"),
			  "it is none, optional or required");
}

static fallible read_name_check(const char *text, struct redis_target *target)
{
	static const char *const no[] = {"0", "F", "FALSE", "N", "NO"};
	for (size_t i = 0; i < COUNT(no); i++)
		target->any_name = target->any_name || !strcasecmp(text, no[i]);
	return NULL;
}

static const struct {
	const char *name;
	fallible (*read)(const char *text, struct redis_target *target);
} readers[] = {
	{"db", read_database},
	{"port", read_port},
	{"ssl_cert_reqs", read_requirement},
	{"ssl_check_hostname", read_name_check},
};

/* The first value of a parameter that is not empty, decoded. */
static fallible find(const char *query, const char *name, char **value)
{
	size_t size = strlen(name);
	for (const char *at = query; *at; at += strcspn(at, "&"), at += *at == '&') {
		const char *start = at + size + 1;
		if (text_starts(at, name) && at[size] == '=' && *start && *start != '&')
			return decode_value((struct span){start, strcspn(start, "&")}, value);
	}
	return NULL;
}

static fallible check_tls(const char *name, const char *value, const struct redis_target *target)
{
	if (!value || target->tls || !text_starts(name, "ssl_"))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "the Redis URL has %s, but is not for TLS", name),
			  "for TLS it begins with rediss://");
}

static fallible take_query(struct span span, struct redis_target *target)
{
	AUTO(secret) char *query = text_copy_n(span.start, span.size);
	for (size_t i = 0; i < COUNT(texts); i++) {
		char **field = (char **)((char *)target + texts[i].field);
		TRY(find(query, texts[i].name, field));
		TRY(check_tls(texts[i].name, *field, target));
	}
	for (size_t i = 0; i < COUNT(readers); i++) {
		AUTO(memory) char *value = NULL;
		TRY(find(query, readers[i].name, &value));
		TRY(check_tls(readers[i].name, value, target));
		if (value)
			TRY(readers[i].read(value, target));
	}
	return NULL;
}

/* ---- before the query ---- */

static fallible replace(char **field, struct span span, bool verbatim)
{
	char *text = NULL;
	if (verbatim)
		text = span.size ? text_copy_n(span.start, span.size) : NULL;
	else
		TRY(decode(span.start, span.size, &text));
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
			return bad("the host of the Redis URL is no address");
	}
	TRY(replace(&target->host, (struct span){host, (size_t)(end - host)}, verbatim));
	const char *port = strchr(end, ':');
	if (port && port[1])
		TRY(read_port(port + 1, target));
	if (target->host && !redis_host_valid(target->host))
		return bad("the host of the Redis URL is no name or address");
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
		return target->socket && *target->socket == '/' ? NULL : bad("the Redis URL names no socket");
	}
	AUTO(memory) char *text = NULL;
	TRY(replace(&text, span, false));
	char *database = text ? text + strspn(text, "/") : NULL;
	for (size_t size = database ? strlen(database) : 0; size && database[size - 1] == '/'; size--)
		database[size - 1] = '\0';
	return database && *database && target->database < 0 ? read_database(database, target) : NULL;
}

static fallible check_characters(const char *url)
{
	for (const char *c = url; *c; c++)
		if (iscntrl((unsigned char)*c))
			return error_hint(error_new(ERR_SETTINGS, "the Redis URL holds a control character"),
					  "look for a stray line end or tab");
	return utf8_valid(url, strlen(url)) ? NULL : bad("the Redis URL is not UTF-8");
}

static fallible parse(const char *url, bool service, struct redis_target *target)
{
	bool socket = text_starts(url, "unix://");
	target->tls = text_starts(url, "rediss://");
	target->port = 6379;
	target->database = -1; /* not said */
	if (service && socket)
		return bad("with sentinels the Redis URL must begin with redis:// or rediss://");
	if (!socket && !target->tls && !text_starts(url, "redis://"))
		return bad("the Redis URL does not begin with redis://, rediss:// or unix://");
	TRY(check_characters(url));
	const char *start = strstr(url, "://") + 3;
	struct span authority = {start, strcspn(start, "/?#")};
	struct span path = {start + authority.size, strcspn(start + authority.size, "?#")};
	const char *query = path.start + path.size;
	if (*query == '?' && !service)
		TRY(take_query((struct span){query + 1, strcspn(query + 1, "#")}, target));
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
