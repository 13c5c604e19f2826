/* Rows of a snapshot that are read, and loaded nowhere. */
#ifndef BACKUP_STORED_ROWS_H
#define BACKUP_STORED_ROWS_H

#include "backup/fetch.h"
#include "backup/tables.h"

/* Fetches all rows of these tables: ERR_INPUT unless they are what the manifest says, by hashes, numbers and sums. */
fallible stored_rows_check(struct fetcher *fetcher, const struct tables *tables) MUST_CHECK;

#endif
