/* The content of files, into pieces. All are listed first: what comes out of the packs has its place in the list. */
#include "backup/files.h"

#include "base/memory.h"

struct reading {
	struct file *file;
	size_t index;
	struct pipeline *pipeline;
	struct piece *piece; /* that is being filled; NULL: none */
	uint64_t pieces;
	struct digest digest;
};

static void reading_cleanup(struct reading *reading)
{
	piece_free(reading->piece);
}

static fallible put(struct reading *reading)
{
	return reading->piece ? pipeline_put(reading->pipeline, &reading->piece) : NULL;
}

static fallible take(void *state, const char *bytes, size_t size)
{
	struct reading *reading = state;
	digest_add(&reading->digest, bytes, size);
	reading->file->size += size;
	while (size) {
		if (!reading->piece)
			reading->piece = piece_new(false, reading->index, reading->pieces++);
		struct str *filled = &reading->piece->bytes;
		size_t room = PIECE_SIZE - filled->size;
		size_t some = size < room ? size : room;
		str_add_n(filled, bytes, some);
		bytes += some;
		size -= some;
		if (filled->size == PIECE_SIZE)
			TRY(put(reading));
	}
	return NULL;
}

static fallible read_file(struct files *files, size_t index, struct store *store, struct pipeline *pipeline)
{
	AUTO(reading) struct reading reading = {
		.file = &files->items[index], .index = index, .pipeline = pipeline};
	const struct sink sink = {take, &reading};
	digest_begin(&reading.digest, NULL);
	TRY(store_get(store, reading.file->path, 0, 0, &sink));
	digest_end(&reading.digest, reading.file->hash);
	return put(&reading);
}

struct listing {
	struct files *files;
	enum file_root root;
};

static fallible list(void *state, const struct store_object *object)
{
	const struct listing *listing = state;
	files_add(listing->files, listing->root, object->name)->modified = object->modified;
	return NULL;
}

fallible files_read_store(struct files *files, enum file_root root, struct store *store, struct pipeline *pipeline)
{
	struct listing listing = {files, root};
	size_t first = files->count;
	TRY(store_list(store, "", list, &listing));
	for (size_t i = first; i < files->count; i++)
		TRY(read_file(files, i, store, pipeline));
	return NULL;
}
