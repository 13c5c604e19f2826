/* New values of one column, found while a page streams and written at its end. */
#ifndef MIGRATE_CHANGES_H
#define MIGRATE_CHANGES_H

#include "migrate/work.h"

struct changes {
	const char *table, *column;
	const char *type; /* of the column on PostgreSQL: "json" */
	const char *also; /* what else the statement sets, ", column = value"; NULL: nothing */
	struct strings ids, values;
};
void changes_cleanup(struct changes *changes);

/* An empty value is NULL. */
void changes_add(struct changes *changes, const char *id, const char *value);

/* Writes and forgets them. */
fallible changes_write(struct changes *changes, struct db *db) MUST_CHECK;
fallible changes_write_page(void *changes, struct work *work) MUST_CHECK; /* the same, as `write` of a pass */

#endif
