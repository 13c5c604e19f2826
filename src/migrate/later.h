/* Beside a running server, on PostgreSQL: what would lock a large table against writers for as long as all its rows are
 * read. An index is made CONCURRENTLY and a foreign key is added NOT VALID and then validated, once the transactions of
 * the revision are over, and before it is recorded as done. What the catalogue has in the end is the same. */
#ifndef MIGRATE_LATER_H
#define MIGRATE_LATER_H

#include "migrate/work.h"

/* Runs a script of the chain, as alter_script does, but for what is left for later_do; that sets work->later. */
fallible later_script(struct work *work, const char *sql) MUST_CHECK;

/* So large that what takes long on it is left for later. PostgreSQL; a table that is not there is not large. */
fallible later_is_large(struct db *db, const char *table, bool *large) MUST_CHECK;

/* Does what is left, in work's transaction up to now, which is committed, and outside of one; without an error a new
 * one is open afterwards. What is there already stays, but for an index that was begun and is not valid: it is made
 * again. A lock is waited for up to work->run->manner.lock_wait_s in one go: nobody who reads or writes rows waits
 * behind that. */
fallible later_do(struct work *work) MUST_CHECK;

#endif
