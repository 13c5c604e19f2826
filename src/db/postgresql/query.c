#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "db/postgresql/postgresql.h"

#define OID_BOOL 16
#define OID_INT8 20
#define OID_INT2 21
#define OID_INT4 23
#define OID_FLOAT4 700
#define OID_FLOAT8 701

/* Rows that libpq 17 hands over at once; older ones give one at a time. */
#define ROWS_AT_ONCE 256

struct pg_rows {
	struct db_rows base;
	PGresult *result; /* a piece of the rows */
	int row, count;   /* the current one of `count` in it */
	enum db_type *types;
	bool *booleans;
};

static void set_mode(struct pg *pg)
{
#ifdef LIBPQ_HAS_CHUNK_MODE
	if (!pg->base.options.large_values) {
		PQsetChunkedRowsMode(pg->connection, ROWS_AT_ONCE);
		return;
	}
#endif
	PQsetSingleRowMode(pg->connection);
}

static fallible send(struct pg *pg, const char *sql, const struct db_value *values, size_t count)
{
	AUTO(pg_parameters) struct pg_parameters parameters = {0};
	TRY(pg_parameters_make(&parameters, values, count));
	int sent = PQsendQueryParams(pg->connection, sql, (int)count, parameters.types, parameters.values, NULL, NULL,
				     0);
	if (sent)
		set_mode(pg);
	return pg_sent(pg, sent);
}

fallible pg_query(struct db *db, const char *sql, const struct db_value *parameters, size_t count,
		  struct db_rows **rows)
{
	struct pg *pg = (struct pg *)db;
	TRY(cancel_check());
	if (pg->lost)
		return pg_lost(pg);
	TRY(send(pg, sql, parameters, count));
	struct pg_rows *started = mem_new(1, sizeof *started);
	started->base.db = db;
	*rows = &started->base;
	return NULL;
}

static enum db_type type_of(Oid oid)
{
	switch (oid) {
	case OID_BOOL:
	case OID_INT2:
	case OID_INT4:
	case OID_INT8:
		return DB_INTEGER;
	case OID_FLOAT4:
	case OID_FLOAT8:
		return DB_REAL;
	default:
		return DB_TEXT;
	}
}

static void learn_types(struct pg_rows *rows)
{
	int columns = PQnfields(rows->result);
	rows->types = mem_new((size_t)columns, sizeof *rows->types);
	rows->booleans = mem_new((size_t)columns, sizeof *rows->booleans);
	for (int i = 0; i < columns; i++) {
		rows->types[i] = type_of(PQftype(rows->result, i));
		rows->booleans[i] = PQftype(rows->result, i) == OID_BOOL;
	}
}

/* The statement is over when libpq has no result left: only then can the next one be sent. */
static fallible finish(struct pg *pg, struct error *error)
{
	for (;;) {
		PGresult *result = NULL;
		struct error *later = pg->lost ? NULL : pg_result(pg, &result);
		if (!result) {
			if (error)
				error_ignore(later);
			return error ? error : later;
		}
		if (PQresultStatus(result) == PGRES_COPY_IN || PQresultStatus(result) == PGRES_COPY_OUT)
			pg_stop(pg);
		PQclear(result);
	}
}

static fallible take(struct pg_rows *rows, PGresult *result)
{
	struct pg *pg = (struct pg *)rows->base.db;
	PQclear(rows->result);
	rows->result = result;
	rows->row = rows->count = 0;
	switch (PQresultStatus(result)) {
	case PGRES_SINGLE_TUPLE:
#ifdef LIBPQ_HAS_CHUNK_MODE
	case PGRES_TUPLES_CHUNK:
#endif
		rows->count = PQntuples(result);
		if (!rows->types)
			learn_types(rows);
		return NULL;
	case PGRES_TUPLES_OK: /* after the last row */
	case PGRES_COMMAND_OK:
		rows->base.changed = strtoll(PQcmdTuples(result), NULL, 10);
		return finish(pg, NULL);
	case PGRES_COPY_IN:
	case PGRES_COPY_OUT:
		pg_stop(pg);
		return error_new(ERR_FAILED, "COPY is not taken here");
	default:
		return finish(pg, pg_result_error(pg, result));
	}
}

fallible pg_next(struct db_rows *base, bool *row)
{
	struct pg_rows *rows = (struct pg_rows *)base;
	struct pg *pg = (struct pg *)base->db;
	if (++rows->row < rows->count) {
		*row = true;
		return NULL;
	}
	if (cancel_requested()) {
		pg_stop(pg);
		return cancel_check();
	}
	PGresult *result = NULL;
	TRY(pg_result(pg, &result));
	TRY(take(rows, result));
	*row = rows->count > 0;
	return NULL;
}

const char *pg_cell_text(const struct db_rows *base, int column)
{
	const struct pg_rows *rows = (const struct pg_rows *)base;
	if (PQgetisnull(rows->result, rows->row, column))
		return NULL;
	const char *text = PQgetvalue(rows->result, rows->row, column);
	if (rows->booleans[column])
		return *text == 't' ? "1" : "0";
	return text;
}

struct db_value pg_cell(const struct db_rows *base, int column)
{
	const struct pg_rows *rows = (const struct pg_rows *)base;
	const char *text = pg_cell_text(base, column);
	if (!text)
		return db_null();
	switch (rows->types[column]) {
	case DB_INTEGER:
		return db_integer(strtoll(text, NULL, 10));
	case DB_REAL:
		return db_real(strtod(text, NULL));
	default:
		return db_text_n(text, (size_t)PQgetlength(rows->result, rows->row, column));
	}
}

void pg_rows_end(struct db_rows *base)
{
	struct pg *pg = (struct pg *)base->db;
	error_ignore(finish(pg, NULL));
}

void pg_rows_free(struct db_rows *base)
{
	struct pg_rows *rows = (struct pg_rows *)base;
	PQclear(rows->result);
	free(rows->types);
	free(rows->booleans);
}
