/* A schema beside the one in use, where a restore by several connections makes what it restores. What these commit
 * nobody sees before it is moved, by one transaction; what a run leaves that was cut off, the next one drops. */
#ifndef BACKUP_BESIDE_H
#define BACKUP_BESIDE_H

#include "db/db.h"

/* In a transaction: whether there can be one, whose tables are in the end as those made in the schema in use: not where
 * the role may not make schemas in the database, or where rights are given to what is made in this schema. */
fallible beside_possible(struct db *db, bool *possible) MUST_CHECK;

/* Outside of a transaction: adds the names of those that are there, of a run that goes on or was cut off. */
fallible beside_find(struct db *db, struct strings *schemas) MUST_CHECK;
/* The same for who holds the database (migration_hold), as everybody does who makes one: drops them, and says so. One
 * that can't be dropped now stays, with a warning. */
fallible beside_sweep(struct db *db, const struct strings *schemas) MUST_CHECK;

/* In an open DB_WRITE transaction: makes one for a snapshot. `schema`, to be freed, is its name. */
fallible beside_make(struct db *db, const char *snapshot, char **schema) MUST_CHECK;

/* A DB_WRITE transaction on a connection that prefers the schema (db_prefer_schema), which it keeps from being dropped:
 * ERR_FAILED if that was done. */
fallible beside_begin(struct db *db, const char *schema) MUST_CHECK;

/* In an open DB_WRITE transaction: moves all that is in it to the schema in use, and drops it. */
fallible beside_move(struct db *db, const char *schema) MUST_CHECK;

#endif
