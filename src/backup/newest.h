/* Of each installation in a repository the newest good snapshot: a complete one, that is not of the future. */
#ifndef BACKUP_NEWEST_H
#define BACKUP_NEWEST_H

#include "backup/record.h"

/* How far the clock of who made a snapshot may be ahead of ours before it is no measure of anything any more. */
#define NEWEST_AHEAD_S 300

struct newest {
	char *label;
	char snapshot[SNAPSHOT_ID_SIZE]; /* "": there is no good one */
	int64_t time;
	uint64_t passed_over; /* newer ones that are not good */
};

struct newest_list {
	struct newest *items;
	size_t count;
};
void newest_list_cleanup(struct newest_list *list);

/* One a label of `labels`, also where it has none; where none is named, one a label that a snapshot has. `key`: as in
 * record_read. What can't be read, and what is of the future as `now` (seconds since 1970) has it, is told as a
 * warning. */
fallible newest_read(const struct repository *repository, const unsigned char *key, const struct strings *labels,
		     int64_t now, struct newest_list *list) MUST_CHECK;

#endif
