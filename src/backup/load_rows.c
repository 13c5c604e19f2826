#include "backup/load_rows.h"

#include <pthread.h>
#include <stdatomic.h>

#include "backup/row_filter.h"
#include "backup/set_aside.h"
#include "base/cancel.h"
#include "base/memory.h"
#include "base/queue.h"
#include "base/workers.h"

#define MOST_FETCHERS 16

static void fetched_free(struct fetched_segment *fetched)
{
	if (fetched)
		fetched_segment_cleanup(fetched);
	free(fetched);
}
static void fetched_cleanup(struct fetched_segment **fetched)
{
	fetched_free(*fetched);
}

struct loading {
	const struct rows_target *target;
	const struct table *table;
	struct rows_loaded *loaded;
	struct line_sum stored, rows; /* of what was loaded, with the lines that are skipped, and without */
	struct queue queue;   /* of struct fetched_segment */
	atomic_size_t next;   /* segment that nobody has taken yet */
	atomic_uint fetching; /* threads that are at it */
};

struct loader {
	struct loading *loading;
	struct db *db;
	struct line_sum stored, rows; /* of what it has loaded so far */
	struct error *error;
	pthread_t thread;
};

struct segment_fetcher {
	struct loading *loading;
	struct error *error;
	pthread_t thread;
};

/* ---- fetching ---- */

static fallible fetch_segments(struct loading *loading)
{
	AUTO(fetcher) struct fetcher fetcher = {.progress = loading->target->progress,
						.repository = loading->target->repository,
						.identities = loading->target->identities};
	for (;;) {
		size_t index = atomic_fetch_add(&loading->next, 1);
		if (index >= loading->table->segment_count)
			return NULL;
		AUTO(fetched) struct fetched_segment *fetched = mem_new(1, sizeof *fetched);
		TRY(segment_fetch(&fetcher, &loading->table->segments[index], fetched));
		if (!queue_put(&loading->queue, fetched))
			return cancel_check();
		fetched = NULL;
	}
}

static void *run_fetcher(void *argument)
{
	struct segment_fetcher *fetcher = argument;
	struct loading *loading = fetcher->loading;
	fetcher->error = fetch_segments(loading);
	if (fetcher->error)
		queue_close(&loading->queue);
	if (atomic_fetch_sub(&loading->fetching, 1) == 1)
		queue_end(&loading->queue);
	return NULL;
}

/* ---- loading ---- */

static void add_sums(struct loader *loader, const struct fetched_segment *fetched)
{
	const struct str *lines = &fetched->lines;
	struct rows_loaded *loaded = loader->loading->loaded;
	line_sum_join(&loader->stored, &fetched->stored);
	line_sum_join(&loader->rows, &fetched->sum);
	if (loaded->forms)
		line_sum_add_forms(&loaded->sum, str_text(lines), lines->size, loaded->forms,
				   loader->loading->table->columns.count);
}

static fallible load_segment(struct loading *loading, struct db_load *load, const struct fetched_segment *fetched)
{
	const struct rows_target *target = loading->target;
	const struct str *lines = &fetched->lines;
	if (target->aside)
		return lines_load_or_set_aside(target, loading->table, str_text(lines), lines->size, loading->loaded);
	return db_load_lines(load, str_text(lines), lines->size, fetched->odd.items, fetched->odd.count);
}

static fallible load_segments(struct loader *loader)
{
	struct loading *loading = loader->loading;
	const struct table *table = loading->table;
	AUTO(db_load) struct db_load *load = NULL;
	if (!loading->target->aside)
		TRY(db_load_begin(loader->db, rows_into(loading->target, table),
				  (const char *const *)table->columns.items, table->columns.count, &load));
	for (;;) {
		AUTO(fetched) struct fetched_segment *fetched = queue_take(&loading->queue);
		if (!fetched)
			break;
		add_sums(loader, fetched);
		if (loading->target->filter)
			row_filter_apply(loading->target->filter, fetched);
		TRY(load_segment(loading, load, fetched));
	}
	TRY(cancel_check());
	return load ? db_load_end(&load, NULL) : NULL;
}

static void *run_loader(void *argument)
{
	struct loader *loader = argument;
	loader->error = load_segments(loader);
	if (loader->error)
		queue_close(&loader->loading->queue);
	return NULL;
}

/* ---- all of them ---- */

static fallible first_of(struct error *error, struct error *other)
{
	if (!error)
		return other;
	error_ignore(other);
	return error;
}

static fallible join_fetchers(struct segment_fetcher *fetchers, size_t count)
{
	struct error *error = NULL;
	for (size_t i = 0; i < count; i++) {
		pthread_join(fetchers[i].thread, NULL);
		error = first_of(error, fetchers[i].error);
	}
	return error;
}

static fallible join_loaders(struct loading *loading, struct loader *loaders, size_t count)
{
	struct error *error = NULL;
	for (size_t i = 0; i < count; i++) {
		if (i)
			pthread_join(loaders[i].thread, NULL);
		line_sum_join(&loading->stored, &loaders[i].stored);
		line_sum_join(&loading->rows, &loaders[i].rows);
		error = first_of(error, loaders[i].error);
	}
	return error;
}

static fallible load_by_all(struct loading *loading)
{
	const struct rows_target *target = loading->target;
	struct loader loaders[ROWS_MOST_LOADERS];
	struct error *error = NULL;
	size_t wanted = 1 + target->more_count, count = 1;
	loaders[0] = (struct loader){.loading = loading, .db = target->db};
	for (; count < wanted && count < COUNT(loaders) && !error; count++) {
		loaders[count] = (struct loader){.loading = loading, .db = target->more[count - 1]};
		int code = pthread_create(&loaders[count].thread, NULL, run_loader, &loaders[count]);
		if (code)
			error = error_system(code, "cannot start a thread");
	}
	if (error)
		count--;
	else
		run_loader(&loaders[0]);
	if (error)
		queue_close(&loading->queue);
	return first_of(error, join_loaders(loading, loaders, count));
}

/* The fetcher's error is why loading ended. */
static fallible fetch_and_load(struct loading *loading)
{
	struct segment_fetcher fetchers[MOST_FETCHERS];
	size_t wanted = workers_cores(), count = 0;
	struct error *error = NULL;
	if (wanted > loading->table->segment_count)
		wanted = loading->table->segment_count;
	if (wanted > COUNT(fetchers))
		wanted = COUNT(fetchers);
	atomic_store(&loading->fetching, (unsigned)wanted);
	for (; count < wanted && !error; count++) {
		fetchers[count] = (struct segment_fetcher){.loading = loading};
		int code = pthread_create(&fetchers[count].thread, NULL, run_fetcher, &fetchers[count]);
		if (code)
			error = error_system(code, "cannot start a thread");
	}
	if (error)
		count--;
	else if (wanted)
		error = load_by_all(loading);
	queue_close(&loading->queue);
	return first_of(join_fetchers(fetchers, count), error);
}

fallible rows_load(const struct rows_target *target, const struct table *table, struct rows_loaded *loaded)
{
	struct loading loading = {.target = target, .table = table, .loaded = loaded};
	queue_init(&loading.queue, workers_cores() + 1);
	struct error *error = fetch_and_load(&loading);
	for (struct fetched_segment *fetched; (fetched = queue_left(&loading.queue));)
		fetched_free(fetched);
	queue_cleanup(&loading.queue);
	if (!error)
		error = table_check(table, loading.rows.lines, loading.stored.sum);
	if (!loaded->forms)
		loaded->sum = loading.rows;
	return error_wrap(error, "table %s", table->name);
}
