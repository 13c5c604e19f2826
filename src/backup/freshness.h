/* How fresh the newest good snapshot of an installation is, and its last drill: what `owctl backup status` and
 * `owctl health check` judge by. */
#ifndef BACKUP_FRESHNESS_H
#define BACKUP_FRESHNESS_H

#include "backup/drills.h"
#include "backup/newest.h"

/* How old the newest good one may be unless somebody says otherwise: a day, and what one takes. */
#define FRESHNESS_AGE "26h"
#define FRESHNESS_AGE_S (26 * 3600)

/* In seconds; 0 for a time in the future. */
int64_t freshness_age(int64_t time, int64_t now);
/* "3 days", for people; to be freed. */
char *freshness_age_text(int64_t seconds) MUST_CHECK;

/* "fresh", "old", or "none": there is no good one. */
const char *freshness_state(const struct newest *newest, int64_t max_age_s, int64_t now);

/* The drills of a label. */
struct drilled {
	int64_t time; /* of the last one that went well, unless it is of the future; 0: none did */
	const char *outcome; /* of the last one; NULL: there was none */
};
/* One a label of the list, at `drilled`. `recipients`: who made them is looked at, unless there are none. */
fallible drilled_read(const struct repository *repository, const struct age_recipients *recipients,
		      const struct newest_list *list, int64_t now, struct drilled *drilled) MUST_CHECK;

#endif
