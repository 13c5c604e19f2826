/* A segment as fields of a line: docs/backup-format.md, "NAME.segments.zst". */
#ifndef BACKUP_SEGMENT_LINE_H
#define BACKUP_SEGMENT_LINE_H

#include "backup/fields.h"
#include "backup/tables.h"

#define SEGMENT_FIELDS 5 /* behind the table's name */

/* Adds them, and no end of the line. */
void segment_line_add(struct str *lines, const struct segment *segment);

/* Reads these fields into one that is {0}; false, and nothing to clean up, if they are not as they should be. */
bool segment_line_parse(char *const *fields, struct segment *segment);

#endif
