#include "base/cancel.h"
#include "db/postgresql/postgresql.h"

static bool ends_rows(const PGresult *result, const PGresult *before)
{
	return PQresultStatus(result) == PGRES_TUPLES_OK && PQresultStatus(before) == PGRES_SINGLE_TUPLE;
}

/* A row in place of those before it: there is no end to what a server may send. */
static void keep(PGresult **latest, PGresult *result)
{
	PGresult *old = ends_rows(result, *latest) ? result : *latest;
	*latest = old == result ? *latest : result;
	PQclear(old);
}

/* What ends a command before its results do. */
static fallible check_result(struct pg *pg, const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	bool copy = status == PGRES_COPY_IN || status == PGRES_COPY_OUT;
	if (!copy && !cancel_requested()) /* rows that are here already come without waiting */
		return NULL;
	pg_stop(pg);
	TRY(cancel_check());
	return error_new(ERR_FAILED, "COPY is not taken here");
}

/* The first error counts; what comes after it only follows from it. */
fallible pg_command(struct pg *pg, const char *sql, PGresult **last)
{
	if (pg->lost)
		return pg_lost(pg);
	int sent = PQsendQuery(pg->connection, sql);
	if (sent)
		PQsetSingleRowMode(pg->connection);
	TRY(pg_sent(pg, sent));
	AUTO(pg_result) PGresult *latest = NULL;
	AUTO(error) struct error *first = NULL;
	for (;;) {
		PGresult *result = NULL;
		TRY(pg_result(pg, &result));
		if (!result)
			break;
		pg_note_commit(pg, result);
		struct error *error = pg_result_error(pg, result);
		if (!first)
			first = error;
		else
			error_ignore(error);
		struct error *over = check_result(pg, result);
		keep(&latest, result);
		TRY(over);
	}
	struct error *error = first;
	first = NULL;
	if (!error && last) {
		*last = latest;
		latest = NULL;
	}
	return error;
}
