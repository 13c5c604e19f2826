/* Lines of fields with a TAB between them, as the lists of a manifest are made of: docs/backup-format.md, "Members of a
 * manifest". */
#ifndef BACKUP_FIELDS_H
#define BACKUP_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/sink.h"
#include "base/str.h"

/* ---- writing ---- */

/* Appends a field, and the TAB before it where the line has one already. A line ends with str_add_char(line, '\n');
 * its first field is not empty. */
void fields_add(struct str *lines, const char *text);
void fields_add_number(struct str *lines, uint64_t number);

/* ---- reading ---- */

/* What a list is read into, line by line. */
struct fields_reader {
	const char *what; /* for errors: "the list of segments" */
	fallible (*line)(void *state, char *const *fields, size_t count); /* borrowed, decoded, NULL-terminated */
	void *state;
	size_t number; /* of the line, for errors */
	struct str rest;
	struct strings fields;
};
/* A sink's `take`, whose state is the reader. ERR_INPUT names the line. */
fallible fields_take(void *reader, const char *bytes, size_t size) MUST_CHECK;
/* ERR_INPUT where the last line has no end. */
fallible fields_end(struct fields_reader *reader) MUST_CHECK;
void fields_reader_cleanup(struct fields_reader *reader);

/* The error for a line that has not what it should. */
fallible fields_wrong(const struct fields_reader *reader) MUST_CHECK;

#endif
