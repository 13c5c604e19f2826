/* The content of files, into pieces. All are listed first: what comes out of the packs has its place in the list. */
#include <string.h>

#include "backup/files.h"
#include "backup/live_sqlite.h"
#include "base/memory.h"

/* How often a file is begun anew that somebody writes to. */
#define TRIES 5

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

/* What was read of it before is passed over. */
static void begin_anew(struct reading *reading)
{
	piece_free(reading->piece);
	reading->piece = NULL;
	reading->file->stale = reading->pieces;
	reading->file->size = 0;
	digest_begin(&reading->digest, NULL);
}

static fallible read_stored(struct reading *reading, struct store *store)
{
	const struct sink sink = {take, reading};
	struct error *error = NULL;
	for (int i = 0; i < TRIES; i++) {
		bool found = true;
		error_ignore(error);
		begin_anew(reading);
		error = store_get(store, reading->file->path, 0, 0, &sink);
		if (!error || error->code != ERR_INPUT)
			return error;
		struct error *other = store_look(store, reading->file->path, &found, NULL);
		if (other) {
			error_ignore(error);
			return other;
		}
		if (!found) {
			error_ignore(error);
			reading->file->gone = true;
			return NULL;
		}
	}
	return error;
}

static fallible read_file(struct files *files, size_t index, struct store *store, const char *live,
			  struct pipeline *pipeline)
{
	AUTO(reading) struct reading reading = {
		.file = &files->items[index], .index = index, .pipeline = pipeline};
	const struct sink sink = {take, &reading};
	begin_anew(&reading);
	TRY(live ? live_sqlite_read(live, &sink) : read_stored(&reading, store));
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

/* ---- databases of SQLite ---- */

/* `live` gets its path, where it is one. */
static fallible look_for_sqlite(const struct file *file, struct store *store, const char *folder, char **live)
{
	AUTO(str) struct str head = {0};
	const struct sink sink = sink_into(&head);
	struct error *error = store_get(store, file->path, 0, sizeof LIVE_SQLITE_MAGIC, &sink);
	if (error && error->code == ERR_INPUT) { /* it is told when it is read */
		error_ignore(error);
		return NULL;
	}
	if (!error && head.size == sizeof LIVE_SQLITE_MAGIC &&
	    !memcmp(head.data, LIVE_SQLITE_MAGIC, sizeof LIVE_SQLITE_MAGIC))
		*live = text_format("%s/%s", folder, file->path);
	return error;
}

static bool is_beside(const char *path, const char *database)
{
	static const char *const endings[] = {"-wal", "-shm", "-journal"};
	for (size_t i = 0; database && i < COUNT(endings); i++)
		if (text_starts(path, database) && !strcmp(path + strlen(database), endings[i]))
			return true;
	return false;
}

/* In order of their names, a database comes before what is beside it. */
static fallible read_live_store(struct files *files, size_t first, struct store *store, const char *folder,
				struct pipeline *pipeline)
{
	const char *database = NULL;
	for (size_t i = first; i < files->count; i++) {
		AUTO(memory) char *live = NULL;
		if (is_beside(files->items[i].path, database)) {
			files->items[i].gone = true;
			continue;
		}
		TRY(look_for_sqlite(&files->items[i], store, folder, &live));
		if (live)
			database = files->items[i].path;
		TRY(read_file(files, i, store, live, pipeline));
	}
	return NULL;
}

fallible files_read_store(struct files *files, enum file_root root, struct store *store, const char *folder,
			  struct pipeline *pipeline)
{
	struct listing listing = {files, root};
	size_t first = files->count;
	TRY(store_list(store, "", list, &listing));
	if (folder)
		return read_live_store(files, first, store, folder, pipeline);
	for (size_t i = first; i < files->count; i++)
		TRY(read_file(files, i, store, NULL, pipeline));
	return NULL;
}
