/* What a migration is going to cost on this database: rows and bytes that it looks at or writes, time, disk. From
 * statistics of the database and samples of its rows; nothing here reads a large table. */
#ifndef MIGRATE_FORECAST_H
#define MIGRATE_FORECAST_H

#include "migrate/effects.h"
#include "migrate/plan.h"

/* Of one table; PostgreSQL keeps large values apart from the rows. */
struct table_size {
	char *table;
	int64_t rows;
	int64_t bytes;     /* with all values */
	int64_t row_bytes; /* without large ones where the engine keeps them apart: what a changed row costs */
};

struct forecast {
	int64_t rows, bytes; /* that are read or written */
	int64_t milliseconds;
	int64_t kept, passing; /* bytes of disk that stay in use, and that are in use until the revision is done */
};

struct forecaster {
	struct db *db;
	const struct migration_plan *plan;
	struct table_size *sizes; /* as they will be at the revision that was asked last */
	size_t count;
	struct forecast total; /* `passing`: the most of one revision */
};
void forecaster_cleanup(struct forecaster *forecaster);

/* Of the revisions of the plan, oldest first, in the open transaction. */
fallible forecast_next(struct forecaster *forecaster, const struct effects *effects, struct forecast *forecast)
	MUST_CHECK;

/* All of the plan: forecaster.total. */
fallible forecast_all(struct forecaster *forecaster) MUST_CHECK;

/* ERR_FAILED unless the file's disk has room for it, and for a copy of the file before it where `copied`. Does nothing
 * where the database is no file of this machine. */
fallible forecast_check_disk(struct installation *installation, const struct migration_plan *plan, bool copied)
	MUST_CHECK;

#endif
