/* What the new schema has no place for, kept in the database all the same: the table owctl_kept has a row for each
 * value, with the table, the column and the row's id that it was in. It is made with the first of them; Open WebUI does
 * not look at it. */
#ifndef MIGRATE_KEPT_H
#define MIGRATE_KEPT_H

#include "migrate/batch.h"
#include "migrate/work.h"

#define KEPT_TABLE "owctl_kept"
fallible kept_make(struct db *db) MUST_CHECK; /* where it is not there yet */

struct kept {
	const char *table, *column;
	const char *what; /* happened, for people: "is no JSON; it becomes null" */
	struct batch rows;
	size_t told;
};
void kept_cleanup(struct kept *kept);

/* Copies the value, and warns. */
void kept_add(struct kept *kept, const char *id, struct db_value value);

/* Writes and forgets them. */
fallible kept_write(struct kept *kept, struct work *work) MUST_CHECK;

/* Forgets what was written of a column, of the rows in work->only or of all: they are looked through again. */
fallible kept_forget(struct work *work, const char *table, const char *column) MUST_CHECK;

#endif
