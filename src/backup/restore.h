/* Bringing the database of a snapshot back. */
#ifndef BACKUP_RESTORE_H
#define BACKUP_RESTORE_H

#include "backup/load_rows.h"
#include "backup/manifest.h"
#include "backup/set_aside.h"

/* In an open DB_WRITE transaction on a database that has none of these tables: makes the tables of `copy`, loads their
 * rows, checks what was loaded by reading it back, and makes indexes and keys. All is there with the commit, or
 * nothing.
 *   On the engine that the snapshot was made of, the tables are those that it had. On another one they are those that
 * owctl makes for its revision; tables that Open WebUI does not have are left out, and told in `left_out`.
 * Rows that it does not take, and those whose foreign keys then lead nowhere, are in target->aside; without a path
 * there, ERR_INPUT. */
fallible database_restore(const struct rows_target *target, const struct manifest *manifest,
			  const struct database_copy *copy, struct strings *left_out) MUST_CHECK;

#endif
