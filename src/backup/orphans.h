/* Rows whose foreign keys lead nowhere: SQLite keeps them, as Open WebUI runs it, and rows that were set aside leave
 * others behind. */
#ifndef BACKUP_ORPHANS_H
#define BACKUP_ORPHANS_H

#include "backup/set_aside.h"
#include "migrate/catalogue.h"

/* Sets aside such rows of `tables`, by the foreign keys that the database is going to have (`made`), until there are
 * none. Before the keys are made, so that nothing else goes with a row. */
fallible orphans_set_aside(struct db *db, const struct catalogue *made, const struct tables *tables,
			   struct set_aside *aside) MUST_CHECK;

/* The same when all rows are there; the file is at its end then. ERR_INPUT for rows that no file takes. */
fallible orphans_set_aside_or_refuse(struct db *db, const struct catalogue *made, const struct tables *tables,
				     struct set_aside *aside) MUST_CHECK;

/* Appends " WHERE ..", true for rows of `table` whose foreign key leads nowhere. */
void orphans_add_condition(struct str *sql, const char *table, const struct key_shape *key);

#endif
