#include "backup/earlier.h"

#include <stdlib.h>
#include <string.h>

#include "backup/marks.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/sorted.h"

struct known_pack {
	struct pack_seal seal;
	enum { NOT_LOOKED_FOR, IS_THERE, IS_GONE } state;
	bool needed;
};

struct earlier {
	struct store *store;
	struct snapshot_index index;
	bool has[INDEX_PARTS];
	struct known_pack *packs; /* in order of their IDs */
	size_t pack_count;
};

void earlier_free(struct earlier *earlier)
{
	if (!earlier)
		return;
	snapshot_index_cleanup(&earlier->index);
	free(earlier->packs);
	free(earlier);
}

/* ---- which ---- */

/* What is no snapshot by somebody who knows the recipients is passed over: another's, or damaged. */
static fallible read_record(const struct repository *repository, const char *snapshot, const unsigned char *key,
			    struct record *record)
{
	struct error *error = record_read(repository, snapshot, key, record);
	if (error && error->code == ERR_INPUT) {
		error_ignore(error);
		return NULL;
	}
	return error;
}

static fallible choose(const struct repository *repository, const struct age_recipients *recipients,
		       const char *label, enum index_part part, struct record *record)
{
	AUTO(strings) struct strings snapshots = {0};
	unsigned char key[DIGEST_SIZE];
	repository_key(repository, recipients, key);
	TRY(record_list(repository, &snapshots));
	for (size_t i = snapshots.count; i-- > 0;) {
		AUTO(record) struct record found = {0};
		TRY(read_record(repository, snapshots.items[i], key, &found));
		if (!found.index_has[part] || !text_equal(found.label, label))
			continue;
		*record = found;
		found = (struct record){0};
		return NULL;
	}
	return NULL;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct known_pack *)a)->seal.id, ((const struct known_pack *)b)->seal.id);
}

static void take_packs(struct earlier *earlier, const struct record *record)
{
	earlier->packs = mem_new(record->pack_count + 1, sizeof *earlier->packs);
	earlier->pack_count = record->pack_count;
	for (size_t i = 0; i < record->pack_count; i++)
		earlier->packs[i].seal = record->packs[i];
	qsort(earlier->packs, earlier->pack_count, sizeof *earlier->packs, by_id);
}

static const char *id_of(const void *pack)
{
	return ((const struct known_pack *)pack)->seal.id;
}

static struct known_pack *pack_called(struct earlier *earlier, const char *id)
{
	size_t at = sorted_place(earlier->packs, earlier->pack_count, sizeof *earlier->packs, id_of, id);
	bool found = at < earlier->pack_count && !strcmp(earlier->packs[at].seal.id, id);
	return found ? &earlier->packs[at] : NULL;
}

/* A snapshot that is removed at this moment may still be listed. */
static void forget_marked(struct earlier *earlier, const struct marks *marks)
{
	for (size_t i = 0; i < marks->count; i++)
		for (size_t name = 0; name < marks->items[i].names.count; name++) {
			AUTO(memory) char *id = pack_of_object(marks->items[i].names.items[name]);
			struct known_pack *pack = id ? pack_called(earlier, id) : NULL;
			if (pack)
				pack->state = IS_GONE;
		}
}

static fallible find(const struct repository *repository, const struct age_recipients *recipients, const char *label,
		     enum index_part part, struct earlier *earlier, bool *found)
{
	AUTO(record) struct record record = {0};
	AUTO(marks) struct marks marks = {0};
	TRY(marks_read(repository, &marks)); /* before it is looked what is there */
	TRY(choose(repository, recipients, label, part, &record));
	*found = record.index.size;
	if (!*found)
		return NULL;
	memcpy(earlier->has, record.index_has, sizeof earlier->has);
	take_packs(earlier, &record);
	forget_marked(earlier, &marks);
	return snapshot_index_read(repository, recipients, &record, &earlier->index);
}

/* Without it a snapshot is as good, and takes longer: so one whose index is gone or damaged keeps nobody from
 * making the next. */
