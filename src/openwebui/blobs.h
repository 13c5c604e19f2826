/* Where an installation keeps uploaded files and vectors: storage/provider.py and config.py of Open WebUI. */
#ifndef OPENWEBUI_BLOBS_H
#define OPENWEBUI_BLOBS_H

#include "settings/settings.h"
#include "store/store.h"

/* The folder DATA_DIR; where it is not set, the one that the SQLite database `file` (NULL: none) is in. ERR_SETTINGS
 * where neither is known. To be freed. */
fallible blobs_data_folder(struct settings *settings, const char *file, char **folder) MUST_CHECK;

/* Where uploads are, as STORAGE_PROVIDER says: the folder uploads in DATA_DIR, a bucket of S3 or Google
 * (S3_BUCKET_NAME, GCS_BUCKET_NAME, ..), or a container of Azure (openwebui/blobs_azure.h). ERR_SETTINGS where that is
 * not all there; ERR_FAILED for a provider that owctl does not know. */
fallible blobs_uploads(struct settings *settings, const char *file, struct store_target *target) MUST_CHECK;

/* What the paths of uploaded files begin with in the database, for these settings: adds the folder as it is named, and
 * as it is when links are followed, since releases differ; or the address of bucket or container. Each ends with
 * "/". */
fallible blobs_uploads_paths(struct settings *settings, const char *file, struct strings *paths) MUST_CHECK;

/* The folder that Chroma's files are in, vector_db in DATA_DIR. */
fallible blobs_vectors(struct settings *settings, const char *file, struct store_target *target) MUST_CHECK;

#endif
