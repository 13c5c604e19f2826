/* Which server, which host, which region. */
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "store/s3/profile.h"
#include "store/s3/s3.h"

#define REGION "us-east-1"

static fallible find_region(const struct store_target *target, struct s3 *s3)
{
	AUTO(s3_profile) struct s3_profile profile = {0};
	const char *named = target->region ? target->region : s3_environment("AWS_REGION");
	named = named ? named : s3_environment("AWS_DEFAULT_REGION");
	if (!named && !target->credentials.access_key) {
		TRY(s3_profile_read(&profile));
		named = profile.region;
	}
	s3->region = text_copy(named ? named : REGION);
	return NULL;
}

static const char *given_endpoint(const struct store_target *target)
{
	if (target->endpoint)
		return target->endpoint;
	const char *own = s3_environment("AWS_ENDPOINT_URL_S3");
	return own ? own : s3_environment("AWS_ENDPOINT_URL");
}

/* A certificate for *.s3.REGION.amazonaws.com does not have the name of a bucket with dots. */
static bool by_path(const struct store_target *target, const char *endpoint)
{
	return target->path_style || (endpoint && !target->endpoint) || strchr(target->bucket, '.');
}

fallible s3_place(const struct store_target *target, struct s3 *s3)
{
	TRY(find_region(target, s3));
	const char *given = given_endpoint(target);
	AUTO(memory) char *endpoint =
		given ? text_copy(given) : text_format("https://s3.%s.amazonaws.com%s", s3->region,
						       text_starts(s3->region, "cn-") ? ".cn" : "");
	if (text_ends(endpoint, "/"))
		endpoint[strlen(endpoint) - 1] = '\0';
	char *host = strstr(endpoint, "://");
	if (!host || !host[3])
		return error_hint(error_new(ERR_SETTINGS, "the endpoint of S3 is no URL"),
				  "AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL must be https://host:port");
	host += 3;
	s3->by_aws = !given;
	AUTO(str) struct str path = {0};
	if (by_path(target, given)) {
		s3->host = text_copy(host);
		s3_encode_path(&path, target->bucket);
		s3->base = text_format("/%s", str_text(&path));
	} else {
		s3->host = text_format("%s.%s", target->bucket, host);
		s3->base = text_copy("");
	}
	s3->origin = text_format("%.*s%s", (int)(host - endpoint), endpoint, s3->host);
	s3->name = text_format("s3://%s/%s%s", target->bucket, target->prefix, *target->prefix ? "/" : "");
	s3->prefix = text_format("%s%s", target->prefix, *target->prefix ? "/" : "");
	log_debug("S3 at %s%s, region %s", s3->origin, s3->base, s3->region);
	return NULL;
}
