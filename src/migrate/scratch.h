/* A table that SQLite has to make anew: beside it stands one of the same shape, changed while it is empty, that takes its
 * place when all rows are there. Made from the text that made the table, so that columns and constraints that are its
 * owner's stay. */
#ifndef MIGRATE_SCRATCH_H
#define MIGRATE_SCRATCH_H

#include "db/db.h"

/* What becomes of a column or constraint between the brackets of CREATE TABLE, where ALTER TABLE can't do it. */
struct scratch_edit {
	/* How its text begins in small letters, without quotes and with a blank only between words: "unique(api_key)",
	 * "meta ". One that is not there is none to change. */
	const char *begins;
	const char *becomes; /* NULL: it goes away */
};

/* Makes the other table, with `edits` (ends with {0}; NULL: none), and `more` (NULL: nothing) behind its definitions, and
 * runs `changes` on it. One that is there already is of a run that came to nothing. */
fallible scratch_make(struct db *db, const char *table, const char *scratch, const struct scratch_edit *edits,
		      const char *more, const char *changes) MUST_CHECK;

/* The columns of a table that hold values. */
fallible scratch_columns(struct db *db, const char *table, struct strings *names) MUST_CHECK;

/* Copies the rows in one go: to each column the one of its name where there is one, or what `values` says of it: pairs
 * of a column and an expression, ends with NULL. */
fallible scratch_fill(struct db *db, const char *table, const char *scratch, const char *const (*values)[2]) MUST_CHECK;

/* Puts the other table in the place of `table`, with its triggers, and the indexes whose columns are there. */
fallible scratch_swap(struct db *db, const char *table, const char *scratch) MUST_CHECK;

#endif
