/* What makes the tables of a database, as scripts. */
#ifndef BACKUP_PARTS_SCRIPT_H
#define BACKUP_PARTS_SCRIPT_H

#include "db/db.h"

/* What comes before the rows, sequences and tables; or all that follows them. To be freed. */
char *parts_script(const struct db_parts *parts, bool before) MUST_CHECK;

#endif
