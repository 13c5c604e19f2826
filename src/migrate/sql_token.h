/* The words of SQL as SQLite reads them. */
#ifndef MIGRATE_SQL_TOKEN_H
#define MIGRATE_SQL_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/str.h"

/* SQL_QUOTED is a name in "", `` or [], and a text in ''; the rest are words, numbers and single signs. */
enum sql_token_kind { SQL_END, SQL_PLAIN, SQL_QUOTED };

struct sql_token {
	enum sql_token_kind kind;
	const char *start, *end; /* in the text; both at its end for SQL_END */
};

/* The first one at or after `text`, past blanks and comments. */
struct sql_token sql_token_next(const char *text);

/* Whether it is this word or sign, in any case and without quotes. */
bool sql_token_is(const struct sql_token *token, const char *word);
bool sql_token_is_one_of(const struct sql_token *token, const char *const *words); /* which end with NULL */
int sql_token_depth(const struct sql_token *token); /* 1 for "(", -1 for ")", 0 for all others */

/* What it names: without quotes, and what is doubled in them once. To be freed. */
char *sql_token_name(const struct sql_token *token) MUST_CHECK;

/* Adds the statements of a script, without what stands between them: blanks, comments, semicolons. */
void sql_statements(const char *sql, struct strings *statements);

/* Moves *at past these words (parted by single blanks) if they stand there. */
bool sql_take(const char **at, const char *words);

/* Moves *at past the next token and tells what that names. To be freed. */
char *sql_take_name(const char **at) MUST_CHECK;

#endif
