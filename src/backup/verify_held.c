#include "backup/verify_held.h"

#include <string.h>

#include "backup/verify_objects.h"
#include "base/memory.h"
#include "base/sorted.h"

/* ---- the list ---- */

static size_t most_items(const struct manifest *manifest)
{
	size_t count = manifest->files.count;
	for (size_t i = 0; i < manifest->database_count; i++)
		for (size_t j = 0; j < manifest->databases[i].tables.count; j++)
			count += manifest->databases[i].tables.items[j].segment_count;
	return count;
}

static void add_segment(struct held_items *items, const struct segment *segment)
{
	if (!segment->odd.size || !strcmp(segment->place.pack, segment->odd.pack))
		items->items[items->count++] = (struct held_item){
			.pack = segment->place.pack, .offset = segment->place.offset, .segment = segment};
}

static void add_tables(struct held_items *items, const struct tables *tables)
{
	for (size_t i = 0; i < tables->count; i++)
		for (size_t j = 0; j < tables->items[i].segment_count; j++)
			add_segment(items, &tables->items[i].segments[j]);
}

static void add_file(struct held_items *items, const struct file *file)
{
	if (file->missing || !file->part_count)
		return;
	for (size_t i = 1; i < file->part_count; i++)
		if (strcmp(file->parts[i].pack, file->parts[0].pack) != 0)
			return;
	items->items[items->count++] =
		(struct held_item){.pack = file->parts[0].pack, .offset = file->parts[0].offset, .file = file};
}

static int by_place(const void *left, const void *right)
{
	const struct held_item *a = left, *b = right;
	int order = strcmp(a->pack, b->pack);
	return order ? order : (a->offset > b->offset) - (a->offset < b->offset);
}

void held_items_list(const struct manifest *manifest, struct held_items *items)
{
	items->items = mem_new(most_items(manifest) + 1, sizeof *items->items);
	for (size_t i = 0; i < manifest->database_count; i++)
		add_tables(items, &manifest->databases[i].tables);
	for (size_t i = 0; i < manifest->files.count; i++)
		add_file(items, &manifest->files.items[i]);
	qsort(items->items, items->count, sizeof *items->items, by_place);
}

/* ---- looking ---- */

static const char *pack_of_item(const void *item)
{
	return ((const struct held_item *)item)->pack;
}

static fallible check(struct verifier *verifier, struct fetcher *fetcher, const struct held_item *item)
{
	struct line_sum nobodys = {0};
	return item->segment ? verify_segment(verifier, fetcher, item->segment, &nobodys)
			     : verify_file(verifier, fetcher, item->file);
}

fallible held_check(struct verifier *verifier, const struct held_items *items, const char *pack,
		    const struct str *bytes)
{
	AUTO(fetcher) struct fetcher fetcher = {.repository = verifier->repository,
						.identities = verifier->identities,
						.held_pack = pack,
						.held = bytes};
	size_t at = sorted_place(items->items, items->count, sizeof *items->items, pack_of_item, pack);
	for (; at < items->count && !strcmp(items->items[at].pack, pack); at++) {
		struct error *error = check(verifier, &fetcher, &items->items[at]);
		if (error && error->code != ERR_INPUT)
			return error;
		error_ignore(error); /* it is found again, and told with the name of what it belongs to */
	}
	return NULL;
}
