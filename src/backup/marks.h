/* Objects that are to be removed when they were marked for long enough: docs/backup-format.md, "prune/marks/ID". */
#ifndef BACKUP_MARKS_H
#define BACKUP_MARKS_H

#include "backup/prune_lock.h"

/* One object of the store: what a prune marked together. */
struct mark {
	char *object;
	int64_t made; /* by the store's clock, in ns */
	struct strings names;
};

struct marks {
	struct mark *items;
	size_t count;
};
void marks_cleanup(struct marks *marks);

/* One that is not as it should be has no names. */
fallible marks_read(const struct repository *repository, struct marks *marks) MUST_CHECK;

/* Without names none is written. */
fallible marks_write(const struct repository *repository, const struct strings *names) MUST_CHECK;

#endif
