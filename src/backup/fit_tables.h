/* The tables of Open WebUI on another engine than a snapshot was made of: those that owctl makes for its revision. */
#ifndef BACKUP_FIT_TABLES_H
#define BACKUP_FIT_TABLES_H

#include "backup/line_sum.h"
#include "backup/tables.h"
#include "migrate/catalogue.h"

struct fit {
	char *before, *after; /* SQL: what makes the tables, and what follows their rows */
	struct tables tables; /* once they are made */
	struct catalogue made; /* all that is there with them */
	struct strings others; /* tables that were there before */
};
void fit_cleanup(struct fit *fit);

/* Finds out the SQL in the open DB_WRITE transaction of a database without Open WebUI's tables, which has none
 * afterwards. ERR_FAILED for a revision that this owctl does not know. `copied`: the snapshot's tables; those of them
 * that are owctl's own are made as well. */
fallible fit_make(struct db *db, const char *revision, const struct tables *copied, struct fit *fit) MUST_CHECK;

/* Whether a table is one of those that the SQL makes. */
bool fit_has(const struct fit *fit, const char *table);

/* Whether it has all columns of a snapshot's table, with the same types. */
bool fit_has_types(const struct fit *fit, const struct table *table);

/* Whether the columns of a snapshot's table are there: ERR_FAILED names one that is not. `forms` (to be freed): which
 * of them the two engines write in different ways, so that their texts can't be compared: points in time, whose zeros
 * at the end one of them drops, jsonb, which PostgreSQL writes in its own way, and of JSON what is a number. */
fallible fit_columns(const struct fit *fit, const struct table *table, enum field_form **forms) MUST_CHECK;

#endif
