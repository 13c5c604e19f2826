/* Lines of COPY's text format, read as PostgreSQL reads them, but strictly: what COPY TO never writes and what a server
 * would take in another way than it looks is refused. So a newline is always the end of a line, and a tab the end of a
 * field. Refused are a carriage return or a NUL as they are, "\." (which ends the data for older servers), a backslash
 * at the end of a field, and before a control character. */
#ifndef DB_COPY_DECODE_H
#define DB_COPY_DECODE_H

#include "db/db.h"

/* The fields of the first line of `lines`, of which there must be `count`: each DB_NULL or DB_TEXT, borrowed from
 * `lines` or, where there were escapes, from `unescaped`, until that is used for the next line. No NUL follows a text.
 * `used` gets the size of the line with its newline. ERR_INPUT otherwise. */
fallible copy_decode_line(const char *lines, size_t size, struct db_value *fields, size_t count,
			  struct str *unescaped, size_t *used) MUST_CHECK;

/* For lines that a server is to read: whether the last one has its end, and none has "\.". `count` gets how many there
 * are, or on error how many come before the one that is refused. */
fallible copy_check_lines(const char *lines, size_t size, int64_t *count) MUST_CHECK;

/* The bytes that "\x68e9" stands for, written to `bytes`, which may be where the text is; false: it is no such text,
 * and nothing was written. */
bool copy_read_hex(const char *text, size_t size, char *bytes);

#endif
