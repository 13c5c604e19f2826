/* The compressed members of a manifest; only manifest_read.c includes this. Each adds what the member has; ERR_INPUT
 * for a line that is not as it should be. */
#ifndef BACKUP_MANIFEST_LISTS_H
#define BACKUP_MANIFEST_LISTS_H

#include "backup/manifest.h"

fallible manifest_read_tables(const struct str *member, struct tables *tables) MUST_CHECK;
/* After the tables. */
fallible manifest_read_segments(const struct str *member, struct tables *tables) MUST_CHECK;
fallible manifest_read_files(const struct str *member, struct files *files) MUST_CHECK;

#endif
