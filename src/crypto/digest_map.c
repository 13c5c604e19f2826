#include "crypto/digest_map.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define FIRST_ROOM 64

struct digest_entry {
	unsigned char digest[DIGEST_SIZE];
	uint64_t value;
	bool used;
};

void digest_map_cleanup(struct digest_map *map)
{
	free(map->entries);
	*map = (struct digest_map){0};
}

/* The entry of the digest, or a free one. A digest is as random as it gets. */
static struct digest_entry *entry_of(const struct digest_map *map, const unsigned char *digest)
{
	uint64_t start;
	memcpy(&start, digest, sizeof start);
	for (size_t i = start & (map->room - 1);; i = (i + 1) & (map->room - 1)) {
		struct digest_entry *entry = &map->entries[i];
		if (!entry->used || !memcmp(entry->digest, digest, DIGEST_SIZE))
			return entry;
	}
}

static void grow(struct digest_map *map)
{
	struct digest_map larger = {.count = map->count, .room = map->room ? 2 * map->room : FIRST_ROOM};
	larger.entries = mem_new(larger.room, sizeof *larger.entries);
	for (size_t i = 0; i < map->room; i++)
		if (map->entries[i].used)
			*entry_of(&larger, map->entries[i].digest) = map->entries[i];
	free(map->entries);
	*map = larger;
}

bool digest_map_get(const struct digest_map *map, const unsigned char digest[static DIGEST_SIZE], uint64_t *value)
{
	const struct digest_entry *entry = map->room ? entry_of(map, digest) : NULL;
	if (!entry || !entry->used)
		return false;
	*value = entry->value;
	return true;
}

void digest_map_set(struct digest_map *map, const unsigned char digest[static DIGEST_SIZE], uint64_t value)
{
	if (2 * (map->count + 1) > map->room)
		grow(map);
	struct digest_entry *entry = entry_of(map, digest);
	map->count += !entry->used;
	memcpy(entry->digest, digest, DIGEST_SIZE);
	entry->value = value;
	entry->used = true;
}
