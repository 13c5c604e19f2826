#include "store/s3/credentials.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "store/web_ask.h"

struct s3_sources {
	const struct {
		s3_source *source;
		const char *name;
	} rows[5]; /* up to one without a source */
	const char *provider, *hint; /* where there are none */
};

struct s3_credentials {
	const struct s3_sources *sources;
	struct s3_asking asking;
	char *account, *account_file;
	pthread_mutex_t lock;
	s3_source *source; /* that has something; NULL: given, or not looked for yet */
	const char *name;
	struct s3_keys keys;
	struct store_renewal renewal;
};

const struct s3_sources s3_sources_aws = {
	.rows = {{s3_keys_of_environment, "the environment"},
		 {s3_keys_of_web_identity, "the web identity"},
		 {s3_keys_of_files, "the shared files"},
		 {s3_keys_of_container, "the container"},
		 {s3_keys_of_instance, "the instance's metadata"}},
	.provider = "S3",
	.hint = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE to a profile of ~/.aws/credentials; "
		"web identity, container and instance metadata had none either",
};

const struct s3_sources s3_sources_google = {
	.rows = {{gs_token_of_target, "the settings"},
		 {gs_keys_of_environment, "the environment"},
		 {gs_token_of_account, "the account"},
		 {gs_token_of_instance, "the instance's metadata"}},
	.provider = "Google Cloud Storage",
	.hint = "set GS_ACCESS_KEY_ID and GS_SECRET_ACCESS_KEY (HMAC keys), or GOOGLE_APPLICATION_CREDENTIALS to the "
		"file of a service account; the instance's metadata had none either",
};

void s3_keys_cleanup(struct s3_keys *keys)
{
	secret_free(keys->access_key);
	secret_free(keys->secret_key);
	secret_free(keys->session_token);
	secret_free(keys->bearer);
	*keys = (struct s3_keys){0};
}

static struct s3_keys copy_of(const struct s3_keys *keys)
{
	return (struct s3_keys){.access_key = text_copy(keys->access_key),
				.secret_key = text_copy(keys->secret_key),
				.session_token = text_copy(keys->session_token),
				.bearer = text_copy(keys->bearer),
				.ends = keys->ends};
}

static bool has_keys(const struct s3_keys *keys)
{
	return keys->access_key || keys->bearer;
}

struct s3_credentials *s3_credentials_new(const struct store_credentials *given, const struct s3_sources *sources,
					  const char *region, const struct http_options *options)
{
	struct s3_credentials *credentials = mem_new(1, sizeof *credentials);
	credentials->sources = sources;
	credentials->account = text_copy(given->account);
	credentials->account_file = text_copy(given->account_file);
	credentials->asking = (struct s3_asking){.region = region,
						 .account = credentials->account,
						 .account_file = credentials->account_file,
						 .http = http_new(options)};
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
	http_free(credentials->asking.http);
	secret_free(credentials->account);
	free(credentials->account_file);
	pthread_mutex_destroy(&credentials->lock);
	s3_keys_cleanup(&credentials->keys);
	free(credentials);
}

static fallible look_everywhere(struct s3_credentials *credentials, struct s3_keys *keys)
{
	const struct s3_sources *sources = credentials->sources;
	for (size_t i = 0; i < COUNT(sources->rows) && sources->rows[i].source; i++) {
		bool found = false;
		TRY(error_wrap(sources->rows[i].source(&credentials->asking, keys, &found),
			       "looking for credentials in %s", sources->rows[i].name));
		if (!found)
			continue;
		log_debug("%s credentials of %s", sources->provider, sources->rows[i].name);
		credentials->source = sources->rows[i].source;
		credentials->name = sources->rows[i].name;
		return NULL;
	}
	return error_hint(error_new(ERR_PERMISSION, "there are no credentials for %s", sources->provider), "%s",
			  sources->hint);
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
		error = error_wrap(credentials->source(&credentials->asking, &fresh, &found),
				   "fetching credentials of %s anew", credentials->name);
	if (!error && !has_keys(&fresh))
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
	const char *const lines[] = {keys->access_key, keys->session_token, keys->bearer};
	for (size_t i = 0; i < COUNT(lines); i++)
		if (lines[i] && strpbrk(lines[i], "\r\n"))
			return error_hint(error_new(ERR_SETTINGS, "the credentials have a line break in them"),
					  "give each of them as one line");
	return NULL;
}

fallible s3_credentials_get(struct s3_credentials *credentials, struct s3_keys *keys)
{
	pthread_mutex_lock(&credentials->lock);
	bool there = has_keys(&credentials->keys);
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
		    text_equal(credentials->keys.access_key, keys->access_key) &&
		    text_equal(credentials->keys.bearer, keys->bearer);
	bool other = !same || credentials->source;
	if (same && credentials->source)
		credentials->renewal.refused = true;
	pthread_mutex_unlock(&credentials->lock);
	return other;
}
