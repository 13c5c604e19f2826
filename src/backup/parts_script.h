/* What makes the tables of a database, as scripts. */
#ifndef BACKUP_PARTS_SCRIPT_H
#define BACKUP_PARTS_SCRIPT_H

#include "db/db.h"

/* What comes before the rows, sequences and tables; or all that follows them; without what belongs to `others`, which
 * may be NULL. To be freed. */
char *parts_script(const struct db_parts *parts, const struct strings *others, bool before) MUST_CHECK;

/* Behind the first statement of such a script; NULL: it has no end. */
const char *parts_script_next(const char *script) MUST_CHECK;

/* Runs one, or a statement of it, in the open transaction, which it may not end: a forged one could, so that what was
 * loaded by then were lost and nothing said. `what` is being done, for errors. */
fallible parts_script_run(struct db *db, const char *script, const char *what) MUST_CHECK;

/* Of a script that comes before the rows, the statements at its beginning that make extensions; to be freed. */
char *parts_script_extensions(const char *script) MUST_CHECK;

#endif
