/* Lines of a segment that are no rows of a snapshot: an earlier snapshot had them, and they changed since or are gone.
 * docs/backup-format.md, "NAME.segments.zst". */
#ifndef BACKUP_SKIPS_H
#define BACKUP_SKIPS_H

#include <stdbool.h>
#include <stdint.h>

#include "backup/odd.h"

struct line_range {
	uint64_t first, count; /* lines, counted from 0 */
};
struct skips {
	struct line_range *items; /* in order, apart from each other */
	size_t count;
	uint64_t lines; /* in all */
};
void skips_cleanup(struct skips *skips);

void skips_add(struct skips *skips, uint64_t first, uint64_t count); /* behind those that are there; 0 lines are none */

/* Appends "FIRST+COUNT,FIRST", where a COUNT of one is left out. */
void skips_add_text(struct str *out, const struct skips *skips);
/* Reads all of `text`, of a segment that has so many lines; false, and nothing to clean up, if it is otherwise. */
bool skips_parse(const char *text, uint64_t lines, struct skips *skips);

/* Takes them out of a segment: whole lines, as many as it has, and what is odd in them. */
void skips_take_out(const struct skips *skips, struct str *lines, struct odd_list *odd);

#endif
