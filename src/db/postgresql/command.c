#include "db/postgresql/postgresql.h"

/* The first error counts; what comes after it only follows from it. */
fallible pg_command(struct pg *pg, const char *sql, PGresult **last)
{
	if (pg->lost)
		return pg_lost(pg);
	TRY(pg_sent(pg, PQsendQuery(pg->connection, sql)));
	AUTO(pg_result) PGresult *latest = NULL;
	AUTO(error) struct error *first = NULL;
	for (;;) {
		PGresult *result = NULL;
		TRY(pg_result(pg, &result));
		if (!result)
			break;
		struct error *error = pg_result_error(pg, result);
		PQclear(latest);
		latest = result;
		if (!first)
			first = error;
		else
			error_ignore(error);
		ExecStatusType status = PQresultStatus(result);
		if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
			pg_stop(pg);
			return error_new(ERR_FAILED, "COPY is not taken here");
		}
	}
	struct error *error = first;
	first = NULL;
	if (!error && last) {
		*last = latest;
		latest = NULL;
	}
	return error;
}
