/* s3://bucket/prefix?endpoint=.. */
#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "base/suggest.h"
#include "store/name.h"
#include "store/target.h"

static bool bucket_valid(const char *bucket)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	size_t size = strlen(bucket);
	return size >= 3 && size <= 255 && strspn(bucket, allowed) == size && *bucket != '.' && *bucket != '-';
}

/* "https://host:port", nothing behind it. */
static fallible endpoint_check(const char *endpoint)
{
	const char *host = text_starts(endpoint, "https://") ? endpoint + strlen("https://")
			   : text_starts(endpoint, "http://") ? endpoint + strlen("http://")
							      : "";
	if (!*host || strpbrk(host, "/?#@ \\") || *host == ':')
		return store_location_bad("the endpoint of the location must be https://host or https://host:port, and "
					  "no more");
	return NULL;
}

static fallible read_endpoint(char *value, struct store_target *target)
{
	size_t size = strlen(value);
	if (size && value[size - 1] == '/')
		value[size - 1] = '\0';
	TRY(endpoint_check(value));
	target->endpoint = text_copy(value);
	return NULL;
}

static fallible read_region(char *value, struct store_target *target)
{
	if (!value[strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")]) {
		target->region = text_copy(value);
		return NULL;
	}
	return store_location_bad("a region is a word as eu-central-1");
}

static fallible read_style(char *value, struct store_target *target)
{
	target->path_style = !strcmp(value, "path");
	if (target->path_style || !strcmp(value, "host"))
		return NULL;
	return store_location_bad("the style of the location is path or host");
}

static fallible read_encryption(char *value, struct store_target *target)
{
	static const char kms[] = "aws:kms";
	size_t size = sizeof kms - 1;
	bool by_key = !strncmp(value, kms, size) && (!value[size] || value[size] == ':');
	if (!by_key && strcmp(value, "AES256") != 0)
		return store_location_bad("the sse of the location is AES256, aws:kms or aws:kms:KEY");
	target->encryption = text_copy(by_key ? kms : value);
	target->encryption_key = by_key && value[size] && value[size + 1] ? text_copy(value + size + 1) : NULL;
	return NULL;
}

static fallible read_ca(char *value, struct store_target *target)
{
	target->ca_file = text_copy(value);
	return NULL;
}

static fallible read_class(char *value, struct store_target *target)
{
	if (value[strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")])
		return store_location_bad("a storage class is a word as STANDARD_IA");
	target->storage_class = text_copy(value);
	return NULL;
}

static const struct {
	const char *name;
	fallible (*read)(char *value, struct store_target *target);
} parameters[] = {
	{"endpoint", read_endpoint}, {"region", read_region}, {"style", read_style},
	{"ca", read_ca},	     {"class", read_class},   {"sse", read_encryption},
};

/* The value of one that is not known may be a secret: only its name is told, and only where it could be one. */
static fallible unknown(const char *name)
{
	const char *known[COUNT(parameters)];
	for (size_t i = 0; i < COUNT(parameters); i++)
		known[i] = parameters[i].name;
	AUTO(strings) struct strings nearest = {0};
	suggest(name, known, COUNT(known), &nearest);
	if (nearest.count)
		return error_hint(error_new(ERR_SETTINGS, "the location has a parameter \"%s\", which is not known",
					    name),
				  "did you mean %s?", nearest.items[0]);
	return error_hint(error_new(ERR_SETTINGS, "the location has a parameter that is not known"),
			  "there are endpoint, region, style, ca, class and sse; credentials are never part of it: "
			  "they come from the environment (AWS_ACCESS_KEY_ID, ..) or a profile (AWS_PROFILE)");
}

static bool has_control(const char *text)
{
	while (*text && (unsigned char)*text >= ' ')
		text++;
	return *text;
}

static fallible read_parameter(const char *text, size_t size, struct store_target *target, unsigned *seen)
{
	const char *equals = memchr(text, '=', size);
	size_t length = equals ? (size_t)(equals - text) : size;
	AUTO(memory) char *name = NULL, *value = NULL;
	TRY(store_location_decode(text, length, &name));
	for (size_t i = 0; i < COUNT(parameters); i++) {
		if (strcmp(name, parameters[i].name) != 0)
			continue;
		if (!equals || length + 1 == size || *seen & 1u << i)
			return store_location_bad("the parameter %s of the location has no value, or two", name);
		*seen |= 1u << i;
		TRY(store_location_decode(equals + 1, size - length - 1, &value));
		if (has_control(value)) /* these go into headers */
			return store_location_bad("the parameter %s of the location has a line break in it", name);
		return parameters[i].read(value, target);
	}
	return unknown(name);
}

#define STYLE_SEEN (1u << 2) /* its place in `parameters` */

static fallible read_query(const char *query, struct store_target *target)
{
	unsigned seen = 0;
	for (const char *at = query; *at; at += *at == '&') {
		size_t size = strcspn(at, "&");
		if (size)
			TRY(read_parameter(at, size, target, &seen));
		at += size;
	}
	if (!(seen & STYLE_SEEN))
		target->path_style = target->endpoint;
	return NULL;
}

static fallible read_prefix(const char *text, size_t size, struct store_target *target)
{
	for (; size && *text == '/'; size--)
		text++;
	while (size && text[size - 1] == '/')
		size--;
	TRY(store_location_decode(text, size, &target->prefix));
	if (size && (!store_name_valid(target->prefix) || strlen(target->prefix) > 100))
		return store_location_bad("the prefix of the location has an empty part, \".\" or \"..\", or over 100 "
					  "bytes");
	return NULL;
}

fallible store_s3_target(const char *rest, struct store_target *target)
{
	size_t place = strcspn(rest, "?"), bucket = strcspn(rest, "/?");
	if (memchr(rest, '@', bucket) || memchr(rest, ':', bucket))
		return error_hint(error_new(ERR_SETTINGS, "a location has no credentials and no port in it"),
				  "credentials come from the environment (AWS_ACCESS_KEY_ID, ..) or a profile "
				  "(AWS_PROFILE), a server of your own is ?endpoint=https://host:port");
	target->kind = STORE_S3;
	target->bucket = text_copy_n(rest, bucket);
	if (!bucket_valid(target->bucket))
		return store_location_bad("an s3:// location begins with a bucket's name of letters, digits, \".\", "
					  "\"-\"");
	TRY(read_prefix(rest + bucket, place - bucket, target));
	TRY(read_query(rest[place] ? rest + place + 1 : "", target));
	target->display = text_format("s3://%s%s%s%s%s", target->bucket, *target->prefix ? "/" : "", target->prefix,
				      target->endpoint ? " at " : "", target->endpoint ? target->endpoint : "");
	return NULL;
}
