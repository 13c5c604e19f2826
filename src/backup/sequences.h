/* Numbers that the engine gives out by itself: rows that were loaded have some of them. */
#ifndef BACKUP_SEQUENCES_H
#define BACKUP_SEQUENCES_H

#include "db/db.h"

/* In the open DB_WRITE transaction: the sequences of a table's columns (SERIAL, IDENTITY) go on behind the largest
 * number that is there. Nothing to do on SQLite, which looks for itself. */
fallible sequences_go_on(struct db *db, const char *table) MUST_CHECK;

#endif
