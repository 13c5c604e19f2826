/* Where Open WebUI's rows say that uploaded files are, after they were restored to another place. */
#ifndef BACKUP_FILE_PATHS_H
#define BACKUP_FILE_PATHS_H

#include <jansson.h>

#include "db/db.h"

/* In a DB_WRITE transaction: the rows of `table`, which is `file` or has rows of it, whose path begins with one of
 * `before`, a list of texts (manifest_settings), get `now` in its place. Other rows stay: nobody knows what their paths
 * mean. `changed` gets their number. */
fallible file_paths_move(struct db *db, const char *table, const json_t *before, const char *now, int64_t *changed)
	MUST_CHECK;

#endif
