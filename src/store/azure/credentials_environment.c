/* What is in the environment itself. */
#include <string.h>

#include "base/memory.h"
#include "store/azure/connection.h"
#include "store/azure/credentials.h"
#include "store/web.h"

/* The portal shows it with the "?" of a query. */
static char *signature_of(const char *text)
{
	return text_copy(text + (*text == '?'));
}

fallible azure_keys_of_environment(const char *account, struct http *http, struct azure_keys *keys, bool *found)
{
	(void)account, (void)http;
	const char *key = store_environment("AZURE_STORAGE_KEY");
	const char *signature = store_environment("AZURE_STORAGE_SAS_TOKEN");
	*found = key || signature;
	if (key)
		*keys = (struct azure_keys){.kind = AZURE_KEY, .secret = text_copy(key)};
	else if (signature)
		*keys = (struct azure_keys){.kind = AZURE_SAS, .secret = signature_of(signature)};
	return NULL;
}

fallible azure_keys_of_connection(const char *account, struct http *http, struct azure_keys *keys, bool *found)
{
	(void)http;
	AUTO(azure_connection) struct azure_connection connection = {0};
	TRY(azure_connection_read(&connection));
	*found = connection.key || connection.signature;
	if (*found && connection.account && strcmp(connection.account, account) != 0)
		return error_hint(error_new(ERR_SETTINGS, "AZURE_STORAGE_CONNECTION_STRING is that of the account %s, "
							  "and the location of %s", connection.account, account),
				  "take the connection string of the account in the location");
	if (connection.key)
		*keys = (struct azure_keys){.kind = AZURE_KEY, .secret = text_copy(connection.key)};
	else if (connection.signature)
		*keys = (struct azure_keys){.kind = AZURE_SAS, .secret = signature_of(connection.signature)};
	return NULL;
}
