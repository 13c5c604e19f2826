#include "backup/rows.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/workers.h"

#define MOST_READERS 16

struct reader {
	struct db *db;
	struct error *error;
	pthread_t thread;
	struct readers *all;
};

struct readers {
	const struct rows_context *context;
	atomic_size_t next; /* table that nobody has taken yet */
	atomic_bool failed;
};

static fallible read_tables(struct readers *all, struct db *db)
{
	for (;;) {
		size_t index = atomic_fetch_add(&all->next, 1);
		if (index >= all->context->tables->count || atomic_load(&all->failed))
			return NULL;
		TRY(table_read(db, all->context, index));
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

fallible rows_read(const struct rows_source *source, const struct rows_context *context)
{
	struct readers all = {.context = context};
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

void rows_take_piece(struct piece *piece)
{
	struct segment segment = {.number = piece->number,
				  .lines = piece->sum.lines,
				  .bytes = piece->bytes.size,
				  .place = piece->place,
				  .odd = piece->odd_place,
				  .sum = piece->sum.sum,
				  .slots = piece->slots};
	piece->slots = (struct str){0};
	table_add_segment(&piece->tables->items[piece->owner], &segment);
}
