/* AZURE_STORAGE_CONNECTION_STRING. Source: "Configure Azure Storage connection strings" (storage-configure-connection-
 * string): NAME=VALUE, divided by ";". Read are AccountName, AccountKey, SharedAccessSignature, BlobEndpoint, and
 * DefaultEndpointsProtocol with EndpointSuffix, which an endpoint is made of where there is none. */
#ifndef STORE_AZURE_CONNECTION_H
#define STORE_AZURE_CONNECTION_H

#include "base/error.h"

struct azure_connection {
	char *account, *key, *signature, *endpoint; /* NULL where it does not say */
};
void azure_connection_cleanup(struct azure_connection *connection); /* wipes it */

/* All NULL where the environment has none. ERR_SETTINGS where it is not one; what it holds is not told. */
fallible azure_connection_read(struct azure_connection *connection) MUST_CHECK;

#endif
