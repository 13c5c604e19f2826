/* A table of the chain that is not there, made again. */
#ifndef MIGRATE_FAULTS_TABLE_AGAIN_H
#define MIGRATE_FAULTS_TABLE_AGAIN_H

#include "db/db.h"
#include "openwebui/revision.h"

/* In the open transaction: makes the table without rows as it is at `revision`, with what all revisions up to that one
 * make of it: columns, keys, indexes. */
fallible table_make_again(struct db *db, const char *table, const struct revision *revision) MUST_CHECK;

#endif
