/* What code.c in the folder of a revision gives: the rows that can't be taken, and the work on those that can.
 *
 * The work is done once the SQL of the revision has run. It may be cut off between two pages and go on in another
 * process (work.h), so what it writes for a row depends on that row alone, and can be written again. */
#ifndef MIGRATE_CHAIN_CODE_H
#define MIGRATE_CHAIN_CODE_H

#include "migrate/blockers.h"
#include "migrate/effects.h"
#include "migrate/work.h"

/* A table that the code itself works on, for `migrate plan`; what the SQL does is seen in the SQL. */
struct chain_touch {
	const char *table;
	unsigned effects; /* enum effect */
	const char *from; /* EFFECT_FILLS: the table whose rows they are made of */
};

struct chain_code {
	/* Looks, before anything is changed and whatever revisions come before this one, for what this revision
	 * can't carry over: a table that is not there yet has none. NULL: nothing can keep it. */
	fallible (*find_blockers)(struct blockers *blockers);
	/* What the SQL could not take as it is. In one go with it. NULL: it takes everything. */
	fallible (*prepare)(struct work *work);
	/* Whether the SQL is left out where there are rows: a revision before has done what it does, or `run` does.
	 * NULL: never. */
	fallible (*sql_is_done)(struct db *db, bool *done);
	fallible (*run)(struct work *work); /* NULL: the SQL is all */
	/* Goes on with what is there of it already: begun by upstream and not ended, or by a revision before. */
	bool takes_begun;
	/* SQL for when the rows are where they belong: drops what they came from, adds what is quicker added to
	 * rows. Both NULL, or the same pointer where both engines take the same text. */
	const char *after_sqlite, *after_postgresql;
	/* For the watch on chats (watch.h): columns of chat that `run` makes something of, "chat, user_id", and what
	 * makes it again of the chats in work->only, in the order of the revisions, also when later ones are there
	 * already. Both NULL: beside others the tables that the code touches stay locked against writers until it is
	 * done. */
	const char *watched;
	fallible (*redo)(struct work *work);
	const struct chain_touch *touches; /* ends with {0}; NULL: none */
	/* The same where it depends on the database: adds to `effects`. NULL: it does not. */
	fallible (*find_touches)(struct db *db, struct effects *effects);
};

#endif
