#include "backup/verify.h"

#include <string.h>

#include "backup/fetch_segment.h"
#include "backup/load_files.h"
#include "backup/verify_held.h"
#include "backup/verify_objects.h"
#include "base/memory.h"
#include "base/sorted.h"
#include "store/name.h"

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

static fallible check_size(const struct objects *objects, const char *name, const struct object_seal *seal,
			   struct verify_faults *faults)
{
	size_t place;
	if (!objects_find(objects, name, &place))
		return verify_tell(faults, name, "it is not there");
	uint64_t size = objects->sizes[place];
	if (size == seal->size)
		return NULL;
	AUTO(memory) char *what = text_format("it has %llu bytes, and should have %llu", (unsigned long long)size,
					      (unsigned long long)seal->size);
	return verify_tell(faults, name, what);
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

/* ---- what is in them ---- */

/* Lines that a snapshot skips are looked at for the others as well. */
static void name_segment(const struct segment *segment, unsigned char name[static DIGEST_SIZE])
{
	AUTO(str) struct str text = {0};
	str_add_format(&text, "segment %llu %llu ", (unsigned long long)segment->lines,
		       (unsigned long long)segment->bytes);
	place_add_text(&text, &segment->place);
	str_add_char(&text, ' ');
	if (segment->odd.size)
		place_add_text(&text, &segment->odd);
	digest_of(text.data, text.size, name);
}

static void name_file(const struct file *file, unsigned char name[static DIGEST_SIZE])
{
	AUTO(str) struct str text = {0};
	str_add_format(&text, "file %llu ", (unsigned long long)file->size);
	str_add_n(&text, (const char *)file->hash, sizeof file->hash);
	for (size_t i = 0; i < file->part_count; i++) {
		str_add_char(&text, ' ');
		place_add_text(&text, &file->parts[i]);
	}
	digest_of(text.data, text.size, name);
}

fallible verify_segment(struct verifier *verifier, struct fetcher *fetcher, const struct segment *segment,
			struct line_sum *stored)
{
	AUTO(fetched_segment) struct fetched_segment fetched = {0};
	struct line_sum known = {.lines = segment->lines};
	unsigned char name[DIGEST_SIZE];
	name_segment(segment, name);
	if (!digest_map_get(&verifier->good, name, &known.sum)) {
		TRY(segment_fetch(fetcher, segment, &fetched));
		known = fetched.stored;
		digest_map_set(&verifier->good, name, known.sum);
	}
	line_sum_join(stored, &known);
	return NULL;
}

static bool is_read(const struct verifier *verifier, const struct segment *segment)
{
	return verify_reads(verifier, segment->place.pack) &&
	       (!segment->odd.size || verify_reads(verifier, segment->odd.pack));
}

static fallible check_table(struct verifier *verifier, struct fetcher *fetcher, const struct table *table)
{
	struct line_sum stored = {0};
	uint64_t rows = 0;
	size_t read = 0;
	for (size_t i = 0; i < table->segment_count; i++) {
		const struct segment *segment = &table->segments[i];
		rows += segment->lines - segment->skips.lines;
		if (!is_read(verifier, segment))
			continue;
		TRY(verify_segment(verifier, fetcher, segment, &stored));
		verifier->verified.rows_read += segment->lines - segment->skips.lines;
		read++;
	}
	bool whole = read == table->segment_count;
	verifier->verified.tables_summed += whole;
	return table_check(table, rows, whole ? stored.sum : table->sum);
}

fallible verify_file(struct verifier *verifier, struct fetcher *fetcher, const struct file *file)
{
	const struct sink nowhere = sink_nowhere();
	unsigned char name[DIGEST_SIZE];
	uint64_t known;
	name_file(file, name);
	if (digest_map_get(&verifier->good, name, &known))
		return NULL;
	TRY(file_fetch(fetcher, file, &nowhere));
	digest_map_set(&verifier->good, name, 0);
	return NULL;
}

/* Of one that is in the packs only in part, the parts. */
static fallible check_file(struct verifier *verifier, struct fetcher *fetcher, const struct file *file)
{
	const struct sink nowhere = sink_nowhere();
	size_t read = 0;
	if (!store_name_valid(file->path)) /* no restore would write it */
		return error_new(ERR_INPUT, "it has a name that leads elsewhere");
	for (size_t i = 0; i < file->part_count; i++)
		read += verify_reads(verifier, file->parts[i].pack);
	if (read == file->part_count) {
		verifier->verified.files_read++;
		return verify_file(verifier, fetcher, file);
	}
	for (size_t i = 0; i < file->part_count; i++)
		if (verify_reads(verifier, file->parts[i].pack))
			TRY(fetch(fetcher, &file->parts[i], file->size, &nowhere));
	return NULL;
}

static fallible check_tables(struct verifier *verifier, struct fetcher *fetcher, const struct tables *tables,
			     const char *object)
{
	for (size_t i = 0; i < tables->count; i++) {
		const struct table *table = &tables->items[i];
		verifier->verified.tables++;
		verifier->verified.rows += table->rows;
		TRY(verify_fault_of(verifier->faults, object,
				    error_wrap(check_table(verifier, fetcher, table), "table %s", table->name)));
	}
	return NULL;
}

static fallible check_files(struct verifier *verifier, struct fetcher *fetcher, const struct files *files,
			    const char *object)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct file *file = &files->items[i];
		if (file->missing)
			continue;
		verifier->verified.files++;
		TRY(verify_fault_of(verifier->faults, object,
				    error_wrap(check_file(verifier, fetcher, file), "file %s/%s",
					       file_root_name(file->root), file->path)));
	}
	return NULL;
}

static fallible check_contents(struct verifier *verifier, const struct manifest *manifest, const char *object)
{
	AUTO(fetcher) struct fetcher fetcher = {.repository = verifier->repository,
						.identities = verifier->identities,
						.progress = verifier->progress};
	for (size_t i = 0; i < manifest->database_count; i++)
		TRY(check_tables(verifier, &fetcher, &manifest->databases[i].tables, object));
	return check_files(verifier, &fetcher, &manifest->files, object);
}

static fallible open_and_check(struct verifier *verifier, const struct record *record)
{
	AUTO(manifest) struct manifest manifest = {0};
	AUTO(held_items) struct held_items items = {0};
	AUTO(memory) char *object = manifest_object(record->snapshot);
	uint64_t before = verifier->faults->count;
	struct error *error = manifest_read(verifier->repository, record, verifier->identities, &manifest);
	if (error) {
		TRY(verify_fault_of(verifier->faults, object, error));
		return verify_packs(verifier, record, NULL);
	}
	held_items_list(&manifest, &items);
	TRY(verify_packs(verifier, record, &items));
	return verifier->faults->count == before ? check_contents(verifier, &manifest, object) : NULL;
}

fallible verify_data(struct verifier *verifier, const struct record *record)
{
	uint64_t before = verifier->faults->count;
	TRY(verify_lists(verifier, record));
	bool opens = verifier->identities->count && verifier->faults->count == before;
	return opens ? open_and_check(verifier, record) : verify_packs(verifier, record, NULL);
}
