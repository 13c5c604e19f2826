#include "backup/prune.h"

#include <string.h>

#include "backup/marks.h"
#include "backup/needed.h"
#include "backup/running.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

#define LONGEST_GRACE_S (int64_t)(100 * 366 * 86400LL)
/* So many objects are removed between two looks at whether the lock is still ours. */
#define REMOVED_AT_ONCE 64

struct pruning {
	const struct prune_request *request;
	const struct prune_lock *lock;
	const struct objects *objects;
	struct prune_counts *counts;
	struct running_backups running;
	int64_t now; /* by the store's clock, in ns, before anything was looked at */
	/* Beside the objects. */
	bool *named;   /* by a record */
	bool *settled; /* marked already, or removed */
	size_t removals;
};

static struct store *store_of(const struct pruning *pruning)
{
	return pruning->request->repository->store;
}

/* `*locked`: the store does not let it go, which is no failure: the next prune asks again. */
static fallible try_to_remove(struct pruning *pruning, const char *name, bool *locked)
{
	if (pruning->removals++ % REMOVED_AT_ONCE == 0)
		TRY(prune_lock_check(pruning->lock));
	struct error *error = store_delete(store_of(pruning), name);
	*locked = error && error->code == ERR_NO;
	if (!*locked)
		return error;
	pruning->counts->locked++;
	log_warning_error(error);
	return NULL;
}

static fallible remove_object(struct pruning *pruning, const char *name)
{
	bool locked;
	return try_to_remove(pruning, name, &locked);
}

static fallible remove_objects(struct pruning *pruning, const struct strings *names)
{
	for (size_t i = 0; i < names->count; i++)
		TRY(remove_object(pruning, names->items[i]));
	return NULL;
}

static int64_t grace_s(const struct pruning *pruning)
{
	return pruning->request->grace_s < LONGEST_GRACE_S ? pruning->request->grace_s : LONGEST_GRACE_S;
}

/* ---- snapshots ---- */

/* The record first: a snapshot is there as long as it is. */
static fallible remove_snapshot(struct pruning *pruning, struct prune_item *item)
{
	const char *snapshot = item->snapshot;
	AUTO(memory) char *record = record_object(snapshot);
	bool locked;
	TRY(try_to_remove(pruning, record, &item->locked));
	if (item->locked) /* it stays a snapshot, with all that it needs */
		return NULL;
	pruning->counts->snapshots++;
	for (size_t i = 0; needed_own_objects[i]; i++) {
		AUTO(memory) char *object = needed_own_objects[i](snapshot);
		size_t place;
		if (!objects_find(pruning->objects, object, &place))
			continue;
		TRY(try_to_remove(pruning, object, &locked));
		pruning->settled[place] = !locked; /* else it is marked */
	}
	return NULL;
}

static fallible remove_snapshots(struct pruning *pruning, const struct prune_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (!prune_stays(&plan->items[i]))
			TRY(remove_snapshot(pruning, &plan->items[i]));
	return NULL;
}

static fallible check_whole(const struct prune_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (prune_stays(&plan->items[i]) && !plan->items[i].whole)
			return error_hint(error_new(ERR_NO, "snapshot %s is not whole: no data was removed",
						    plan->items[i].snapshot),
					  "if its record is what is damaged, what it needs is still there; `owctl "
					  "backup verify` tells more. Once the snapshot is gone (--drop %s) data is "
					  "removed again", plan->items[i].snapshot);
	return NULL;
}

/* ---- what is not ---- */

/* The place of what a mark names, if it is there and is data. */
static bool find_marked(const struct pruning *pruning, const char *object, size_t *place)
{
	return needed_is_data(object) && objects_find(pruning->objects, object, place);
}

/* The mark stays as long as anything that it names does. */
static fallible remove_marked(struct pruning *pruning, const struct mark *mark)
{
	bool locked, any_locked = false;
	for (size_t i = 0; i < mark->names.count; i++) {
		size_t place;
		if (!find_marked(pruning, mark->names.items[i], &place) || pruning->named[place] ||
		    pruning->settled[place])
			continue;
		TRY(try_to_remove(pruning, mark->names.items[i], &locked));
		pruning->settled[place] = true;
		any_locked = any_locked || locked;
		if (locked)
			continue;
		pruning->counts->removed++;
		pruning->counts->removed_bytes += pruning->objects->sizes[place];
	}
	return any_locked ? NULL : remove_object(pruning, mark->object);
}

