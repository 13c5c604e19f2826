/* The parts of verify_rows; only src/migrate/verify_*.c include this. */
#ifndef MIGRATE_VERIFY_ROWS_H
#define MIGRATE_VERIFY_ROWS_H

#include "migrate/verify.h"

struct row_search {
	struct db *db;
	const struct revision *revision;
	const struct catalogue *expected, *live;
	struct findings *findings;
};

/* Counts rows, and keeps the names of the first of them. */
struct tally {
	int64_t count;
	struct str names;
};
void tally_cleanup(struct tally *tally);
void tally_add(struct tally *tally, const char *row); /* NULL: one without a name */

/* Adds a finding of the rows that were counted, if there are any: its `what` gets their names. */
void tally_report(struct tally *tally, struct findings *findings, struct finding finding);

/* Counts the rows of a query by their first column, and reports them; takes over the texts of `finding`. */
fallible search_query(struct row_search *search, const char *sql, struct finding finding) MUST_CHECK;

/* Whether the database has a table or, as "table.column", a column. */
bool search_has(const struct row_search *search, const char *name);

/* Appends what names a row of the table: its primary key's first column, or its first one. */
const char *search_key(const struct table_shape *table);

fallible search_duplicates(struct row_search *search) MUST_CHECK; /* keys that are not there */
fallible search_json(struct row_search *search) MUST_CHECK;       /* JSON that is none */

#endif
