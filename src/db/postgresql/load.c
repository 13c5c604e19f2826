/* COPY FROM STDIN. libpq shows an error of the server only after the end of the copy, and until then the server reads
 * and drops what comes. So a long load is cut into several COPYs: an error in the first row is known after one piece
 * and not after the last of a hundred gigabytes. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "db/copy_decode.h"
#include "db/copy_text.h"
#include "db/postgresql/postgresql.h"

#define BUFFER_SIZE (128 * 1024)
#define PIECE_SIZE (32 * 1024 * 1024)

struct pg_load {
	struct db_load base;
	char *sql;
	struct str buffer;
	size_t piece;         /* bytes of this COPY sent so far */
	int64_t rows;         /* taken by the COPYs before this one */
	int64_t lines;        /* that pg_load_lines was given */
	bool copying;
};

static void add_copy(struct str *sql, const char *table, const char *const *columns, size_t count)
{
	str_add(sql, "COPY ");
	db_add_identifier(sql, table);
	for (size_t i = 0; i < count; i++) {
		str_add(sql, i ? ", " : " (");
		db_add_identifier(sql, columns[i]);
	}
	str_add(sql, ") FROM STDIN");
}

static fallible start_copy(struct pg_load *load)
{
	struct pg *pg = (struct pg *)load->base.db;
	if (pg->lost)
		return pg_lost(pg);
	TRY(pg_sent(pg, PQsendQuery(pg->connection, load->sql)));
	AUTO(pg_result) PGresult *result = NULL;
	TRY(pg_result(pg, &result));
	if (PQresultStatus(result) != PGRES_COPY_IN)
		return pg_result_error(pg, result);
	load->copying = true;
	load->piece = 0;
	return NULL;
}

/* libpq would take any amount into its own memory: nothing more is given before all is with the kernel. A piece may
 * end inside a row. */
static fallible send_bytes(struct pg_load *load, const char *bytes, size_t size)
{
	struct pg *pg = (struct pg *)load->base.db;
	int queued = 0;
	TRY(cancel_check());
	while (size && !queued) {
		queued = PQputCopyData(pg->connection, bytes, (int)size);
		if (queued < 0)
			return pg_lost(pg);
		TRY(pg_flush(pg));
	}
	load->piece += size;
	return NULL;
}

static fallible send_buffer(struct pg_load *load)
{
	TRY(send_bytes(load, load->buffer.data, load->buffer.size));
	str_clear(&load->buffer);
	return NULL;
}

/* "COPY auth, line 7, column .." -> 7 */
static int64_t row_of(const PGresult *result)
{
	const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
	const char *line = context ? strstr(context, ", line ") : NULL;
	return line ? strtoll(line + strlen(", line "), NULL, 10) : 0;
}

static fallible load_error(struct pg_load *load, const PGresult *result)
{
	struct error *error = pg_result_error((struct pg *)load->base.db, result);
	int64_t row = error ? row_of(result) : 0;
	return row ? error_wrap(error, "row %lld", (long long)load->rows + row) : error;
}

static fallible end_copy(struct pg_load *load)
{
	struct pg *pg = (struct pg *)load->base.db;
	TRY(send_buffer(load));
	TRY(pg_sent(pg, PQputCopyEnd(pg->connection, NULL) == 1));
	load->copying = false;
	struct error *first = NULL;
	for (;;) { /* to the last result: the transaction may go on */
		AUTO(pg_result) PGresult *result = NULL;
		struct error *error = pg_result(pg, &result);
		bool over = !result;
		if (!error && !over)
			error = load_error(load, result);
		if (!error && !over)
			load->rows += strtoll(PQcmdTuples(result), NULL, 10);
		if (first)
			error_ignore(error);
		else
			first = error;
		if (over)
			return first;
	}
}

/* Between rows. */
static fallible next_copy(struct pg_load *load)
{
	if (load->piece < PIECE_SIZE)
		return NULL;
	TRY(end_copy(load));
	return start_copy(load);
}

fallible pg_load_begin(struct db *db, const char *table, const char *const *columns, size_t count,
		       struct db_load **load)
{
	TRY(cancel_check());
	AUTO(str) struct str sql = {0};
	add_copy(&sql, table, columns, count);
	struct pg_load *started = mem_new(1, sizeof *started);
	started->base.db = db;
	started->base.columns = count;
	started->sql = str_take(&sql);
	str_reserve(&started->buffer, BUFFER_SIZE);
	struct error *error = start_copy(started);
	if (error) {
		pg_load_free(&started->base);
		free(started);
		return error;
	}
	*load = &started->base;
	return NULL;
}

/* A long text goes piece by piece: with its escapes it would be in memory once more. */
static fallible add_value(struct pg_load *load, struct db_value value)
{
	while (value.type == DB_TEXT && value.size > BUFFER_SIZE) {
		struct db_value piece = db_text_n(value.text, BUFFER_SIZE);
		TRY(copy_add_value(&load->buffer, &piece));
		TRY(send_buffer(load));
		value = db_text_n(value.text + BUFFER_SIZE, value.size - BUFFER_SIZE);
	}
	return copy_add_value(&load->buffer, &value);
}

fallible pg_load_row(struct db_load *base, const struct db_value *values)
{
	struct pg_load *load = (struct pg_load *)base;
	for (size_t i = 0; i < base->columns; i++) {
		TRY(add_value(load, values[i]));
		str_add_char(&load->buffer, i + 1 < base->columns ? '\t' : '\n');
	}
	if (load->buffer.size < BUFFER_SIZE / 2)
		return NULL;
	TRY(send_buffer(load));
	return next_copy(load);
}

/* `lines` as far as it can go in one message: to the end of a line where the COPY is to end then. */
static size_t part_of(const struct pg_load *load, const char *lines, size_t size)
{
	size_t part = size < BUFFER_SIZE ? size : BUFFER_SIZE;
	if (load->piece + part < PIECE_SIZE)
		return part;
	const char *end = memrchr(lines, '\n', part);
	return end ? (size_t)(end - lines) + 1 : part;
}

fallible pg_load_lines(struct db_load *base, const char *lines, size_t size, const struct db_odd *odd, size_t odd_count)
{
	struct pg_load *load = (struct pg_load *)base;
	(void)odd, (void)odd_count;
	int64_t count;
	struct error *error = copy_check_lines(lines, size, &count);
	if (error)
		return error_wrap(error, "row %lld", (long long)load->lines + count + 1);
	load->lines += count;
	TRY(send_buffer(load));
	while (size) {
		size_t part = part_of(load, lines, size);
		TRY(send_bytes(load, lines, part));
		if (lines[part - 1] == '\n')
			TRY(next_copy(load));
		lines += part;
		size -= part;
	}
	return NULL;
}

fallible pg_load_end(struct db_load *base, int64_t *rows)
{
	struct pg_load *load = (struct pg_load *)base;
	TRY(end_copy(load));
	*rows = load->rows;
	return NULL;
}

void pg_load_free(struct db_load *base)
{
	struct pg_load *load = (struct pg_load *)base;
	if (load->copying)
		pg_settle((struct pg *)base->db);
	free(load->sql);
	str_cleanup(&load->buffer);
}
