#include "openwebui/blobs_azure.h"

#include <string.h>

#include "base/memory.h"
#include "base/percent.h"

struct container {
	const char *endpoint, *name, *key;
};

static fallible read_container(struct settings *settings, struct container *said)
{
	TRY(settings_get(settings, "AZURE_STORAGE_ENDPOINT", &said->endpoint));
	TRY(settings_get(settings, "AZURE_STORAGE_CONTAINER_NAME", &said->name));
	TRY(settings_get(settings, "AZURE_STORAGE_KEY", &said->key));
	if (said->endpoint && said->name)
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "STORAGE_PROVIDER is azure, and %s is not set",
				    said->endpoint ? "AZURE_STORAGE_CONTAINER_NAME" : "AZURE_STORAGE_ENDPOINT"),
			  "take the settings that the server has, as with --env-file");
}

/* As Azure's SDK reads it: what stands before ".blob." in the host; of a server that has no such hosts, the path. To be
 * freed, also after an error. */
static fallible account_of(const char *endpoint, char **account)
{
	const char *host = strstr(endpoint, "://");
	host = host ? host + 3 : endpoint;
	size_t size = strcspn(host, "/?");
	const char *blob = memmem(host, size, ".blob.", strlen(".blob."));
	const char *path = host + size + (host[size] == '/');
	*account = blob ? text_copy_n(host, (size_t)(blob - host)) : text_copy_n(path, strcspn(path, "/?"));
	if (**account)
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "AZURE_STORAGE_ENDPOINT does not tell the account"),
			  "owctl knows addresses as https://ACCOUNT.blob.core.windows.net");
}

fallible blobs_azure(struct settings *settings, const char *file, struct store_target *target)
{
	(void)file;
	struct container said = {0};
	AUTO(memory) char *account = NULL;
	AUTO(str) struct str location = {0};
	TRY(read_container(settings, &said));
	TRY(account_of(said.endpoint, &account));
	str_add(&location, "azure://");
	percent_encode(&location, account, strlen(account), "");
	str_add_char(&location, '/');
	percent_encode(&location, said.name, strlen(said.name), "");
	str_add(&location, "?endpoint=");
	percent_encode(&location, said.endpoint, strlen(said.endpoint), "");
	TRY(store_target_parse(str_text(&location), target));
	target->credentials = (struct store_credentials){.secret_key = said.key};
	return NULL;
}

fallible blobs_azure_paths(struct settings *settings, const char *file, struct strings *paths)
{
	(void)file;
	struct container said = {0};
	TRY(read_container(settings, &said));
	strings_add_taken(paths, text_format("%s/%s/", said.endpoint, said.name));
	return NULL;
}
