#include "backup/needed.h"

#include "backup/record.h"
#include "base/memory.h"

char *(*const needed_own_objects[])(const char *snapshot) = {manifest_object, index_object, NULL};

static void set(const struct objects *objects, const char *object, bool *needed)
{
	size_t place;
	if (objects_find(objects, object, &place))
		needed[place] = true;
}

static fallible find_of(const struct repository *repository, const char *snapshot, const struct objects *objects,
			bool *needed)
{
	AUTO(record) struct record record = {0};
	TRY(record_read(repository, snapshot, NULL, &record));
	for (size_t i = 0; needed_own_objects[i]; i++) {
		AUTO(memory) char *object = needed_own_objects[i](snapshot);
		set(objects, object, needed);
	}
	for (size_t i = 0; i < record.pack_count; i++) {
		AUTO(memory) char *pack = pack_object(record.packs[i].id);
		set(objects, pack, needed);
	}
	return NULL;
}

fallible needed_find(const struct repository *repository, const struct objects *objects, bool *needed)
{
	AUTO(strings) struct strings snapshots = {0};
	TRY(record_list(repository, &snapshots));
	for (size_t i = 0; i < snapshots.count; i++)
		TRY(find_of(repository, snapshots.items[i], objects, needed));
	return NULL;
}

bool needed_is_data(const char *object)
{
	AUTO(memory) char *id = object_id(object);
	AUTO(memory) char *pack = pack_of_object(object);
	bool is = pack;
	for (size_t i = 0; !is && record_is_id(id) && needed_own_objects[i]; i++) {
		AUTO(memory) char *expected = needed_own_objects[i](id);
		is = text_equal(expected, object);
	}
	return is;
}
