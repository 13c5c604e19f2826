/* A table that SQLite has to make anew row by row, page by page: beside it stands one of the same shape, changed while
 * it is empty, that takes its place when all rows are there. Made from the text that made the table, so that columns
 * and constraints that are its owner's stay. What can be copied in one go is alter_script's (alter.h). */
#ifndef MIGRATE_SCRATCH_H
#define MIGRATE_SCRATCH_H

#include "db/db.h"

/* Makes the other table, and runs `changes` on it. One that is there already is of a run that came to nothing. */
fallible scratch_make(struct db *db, const char *table, const char *scratch, const char *changes) MUST_CHECK;

/* The columns of a table that hold values. */
fallible scratch_columns(struct db *db, const char *table, struct strings *names) MUST_CHECK;

/* Puts the other table in the place of `table`, with its indexes and triggers. */
fallible scratch_swap(struct db *db, const char *table, const char *scratch) MUST_CHECK;

#endif
