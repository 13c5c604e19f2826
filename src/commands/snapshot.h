/* Making a snapshot of what the settings name: what `owctl backup create` and the migrations share. */
#ifndef COMMANDS_SNAPSHOT_H
#define COMMANDS_SNAPSHOT_H

#include <jansson.h>

#include "backup/record.h"
#include "cli/context.h"
#include "openwebui/installation.h"

/* What the settings say, as docs/backup-format.md has it; secrets as a part of their hash. `with_files`: also, as
 * SNAPSHOT_UPLOADS, what the paths of uploaded files begin with. */
#define SNAPSHOT_UPLOADS "uploads"
fallible command_snapshot_settings(struct settings *settings, const char *file, bool with_files, json_t **said)
	MUST_CHECK;

/* How a secret stands there: the first 16 digits of its hash, enough to see that another one is not the same. */
#define SNAPSHOT_SECRET_SIZE 17
void command_snapshot_secret(const char *value, char print[static SNAPSHOT_SECRET_SIZE]);

/* rows_source.more of the main database: `context` is a struct context. */
fallible command_open_another(void *context, struct db **db) MUST_CHECK;

/* The same of the database that has the vectors (VECTORS_OTHER_DATABASE). */
fallible command_open_vectors(void *context, struct db **db) MUST_CHECK;

/* How it is opened for a snapshot: at any revision, and for values of hundreds of megabytes. */
extern const struct installation_options command_snapshot_access;

/* Of the database alone, over connections of its own. Nothing is printed. */
fallible command_snapshot_database(struct context *context, const struct repository *repository,
				   const struct age_recipients *recipients, const struct strings *tags,
				   struct record *record) MUST_CHECK;

#endif
