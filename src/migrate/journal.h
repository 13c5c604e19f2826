/* What owctl did to a database, kept in the database: the table owctl_migration, one row a revision that owctl
 * applied to rows that were there. It is made with the first of them; Open WebUI does not look at it. */
#ifndef MIGRATE_JOURNAL_H
#define MIGRATE_JOURNAL_H

#include "migrate/work.h"

/* In the open write transaction: makes the table if there is none. */
fallible journal_open(struct installation *installation) MUST_CHECK;

/* Whether the revision was begun and cut off; then `work` gets what was kept of it, else the row is made. */
fallible journal_begin(struct work *work, bool *begun) MUST_CHECK;
/* How far it is: all of the current pass up to `after`. */
fallible journal_mark(struct work *work, const char *after) MUST_CHECK;
/* It is done. */
fallible journal_finish(struct work *work) MUST_CHECK;

#endif
