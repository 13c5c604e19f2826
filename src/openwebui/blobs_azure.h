/* Uploads in Azure Blob Storage, as AzureStorageProvider of storage/provider.py has them: in a container, by their
 * names alone. */
#ifndef OPENWEBUI_BLOBS_AZURE_H
#define OPENWEBUI_BLOBS_AZURE_H

#include "settings/settings.h"
#include "store/store.h"

/* What the table of openwebui/blobs.c asks, which has no use for `file` here.
 *   By AZURE_STORAGE_ENDPOINT, AZURE_STORAGE_CONTAINER_NAME and AZURE_STORAGE_KEY; without a key, whatever credentials
 * the environment has for Azure. ERR_SETTINGS where one of the first two is not set, or tells no account. */
fallible blobs_azure(struct settings *settings, const char *file, struct store_target *target) MUST_CHECK;

/* What the paths of files begin with in the database: "https://account.blob.core.windows.net/container/". */
fallible blobs_azure_paths(struct settings *settings, const char *file, struct strings *paths) MUST_CHECK;

#endif
