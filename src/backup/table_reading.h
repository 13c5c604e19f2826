/* One table on its way into a snapshot. */
#ifndef BACKUP_TABLE_READING_H
#define BACKUP_TABLE_READING_H

#include "backup/pipeline.h"
#include "backup/tables.h"
#include "db/slots.h"

/* What is the same for all tables; borrowed. */
struct rows_context {
	struct pipeline *pipeline;
	struct tables *tables;
	const struct db_moment *now; /* NULL: rows are not to be known again */
	const struct db_moment *earlier; /* NULL: none is known; else `known` are the tables of its index */
	struct tables *known;
	const unsigned char *tag_key; /* CONTENT_TAG_KEY_SIZE bytes */
};

/* Reads the rows of table number `index` into pieces, but for those that are as the earlier snapshot has them: these
 * segments are table->kept then. */
fallible table_read(struct db *db, const struct rows_context *context, size_t index) MUST_CHECK;

#endif
