/* What an earlier snapshot is said to have, by whoever could write its index: any bytes are read, or refused as input,
 * and rows that come by are held against it. The members stand one after the other, with 0x1e between them. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "backup/index_members.h"
#include "backup/known_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SLOTS 64 /* of rows that come by */

static bool read_members(const uint8_t *data, size_t size, struct snapshot_index *index)
{
	static const char *const names[] = {"files.zst", "main.moment.zst", "main.tables.zst", "main.segments.zst",
					    "main.slots.zst"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		AUTO(str) struct str member = {0};
		const uint8_t *end = size ? memchr(data, 0x1e, size) : NULL;
		size_t length = end ? (size_t)(end - data) : size;
		str_add_n(&member, (const char *)data, length);
		struct error *error = index_read_member(names[i], &member, index);
		assert(!error || error->code == ERR_INPUT);
		error_free(error);
		if (error)
			return false;
		data += end ? length + 1 : length;
		size -= end ? length + 1 : length;
	}
	return true;
}

/* Lines that stay and those that are skipped are all that a segment has. */
static void look(const struct segment *segments, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t next = 0, skipped = 0;
		for (size_t skip = 0; skip < segments[i].skips.count; skip++) {
			const struct line_range *range = &segments[i].skips.items[skip];
			assert(range->first >= next && range->count);
			assert(range->count <= segments[i].lines - range->first);
			next = range->first + range->count;
			skipped += range->count;
		}
		assert(skipped == segments[i].skips.lines && skipped < segments[i].lines);
	}
}

static void go_along(struct table *table, bool tagged)
{
	static const unsigned char tag[CONTENT_TAG_SIZE];
	struct segment *kept = NULL;
	size_t count = 0;
	struct known_rows *known = known_rows_new(table, tagged);
	for (uint64_t slot = 0; known && slot < SLOTS; slot++)
		known_rows_keep(known, slot, tagged ? tag : NULL);
	if (known)
		known_rows_end(known, &kept, &count);
	known_rows_free(known);
	look(kept, count);
	for (size_t i = 0; i < count; i++)
		segment_cleanup(&kept[i]);
	free(kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot_index index = {0};
	if (read_members(data, size, &index))
		for (size_t i = 0; i < index.rows[DATABASE_MAIN].tables.count; i++)
			go_along(&index.rows[DATABASE_MAIN].tables.items[i], i % 2);
	snapshot_index_cleanup(&index);
	return 0;
}
