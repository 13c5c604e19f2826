/* The text of a CREATE TABLE, as SQLite keeps or takes it, taken apart and changed: what is not changed stays as its
 * owner wrote it. Names are compared as SQLite does, in any case of A to Z. */
#ifndef MIGRATE_TABLE_TEXT_H
#define MIGRATE_TABLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

struct table_item {
	char *column; /* its name; NULL: a constraint of the table */
	char *text;
};

struct table_text {
	struct table_item *items; /* as in the text: columns come before constraints */
	size_t count, room;
	char *tail; /* what follows the brackets: "WITHOUT ROWID", "STRICT" */
};
void table_text_cleanup(struct table_text *table);

/* False if it is no CREATE TABLE with a list of columns. `table` starts as {0}. */
bool table_text_read(struct table_text *table, const char *sql) MUST_CHECK;
/* The CREATE TABLE for a table of another name, which is given as SQL takes it. To be freed. */
char *table_text_write(const struct table_text *table, const char *name) MUST_CHECK;

/* Adds a column behind the others, or a constraint: a primary key in place of the one that is there. */
void table_text_add(struct table_text *table, const char *definition);

/* These are false where there is no such column or constraint. */
/* With it go the keys and UNIQUE constraints that it is part of. */
bool table_text_drop_column(struct table_text *table, const char *column);
bool table_text_drop_constraint(struct table_text *table, const char *name); /* of the table, or of a column */
bool table_text_set_type(struct table_text *table, const char *column, const char *type);
/* Puts `clause` (NULL: nothing) in place of the clause of a column that starts with `keyword`: "NOT", "DEFAULT". */
bool table_text_set_clause(struct table_text *table, const char *column, const char *keyword, const char *clause);

#endif
