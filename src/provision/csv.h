/* Comma-separated values (RFC 4180) from a stream, a record at a time. Taken as well: LF and CRLF line ends, semicolon
 * or tab as separator when the first record uses it, a missing last line end. Blanks around a field are dropped, as
 * Open WebUI's own import form does; inside quotes they count. */
#ifndef PROVISION_CSV_H
#define PROVISION_CSV_H

#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"

#define CSV_RECORD_LIMIT (1024 * 1024) /* bytes */

struct csv {
	FILE *input;
	const char *name;
	char separator; /* 0 until the first record was read */
	int64_t line;   /* of the record read last */
	int64_t next_line;
	struct str text;       /* the fields of the record, each NUL-terminated */
	struct strings fields; /* of the record read last */
};

void csv_start(struct csv *csv, FILE *input, const char *name);

/* Reads the next record that is not an empty line into csv->fields. ERR_INPUT names the line. */
fallible csv_next(struct csv *csv, bool *record) MUST_CHECK;

void csv_cleanup(struct csv *csv);

#endif
