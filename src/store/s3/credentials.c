#include "store/s3/credentials.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "store/web_ask.h"

struct s3_credentials {
	const char *region;
	struct http *http;
	pthread_mutex_t lock;
	s3_source *source; /* that has something; NULL: given, or not looked for yet */
	const char *name;
	struct s3_keys keys;
	struct store_renewal renewal;
};

static const struct {
	s3_source *source;
	const char *name;
} sources[] = {
	{s3_keys_of_environment, "the environment"},
	{s3_keys_of_web_identity, "the web identity"},
	{s3_keys_of_files, "the shared files"},
	{s3_keys_of_container, "the container"},
	{s3_keys_of_instance, "the instance's metadata"},
};

void s3_keys_cleanup(struct s3_keys *keys)
{
	secret_free(keys->access_key);
	secret_free(keys->secret_key);
	secret_free(keys->session_token);
	*keys = (struct s3_keys){0};
}

static struct s3_keys copy_of(const struct s3_keys *keys)
{
	return (struct s3_keys){.access_key = text_copy(keys->access_key),
				.secret_key = text_copy(keys->secret_key),
				.session_token = text_copy(keys->session_token),
				.ends = keys->ends};
}

struct s3_credentials *s3_credentials_new(const struct store_credentials *given, const char *region,
					  const struct http_options *options)
{
	struct s3_credentials *credentials = mem_new(1, sizeof *credentials);
	credentials->region = region;
	credentials->http = http_new(options);
	pthread_mutex_init(&credentials->lock, NULL);
	const char *secret = given->secret_key ? given->secret_key : "";
	if (given->access_key)
		credentials->keys = (struct s3_keys){.access_key = text_copy(given->access_key),
						     .secret_key = text_copy(secret),
						     .session_token = text_copy(given->session_token)};
	return credentials;
}

void s3_credentials_free(struct s3_credentials *credentials)
{
	if (!credentials)
		return;
	http_free(credentials->http);
	pthread_mutex_destroy(&credentials->lock);
	s3_keys_cleanup(&credentials->keys);
	free(credentials);
}

static fallible look_everywhere(struct s3_credentials *credentials, struct s3_keys *keys)
{
	for (size_t i = 0; i < COUNT(sources); i++) {
		bool found = false;
		TRY(error_wrap(sources[i].source(credentials->region, credentials->http, keys, &found),
			       "looking for credentials in %s", sources[i].name));
		if (!found)
			continue;
		log_debug("S3 credentials of %s", sources[i].name);
		credentials->source = sources[i].source;
		credentials->name = sources[i].name;
		return NULL;
	}
	return error_hint(error_new(ERR_PERMISSION, "there are no credentials for S3"),
			  "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE to a profile of "
			  "~/.aws/credentials; web identity, container and instance metadata had none either");
}

static fallible fetch(void *state)
{
	struct s3_credentials *credentials = state;
	struct s3_keys fresh = {0};
	bool found = false;
	struct error *error = NULL;
	if (!credentials->source)
		error = look_everywhere(credentials, &fresh);
	else
		error = error_wrap(credentials->source(credentials->region, credentials->http, &fresh, &found),
				   "fetching credentials of %s anew", credentials->name);
	if (!error && !fresh.access_key)
		error = error_new(ERR_PERMISSION, "%s has no credentials any more", credentials->name);
	if (error) {
		s3_keys_cleanup(&fresh);
		return error;
	}
	s3_keys_cleanup(&credentials->keys);
	credentials->keys = fresh;
	credentials->renewal.ends = fresh.ends;
	return NULL;
}

/* They go into headers. */
static fallible check_lines(const struct s3_keys *keys)
{
	bool broken = strpbrk(keys->access_key, "\r\n") ||
		      (keys->session_token && strpbrk(keys->session_token, "\r\n"));
	return broken ? error_hint(error_new(ERR_SETTINGS, "the credentials for S3 have a line break in them"),
				   "give access key and session token as one line each")
		      : NULL;
}

fallible s3_credentials_get(struct s3_credentials *credentials, struct s3_keys *keys)
{
	pthread_mutex_lock(&credentials->lock);
	bool there = credentials->keys.access_key;
	struct error *error = store_renew(&credentials->renewal, there, fetch, credentials);
	if (!error)
		error = check_lines(&credentials->keys);
	if (!error)
		*keys = copy_of(&credentials->keys);
	pthread_mutex_unlock(&credentials->lock);
	return error;
}

bool s3_credentials_refuse(struct s3_credentials *credentials, const struct s3_keys *keys)
{
	pthread_mutex_lock(&credentials->lock);
	bool same = text_equal(credentials->keys.session_token, keys->session_token) &&
		    text_equal(credentials->keys.access_key, keys->access_key);
	bool other = !same || credentials->source;
	if (same && credentials->source)
		credentials->renewal.refused = true;
	pthread_mutex_unlock(&credentials->lock);
	return other;
}
