/* A file as a line of a list: docs/backup-format.md, "files.zst". */
#ifndef BACKUP_FILE_LINE_H
#define BACKUP_FILE_LINE_H

#include "backup/fields.h"
#include "backup/files.h"

/* Adds the fields, and no end of the line. */
void file_line_add(struct str *lines, const struct file *file);

/* Adds what the fields say to `files`; false if they are not as they should be. */
bool file_line_parse(char *const *fields, size_t count, struct files *files);

#endif
