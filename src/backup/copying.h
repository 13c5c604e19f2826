/* One database on its way into a snapshot: what its tables are, what an earlier snapshot has of them, their rows. */
#ifndef BACKUP_COPYING_H
#define BACKUP_COPYING_H

#include "backup/earlier.h"
#include "backup/manifest.h"
#include "backup/row_history.h"
#include "base/progress.h"

struct copying {
	enum database_role role;
	const struct rows_source *source; /* borrowed, as all but the history */
	struct database_copy *copy;
	struct row_history history;
	struct earlier *earlier; /* whose index has its rows; NULL: none is to be relied upon */
};
static inline void copying_cleanup(struct copying *copying)
{
	row_history_cleanup(&copying->history);
}

/* Of the open transaction, with `role`, `source` and `copy` set: the tables, what makes them, and the moment. */
fallible copying_begin(struct copying *copying, const struct repository *repository,
		       const struct age_recipients *recipients) MUST_CHECK;

/* Tells how much there will be to read, by what the engine has of its tables. Where an earlier snapshot says what did
 * not change, nobody knows how much did. */
fallible copying_expect(const struct copying *copying, struct progress *progress) MUST_CHECK;

fallible copying_read(const struct copying *copying, struct pipeline *pipeline) MUST_CHECK;

/* Once all is in packs: the tables are what they are, and counted in `record`. */
void copying_count(const struct copying *copying, struct record *record);

#endif
