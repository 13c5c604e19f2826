/* What makes the tables of a database, as scripts. */
#ifndef BACKUP_PARTS_SCRIPT_H
#define BACKUP_PARTS_SCRIPT_H

#include "db/db.h"

/* What comes before the rows, sequences and tables; or all that follows them; without what belongs to `others`, which
 * may be NULL. To be freed. */
char *parts_script(const struct db_parts *parts, const struct strings *others, bool before) MUST_CHECK;

#endif
