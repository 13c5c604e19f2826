/* Changes of tables that SQLite can make only by making the table anew: from the text that made it, so that what is
 * its owner's stays: columns, types, constraints, indexes, triggers. */
#ifndef MIGRATE_ALTER_H
#define MIGRATE_ALTER_H

#include "db/db.h"

/* Runs a script of the chain (chain.h). On SQLite also what that lacks of ALTER TABLE, one action a statement:
 *     ADD CONSTRAINT name ..    a primary key comes in place of the one that is there
 *     DROP CONSTRAINT [IF EXISTS] name
 *     ALTER COLUMN name TYPE type [USING ..]    the values stay, as far as the type's affinity lets them: an UPDATE
 *                                               before it says what else they become
 *     ALTER COLUMN name SET NOT NULL, DROP NOT NULL, SET DEFAULT value, DROP DEFAULT
 *     DROP COLUMN name    also of a key or index, which goes with it
 * Statements of this kind that follow each other on one table, and ADD COLUMN between them, copy its rows once. A
 * trigger can't be made in a script. */
fallible alter_script(struct db *db, const char *sql) MUST_CHECK;

#endif
