/* How many rows each table has, before something that is not owctl's own works on them, and after it. */
#ifndef MIGRATE_ROW_COUNTS_H
#define MIGRATE_ROW_COUNTS_H

#include "db/db.h"

struct row_counts {
	struct strings tables;
	int64_t *rows; /* beside them */
};
void row_counts_cleanup(struct row_counts *counts);

/* Counts all of them, in the open transaction; reads every table or an index of it. */
fallible row_counts_read(struct db *db, struct row_counts *counts) MUST_CHECK;

/* Names the tables that have fewer rows than before, or are gone: "chat (12 rows, 14 before)". */
void row_counts_fewer(const struct row_counts *before, const struct row_counts *now, struct strings *fewer);

#endif
