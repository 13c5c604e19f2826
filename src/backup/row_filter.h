/* Some of a segment's rows, once it is whole: as the last thing before they are loaded. */
#ifndef BACKUP_ROW_FILTER_H
#define BACKUP_ROW_FILTER_H

#include "backup/fetch_segment.h"

struct row_filter {
	bool (*takes)(void *state, const char *line, size_t size); /* without its newline */
	void *state;
};

/* Leaves the lines that it takes, and of the odd values those of these. The sum stays that of all. */
void row_filter_apply(const struct row_filter *filter, struct fetched_segment *fetched);

/* A field of a line, counted from 0, as it stands there. */
const char *row_field(const char *line, size_t size, size_t number, size_t *field_size);

#endif
