/* What came of restoring snapshots to see whether they can be: docs/backup-format.md, "drills/ID.SNAPSHOT.json". */
#ifndef BACKUP_DRILLS_H
#define BACKUP_DRILLS_H

#include "backup/record.h"

/* Where a drill failed. */
enum drill_step { DRILL_NONE, DRILL_MANIFEST, DRILL_FILES, DRILL_ROWS, DRILL_DATABASE, DRILL_SERVER, DRILL_STEPS };
extern const char *const drill_step_names[DRILL_STEPS]; /* "manifest"; of DRILL_NONE NULL */

struct drill {
	char id[SNAPSHOT_ID_SIZE]; /* made as a snapshot's, of the time when it began */
	char snapshot[SNAPSHOT_ID_SIZE];
	int64_t time;
	char *label;   /* of the snapshot */
	char *owctl;   /* the version that did it */
	enum drill_step failed; /* DRILL_NONE: all went well */
	char *engine;  /* what it was restored into, "sqlite" or "postgresql" */
	char *release; /* of the server that was started on it; NULL: none was */
	uint64_t rows, files;
	int64_t seconds;
};
void drill_cleanup(struct drill *drill);
const char *drill_outcome(const struct drill *drill); /* "good", "failed" */

/* The key of their MACs. */
void drill_key(const struct repository *repository, const struct age_recipients *recipients,
	       unsigned char key[static DIGEST_SIZE]);

fallible drill_write(const struct repository *repository, const struct drill *drill,
		     const unsigned char key[static DIGEST_SIZE]) MUST_CHECK;

/* The names of all, oldest first. */
fallible drill_list(const struct repository *repository, struct strings *names) MUST_CHECK;

/* What is looked for. NULL: any. */
struct drill_choice {
	const char *snapshot, *label;
	bool good; /* only one that went well */
};

/* The last one of `names` that is looked for; *found false: there is none. `key`: as in record_read, of drill_key. One
 * that can't be read is told as a warning, and counts for nothing. */
fallible drill_find_last(const struct repository *repository, const struct strings *names, const unsigned char *key,
			 const struct drill_choice *choice, struct drill *drill, bool *found) MUST_CHECK;

/* After `drill` was written: removes those of its label whose snapshots are no more, and where it went well the older
 * ones of its snapshot. */
fallible drill_remove_old(const struct repository *repository, const struct drill *drill) MUST_CHECK;

#endif
