/* The rows of a snapshot on their way into a database. */
#ifndef BACKUP_LOAD_ROWS_H
#define BACKUP_LOAD_ROWS_H

#include <stdlib.h>

#include "backup/fetch.h"
#include "backup/line_sum.h"
#include "backup/tables.h"

struct set_aside;
struct row_filter;

#define ROWS_MOST_LOADERS 16

struct rows_target {
	struct db *db; /* in a DB_WRITE transaction; the tables are there, and empty */
	const struct repository *repository;
	const struct age_identities *identities;
	struct set_aside *aside; /* gets rows that the engine does not take; NULL: it is to take all */
	const struct row_filter *filter; /* which of the rows; NULL: all */
	struct progress *progress; /* as of a fetcher */
	/* Connections that load the same table besides, each in its own transaction; with neither `aside` nor forms. */
	struct db *const *more;
	size_t more_count; /* fewer than ROWS_MOST_LOADERS */
	const char *into; /* the table that gets them; NULL: that of the same name */
};

static inline const char *rows_into(const struct rows_target *target, const struct table *table)
{
	return target->into ? target->into : table->name;
}

/* How what was loaded will be known again. */
struct rows_loaded {
	enum field_form *forms; /* of each column; NULL: all are the same */
	struct line_sum sum; /* without rows set aside */
};
static inline void rows_loaded_cleanup(struct rows_loaded *loaded)
{
	free(loaded->forms);
}

/* Loads all rows of a table, and checks them on their way against what the snapshot says. Segments are fetched by
 * several threads ahead of the one that loads. */
fallible rows_load(const struct rows_target *target, const struct table *table, struct rows_loaded *loaded) MUST_CHECK;

/* Reads the table back: ERR_FAILED unless it has the rows that were loaded, by their number and sum. */
fallible rows_check(struct db *db, const struct table *table, const struct rows_loaded *loaded) MUST_CHECK;

#endif
