#include "backup/contents.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "crypto/digest_map.h"

struct known {
	const struct file *earlier; /* or NULL: then */
	size_t index;               /* + 1, of a file of this snapshot */
	uint64_t size;
};

struct contents {
	struct earlier *earlier;
	struct known *known;
	size_t known_count, known_room;
	struct digest_map places; /* among `known`, by the hash */
	uint64_t *sizes;
	size_t size_count, size_room;
	bool sizes_sorted;
};

static const struct known *find(const struct contents *contents, const struct file *file)
{
	uint64_t place;
	if (!digest_map_get(&contents->places, file->hash, &place) || contents->known[place].size != file->size)
		return NULL;
	return &contents->known[place];
}

static void add(struct contents *contents, const struct file *file, const struct file *earlier, size_t index)
{
	if (contents->known_count == contents->known_room) {
		contents->known_room = 2 * contents->known_room + 64;
		contents->known = mem_resize(contents->known, contents->known_room, sizeof *contents->known);
	}
	contents->known[contents->known_count] =
		(struct known){.earlier = earlier, .index = index, .size = file->size};
	digest_map_set(&contents->places, file->hash, contents->known_count++);
}

/* ---- */

struct contents *contents_new(struct earlier *earlier)
{
	struct contents *contents = mem_new(1, sizeof *contents);
	contents->earlier = earlier;
	const struct files *files = earlier ? earlier_files(earlier) : NULL;
	for (size_t i = 0; files && i < files->count; i++) {
		add(contents, &files->items[i], &files->items[i], 0);
		contents_add_size(contents, files->items[i].size);
	}
	return contents;
}

void contents_free(struct contents *contents)
{
	if (!contents)
		return;
	free(contents->known);
	digest_map_cleanup(&contents->places);
	free(contents->sizes);
	free(contents);
}

fallible contents_keep(struct contents *contents, struct file *file, bool *kept)
{
	const struct file *same = contents->earlier ? earlier_same(contents->earlier, file) : NULL;
	*kept = false;
	if (!same)
		return NULL;
	TRY(earlier_give(contents->earlier, same, file, kept));
	if (*kept) {
		memcpy(file->hash, same->hash, DIGEST_SIZE);
		file->kept = true;
	}
	return NULL;
}

bool contents_know(const struct contents *contents, const struct file *file)
{
	return find(contents, file);
}

fallible contents_take(struct contents *contents, struct files *files, size_t index, bool *taken)
{
	struct file *file = &files->items[index];
	const struct known *known = find(contents, file);
	*taken = false;
	if (known && known->earlier) {
		TRY(earlier_give(contents->earlier, known->earlier, file, taken));
	} else if (known) {
		file->same_as = known->index;
		*taken = true;
	}
	if (*taken)
		file->kept = true;
	else
		add(contents, file, NULL, index + 1);
	return NULL;
}

void contents_remember(struct contents *contents, const struct files *files, size_t index)
{
	if (!contents_know(contents, &files->items[index]))
		add(contents, &files->items[index], NULL, index + 1);
}

/* ---- sizes ---- */

void contents_add_size(struct contents *contents, uint64_t size)
{
	if (size <= PIECE_SIZE)
		return;
	if (contents->size_count == contents->size_room) {
		contents->size_room = 2 * contents->size_room + 64;
		contents->sizes = mem_resize(contents->sizes, contents->size_room, sizeof *contents->sizes);
	}
	contents->sizes[contents->size_count++] = size;
	contents->sizes_sorted = false;
}

static int by_size(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;
	return (one > other) - (one < other);
}

bool contents_have_size_twice(struct contents *contents, uint64_t size)
{
	if (!contents->sizes_sorted)
		qsort(contents->sizes, contents->size_count, sizeof *contents->sizes, by_size);
	contents->sizes_sorted = true;
	size_t low = 0, high = contents->size_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (contents->sizes[middle] < size)
			low = middle + 1;
		else
			high = middle;
	}
	return low + 1 < contents->size_count && contents->sizes[low] == size && contents->sizes[low + 1] == size;
}
