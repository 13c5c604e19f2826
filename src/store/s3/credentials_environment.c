#include "base/memory.h"
#include "store/s3/credentials.h"

fallible s3_keys_of_environment(const char *region, struct http *http, struct s3_keys *keys, bool *found)
{
	(void)region, (void)http;
	const char *access = s3_environment("AWS_ACCESS_KEY_ID"), *secret = s3_environment("AWS_SECRET_ACCESS_KEY");
	if (!access != !secret)
		return error_hint(error_new(ERR_SETTINGS,
					    "of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only one is set"),
				  "set both, or none");
	*found = access;
	*keys = (struct s3_keys){.access_key = text_copy(access),
				 .secret_key = text_copy(secret),
				 .session_token = text_copy(s3_environment("AWS_SESSION_TOKEN"))};
	return NULL;
}
