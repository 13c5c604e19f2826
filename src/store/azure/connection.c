#include "store/azure/connection.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/str.h"
#include "store/web.h"

void azure_connection_cleanup(struct azure_connection *connection)
{
	secret_free(connection->account);
	secret_free(connection->key);
	secret_free(connection->signature);
	secret_free(connection->endpoint);
	*connection = (struct azure_connection){0};
}

struct parts {
	struct azure_connection *connection;
	char *protocol, *suffix;
};

static fallible take_part(struct parts *parts, const char *part, size_t size)
{
	struct azure_connection *connection = parts->connection;
	const struct {
		const char *name;
		char **value;
	} known[] = {
		{"AccountName", &connection->account},	 {"AccountKey", &connection->key},
		{"BlobEndpoint", &connection->endpoint}, {"SharedAccessSignature", &connection->signature},
		{"EndpointSuffix", &parts->suffix},	 {"DefaultEndpointsProtocol", &parts->protocol},
	};
	const char *equals = memchr(part, '=', size);
	size_t length = equals ? (size_t)(equals - part) : 0;
	if (!length)
		return error_hint(error_new(ERR_SETTINGS, "AZURE_STORAGE_CONNECTION_STRING is not one"),
				  "take it as `az storage account show-connection-string` shows it");
	for (size_t i = 0; i < COUNT(known); i++) {
		if (strlen(known[i].name) != length || strncasecmp(known[i].name, part, length) != 0)
			continue;
		secret_free(*known[i].value);
		*known[i].value = text_copy_n(equals + 1, size - length - 1);
	}
	return NULL;
}

static fallible take_all(struct parts *parts, const char *text)
{
	for (const char *at = text; *at; at += *at == ';') {
		size_t size = strcspn(at, ";");
		if (size)
			TRY(take_part(parts, at, size));
		at += size;
	}
	return NULL;
}

fallible azure_connection_read(struct azure_connection *connection)
{
	struct parts parts = {.connection = connection};
	const char *text = store_environment("AZURE_STORAGE_CONNECTION_STRING");
	struct error *error = text ? take_all(&parts, text) : NULL;
	if (!connection->endpoint && connection->account && (parts.suffix || parts.protocol))
		connection->endpoint = text_format("%s://%s.blob.%s", parts.protocol ? parts.protocol : "https",
						   connection->account,
						   parts.suffix ? parts.suffix : "core.windows.net");
	free(parts.protocol);
	free(parts.suffix);
	return error;
}
