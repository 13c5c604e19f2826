/* What the statements that make indexes and keys (`after` of a database_copy) may run beside, as PostgreSQL locks. */
#ifndef BACKUP_AFTER_STEPS_H
#define BACKUP_AFTER_STEPS_H

#include "base/str.h"

struct after_steps {
	struct strings indexes; /* statements: in any order, each beside all others */
	struct strings keys;    /* scripts, each of a table: beside each other, when the indexes are there */
	char *rest;             /* a script, when all of that is done: foreign keys, views, what is not known here */
};

/* Takes the script of a PostgreSQL database apart: statements that end with ";\n" outside of quotes, in the order that
 * db_parts_read has them in. From the first one on that it does not know, all are in the rest. */
void after_steps_read(const char *script, struct after_steps *steps);
void after_steps_cleanup(struct after_steps *steps);

#endif
