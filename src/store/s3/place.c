/* Which server, which host, which region. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "store/s3/s3.h"

/* A certificate for *.s3.REGION.amazonaws.com does not have the name of a bucket with dots. */
static bool by_path(const struct store_target *target, bool own)
{
	return target->path_style || (!own && !target->endpoint) || strchr(target->bucket, '.');
}

static fallible place_at(const struct store_target *target, char *endpoint, bool own, struct s3 *s3)
{
	if (text_ends(endpoint, "/"))
		endpoint[strlen(endpoint) - 1] = '\0';
	char *host = strstr(endpoint, "://");
	if (!host || !host[3])
		return error_hint(error_new(ERR_SETTINGS, "the endpoint of the store is no URL"),
				  "%s must be https://host:port", s3->dialect->endpoint_variables);
	host += 3;
	s3->by_aws = own && s3->dialect == &s3_dialect_aws;
	AUTO(str) struct str path = {0};
	if (by_path(target, own)) {
		s3->host = text_copy(host);
		s3_encode_path(&path, target->bucket);
		s3->base = text_format("/%s", str_text(&path));
	} else {
		s3->host = text_format("%s.%s", target->bucket, host);
		s3->base = text_copy("");
	}
	s3->origin = text_format("%.*s%s", (int)(host - endpoint), endpoint, s3->host);
	s3->name = text_format("%s://%s/%s%s", s3->dialect->scheme, target->bucket, target->prefix,
			       *target->prefix ? "/" : "");
	s3->prefix = text_format("%s%s", target->prefix, *target->prefix ? "/" : "");
	log_debug("%s at %s%s, region %s", s3->dialect->scheme, s3->origin, s3->base, s3->region);
	return NULL;
}

fallible s3_place(const struct store_target *target, struct s3 *s3)
{
	bool own = false;
	AUTO(memory) char *endpoint = NULL;
	TRY(s3->dialect->place(target, &s3->region, &endpoint, &own));
	return place_at(target, endpoint, own, s3);
}
