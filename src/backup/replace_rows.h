/* Rows of some tables of a snapshot in place of those that a database has of them; the tables themselves stay, and with
 * them what its owner has added. */
#ifndef BACKUP_REPLACE_ROWS_H
#define BACKUP_REPLACE_ROWS_H

#include "backup/load_rows.h"
#include "backup/manifest.h"

/* Whether the open transaction's database can take the rows of the tables that `copy` has: ERR_NO unless it is at the
 * snapshot's revision, with all of these tables and columns, and no migration under way. `more` gets columns that the
 * snapshot does not have ("chat.mine"): in all rows they get what a new row would. */
fallible replace_rows_check(struct db *db, const struct manifest *manifest, const struct database_copy *copy,
			    struct strings *more) MUST_CHECK;

/* Replaces them in the open DB_WRITE transaction, where replace_rows_check was right, and reads them back. ERR_NO where
 * foreign keys would lead nowhere that did not before. target->aside as in database_restore. */
fallible replace_rows(const struct rows_target *target, const struct database_copy *copy) MUST_CHECK;

/* ERR_NO unless the database is at the snapshot's revision, and no migration is under way. */
fallible same_revision_check(struct db *db, const struct manifest *manifest) MUST_CHECK;

#endif
