/* What the parts of `owctl backup drill` share. */
#ifndef COMMANDS_BACKUP_DRILLING_H
#define COMMANDS_BACKUP_DRILLING_H

#include "backup/drills.h"
#include "base/temp_folder.h"
#include "commands/backup/restoring.h"

struct drill_arguments {
	struct snapshot_choice choice;
	const char *repository, *identity, *scratch, *python, *metrics;
	int64_t wait; /* s, for the server */
	bool no_record;
};

/* What is done goes to the scratch place: `restoring` has a context of its own, whose settings are those of that place
 * and nothing of the installation's. */
struct drilling {
	struct context *context; /* of the command */
	const struct drill_arguments *arguments;
	struct restore_arguments restore;
	struct restoring restoring;
	struct context place;
	struct temp_folder folder;
	struct settings *settings; /* of the place */
	char *file; /* SQLite's; NULL: it goes elsewhere */
	bool loaded; /* a database that is not thrown away with the folder has tables by now */
	struct drill drill;
	size_t findings; /* by which the restored database differs from what its revision makes */
	int64_t started; /* ms, as clock_monotonic_ms */
};
void drilling_cleanup(struct drilling *drilling);

/* Whether a place can be had for it, with room on the disk: ERR_FAILED else; ERR_NO where the database has tables. */
fallible drill_place_check(struct drilling *drilling) MUST_CHECK;
/* Makes it, and takes away what drills left that were killed. */
fallible drill_place_make(struct drilling *drilling) MUST_CHECK;
/* Takes away what was restored. */
void drill_place_clear(struct drilling *drilling);

/* Restores, and looks at what came of it; drilling->drill.failed is the step that an error belongs to. */
fallible drill_restore(struct drilling *drilling) MUST_CHECK;

/* Starts the server of arguments->python on what was restored, asks it a few things, and ends it. ERR_NO where it does
 * not answer as it should; ERR_SETTINGS where it can't be started at all. */
fallible drill_server(struct drilling *drilling) MUST_CHECK;

#endif
