/* What stands behind the "?" of a Redis URL: redis-py's parameters. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "net/redis_url.h"

static fallible decode_value(struct span value, char **decoded)
{
	AUTO(secret) char *spaced = text_copy_n(value.start, value.size);
	for (char *c = spaced; *c; c++)
		*c = *c == '+' ? ' ' : *c;
	return redis_url_decode(spaced, value.size, decoded);
}

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
	{"db", redis_url_database},
	{"port", redis_url_port},
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

fallible redis_url_query(struct span span, struct redis_target *target)
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
