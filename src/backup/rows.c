#include "backup/rows.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "backup/odd.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/workers.h"

#define MOST_READERS 16

/* ---- one table ---- */

struct reading {
	struct pipeline *pipeline;
	size_t table;
	struct piece *piece; /* that is being filled; NULL: none */
	uint64_t pieces;
	int64_t lines, before; /* lines of the table so far; those that are not in the piece */
	int64_t told; /* the last line for which something odd was told, counted from 0; -1: none */
};

static void reading_cleanup(struct reading *reading)
{
	piece_free(reading->piece);
}

static struct piece *current(struct reading *reading)
{
	if (!reading->piece)
		reading->piece = piece_new(true, reading->table, reading->pieces++);
	return reading->piece;
}

static fallible put(struct reading *reading)
{
	return reading->piece ? pipeline_put(reading->pipeline, &reading->piece) : NULL;
}

/* A long line comes in several parts, of which none but the last ends a piece; and what was told of a line stands in
 * the piece that has it. */
static fallible take_lines(void *state, const char *bytes, size_t size)
{
	struct reading *reading = state;
	struct piece *piece = current(reading);
	const char *end = bytes + size;
	str_add_n(&piece->bytes, bytes, size);
	for (; (bytes = memchr(bytes, '\n', (size_t)(end - bytes))); bytes++)
		reading->lines++;
	bool within = end[-1] != '\n' || reading->told >= reading->lines;
	if (piece->bytes.size < PIECE_SIZE || within)
		return NULL;
	reading->before = reading->lines;
	return put(reading);
}

/* It comes before its line. */
static fallible take_odd(void *state, const struct db_odd *odd)
{
	struct reading *reading = state;
	struct db_odd within = *odd;
	reading->told = odd->row;
	within.row -= reading->before;
	odd_add_line(&current(reading)->odd, &within);
	return NULL;
}

static fallible read_table(struct db *db, const struct table *table, size_t index, struct pipeline *pipeline)
{
	AUTO(reading) struct reading reading = {.pipeline = pipeline, .table = index, .told = -1};
	AUTO(str) struct str query = {0};
	table_add_query(&query, table);
	const struct db_unload unload = {
		.query = str_text(&query), .lines = {take_lines, &reading}, .odd = take_odd, .state = &reading};
	struct error *error = db_unload(db, &unload);
	if (!error)
		error = put(&reading);
	return error_wrap(error, "table %s", table->name);
}

/* ---- all of them, by one reader or several ---- */

struct reader {
	struct db *db;
	struct error *error;
	pthread_t thread;
	struct readers *all;
};

struct readers {
	const struct tables *tables;
	struct pipeline *pipeline;
	atomic_size_t next; /* table that nobody has taken yet */
	atomic_bool failed;
};

static fallible read_tables(struct readers *all, struct db *db)
{
	for (;;) {
		size_t index = atomic_fetch_add(&all->next, 1);
		if (index >= all->tables->count || atomic_load(&all->failed))
			return NULL;
		TRY(read_table(db, &all->tables->items[index], index, all->pipeline));
	}
}

static void *run_reader(void *argument)
{
	struct reader *reader = argument;
	reader->error = read_tables(reader->all, reader->db);
	if (reader->error)
		atomic_store(&reader->all->failed, true);
	return NULL;
}

static fallible open_more(const struct rows_source *source, const char *state, struct reader *reader)
{
	TRY(source->more(source->state, &reader->db));
	return db_begin_shared(reader->db, state);
}

/* Of those that can't be had there are fewer: the first connection reads all by itself then. */
static size_t start_readers(const struct rows_source *source, const char *state, struct readers *all,
			    struct reader *readers, size_t wanted)
{
	size_t count = 0;
	for (; count < wanted; count++) {
		readers[count] = (struct reader){.all = all};
		struct error *error = open_more(source, state, &readers[count]);
		int code = error ? 0 : pthread_create(&readers[count].thread, NULL, run_reader, &readers[count]);
		if (!error && !code)
			continue;
		log_debug("reading with %zu connections: %s", count + 1, error ? error->message : strerror(code));
		error_ignore(error);
		db_close(readers[count].db);
		break;
	}
	return count;
}

static fallible join(struct reader *readers, size_t count, struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		pthread_join(readers[i].thread, NULL);
		db_close(readers[i].db);
		if (error)
			error_ignore(readers[i].error);
		else
			error = readers[i].error;
	}
	return error;
}

fallible rows_read(const struct rows_source *source, const struct tables *tables, struct pipeline *pipeline)
{
	struct readers all = {.tables = tables, .pipeline = pipeline};
	struct reader readers[MOST_READERS];
	AUTO(memory) char *state = NULL;
	size_t wanted = source->readers ? source->readers : workers_cores();
	if (wanted > COUNT(readers))
		wanted = COUNT(readers);
	if (!db_can(source->db, DB_CAN_SHARE_STATE))
		wanted = 1;
	else
		TRY(db_share_state(source->db, &state));
	size_t count = start_readers(source, state, &all, readers, wanted - 1);
	struct error *error = read_tables(&all, source->db);
	if (error)
		atomic_store(&all.failed, true);
	return join(readers, count, error);
}

void rows_take_piece(struct tables *tables, const struct piece *piece)
{
	struct table *table = &tables->items[piece->owner];
	struct segment segment = {.number = piece->number,
				  .lines = piece->sum.lines,
				  .bytes = piece->bytes.size,
				  .place = piece->place,
				  .odd = piece->odd_place};
	table->rows += piece->sum.lines;
	table->sum += piece->sum.sum;
	table_add_segment(table, &segment);
}
