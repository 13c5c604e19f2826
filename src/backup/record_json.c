/* A record as its two lines. */
#include <string.h>

#include "backup/record.h"
#include "backup/sealed_line.h"
#include "base/json.h"
#include "base/memory.h"

#define RECORD_LIMIT (256 << 20)

static const char *const index_parts[] = {
	[INDEX_ROWS] = "rows", [INDEX_VECTORS] = "vectors", [INDEX_FILES] = "files"};

static json_t *json_of_seal(const struct object_seal *seal)
{
	char hash[DIGEST_TEXT_SIZE];
	hex_text(seal->hash, DIGEST_SIZE, hash);
	return json_pack("{s:I, s:s}", "size", (json_int_t)seal->size, "hash", hash);
}

static json_t *json_of_index(const struct record *record)
{
	json_t *index = record->index.size ? json_of_seal(&record->index) : NULL;
	json_t *of = json_array();
	for (size_t i = 0; i < INDEX_PARTS; i++)
		if (record->index_has[i])
			json_array_append_new(of, json_string(index_parts[i]));
	json_object_set_new(index, "of", of);
	return index;
}

static json_t *json_of_packs(const struct record *record)
{
	json_t *packs = json_array();
	for (size_t i = 0; i < record->pack_count; i++) {
		char hash[DIGEST_TEXT_SIZE];
		const struct pack_seal *pack = &record->packs[i];
		hex_text(pack->object.hash, DIGEST_SIZE, hash);
		json_array_append_new(packs, json_pack("[s, I, s]", pack->id, (json_int_t)pack->object.size, hash));
	}
	return packs;
}

static json_t *json_of_tags(const struct strings *tags)
{
	json_t *list = json_array();
	for (size_t i = 0; i < tags->count; i++)
		json_array_append_new(list, json_string(tags->items[i]));
	return list;
}

static json_t *json_of(const struct record *record)
{
	char time[CLOCK_TEXT_SIZE];
	clock_format(record->time, time);
	return json_pack("{s:i, s:s, s:s, s:s, s:o, s:s, s:b, s:I, s:I, s:I, s:I, s:o, s:o*, s:o}", "format",
			 BACKUP_FORMAT, "snapshot", record->snapshot, "time", time, "label", record->label, "tags",
			 json_of_tags(&record->tags), "owctl", record->owctl, "complete", (int)record->complete,
			 "missing", (json_int_t)record->missing, "rows", (json_int_t)record->rows, "files",
			 (json_int_t)record->files, "bytes", (json_int_t)record->bytes, "manifest",
			 json_of_seal(&record->manifest), "index", json_of_index(record), "packs",
			 json_of_packs(record));
}

fallible record_write(const struct repository *repository, const struct record *record,
		      const unsigned char key[static DIGEST_SIZE])
{
	AUTO(json) json_t *json = json_of(record);
	AUTO(str) struct str text = {0};
	AUTO(memory) char *name = record_object(record->snapshot);
	sealed_line_add(&text, json, key);
	return store_put(repository->store, name, text.data, text.size, STORE_NEW);
}

/* ---- reading ---- */

static bool read_seal(json_t *json, struct object_seal *seal)
{
	json_int_t size;
	const char *hash;
	if (json_unpack(json, "{s:I, s:s}", "size", &size, "hash", &hash) || size < 0)
		return false;
	seal->size = (uint64_t)size;
	return strlen(hash) == DIGEST_TEXT_SIZE - 1 && hex_parse(hash, seal->hash, DIGEST_SIZE);
}

static bool read_pack(json_t *json, struct pack_seal *pack)
{
	json_int_t size;
	const char *id, *hash;
	unsigned char id_bytes[PACK_ID_SIZE / 2];
	if (json_unpack(json, "[s, I, s!]", &id, &size, &hash) || size < 0 || strlen(id) != PACK_ID_SIZE - 1 ||
	    !hex_parse(id, id_bytes, sizeof id_bytes))
		return false;
	memcpy(pack->id, id, PACK_ID_SIZE);
	pack->object.size = (uint64_t)size;
	return strlen(hash) == DIGEST_TEXT_SIZE - 1 && hex_parse(hash, pack->object.hash, DIGEST_SIZE);
}

static bool read_packs(json_t *list, struct record *record)
{
	size_t count = json_array_size(list);
	record->packs = mem_new(count + 1, sizeof *record->packs);
	for (; record->pack_count < count; record->pack_count++)
		if (!read_pack(json_array_get(list, record->pack_count), &record->packs[record->pack_count]))
			return false;
	return true;
}

static bool read_index(json_t *index, struct record *record)
{
	json_t *of = json_object_get(index, "of");
	for (size_t i = 0; i < json_array_size(of); i++)
		for (size_t part = 0; part < INDEX_PARTS; part++)
			if (text_equal(json_string_value(json_array_get(of, i)), index_parts[part]))
				record->index_has[part] = true;
	return read_seal(index, &record->index);
}

static bool read_tags(json_t *list, struct strings *tags)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *tag = json_string_value(json_array_get(list, i));
		if (!tag)
			return false;
		strings_add(tags, tag);
	}
	return true;
}

static bool read_numbers(json_t *json, struct record *record)
{
	json_int_t missing, rows, files, bytes;
	int complete;
	if (json_unpack(json, "{s:b, s:I, s:I, s:I, s:I}", "complete", &complete, "missing", &missing, "rows", &rows,
			"files", &files, "bytes", &bytes) ||
	    missing < 0 || rows < 0 || files < 0 || bytes < 0)
		return false;
	record->complete = complete;
	record->missing = (uint64_t)missing;
	record->rows = (uint64_t)rows;
	record->files = (uint64_t)files;
	record->bytes = (uint64_t)bytes;
	return true;
}

static bool read_json(json_t *json, const char *snapshot, struct record *record)
{
	int format;
	const char *id, *time, *label, *owctl;
	json_t *tags, *manifest, *packs, *index = NULL;
	if (json_unpack(json, "{s:i, s:s, s:s, s:s, s:o, s:s, s:o, s:o, s?o}", "format", &format, "snapshot", &id,
			"time", &time, "label", &label, "tags", &tags, "owctl", &owctl, "manifest", &manifest, "packs",
			&packs, "index", &index) ||
	    format != BACKUP_FORMAT || strcmp(id, snapshot) != 0 || !clock_parse(time, &record->time) ||
	    !json_is_array(tags) || !json_is_array(packs))
		return false;
	memcpy(record->snapshot, id, SNAPSHOT_ID_SIZE);
	record->label = text_copy(label);
	record->owctl = text_copy(owctl);
	return read_numbers(json, record) && read_tags(tags, &record->tags) &&
	       read_seal(manifest, &record->manifest) && (!index || read_index(index, record)) &&
	       read_packs(packs, record);
}

fallible record_parse(const struct str *text, const char *snapshot, const unsigned char *key, struct record *record)
{
	AUTO(record) struct record read = {0};
	AUTO(json) json_t *json = NULL;
	TRY(sealed_line_read(text, key, &json));
	if (!read_json(json, snapshot, &read))
		return error_new(ERR_INPUT, "it is not as it should be");
	*record = read;
	read = (struct record){0};
	return NULL;
}

fallible record_read(const struct repository *repository, const char *snapshot, const unsigned char *key,
		     struct record *record)
{
	AUTO(memory) char *name = record_object(snapshot);
	AUTO(str) struct str text = {0};
	TRY(store_read(repository->store, name, RECORD_LIMIT, &text));
	return error_wrap(record_parse(&text, snapshot, key, record), "snapshot %s, object %s", snapshot, name);
}
