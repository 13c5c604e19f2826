#include "backup/restore_beside.h"

#include <stdlib.h>

#include "backup/after_steps.h"
#include "backup/beside.h"
#include "backup/parts_script.h"
#include "base/memory.h"

struct part {
	const struct table *table;
	bool large;
	uint64_t bytes; /* of its lines */
	struct rows_loaded loaded;
};

struct work {
	const struct crew *crew;
	const struct rows_target *target;
	struct part *parts; /* the large ones first, and of each the largest */
	size_t count, large; /* which is of several segments */
	struct after_steps after;
};

static void work_cleanup(struct work *work)
{
	free(work->parts);
	after_steps_cleanup(&work->after);
}

static int largest_first(const void *a, const void *b)
{
	const struct part *one = a, *other = b;
	if (one->large != other->large)
		return one->large ? -1 : 1;
	return (one->bytes < other->bytes) - (one->bytes > other->bytes);
}

static void divide(struct work *work, const struct database_copy *copy)
{
	work->count = copy->tables.count;
	work->parts = mem_new(work->count + 1, sizeof *work->parts);
	for (size_t i = 0; i < work->count; i++) {
		struct part *part = &work->parts[i];
		part->table = &copy->tables.items[i];
		for (size_t number = 0; number < part->table->segment_count; number++)
			part->bytes += part->table->segments[number].bytes;
		part->large = part->table->segment_count > 1;
		work->large += part->large;
	}
	qsort(work->parts, work->count, sizeof *work->parts, largest_first);
	after_steps_read(copy->after, &work->after);
}

/* ---- rows ---- */

static fallible begin_all(const struct crew *crew)
{
	for (size_t i = 0; i < crew->count; i++) {
		TRY(beside_begin(crew->connections[i], crew->schema));
		TRY(db_compress_quickly(crew->connections[i]));
	}
	return NULL;
}

static fallible commit_all(const struct crew *crew)
{
	for (size_t i = 0; i < crew->count; i++)
		TRY(db_commit(crew->connections[i]));
	return NULL;
}

static fallible load_large(struct work *work)
{
	const struct crew *crew = work->crew;
	struct rows_target target = *work->target;
	target.db = crew->connections[0];
	target.more = crew->connections + 1;
	target.more_count = crew->count - 1;
	for (size_t i = 0; i < work->large; i++) {
		TRY(begin_all(crew));
		TRY(rows_load(&target, work->parts[i].table, &work->parts[i].loaded));
		TRY(commit_all(crew));
	}
	return NULL;
}

static fallible load_small(struct db *db, size_t index, void *state)
{
	struct work *work = state;
	struct part *part = &work->parts[work->large + index];
	struct rows_target target = *work->target;
	target.db = db;
	TRY(db_compress_quickly(db));
	return rows_load(&target, part->table, &part->loaded);
}

/* ---- indexes and keys ---- */

#define MAKING "making indexes and keys"

static fallible check_or_make_index(struct db *db, size_t index, void *state)
{
	const struct work *work = state;
	if (index < work->count)
		return rows_check(db, work->parts[index].table, &work->parts[index].loaded);
	return parts_script_run(db, work->after.indexes.items[index - work->count], MAKING);
}

static fallible make_keys(struct db *db, size_t index, void *state)
{
	const struct work *work = state;
	return parts_script_run(db, work->after.keys.items[index], MAKING);
}

static fallible run_script(const struct crew *crew, const char *script, const char *what)
{
	struct db *db = crew->connections[0];
	if (!*script)
		return NULL;
	TRY(beside_begin(db, crew->schema));
	TRY(parts_script_run(db, script, what));
	return db_commit(db);
}

fallible database_restore_beside(const struct crew *crew, const struct rows_target *target,
				 const struct database_copy *copy)
{
	AUTO(work) struct work work = {.crew = crew, .target = target};
	divide(&work, copy);
	TRY(run_script(crew, copy->before, "making the tables"));
	TRY(load_large(&work));
	TRY(crew_each(crew, work.count - work.large, load_small, &work));
	TRY(crew_each(crew, work.count + work.after.indexes.count, check_or_make_index, &work));
	TRY(crew_each(crew, work.after.keys.count, make_keys, &work));
	return run_script(crew, work.after.rest, MAKING);
}
