/* The files that Open WebUI's rows name, held against those that were there. */
#ifndef BACKUP_NAMED_FILES_H
#define BACKUP_NAMED_FILES_H

#include "backup/files.h"
#include "db/db.h"

/* Adds what the rows of the open transaction hold: the whole path or address that each file had when it was written,
 * whose last part is its name among the uploads (storage/provider.py). */
fallible named_files_read(struct db *db, struct strings *named) MUST_CHECK;

/* The name among the uploads of one with such a path or address. */
const char *named_files_name(const char *path);

/* Leaves of the uploads those that have one of these names (sorted), and of other files none, to be restored. */
void named_files_keep(const struct strings *names, struct files *files);

/* Adds each that is not among `files` as one that is missing, and its path to `missing`; also those that could not be
 * read, as "vectors/chroma.sqlite3". */
void named_files_check(const struct strings *named, struct files *files, struct strings *missing);

#endif
