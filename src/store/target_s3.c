/* s3://bucket/prefix?endpoint=.., and gs:// which is much the same */
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/target.h"

#define LONGEST_LOCK_S (int64_t)(100 * 366 * 86400LL)

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

/* "30d", or with a mode before it, "compliance:30d". */
static fallible read_lock(char *value, struct store_target *target)
{
	static const char *const modes[][2] = {{"governance:", "GOVERNANCE"}, {"compliance:", "COMPLIANCE"}};
	const char *age = value;
	target->lock_mode = modes[0][1];
	for (size_t i = 0; i < COUNT(modes); i++)
		if (text_starts(value, modes[i][0])) {
			target->lock_mode = modes[i][1];
			age = value + strlen(modes[i][0]);
		}
	if (clock_parse_duration(age, &target->lock_s) && target->lock_s > 0 && target->lock_s <= LONGEST_LOCK_S)
		return NULL;
	return store_location_bad("the lock of the location is a time as 30d, governance:30d or compliance:30d");
}

#define STYLE_SEEN (1u << 0) /* its place in the parameters of both */
static const struct store_parameter s3_parameters[] = {
	{"style", read_style}, {"endpoint", store_read_endpoint}, {"region", read_region},
	{"ca", store_read_ca},       {"class", read_class},	    {"sse", read_encryption},
	{"lock", read_lock},
};
static const struct store_parameter gs_parameters[] = {
	{"style", read_style}, {"endpoint", store_read_endpoint}, {"ca", store_read_ca}, {"class", read_class}};

/* Credentials are never part of a location. */
static const char s3_credentials[] = "they come from the environment (AWS_ACCESS_KEY_ID, ..) or a profile "
				     "(AWS_PROFILE)";
static const char gs_credentials[] = "they come from the environment (GS_ACCESS_KEY_ID and GS_SECRET_ACCESS_KEY, or "
				     "GOOGLE_APPLICATION_CREDENTIALS)";

static const struct form {
	const char *scheme;
	enum store_kind kind;
	bool path_style; /* unless the location says something else */
	const struct store_parameter *parameters;
	size_t count;
	const char *names, *credentials; /* for hints */
} s3_form = {"s3", STORE_S3, false, s3_parameters, COUNT(s3_parameters),
	     "endpoint, region, style, ca, class, sse and lock",
	     s3_credentials},
  gs_form = {"gs", STORE_GS, true, gs_parameters, COUNT(gs_parameters), "endpoint, style, ca and class",
	     gs_credentials};

static fallible read_query(const struct form *form, const char *query, struct store_target *target)
{
	unsigned seen = 0;
	AUTO(memory) char *hint =
		text_format("there are %s; credentials are never part of it: %s", form->names, form->credentials);
	TRY(store_location_query(query, form->parameters, form->count, hint, target, &seen));
	if (!(seen & STYLE_SEEN))
		target->path_style = form->path_style || target->endpoint;
	return NULL;
}

static fallible read_bucket(const struct form *form, const char *rest, struct store_target *target)
{
	size_t place = strcspn(rest, "?"), bucket = strcspn(rest, "/?");
	if (memchr(rest, '@', bucket) || memchr(rest, ':', bucket))
		return error_hint(error_new(ERR_SETTINGS, "a location has no credentials and no port in it"),
				  "%s, a server of your own is ?endpoint=https://host:port", form->credentials);
	target->kind = form->kind;
	target->bucket = text_copy_n(rest, bucket);
	if (!bucket_valid(target->bucket))
		return store_location_bad("%s:// is followed by a bucket's name of letters, digits, \".\", \"-\"",
					  form->scheme);
	TRY(store_read_prefix(rest + bucket, place - bucket, target));
	TRY(read_query(form, rest[place] ? rest + place + 1 : "", target));
	target->display = text_format("%s://%s%s%s%s%s", form->scheme, target->bucket, *target->prefix ? "/" : "",
				      target->prefix, target->endpoint ? " at " : "",
				      target->endpoint ? target->endpoint : "");
	return NULL;
}

fallible store_s3_target(const char *rest, struct store_target *target)
{
	return read_bucket(&s3_form, rest, target);
}

fallible store_gs_target(const char *rest, struct store_target *target)
{
	return read_bucket(&gs_form, rest, target);
}
