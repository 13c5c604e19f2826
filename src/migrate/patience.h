/* Waiting for locks that others hold, without others waiting behind that: a statement asks for a lock only for a
 * moment. Where it does not get it, what the transaction has done is undone, and the same is tried again after a
 * pause, so that whoever came meanwhile gets through. */
#ifndef MIGRATE_PATIENCE_H
#define MIGRATE_PATIENCE_H

#include <stdbool.h>

#include "db/db.h"

/* Seconds for one try, but on SQLite (db_limit_lock_wait). PostgreSQL sends an automatic vacuum away for one who has waited a second
 * (deadlock_timeout), so it is a little more than that. */
#define PATIENCE_TRY_S 2

struct patience {
	struct db *db;
	int64_t most_s;  /* in all, from the first failure since it last got on */
	int64_t since;   /* when the try that failed so began to wait; 0: none did; ms as clock_monotonic_ms */
	int64_t pause_ms; /* the last one */
	int64_t told;    /* when a word was said last */
};

/* After a failure that was others' doing (db_was_blocked), outside of a transaction. True: a pause was made, and
 * there is time left to try it once more; *error is freed, and NULL. Else *error stays, with who holds locks on
 * `tables`; none: on any table. */
bool patience_goes_on(struct patience *patience, const struct strings *tables, struct error **error);

/* Something was committed: what comes next has all the time again. */
void patience_got_on(struct patience *patience);

#endif
