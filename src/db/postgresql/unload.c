/* COPY (query) TO STDOUT. */
#include <poll.h>
#include <string.h>

#include "base/cancel.h"
#include "db/postgresql/postgresql.h"

/* libpq gives a row at a time: small ones are gathered, and a longer one goes on as it came. */
#define PIECE_SIZE (64 * 1024)
#define LONG_ROW (16 * 1024)

/* That the same rows are the same lines, in an order that does not depend on who else is reading. Told here and not
 * with BEGIN: what is written, and what is read in another way, may depend on the time zone of the role. */
static const char settings[] =
	"SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = 'postgres';"
	" SET LOCAL synchronize_seqscans = off; SET LOCAL max_parallel_workers_per_gather = 0; ";

static fallible pass_on(struct str *piece, const struct sink *lines)
{
	if (!piece->size)
		return NULL;
	TRY(sink_take(lines, piece->data, piece->size));
	str_clear(piece);
	return NULL;
}

static fallible take_row(struct str *piece, const struct sink *lines, const char *row, size_t size)
{
	if (size >= LONG_ROW || piece->size + size > PIECE_SIZE)
		TRY(pass_on(piece, lines));
	if (size >= LONG_ROW)
		return sink_take(lines, row, size);
	str_add_n(piece, row, size);
	return NULL;
}

static fallible receive(struct pg *pg, const struct sink *lines)
{
	AUTO(str) struct str piece = {0};
	str_reserve(&piece, PIECE_SIZE);
	for (;;) {
		char *row = NULL;
		int size = PQgetCopyData(pg->connection, &row, 1);
		struct error *error = cancel_check();
		if (size > 0 && !error)
			error = take_row(&piece, lines, row, (size_t)size);
		if (row)
			PQfreemem(row);
		TRY(error);
		if (size < 0)
			return pass_on(&piece, lines); /* the end; an error is the next result */
		if (size)
			continue;
		TRY(pg_wait(pg, POLLIN));
		if (!PQconsumeInput(pg->connection))
			return pg_lost(pg);
	}
}

/* Past the answers to what comes before the COPY. */
static fallible start(struct pg *pg, const char *sql)
{
	TRY(pg_sent(pg, PQsendQuery(pg->connection, sql)));
	for (;;) {
		AUTO(pg_result) PGresult *result = NULL;
		TRY(pg_result(pg, &result));
		TRY(pg_result_error(pg, result));
		if (PQresultStatus(result) == PGRES_COPY_OUT)
			return NULL;
		if (!result)
			return error_new(ERR_FAILED, "%s: no rows where rows were asked for", pg->base.display);
	}
}

static fallible outcome(struct pg *pg)
{
	for (;;) {
		AUTO(pg_result) PGresult *result = NULL;
		TRY(pg_result(pg, &result));
		if (!result)
			return NULL;
		TRY(pg_result_error(pg, result));
	}
}

static fallible unload_lines(struct pg *pg, const char *sql, const struct sink *lines)
{
	TRY(start(pg, sql));
	TRY(receive(pg, lines));
	return outcome(pg);
}

fallible pg_unload(struct db *db, const struct db_unload *unload)
{
	struct pg *pg = (struct pg *)db;
	TRY(cancel_check());
	if (pg->lost)
		return pg_lost(pg);
	AUTO(str) struct str sql = {0};
	str_add_format(&sql, "%sCOPY (%s) TO STDOUT", settings, unload->query);
	struct error *error = unload_lines(pg, str_text(&sql), &unload->lines);
	if (error)
		pg_stop(pg);
	return error;
}
