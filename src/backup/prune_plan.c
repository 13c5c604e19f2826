#include <string.h>

#include "backup/prune.h"
#include "base/clock.h"
#include "base/memory.h"

void prune_plan_cleanup(struct prune_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		free(plan->items[i].label);
	free(plan->items);
	objects_cleanup(&plan->objects);
	*plan = (struct prune_plan){0};
}

bool prune_stays(const struct prune_item *item)
{
	return !item->dropped && (item->strange || item->reasons);
}

static fallible count_alone(void *state, const char *object, const char *what)
{
	(void)state;
	(void)object;
	(void)what;
	return NULL;
}

/* With the wrong key, what is written for others and what is forged are alike. */
static fallible read_one(const struct prune_request *request, const char *snapshot, struct record *record,
			 bool *strange)
{
	struct error *error = record_read(request->repository, snapshot, request->key, record);
	*strange = error && error->code == ERR_INPUT && request->key;
	if (*strange) {
		error_ignore(error);
		error = record_read(request->repository, snapshot, NULL, record);
	}
	if (!error || error->code != ERR_INPUT)
		return error;
	return error_hint(error_without_hints(error),
			  "nothing is removed while a record can't be read, since nobody knows what it needs; `owctl "
			  "backup verify` tells of all such, --drop %s removes this one", snapshot);
}

static bool has_tag(const struct prune_request *request, const struct record *record)
{
	for (size_t i = 0; i < record->tags.count; i++)
		if (strings_have(request->tags, record->tags.items[i]))
			return true;
	return false;
}

/* As its ID says it: "20261129T110155Z-1a2b3c4d". */
static int64_t time_of(const char *id)
{
	int64_t time = 0;
	AUTO(memory) char *text = text_format("%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", id, id + 4, id + 6, id + 9, id + 11,
					      id + 13);
	return clock_parse(text, &time) ? time : 0;
}

/* Of one that is to go not even the record has to be readable. */
static fallible read_or_drop(const struct prune_request *request, const char *snapshot, struct record *record,
			     struct prune_item *item)
{
	item->dropped = strings_have(request->drops, snapshot);
	struct error *error = read_one(request, snapshot, record, &item->strange);
	if (!error || error->code != ERR_INPUT || !item->dropped)
		return error;
	error_free(error);
	memcpy(record->snapshot, snapshot, sizeof record->snapshot);
	record->time = time_of(snapshot);
	record->label = text_copy("");
	item->strange = true;
	return NULL;
}

static fallible fill(const struct prune_request *request, const char *snapshot, const struct objects *objects,
		     struct prune_item *item)
{
	AUTO(record) struct record record = {0};
	struct verify_faults faults = {.tell = count_alone};
	TRY(read_or_drop(request, snapshot, &record, item));
	TRY(verify_sizes(objects, &record, &faults));
	memcpy(item->snapshot, record.snapshot, sizeof item->snapshot);
	item->time = record.time;
	item->label = text_copy(record.label);
	item->complete = record.complete;
	item->whole = !faults.count;
	item->tagged = has_tag(request, &record);
	return NULL;
}

static bool is_counted(const struct prune_item *item)
{
	return !item->strange && !item->dropped;
}

static bool is_good(const struct prune_item *item)
{
	return !item->strange && item->complete && item->whole;
}

/* ---- what is to go whatever the rules say ---- */

static bool has_another_good(const struct prune_plan *plan, const char *label)
{
	for (size_t i = 0; i < plan->count; i++)
		if (is_good(&plan->items[i]) && !plan->items[i].dropped && text_equal(plan->items[i].label, label))
			return true;
	return false;
}

static fallible check_drops(const struct prune_request *request, const struct strings *there,
			    const struct prune_plan *plan)
{
	for (size_t i = 0; i < request->drops->count; i++)
		if (!strings_have(there, request->drops->items[i]))
			return error_hint(error_new(ERR_INPUT, "there is no snapshot %s", request->drops->items[i]),
					  "--drop takes whole IDs, as `owctl backup list` has them");
	for (size_t i = 0; i < plan->count; i++) {
		const struct prune_item *item = &plan->items[i];
		if (item->dropped && is_good(item) && !has_another_good(plan, item->label))
			return error_hint(error_new(ERR_NO, "snapshot %s is the last good one of \"%s\"",
						    item->snapshot, item->label),
					  "make another one first");
	}
	return NULL;
}

/* ---- */

static void decide(const struct prune_request *request, struct prune_plan *plan)
{
	AUTO(memory) struct keep_snapshot *snapshots = mem_new(plan->count + 1, sizeof *snapshots);
	size_t count = 0, decided = 0;
	for (size_t i = 0; i < plan->count; i++) {
		const struct prune_item *item = &plan->items[i];
		if (is_counted(item))
			snapshots[count++] = (struct keep_snapshot){.label = item->label,
								    .time = item->time,
								    .good = is_good(item),
								    .tagged = item->tagged};
	}
	keep_decide(&request->rules, clock_now(), snapshots, count);
	for (size_t i = 0; i < plan->count; i++)
		if (is_counted(&plan->items[i]))
			plan->items[i].reasons = snapshots[decided++].reasons;
}

/* Snapshots are listed before objects, so that all that a listed one has was there. */
fallible prune_plan_make(const struct prune_request *request, struct prune_plan *plan)
{
	AUTO(strings) struct strings snapshots = {0};
	TRY(record_list(request->repository, &snapshots));
	TRY(objects_list(request->repository, &plan->objects));
	plan->items = mem_new(snapshots.count + 1, sizeof *plan->items);
	for (; plan->count < snapshots.count; plan->count++)
		TRY(fill(request, snapshots.items[plan->count], &plan->objects, &plan->items[plan->count]));
	TRY(check_drops(request, &snapshots, plan));
	decide(request, plan);
	return NULL;
}