fallible earlier_find(const struct repository *repository, const struct age_recipients *recipients, const char *label,
		      enum index_part part, struct earlier **found)
{
	bool has_one = false;
	AUTO(earlier) struct earlier *earlier = mem_new(1, sizeof *earlier);
	earlier->store = repository->store;
	struct error *error = find(repository, recipients, label, part, earlier, &has_one);
	if (error && error->code != ERR_INPUT && error->code != ERR_PERMISSION)
		return error;
	if (error) {
		AUTO(memory) char *text = error_text(error);
		log_note("every %s is read again: %s", part == INDEX_ROWS ? "row" : "file", text);
		error_free(error);
		return NULL;
	}
	if (has_one) {
		*found = earlier;
		earlier = NULL;
	}
	return NULL;
}

bool earlier_has(const struct earlier *earlier, enum index_part part)
{
	return earlier->has[part];
}

const struct files *earlier_files(const struct earlier *earlier)
{
	return &earlier->index.files;
}

/* ---- what is the same ---- */

static int compare(const struct file *a, const struct file *b)
{
	return a->root != b->root ? (a->root < b->root ? -1 : 1) : strcmp(a->path, b->path);
}

const struct file *earlier_same(const struct earlier *earlier, const struct file *file)
{
	size_t low = 0, high = earlier->index.files.count;
	if (!file->version)
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(&earlier->index.files.items[middle], file) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	const struct file *other = low < earlier->index.files.count ? &earlier->index.files.items[low] : NULL;
	bool same = other && !compare(other, file) && other->size == file->size &&
		    other->modified == file->modified && text_equal(other->version, file->version);
	return same ? other : NULL;
}

static fallible look_for(struct earlier *earlier, struct known_pack *pack)
{
	bool found;
	struct store_object object;
	AUTO(memory) char *name = pack_object(pack->seal.id);
	if (pack->state != NOT_LOOKED_FOR)
		return NULL;
	TRY(store_lock_anew(earlier->store, name, &found, &object));
	pack->state = found && object.size == pack->seal.object.size ? IS_THERE : IS_GONE;
	return NULL;
}

static fallible is_there(struct earlier *earlier, const char *id, bool *there)
{
	struct known_pack *pack = pack_called(earlier, id);
	*there = false;
	if (!pack)
		return NULL;
	TRY(look_for(earlier, pack));
	*there = pack->state == IS_THERE;
	return NULL;
}

fallible earlier_give(struct earlier *earlier, const struct file *other, struct file *file, bool *given)
{
	*given = true;
	for (size_t i = 0; *given && i < other->part_count; i++)
		TRY(is_there(earlier, other->parts[i].pack, given));
	if (!*given)
		return NULL;
	for (size_t i = 0; i < other->part_count; i++)
		pack_called(earlier, other->parts[i].pack)->needed = true;
	file_share(file, other);
	return NULL;
}

/* ---- rows ---- */

const struct db_moment *earlier_moment(const struct earlier *earlier)
{
	return earlier->index.moment.history ? &earlier->index.moment : NULL;
}

struct tables *earlier_tables(struct earlier *earlier)
{
	return &earlier->index.tables;
}

static fallible has_packs(struct earlier *earlier, const struct table *table, bool *has)
{
	*has = true;
	for (size_t i = 0; *has && i < table->segment_count; i++) {
		const struct segment *segment = &table->segments[i];
		TRY(is_there(earlier, segment->place.pack, has));
		if (*has && segment->odd.size)
			TRY(is_there(earlier, segment->odd.pack, has));
	}
	return NULL;
}

fallible earlier_look_for_rows(struct earlier *earlier)
{
	struct tables *tables = &earlier->index.tables;
	for (size_t i = 0; i < tables->count; i++) {
		bool has;
		TRY(has_packs(earlier, &tables->items[i], &has));
		if (has)
			continue;
		free(tables->items[i].identity);
		tables->items[i].identity = NULL;
	}
	return NULL;
}

static void need(struct earlier *earlier, const struct place *place)
{
	struct known_pack *pack = place->size ? pack_called(earlier, place->pack) : NULL;
	if (pack)
		pack->needed = true;
}

void earlier_need(struct earlier *earlier, const struct tables *tables)
{
	for (size_t i = 0; i < tables->count; i++)
		for (size_t number = 0; number < tables->items[i].segment_count; number++) {
			need(earlier, &tables->items[i].segments[number].place);
			need(earlier, &tables->items[i].segments[number].odd);
		}
}

void earlier_add_packs(const struct earlier *earlier, struct record *record)
{
	for (size_t i = 0; i < earlier->pack_count; i++)
		if (earlier->packs[i].needed)
			record_add_pack(record, &earlier->packs[i].seal);
}
