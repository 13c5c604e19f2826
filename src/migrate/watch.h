/* Beside a running server, or one that is started after a run was killed and before the next: which chats it makes,
 * changes or deletes while pages of chats are worked on, before the page or behind it. Triggers note their ids, for
 * each revision that makes something of chats (chain_code.watched), in the table owctl_changed, from before the first
 * commit on until the run is at its end: then that work is done again for these chats, while nobody can write to them.
 * Who was killed leaves the triggers, and the next `migrate up` goes on. */
#ifndef MIGRATE_WATCH_H
#define MIGRATE_WATCH_H

#include "migrate/work.h"

/* Whether something is noted, by this run or by one that was cut off. */
fallible watch_is_open(struct db *db, bool *open) MUST_CHECK;

/* From the transaction's commit on, for work->revision. *is_new false: it was so already. */
fallible watch_open(struct work *work, bool *is_new) MUST_CHECK;

/* Locks the chats and does the work of this revision again for those that were noted, which stay so. */
fallible watch_redo(struct work *work) MUST_CHECK;

/* The same for all revisions, and notes nothing more, in the transaction that ends the run. */
fallible watch_close(struct work *work) MUST_CHECK;

/* Notes nothing more, and does nothing again: what was noted is no longer owctl's to do. */
fallible watch_forget(struct db *db) MUST_CHECK;

#endif
