/* First versions: from 0.12 on skills, models, tools and functions have a table of their versions beside them,
 * TABLE_history, and name the current one in version_id. */
#ifndef MIGRATE_HISTORY_H
#define MIGRATE_HISTORY_H

#include "migrate/blockers.h"
#include "migrate/work.h"

struct history {
	const char *table;
	const char *columns; /* that `snapshot` wants; they begin at HISTORY_FIRST */
	fallible (*snapshot)(const struct db_rows *row, struct str *json); /* adds the version's content */
};
enum { HISTORY_ID, HISTORY_OWNER, HISTORY_CREATED_AT, HISTORY_FIRST };

/* A blocker for every row that has no snapshot: its JSON is damaged. `table` may not be there yet. */
fallible history_find_blockers(struct blockers *blockers, const struct history *history) MUST_CHECK;

/* A pass that makes the first version of every row, and names it there. */
fallible history_begin(struct work *work, const struct history *history) MUST_CHECK;

#endif
