/* Which server. */
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/percent.h"
#include "store/azure/azure.h"
#include "store/azure/connection.h"

/* Of a connection string, where it is that of this account. */
static fallible find_endpoint(const struct store_target *target, char **endpoint)
{
	AUTO(azure_connection) struct azure_connection connection = {0};
	*endpoint = text_copy(target->endpoint);
	if (!*endpoint)
		TRY(azure_connection_read(&connection));
	if (connection.endpoint && (!connection.account || !strcmp(connection.account, target->account)))
		*endpoint = text_copy(connection.endpoint);
	if (!*endpoint)
		*endpoint = text_format("https://%s.blob.core.windows.net", target->account);
	return NULL;
}

fallible azure_place(const struct store_target *target, struct azure *azure)
{
	AUTO(memory) char *endpoint = NULL;
	TRY(find_endpoint(target, &endpoint));
	const char *host = strstr(endpoint, "://");
	if (!host || !host[3] || strpbrk(endpoint, "?#@"))
		return error_hint(error_new(ERR_SETTINGS, "the endpoint of the storage account is no URL"),
				  "BlobEndpoint of AZURE_STORAGE_CONNECTION_STRING must be as https://host:port");
	size_t origin = (size_t)(host - endpoint) + 3 + strcspn(host + 3, "/"), size = strlen(endpoint);
	while (size > origin && endpoint[size - 1] == '/')
		size--;
	AUTO(str) struct str base = {0};
	str_add_n(&base, endpoint + origin, size - origin);
	str_add_char(&base, '/');
	percent_encode(&base, target->bucket, strlen(target->bucket), "");
	azure->origin = text_copy_n(endpoint, origin);
	azure->base = str_take(&base);
	azure->account = text_copy(target->account);
	azure->prefix = text_format("%s%s", target->prefix, *target->prefix ? "/" : "");
	azure->name = text_format("azure://%s/%s/%s", target->account, target->bucket, azure->prefix);
	azure->tier = text_copy(target->storage_class);
	log_debug("Azure at %s%s", azure->origin, azure->base);
	return NULL;
}
