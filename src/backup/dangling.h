/* Foreign keys from and to the tables whose rows are replaced: taken away meanwhile where the engine enforces them, as
 * it would delete what refers to a row that goes; and held against what led nowhere before. */
#ifndef BACKUP_DANGLING_H
#define BACKUP_DANGLING_H

#include "backup/tables.h"
#include "migrate/catalogue.h"

struct dangling {
	const struct catalogue *live; /* borrowed */
	struct strings before; /* "table chat_message, chat_id abc: no such row in chat" */
	struct strings again;  /* SQL that makes the keys anew */
};
void dangling_cleanup(struct dangling *dangling);

/* In the open DB_WRITE transaction, before the rows of `tables` change. */
fallible dangling_begin(struct db *db, const struct tables *tables, const struct catalogue *live,
			struct dangling *dangling) MUST_CHECK;

/* Afterwards. ERR_NO names what leads nowhere now, and did not before. */
fallible dangling_end(struct db *db, const struct tables *tables, struct dangling *dangling) MUST_CHECK;

#endif
