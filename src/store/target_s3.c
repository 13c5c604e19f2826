/* s3://bucket/prefix?endpoint=.. */
#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "store/target.h"

static bool bucket_valid(const char *bucket)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	size_t size = strlen(bucket);
	return size >= 3 && size <= 255 && strspn(bucket, allowed) == size && *bucket != '.' && *bucket != '-';
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

static fallible read_class(char *value, struct store_target *target)
{
	if (value[strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")])
		return store_location_bad("a storage class is a word as STANDARD_IA");
	target->storage_class = text_copy(value);
	return NULL;
}

static const struct store_parameter parameters[] = {
	{"endpoint", store_read_endpoint}, {"region", read_region}, {"style", read_style},
	{"ca", store_read_ca},		   {"class", read_class},   {"sse", read_encryption},
};

static const char hint[] = "there are endpoint, region, style, ca, class and sse; credentials are never part of it: "
			   "they come from the environment (AWS_ACCESS_KEY_ID, ..) or a profile (AWS_PROFILE)";

#define STYLE_SEEN (1u << 2) /* its place in `parameters` */

static fallible read_query(const char *query, struct store_target *target)
{
	unsigned seen = 0;
	TRY(store_location_query(query, parameters, COUNT(parameters), hint, target, &seen));
	if (!(seen & STYLE_SEEN))
		target->path_style = target->endpoint;
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
	TRY(store_read_prefix(rest + bucket, place - bucket, target));
	TRY(read_query(rest[place] ? rest + place + 1 : "", target));
	target->display = text_format("s3://%s%s%s%s%s", target->bucket, *target->prefix ? "/" : "", target->prefix,
				      target->endpoint ? " at " : "", target->endpoint ? target->endpoint : "");
	return NULL;
}
