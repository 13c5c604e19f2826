/* The content of files, into pieces. All are listed first: what comes out of the packs has its place in the list. */
#include <string.h>

#include "backup/contents.h"
#include "backup/live_sqlite.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/progress.h"

/* How often a file is begun anew that somebody writes to. */
#define TRIES 5

struct reading_all {
	struct files *files;
	const struct files_source *source;
	struct contents *contents;
	struct pipeline *pipeline;
};

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
			reading->piece = piece_new(NULL, reading->index, reading->pieces++);
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

static void forget_version(struct file *file)
{
	free(file->version);
	file->version = NULL;
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

/* ---- what need not be packed ---- */

static fallible hash_only(void *state, const char *bytes, size_t size)
{
	struct reading *reading = state;
	digest_add(&reading->digest, bytes, size);
	reading->file->size += size;
	return NULL;
}

/* What is larger than a piece is on its way before its hash is known. Where another one has its size it is read for the
 * hash first; that it changes meanwhile is found when it is read again. */
static fallible take_large(const struct reading_all *all, size_t index, bool *taken)
{
	struct file *file = &all->files->items[index];
	struct reading reading = {.file = file};
	const struct sink sink = {hash_only, &reading};
	uint64_t size = file->size;
	if (size <= PIECE_SIZE || !contents_have_size_twice(all->contents, size))
		return NULL;
	begin_anew(&reading);
	struct error *error = store_get(all->source->store, file->path, 0, 0, &sink);
	digest_end(&reading.digest, file->hash);
	if (error && error->code == ERR_INPUT) {
		error_ignore(error);
		return NULL;
	}
	TRY(error);
	if (file->size != size || !contents_know(all->contents, file))
		return NULL;
	return contents_take(all->contents, all->files, index, taken);
}

static fallible keep_unread(const struct reading_all *all, size_t index, bool *kept)
{
	TRY(contents_keep(all->contents, &all->files->items[index], kept));
	return *kept ? NULL : take_large(all, index, kept);
}

/* ---- one file ---- */

/* It keeps nobody from having all others: a file that another user has closed, a database that is damaged. */
static fallible give_up(const struct reading_all *all, struct reading *reading, bool live, struct error *error)
{
	struct file *file = reading->file;
	bool found = false;
	bool of_the_file = error && (error->code == ERR_PERMISSION || (live && error->code == ERR_INPUT));
	struct error *other = of_the_file ? store_look(all->source->store, file->path, &found, NULL) : NULL;
	error_ignore(other);
	if (!found)
		return error;
	AUTO(memory) char *text = error_text(error);
	error_free(error);
	log_warning("%s/%s can't be read, and is not in the snapshot: %s", file_root_name(file->root), file->path,
		    text);
	begin_anew(reading);
	forget_version(file);
	file->missing = true;
	return NULL;
}

/* All of it is in the piece that is still here, if it is in one at all. */
static bool is_held(const struct reading *reading)
{
	return !reading->file->stale && (!reading->pieces || (reading->pieces == 1 && reading->piece));
}

static fallible read_file(const struct reading_all *all, size_t index, const char *live)
{
	AUTO(reading) struct reading reading = {
		.file = &all->files->items[index], .index = index, .pipeline = all->pipeline};
	const struct sink sink = {take, &reading};
	bool known = false;
	if (!live)
		TRY(keep_unread(all, index, &known));
	if (known)
		return NULL;
	begin_anew(&reading);
	struct error *error = live ? live_sqlite_read(live, &sink) : read_stored(&reading, all->source->store);
	TRY(give_up(all, &reading, live, error));
	digest_end(&reading.digest, reading.file->hash);
	if (reading.file->gone || reading.file->missing)
		return NULL;
	if (is_held(&reading))
		TRY(contents_take(all->contents, all->files, index, &known));
	else
		contents_remember(all->contents, all->files, index);
	return known ? NULL : put(&reading);
}

static fallible list(void *state, const struct store_object *object)
{
	const struct reading_all *all = state;
	struct file *file = files_add(all->files, all->source->root, object->name);
	file->modified = object->modified;
	file->size = object->size;
	file->version = text_copy(object->tag);
	contents_add_size(all->contents, object->size);
	progress_expect(all->source->progress, object->size);
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
static fallible read_live_store(const struct reading_all *all, size_t first)
{
	struct files *files = all->files;
	const char *database = NULL;
	for (size_t i = first; i < files->count; i++) {
		AUTO(memory) char *live = NULL;
		if (is_beside(files->items[i].path, database)) {
			files->items[i].gone = true;
			continue;
		}
		TRY(look_for_sqlite(&files->items[i], all->source->store, all->source->folder, &live));
		if (live) {
			database = files->items[i].path;
			forget_version(&files->items[i]); /* what was written may be in a file beside it */
		}
		TRY(read_file(all, i, live));
	}
	return NULL;
}

fallible files_read_store(struct files *files, const struct files_source *source, struct contents *contents,
			  struct pipeline *pipeline)
{
	struct reading_all all = {files, source, contents, pipeline};
	size_t first = files->count;
	TRY(store_list(source->store, "", list, &all));
	if (source->folder)
		return read_live_store(&all, first);
	for (size_t i = first; i < files->count; i++)
		TRY(read_file(&all, i, NULL));
	return NULL;
}
