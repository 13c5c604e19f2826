/* The rows of a table as an earlier snapshot has them, looked for while the table is read again in order of slots. */
#ifndef BACKUP_KNOWN_ROWS_H
#define BACKUP_KNOWN_ROWS_H

#include "backup/slot_list.h"
#include "backup/tables.h"

struct known_rows;

/* `earlier` is of an index; borrowed, and its segments are taken from it by known_rows_end. NULL where the table is
 * better read as a whole: its rows are scattered over too many segments, or too few of their lines are rows. */
struct known_rows *known_rows_new(struct table *earlier, bool tagged) MUST_CHECK;
void known_rows_free(struct known_rows *known); /* NULL is fine */

/* Whether the earlier snapshot has a row in that slot, with that tag (NULL: the engine says that it is the same): then
 * it stays. Slots come in ascending order. */
bool known_rows_keep(struct known_rows *known, uint64_t slot, const unsigned char *tag);
/* No row is known behind this slot. */
uint64_t known_rows_last(const struct known_rows *known);

/* Once all rows came by: appends the segments with rows that stay to *segments. All their other lines are skipped. */
void known_rows_end(struct known_rows *known, struct segment **segments, size_t *count);

#endif