/* What is named again loses its mark, and that is one of several: the others are marked anew. */
static bool still_holds(const struct pruning *pruning, const struct mark *mark)
{
	size_t place, there = 0;
	for (size_t i = 0; i < mark->names.count; i++) {
		if (!find_marked(pruning, mark->names.items[i], &place))
			continue;
		if (pruning->named[place])
			return false;
		there++;
	}
	return there;
}

static void settle(const struct pruning *pruning, const struct mark *mark)
{
	size_t place;
	for (size_t i = 0; i < mark->names.count; i++)
		if (find_marked(pruning, mark->names.items[i], &place))
			pruning->settled[place] = true;
}

/* A backup that began at the very tick of the mark, or before it, may not have seen the mark. */
static fallible go_through_marks(struct pruning *pruning, const struct marks *marks, struct strings *void_ones)
{
	int64_t made_before = pruning->now - grace_s(pruning) * NS_A_SECOND;
	for (size_t i = 0; i < marks->count; i++) {
		const struct mark *mark = &marks->items[i];
		if (mark->made <= made_before && mark->made < pruning->running.oldest)
			TRY(remove_marked(pruning, mark));
		else if (still_holds(pruning, mark))
			settle(pruning, mark);
		else
			strings_add(void_ones, mark->object);
	}
	return NULL;
}

/* What a backup under way writes is no younger than it is. */
static fallible mark_others(struct pruning *pruning)
{
	const struct objects *objects = pruning->objects;
	AUTO(strings) struct strings names = {0};
	for (size_t i = 0; i < objects->names.count; i++) {
		if (!needed_is_data(objects->names.items[i]) || pruning->named[i] || pruning->settled[i] ||
		    objects->modified[i] >= pruning->running.oldest)
			continue;
		strings_add(&names, objects->names.items[i]);
		pruning->counts->marked++;
		pruning->counts->marked_bytes += objects->sizes[i];
	}
	TRY(prune_lock_check(pruning->lock));
	return marks_write(pruning->request->repository, &names);
}

static fallible remove_data(struct pruning *pruning)
{
	AUTO(marks) struct marks marks = {0};
	AUTO(strings) struct strings void_ones = {0};
	TRY(needed_find(pruning->request->repository, pruning->objects, pruning->named));
	TRY(marks_read(pruning->request->repository, &marks));
	TRY(go_through_marks(pruning, &marks, &void_ones));
	TRY(mark_others(pruning));
	return remove_objects(pruning, &void_ones);
}

/* An upload is no older than its backup. Nothing depends on it, and it needs a right of its own. */
static fallible tidy(const struct pruning *pruning, int64_t dead_after_s)
{
	size_t count;
	int64_t dead = pruning->now - dead_after_s * NS_A_SECOND, oldest = pruning->running.oldest;
	struct error *error = store_tidy(store_of(pruning), needed_is_data, dead < oldest ? dead : oldest, &count);
	if (count)
		log_note("%zu uploads that were cut off were taken away", count);
	if (!error || error->code == ERR_INTERRUPTED)
		return error;
	log_warning_error(error_wrap(error, "uploads that were cut off can't be taken away"));
	return NULL;
}

static fallible carry_out(struct pruning *pruning, const struct prune_plan *plan)
{
	int64_t dead_after_s = grace_s(pruning) > HEARTBEAT_DEAD_S ? grace_s(pruning) : HEARTBEAT_DEAD_S;
	TRY(store_time(store_of(pruning), PRUNE_SCRATCH, &pruning->now));
	TRY(running_look(pruning->request->repository, pruning->now, dead_after_s, &pruning->running));
	TRY(remove_objects(pruning, &pruning->running.dead));
	TRY(remove_snapshots(pruning, plan));
	TRY(tidy(pruning, dead_after_s));
	TRY(check_whole(plan));
	return remove_data(pruning);
}

fallible prune_carry_out(const struct prune_request *request, const struct prune_plan *plan,
			 const struct prune_lock *lock, struct prune_counts *counts)
{
	size_t room = plan->objects.names.count + 1;
	AUTO(memory) bool *named = mem_new(room, sizeof *named);
	AUTO(memory) bool *settled = mem_new(room, sizeof *settled);
	struct pruning pruning = {.request = request,
				  .lock = lock,
				  .objects = &plan->objects,
				  .counts = counts,
				  .named = named,
				  .settled = settled};
	struct error *error = carry_out(&pruning, plan);
	running_backups_cleanup(&pruning.running);
	return error;
}
