/* What is there and is not Open WebUI's: its owner's tables, columns, indexes, views, triggers. A migration leaves it
 * untouched; where it can't, because a revision takes away what it hangs on, it is a blocker. */
#ifndef MIGRATE_OWN_H
#define MIGRATE_OWN_H

#include "migrate/blockers.h"

/* Beside the tables of a revision: "column chat.own", "table own", "index x on chat", "view y", "trigger z on chat". */
fallible own_find(struct db *db, const struct revision *revision, struct strings *own) MUST_CHECK;

/* Whether one of them is a part of a table. */
bool own_is_on(const char *own, const char *table);

/* Adds those that a revision after `from` up to `to` would lose, break, or stop at. */
fallible own_find_blockers(struct blockers *blockers, const struct revision *from, const struct revision *to)
	MUST_CHECK;

/* Adds the foreign keys that would stop the deletion of the rows of a table for which `where` is true: those without
 * cascade and the like, from rows that refer to such ones. On PostgreSQL. */
fallible own_find_references(struct blockers *blockers, const char *table, const char *where) MUST_CHECK;

/* Adds the tables that inherit from one of Open WebUI's. */
fallible own_find_heirs(struct blockers *blockers, const struct revision *from) MUST_CHECK;

#endif
