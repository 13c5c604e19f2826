#include "backup/verify.h"

#include <string.h>

#include "backup/fetch_segment.h"
#include "backup/load_files.h"
#include "base/memory.h"
#include "base/sorted.h"

void objects_cleanup(struct objects *objects)
{
	strings_cleanup(&objects->names);
	free(objects->sizes);
	free(objects->modified);
}

static fallible add(void *state, const struct store_object *object)
{
	struct objects *objects = state;
	if (objects->names.count == objects->room) {
		objects->room = 2 * objects->room + 64;
		objects->sizes = mem_resize(objects->sizes, objects->room, sizeof *objects->sizes);
		objects->modified = mem_resize(objects->modified, objects->room, sizeof *objects->modified);
	}
	objects->sizes[objects->names.count] = object->size;
	objects->modified[objects->names.count] = object->modified;
	strings_add(&objects->names, object->name);
	return NULL;
}

fallible objects_list(const struct repository *repository, struct objects *objects)
{
	return store_list(repository->store, "", add, objects);
}

static const char *text_of(const void *item)
{
	return *(char *const *)item;
}

bool objects_find(const struct objects *objects, const char *name, size_t *place)
{
	const struct strings *names = &objects->names;
	*place = sorted_place(names->items, names->count, sizeof *names->items, text_of, name);
	return *place < names->count && !strcmp(names->items[*place], name);
}

static fallible tell(struct verify_faults *faults, const char *object, const char *what)
{
	faults->count++;
	return faults->tell(faults->state, object, what);
}

static fallible check_size(const struct objects *objects, const char *name, const struct object_seal *seal,
			   struct verify_faults *faults)
{
	size_t place;
	if (!objects_find(objects, name, &place))
		return tell(faults, name, "it is not there");
	uint64_t size = objects->sizes[place];
	if (size == seal->size)
		return NULL;
	AUTO(memory) char *what = text_format("it has %llu bytes, and should have %llu", (unsigned long long)size,
					      (unsigned long long)seal->size);
	return tell(faults, name, what);
}

fallible verify_sizes(const struct objects *objects, const struct record *record, struct verify_faults *faults)
{
	AUTO(memory) char *manifest = manifest_object(record->snapshot);
	AUTO(memory) char *index = index_object(record->snapshot);
	TRY(check_size(objects, manifest, &record->manifest, faults));
	if (record->index.size)
		TRY(check_size(objects, index, &record->index, faults));
	for (size_t i = 0; i < record->pack_count; i++) {
		AUTO(memory) char *pack = pack_object(record->packs[i].id);
		TRY(check_size(objects, pack, &record->packs[i].object, faults));
	}
	return NULL;
}

/* ---- hashes of objects ---- */

struct hashing {
	struct digest digest;
	uint64_t size;
};

static fallible hash(void *state, const char *bytes, size_t size)
{
	struct hashing *hashing = state;
	digest_add(&hashing->digest, bytes, size);
	hashing->size += size;
	return NULL;
}

/* Damage is told; what keeps from looking is an error. */
static fallible fault_of(struct verify_faults *faults, const char *object, struct error *error)
{
	if (!error || error->code != ERR_INPUT)
		return error;
	AUTO(memory) char *what = error_text(error);
	error_free(error);
	return tell(faults, object, what);
}

static fallible check_hash(struct store *store, const char *name, const struct object_seal *seal,
			   struct verify_faults *faults)
{
	struct hashing hashing = {0};
	const struct sink sink = {hash, &hashing};
	unsigned char found[DIGEST_SIZE];
	digest_begin(&hashing.digest, NULL);
	struct error *error = store_get(store, name, 0, 0, &sink);
	if (error)
		return fault_of(faults, name, error);
	digest_end(&hashing.digest, found);
	if (hashing.size == seal->size && !memcmp(found, seal->hash, sizeof found))
		return NULL;
	return tell(faults, name, "its bytes are not those that were written");
}

fallible verify_objects(const struct repository *repository, const struct record *record, unsigned nth,
			struct verify_faults *faults)
{
	AUTO(memory) char *manifest = manifest_object(record->snapshot);
	AUTO(memory) char *index = index_object(record->snapshot);
	TRY(check_hash(repository->store, manifest, &record->manifest, faults));
	if (record->index.size)
		TRY(check_hash(repository->store, index, &record->index, faults));
	for (size_t i = 0; i < record->pack_count; i += nth) {
		AUTO(memory) char *pack = pack_object(record->packs[i].id);
		TRY(check_hash(repository->store, pack, &record->packs[i].object, faults));
	}
	return NULL;
}

/* ---- what is in them ---- */

static fallible check_segment(struct fetcher *fetcher, const struct segment *segment, struct line_sum *sum)
{
	AUTO(fetched_segment) struct fetched_segment fetched = {0};
	TRY(segment_fetch(fetcher, segment, &fetched));
	sum->lines += fetched.sum.lines;
	sum->sum += fetched.sum.sum;
	return NULL;
}

static fallible check_table(struct fetcher *fetcher, const struct table *table)
{
	struct line_sum sum = {0};
	for (size_t i = 0; i < table->segment_count; i++)
		TRY(check_segment(fetcher, &table->segments[i], &sum));
	if (sum.lines != table->rows || sum.sum != table->sum)
		return error_new(ERR_INPUT, "its rows are not those that the manifest says");
	return NULL;
}

static fallible check_all(struct fetcher *fetcher, const struct manifest *manifest, const char *object,
			  struct verify_faults *faults)
{
	const struct sink nowhere = sink_nowhere();
	for (size_t i = 0; i < manifest->database_count; i++) {
		const struct tables *tables = &manifest->databases[i].tables;
		for (size_t table = 0; table < tables->count; table++)
			TRY(fault_of(faults, object,
				     error_wrap(check_table(fetcher, &tables->items[table]), "table %s",
						tables->items[table].name)));
	}
	for (size_t i = 0; i < manifest->files.count; i++) {
		const struct file *file = &manifest->files.items[i];
		if (!file->missing)
			TRY(fault_of(faults, object,
				     error_wrap(file_fetch(fetcher, file, &nowhere), "file %s/%s",
						file_root_name(file->root), file->path)));
	}
	return NULL;
}

fallible verify_contents(const struct repository *repository, const struct record *record,
			 const struct age_identities *identities, struct verify_faults *faults)
{
	AUTO(manifest) struct manifest manifest = {0};
	AUTO(fetcher) struct fetcher fetcher = {.repository = repository, .identities = identities};
	AUTO(memory) char *object = manifest_object(record->snapshot);
	struct error *error = manifest_read(repository, record, identities, &manifest);
	return error ? fault_of(faults, object, error) : check_all(&fetcher, &manifest, object, faults);
}
