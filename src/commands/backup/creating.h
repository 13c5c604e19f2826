/* What the parts of `owctl backup create` share. */
#ifndef COMMANDS_BACKUP_CREATING_H
#define COMMANDS_BACKUP_CREATING_H

#include "backup/create.h"
#include "telemetry/metrics.h"
#include "commands/backup/backup.h"

/* What is read besides the installation's own database. */
struct sources {
	struct store *uploads, *vectors; /* NULL: there are none */
	char *vectors_folder;
	struct db *vectors_database; /* in a DB_READ transaction, where it is another one that has them; else NULL */
};
void sources_cleanup(struct sources *sources);

/* Right after the installation was opened. Tells of vectors that no snapshot can have. `repository`, as it was given,
 * may not be inside of what is read. */
fallible sources_open(struct context *context, const char *repository, const struct installation *installation,
		      struct sources *sources) MUST_CHECK;

/* What came of it, for who asks afterwards. */
struct made {
	struct metrics metrics; /* without a label they are not asked for */
	struct record record;   /* of the snapshot; without an ID: there is none */
};
void made_cleanup(struct made *made);

void made_measure(struct made *made, const struct snapshot_request *request);

/* For who looks on. */
void made_summarize(struct context *context, const struct snapshot_request *request, const struct record *record);

/* `record`: NULL in a dry run. */
fallible made_print(struct context *context, const struct snapshot_request *request, const struct record *record,
		    const struct strings *missing) MUST_CHECK;

#endif
