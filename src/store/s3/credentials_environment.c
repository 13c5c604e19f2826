#include "base/memory.h"
#include "store/s3/credentials.h"

static fallible read_pair(const char *access_name, const char *secret_name, struct s3_keys *keys, bool *found)
{
	const char *access = store_environment(access_name), *secret = store_environment(secret_name);
	if (!access != !secret)
		return error_hint(error_new(ERR_SETTINGS, "of %s and %s only one is set", access_name, secret_name),
				  "set both, or none");
	*found = access;
	*keys = (struct s3_keys){.access_key = text_copy(access), .secret_key = text_copy(secret)};
	return NULL;
}

fallible s3_keys_of_environment(const struct s3_asking *asking, struct s3_keys *keys, bool *found)
{
	(void)asking;
	TRY(read_pair("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", keys, found));
	keys->session_token = *found ? text_copy(store_environment("AWS_SESSION_TOKEN")) : NULL;
	return NULL;
}

fallible gs_keys_of_environment(const struct s3_asking *asking, struct s3_keys *keys, bool *found)
{
	(void)asking;
	return read_pair("GS_ACCESS_KEY_ID", "GS_SECRET_ACCESS_KEY", keys, found);
}
