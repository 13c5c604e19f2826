/* The rows of a database on their way into a snapshot. */
#ifndef BACKUP_ROWS_H
#define BACKUP_ROWS_H

#include "backup/table_reading.h"

/* Reads the rows of all tables in the open transaction. Where the engine can share its state
 * (DB_CAN_SHARE_STATE) and `more` opens further connections, `readers` of them read side by side. */
struct rows_source {
	struct db *db; /* in a DB_READ transaction */
	fallible (*more)(void *state, struct db **db); /* opens another connection to the same database */
	void *state;
	unsigned readers; /* 0: as many as there are cores */
};
fallible rows_read(const struct rows_source *source, const struct rows_context *context) MUST_CHECK;
/* What the pipeline has put somewhere: a segment of one of its tables. */
void rows_take_piece(struct piece *piece);

#endif
