/* COPY's text format as PostgreSQL's COPY TO writes it, byte for byte:
 * https://www.postgresql.org/docs/current/sql-copy.html, "Text Format". */
#ifndef DB_COPY_TEXT_H
#define DB_COPY_TEXT_H

#include "db/db.h"

#define COPY_NULL "\\N"

/* Appends a text, or a piece of one, up to its first NUL; how many of its bytes that are. */
size_t copy_add_text(struct str *out, const char *text, size_t size);
void copy_add_nul(struct str *out); /* what PostgreSQL would refuse */

void copy_add_integer(struct str *out, int64_t value);
/* The shortest text that reads back as the same number, as PostgreSQL's float8out writes it; "Infinity", "NaN". */
void copy_add_real(struct str *out, double value);

/* Bytes begin with COPY_BYTES; their digits can be added piece by piece. */
#define COPY_BYTES "\\\\x"
void copy_add_hex(struct str *out, const char *bytes, size_t size);

/* Any value. ERR_INPUT for a text with a NUL, which PostgreSQL can't store. */
fallible copy_add_value(struct str *out, const struct db_value *value) MUST_CHECK;

#endif
