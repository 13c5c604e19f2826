/* What owctl did to a database, kept in the database: the table owctl_migration, one row a revision that owctl
 * applied to rows that were there. It is made with the first of them; Open WebUI does not look at it. */
#ifndef MIGRATE_JOURNAL_H
#define MIGRATE_JOURNAL_H

#include "migrate/work.h"

#define JOURNAL_TABLE "owctl_migration"

/* In the open write transaction: makes the table if there is none. */
fallible journal_make(struct db *db) MUST_CHECK;
/* The same, and forgets what was done at an earlier time to revisions that are pending again. */
fallible journal_open(struct installation *installation) MUST_CHECK;

/* Whether the revision was begun and cut off; then `work` gets what was kept of it, else the row is made. */
fallible journal_begin(struct work *work, bool *begun) MUST_CHECK;
/* How far it is: all of the current pass up to `after`. */
fallible journal_mark(struct work *work, const char *after) MUST_CHECK;
/* How far it is behind the passes, as if these were passes that come after all others. */
enum journal_stage { JOURNAL_COMPLETE = 1000, JOURNAL_IN_PLACE };
fallible journal_mark_stage(struct work *work, enum journal_stage stage) MUST_CHECK;
/* It is done. */
fallible journal_finish(struct work *work) MUST_CHECK;

/* ---- reading ---- */

struct journal_entry {
	const struct revision *revision;
	int64_t started_at, finished_at; /* seconds; finished_at 0: it was cut off, or is under way */
	int64_t rows;
	char *owctl; /* the version that did it */
	char *backup; /* the copy that its run was begun with, until that gets to its end; whoever may write to the
		       * database may have written it: it is told, and looked at with stat, and no more; or NULL */
};
struct journal {
	struct journal_entry *entries;
	size_t count;
};
void journal_cleanup(struct journal *journal);

/* What owctl did to the rows of this database; nothing where there is no such table. */
fallible journal_read(struct installation *installation, struct journal *journal) MUST_CHECK;

/* The entry of a revision, or NULL. */
const struct journal_entry *journal_find(const struct journal *journal, const struct revision *revision);

/* Whether owctl was cut off in this revision, or is at it: it is the next one, and begun, and the database was not put
 * back since. */
fallible journal_is_open(struct installation *installation, const struct revision *revision, bool *open) MUST_CHECK;
/* The revision in which owctl was cut off, or NULL. Half-way from one revision to the next a database is neither. */
fallible journal_cut_off(struct installation *installation, const struct revision **revision) MUST_CHECK;
/* Whether it was owctl that recorded what is recorded now. */
fallible journal_has_recorded(struct installation *installation, bool *has) MUST_CHECK;
/* Whether a run of owctl did not get to its end, and the next goes on with it: at the revision in which it was cut
 * off, or behind the last that it did. *backup is what the journal tells of its copy, to be freed; NULL: it tells of
 * none, and only of one that was cut off in a revision it is known then that there was a run. */
fallible journal_goes_on(struct installation *installation, bool *goes_on, char **backup) MUST_CHECK;
/* Outside a transaction: a run that goes on has made a copy anew. It is kept at once, as the run may be cut off before
 * it gets on. */
fallible journal_keep_backup(struct installation *installation, const char *backup) MUST_CHECK;
/* In the open write transaction. */
fallible journal_forget(struct db *db, const struct revision *revision) MUST_CHECK;

#endif
