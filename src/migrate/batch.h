/* New rows of one table, put together while a page streams and loaded at its end. */
#ifndef MIGRATE_BATCH_H
#define MIGRATE_BATCH_H

#include "db/db.h"

struct batch {
	const char *table;
	const char *const *columns;
	size_t width; /* how many columns */
	struct db_value *values;
	size_t count, room; /* values */
	struct str bytes;   /* of their texts */
};
void batch_cleanup(struct batch *batch);

/* Copies a row's values; texts of NULL are NULL. */
void batch_add(struct batch *batch, const struct db_value *values);

/* The text in a column of a row; borrowed until another one is added. */
const char *batch_text(const struct batch *batch, size_t row, size_t column);

/* Forgets the rows for which `keep` is false. */
void batch_keep(struct batch *batch, bool (*keep)(void *state, const struct batch *batch, size_t row), void *state);

/* Forgets them, and keeps the room. */
void batch_clear(struct batch *batch);

/* Loads and forgets them. ERR_FAILED where the database does not take them all. */
fallible batch_load(struct batch *batch, struct db *db) MUST_CHECK;

#endif
