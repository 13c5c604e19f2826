/* What is in a snapshot, and where: docs/backup-format.md, "Members of a manifest". */
#ifndef BACKUP_MANIFEST_H
#define BACKUP_MANIFEST_H

#include <jansson.h>

#include "backup/files.h"
#include "backup/tables.h"

#define SECRETS_MEMBER "secrets.env"

struct database_copy {
	char *name; /* as in database_names */
	char *engine, *version; /* "sqlite" or "postgresql" */
	struct tables tables;
	char *before, *after; /* SQL: what makes the tables, and what follows their rows */
};

struct manifest {
	char snapshot[SNAPSHOT_ID_SIZE];
	int64_t time;
	char *label;
	struct age_recipients recipients;
	char *release, *revision; /* of Open WebUI; the release is NULL where none has that revision as its newest */
	json_t *settings;
	char *secrets; /* keys of Open WebUI's, as lines of an env file; NULL: it has none */
	struct database_copy *databases;
	size_t database_count;
	struct files files;
};
void manifest_cleanup(struct manifest *manifest);

struct database_copy *manifest_add_database(struct manifest *manifest, const char *name); /* the newest stays valid */
const struct database_copy *manifest_database(const struct manifest *manifest, const char *name); /* NULL: none */

fallible manifest_write(const struct repository *repository, const struct manifest *manifest,
			struct object_seal *seal) MUST_CHECK;

/* Reads the manifest of a snapshot; checks that it is the one that `record` means, and, where the recipients that it
 * names and `record` do not belong together (record_read with their key), ERR_INPUT. */
fallible manifest_read(const struct repository *repository, const struct record *record,
		       const struct age_identities *identities, struct manifest *manifest) MUST_CHECK;

#endif
