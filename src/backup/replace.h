/* Restoring over what a database has: which of its tables go, and which stay. */
#ifndef BACKUP_REPLACE_H
#define BACKUP_REPLACE_H

#include "backup/manifest.h"

/* Of the open transaction's database: `gone` gets the tables that the snapshot takes the place of: Open WebUI's, and
 * those that owctl or the releases made for themselves; on the snapshot's engine also all that it has, and where it is
 * the database of the vectors these alone. The others are the owner's, and stay. ERR_NO names what would not live
 * through that: views, and on PostgreSQL foreign keys of tables that stay; ERR_FAILED for a revision that this owctl
 * does not know, whose tables it can't tell from others. */
fallible replace_plan(struct db *db, const struct manifest *manifest, const struct database_copy *copy,
		      struct strings *gone) MUST_CHECK;

/* `own` gets what is the owner's on these tables (migrate/own.h): columns, indexes, triggers go with them, and are
 * there again only if the snapshot has them. */
fallible replace_find_own(struct db *db, const struct strings *gone, struct strings *own) MUST_CHECK;

/* Drops them, in the open DB_WRITE transaction. */
fallible replace_drop(struct db *db, const struct strings *gone) MUST_CHECK;

#endif
