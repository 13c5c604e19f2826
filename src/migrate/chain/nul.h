/* JSON with a \u0000 in it, which PostgreSQL keeps as a text but can't look into. */
#ifndef MIGRATE_CHAIN_NUL_H
#define MIGRATE_CHAIN_NUL_H

/* A regular expression of PostgreSQL's for one. Backslashes in pairs before it stand for themselves; they are \1. */
#define NUL_PATTERN "(?<!\\\\)((?:\\\\\\\\)*)\\\\u0000"

/* SQL for a column with such JSON, by its name in quotes: whether it has one, and its text without any. */
#define HAS_NUL(column) column "::text ~ '" NUL_PATTERN "'"
#define WITHOUT_NUL(column) "regexp_replace(" column "::text, '" NUL_PATTERN "', '\\1', 'g')::json"

#endif
