/* The order of calls that db.h asks for; only db.c and its like include this. */
#ifndef DB_ORDER_H
#define DB_ORDER_H

#include "db/driver.h"

/* ERR_FAILED: `what` is a defect of owctl itself. */
fallible db_misuse(const char *what) MUST_CHECK;

/* Whether a statement can run now: in a transaction, that has not failed, with no rows or load under way. */
fallible db_may_start(const struct db *db) MUST_CHECK;

/* Passes `error` on, and remembers that a statement of the transaction failed. */
fallible db_noted(struct db *db, struct error *error) MUST_CHECK;

#endif
