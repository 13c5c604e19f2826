/* COPY (query) TO STDOUT. */
#include <poll.h>
#include <string.h>

#include "base/cancel.h"
#include "db/postgresql/postgresql.h"

/* libpq gives a row at a time; the sink gets them by the hundred. */
#define PIECE_SIZE (64 * 1024)

static fallible pass_on(struct str *piece, db_unload_sink *sink, void *state)
{
	if (!piece->size)
		return NULL;
	TRY(sink(state, piece->data, piece->size));
	str_clear(piece);
	return NULL;
}

static fallible receive(struct pg *pg, db_unload_sink *sink, void *state)
{
	AUTO(str) struct str piece = {0};
	str_reserve(&piece, PIECE_SIZE);
	for (;;) {
		char *row = NULL;
		int size = PQgetCopyData(pg->connection, &row, 1);
		if (size > 0) {
			str_add_n(&piece, row, (size_t)size);
			PQfreemem(row);
		}
		if (size < 0 || piece.size >= PIECE_SIZE)
			TRY(pass_on(&piece, sink, state));
		if (size < 0)
			return NULL; /* the end; an error is the next result */
		TRY(cancel_check());
		if (size)
			continue;
		TRY(pg_wait(pg, POLLIN));
		if (!PQconsumeInput(pg->connection))
			return pg_lost(pg);
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

static fallible unload(struct pg *pg, const char *sql, db_unload_sink *sink, void *state)
{
	TRY(pg_sent(pg, PQsendQuery(pg->connection, sql)));
	AUTO(pg_result) PGresult *result = NULL;
	TRY(pg_result(pg, &result));
	TRY(pg_result_error(pg, result));
	TRY(receive(pg, sink, state));
	return outcome(pg);
}

fallible pg_unload(struct db *db, const char *query, db_unload_sink *sink, void *state)
{
	struct pg *pg = (struct pg *)db;
	TRY(cancel_check());
	if (pg->lost)
		return pg_lost(pg);
	AUTO(str) struct str sql = {0};
	str_add_format(&sql, "COPY (%s) TO STDOUT", query);
	struct error *error = unload(pg, str_text(&sql), sink, state);
	if (error)
		pg_stop(pg);
	return error;
}
