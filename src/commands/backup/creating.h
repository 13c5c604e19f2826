/* What the parts of `owctl backup create` share. */
#ifndef COMMANDS_BACKUP_CREATING_H
#define COMMANDS_BACKUP_CREATING_H

#include "backup/create.h"
#include "backup/metrics.h"
#include "commands/backup/backup.h"

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
