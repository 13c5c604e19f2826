/* Primary keys of tables that are older than the chain. */
#ifndef MIGRATE_PRIMARY_KEY_H
#define MIGRATE_PRIMARY_KEY_H

#include "migrate/blockers.h"

/* Makes sure that the table's primary key has the columns of `key` (which ends with NULL), by a constraint pk_TABLE.
 * Does nothing to a table that has it, is not there, or lacks a column. */
fallible primary_key_add(struct db *db, const char *table, const char *const *key) MUST_CHECK;

/* A blocker for each value that would keep primary_key_add from it: NULL, or one that stands twice. */
fallible primary_key_find_blockers(struct blockers *blockers, const char *table, const char *const *key) MUST_CHECK;

#endif
