/* The statements of the chain's SQL, which is written plainly: a comment has lines of its own, and a semicolon stands
 * at the end of a statement only. */
#ifndef MIGRATE_CHAIN_STATEMENTS_H
#define MIGRATE_CHAIN_STATEMENTS_H

#include "base/str.h"

/* Adds each of them, without comments and semicolons. */
void statements_of(const char *sql, struct strings *statements);

/* What stands behind the words, if the text begins with them; else NULL. */
const char *statement_behind(const char *text, const char *words);

/* The name, in quotes or not, at the beginning of *text, which then is behind it. To be freed. */
char *statement_name(const char **text) MUST_CHECK;

#endif
