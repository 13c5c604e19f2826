#include "backup/newest.h"

#include <string.h>

#include "base/log.h"
#include "base/memory.h"

void newest_list_cleanup(struct newest_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].label);
	free(list->items);
	*list = (struct newest_list){0};
}

static struct newest *add(struct newest_list *list, const char *label)
{
	list->items = mem_resize(list->items, list->count + 1, sizeof *list->items);
	struct newest *newest = &list->items[list->count++];
	*newest = (struct newest){.label = text_copy(label)};
	return newest;
}

static struct newest *find(const struct newest_list *list, const char *label)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].label, label))
			return &list->items[i];
	return NULL;
}

static bool all_found(const struct newest_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!*list->items[i].snapshot)
			return false;
	return true;
}

/* A clock that was years ahead for a day would else be the newest snapshot for years. */
static bool is_good(const struct record *record, int64_t now)
{
	int64_t ahead = record->time - now;
	bool good = ahead <= NEWEST_AHEAD_S;
	if (ahead > 0)
		log_warning("snapshot %s is %lld s in the future%s: compare the clock here with that of who made it",
			    record->snapshot, (long long)ahead, good ? "" : ", and is not counted");
	return good && record->complete;
}

static void take(struct newest *newest, const struct record *record, int64_t now)
{
	if (*newest->snapshot)
		return;
	if (!is_good(record, now)) {
		newest->passed_over++;
		return;
	}
	memcpy(newest->snapshot, record->snapshot, sizeof newest->snapshot);
	newest->time = record->time;
}

/* One that was damaged is no reason not to look at the others. */
static fallible read_one(const struct repository *repository, const unsigned char *key, const char *snapshot,
			 struct record *record, bool *readable)
{
	struct error *error = record_read(repository, snapshot, key, record);
	*readable = !error;
	if (!error || error->code != ERR_INPUT)
		return error;
	log_warning_error(error);
	return NULL;
}

fallible newest_read(const struct repository *repository, const unsigned char *key, const struct strings *labels,
		     int64_t now, struct newest_list *list)
{
	AUTO(strings) struct strings snapshots = {0};
	for (size_t i = 0; i < labels->count; i++)
		if (!find(list, labels->items[i]))
			add(list, labels->items[i]);
	TRY(record_list(repository, &snapshots));
	for (size_t i = snapshots.count; i-- && !(labels->count && all_found(list));) {
		AUTO(record) struct record record = {0};
		bool readable;
		TRY(read_one(repository, key, snapshots.items[i], &record, &readable));
		struct newest *newest = readable ? find(list, record.label) : NULL;
		if (readable && !newest && !labels->count)
			newest = add(list, record.label);
		if (newest)
			take(newest, &record, now);
	}
	return NULL;
}
