/* A segment of a table as it was: its lines, and what is odd in them. */
#ifndef BACKUP_FETCH_SEGMENT_H
#define BACKUP_FETCH_SEGMENT_H

#include "backup/fetch.h"
#include "backup/line_sum.h"
#include "backup/odd.h"
#include "backup/tables.h"

struct fetched_segment {
	struct str lines;
	struct odd_list odd;
	struct line_sum stored, sum; /* of all that it holds; and of its rows */
};
void fetched_segment_cleanup(struct fetched_segment *fetched);

/* Without the lines that are skipped. ERR_INPUT where it is not as the manifest says: its bytes, whole lines, as many
 * as it should have, and odd values of these alone. */
fallible segment_fetch(struct fetcher *fetcher, const struct segment *segment, struct fetched_segment *fetched)
	MUST_CHECK;

#endif
