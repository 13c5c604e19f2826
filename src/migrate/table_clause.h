/* The clauses of an item of a CREATE TABLE: "NOT NULL", "DEFAULT ..", "CONSTRAINT a PRIMARY KEY (..)". */
#ifndef MIGRATE_TABLE_CLAUSE_H
#define MIGRATE_TABLE_CLAUSE_H

#include "migrate/sql_token.h"
#include "migrate/table_text.h"

struct clause {
	const char *from, *end;         /* within the item's text, with the blanks before it */
	struct sql_token name, keyword; /* name: after CONSTRAINT, else SQL_END */
};

/* Where the clauses of an item begin to be looked for: a column may be called as a keyword, in quotes. */
const char *clauses_begin(const struct table_item *item);
/* The first clause from `at` on, a place outside of brackets; false: there is none. */
bool clause_next(const char *at, struct clause *clause);
/* The first one that starts with the keyword, or has the name. */
bool clause_find(const struct table_item *item, const char *keyword, struct clause *clause);
bool clause_find_named(const struct table_item *item, const char *name, struct clause *clause);

/* Puts another text in the place of a part of the item's. */
void clause_replace(struct table_item *item, const char *from, const char *end, const char *text);

#endif
