#include "backup/record.h"

#include <string.h>

#include "base/memory.h"
#include "base/random.h"

#define RANDOM_BYTES 4

void record_cleanup(struct record *record)
{
	free(record->label);
	strings_cleanup(&record->tags);
	free(record->owctl);
	free(record->packs);
	*record = (struct record){0};
}

/* RFC 3339 without its "-" and ":". Returns the end; `id` itself for what is no time of ours. */
static char *put_time(int64_t time, char *id)
{
	char text[CLOCK_TEXT_SIZE];
	if (!clock_format(time, text))
		return id;
	for (const char *from = text; *from; from++)
		if (*from != '-' && *from != ':')
			*id++ = *from;
	return id;
}

void record_new_id(int64_t time, char id[static SNAPSHOT_ID_SIZE])
{
	unsigned char bytes[RANDOM_BYTES];
	id = put_time(time, id);
	*id++ = '-';
	random_bytes(bytes, sizeof bytes);
	hex_text(bytes, sizeof bytes, id);
}

bool record_is_after(const char *id, int64_t time)
{
	char text[RECORD_TIME_SIZE];
	if (put_time(time, text) == text)
		return time < 0;
	return strncmp(id, text, sizeof text) > 0;
}

bool record_is_id(const char *text)
{
	static const char form[] = "dddddddd\1dddddd\2-xxxxxxxx";
	static const char digits[] = "0123456789", hex[] = "0123456789abcdef";
	for (size_t i = 0; i < sizeof form; i++) {
		char c = text[i];
		bool right = form[i] == 'd'  ? c && strchr(digits, c)
			     : form[i] == 'x' ? c && strchr(hex, c)
			     : form[i] == 1   ? c == 'T'
			     : form[i] == 2   ? c == 'Z'
					      : c == form[i];
		if (!right)
			return false;
	}
	return true;
}

uint64_t record_stored(const struct record *record)
{
	uint64_t bytes = record->manifest.size + record->index.size;
	for (size_t i = 0; i < record->pack_count; i++)
		bytes += record->packs[i].object.size;
	return bytes;
}

void record_add_pack(struct record *record, const struct pack_seal *pack)
{
	for (size_t i = 0; i < record->pack_count; i++)
		if (!strcmp(record->packs[i].id, pack->id))
			return;
	record->packs = mem_resize(record->packs, record->pack_count + 1, sizeof *record->packs);
	record->packs[record->pack_count++] = *pack;
}

static fallible add_id(void *state, const struct store_object *object)
{
	const char *name = object->name + strlen(RECORDS_PREFIX);
	AUTO(memory) char *id = text_copy_n(name, strcspn(name, "."));
	if (record_is_id(id) && !strcmp(name + strlen(id), ".json"))
		strings_add(state, id);
	return NULL;
}

fallible record_list(const struct repository *repository, struct strings *snapshots)
{
	return store_list(repository->store, RECORDS_PREFIX, add_id, snapshots);
}
