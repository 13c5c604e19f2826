#include "store/azure/credentials.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "store/web_ask.h"

struct azure_credentials {
	const char *account;
	struct http *http;
	pthread_mutex_t lock;
	azure_source *source; /* that has something; NULL: given, or not looked for yet */
	const char *name;
	struct azure_keys keys;
	struct store_renewal renewal;
};

static const struct {
	azure_source *source;
	const char *name;
} sources[] = {
	{azure_keys_of_environment, "the environment"},
	{azure_keys_of_connection, "the connection string"},
	{azure_keys_of_client_secret, "the client secret"},
	{azure_keys_of_workload, "the workload identity"},
	{azure_keys_of_service, "the managed identity of the service"},
	{azure_keys_of_instance, "the instance's metadata"},
};

void azure_keys_cleanup(struct azure_keys *keys)
{
	secret_free(keys->secret);
	*keys = (struct azure_keys){0};
}

struct azure_credentials *azure_credentials_new(const struct store_credentials *given, const char *account,
						const struct http_options *options)
{
	struct azure_credentials *credentials = mem_new(1, sizeof *credentials);
	credentials->account = account;
	credentials->http = http_new(options);
	pthread_mutex_init(&credentials->lock, NULL);
	credentials->keys = (struct azure_keys){.kind = AZURE_KEY, .secret = text_copy(given->secret_key)};
	return credentials;
}

void azure_credentials_free(struct azure_credentials *credentials)
{
	if (!credentials)
		return;
	http_free(credentials->http);
	pthread_mutex_destroy(&credentials->lock);
	azure_keys_cleanup(&credentials->keys);
	free(credentials);
}

static fallible look_everywhere(struct azure_credentials *credentials, struct azure_keys *keys)
{
	for (size_t i = 0; i < COUNT(sources); i++) {
		bool found = false;
		TRY(error_wrap(sources[i].source(credentials->account, credentials->http, keys, &found),
			       "looking for credentials in %s", sources[i].name));
		if (!found)
			continue;
		log_debug("Azure credentials of %s", sources[i].name);
		credentials->source = sources[i].source;
		credentials->name = sources[i].name;
		return NULL;
	}
	return error_hint(error_new(ERR_PERMISSION, "there are no credentials for Azure"),
			  "set AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_CONNECTION_STRING; client "
			  "secret, workload identity and managed identity had none either");
}

/* They go into headers, or into a URL. */
static fallible check_lines(const struct azure_keys *keys)
{
	for (const char *at = keys->secret; *at; at++)
		if (*at <= ' ' || *at > '~' || (keys->kind == AZURE_SAS && *at == '#'))
			return error_hint(error_new(ERR_SETTINGS, "the credentials for Azure have a blank or a line "
								  "break in them, or what is no letter"),
					  "give them as one word each");
	return NULL;
}

static fallible fetch(void *state)
{
	struct azure_credentials *credentials = state;
	struct azure_keys fresh = {0};
	bool found = false;
	struct error *error = NULL;
	if (!credentials->source)
		error = look_everywhere(credentials, &fresh);
	else
		error = error_wrap(credentials->source(credentials->account, credentials->http, &fresh, &found),
				   "fetching credentials of %s anew", credentials->name);
	if (!error && !fresh.secret)
		error = error_new(ERR_PERMISSION, "%s has no credentials any more", credentials->name);
	if (!error)
		error = check_lines(&fresh);
	if (error) {
		azure_keys_cleanup(&fresh);
		return error;
	}
	azure_keys_cleanup(&credentials->keys);
	credentials->keys = fresh;
	credentials->renewal.ends = fresh.ends;
	return NULL;
}

fallible azure_credentials_get(struct azure_credentials *credentials, struct azure_keys *keys)
{
	pthread_mutex_lock(&credentials->lock);
	struct error *error = store_renew(&credentials->renewal, credentials->keys.secret, fetch, credentials);
	if (!error)
		*keys = (struct azure_keys){.kind = credentials->keys.kind,
					    .secret = text_copy(credentials->keys.secret),
					    .ends = credentials->keys.ends};
	pthread_mutex_unlock(&credentials->lock);
	return error;
}

bool azure_credentials_refuse(struct azure_credentials *credentials, const struct azure_keys *keys)
{
	pthread_mutex_lock(&credentials->lock);
	bool same = text_equal(credentials->keys.secret, keys->secret);
	bool other = !same || credentials->source;
	if (same && credentials->source)
		credentials->renewal.refused = true;
	pthread_mutex_unlock(&credentials->lock);
	return other;
}
