#include <inttypes.h>
#include <string.h>

#include "backup/archive_write.h"
#include "backup/compressor.h"
#include "backup/file_line.h"
#include "backup/manifest.h"
#include "backup/segment_line.h"
#include "base/json.h"
#include "base/memory.h"

static json_t *recipients_json(const struct age_recipients *recipients)
{
	json_t *list = json_array();
	for (size_t i = 0; i < recipients->count; i++) {
		AUTO(memory) char *text = age_recipient_text(recipients->keys[i]);
		json_array_append_new(list, json_string(text));
	}
	return list;
}

static json_t *databases_json(const struct manifest *manifest)
{
	json_t *list = json_array();
	for (size_t i = 0; i < manifest->database_count; i++) {
		const struct database_copy *database = &manifest->databases[i];
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:I}", "name", database->name, "engine",
						      database->engine, "version", database->version, "rows",
						      (json_int_t)tables_rows(&database->tables)));
	}
	return list;
}

static json_t *files_json(const struct files *files)
{
	uint64_t bytes = 0, missing = 0;
	for (size_t i = 0; i < files->count; i++) {
		bytes += files->items[i].size;
		missing += files->items[i].missing;
	}
	return json_pack("{s:I, s:I, s:I}", "count", (json_int_t)(files->count - missing), "bytes", (json_int_t)bytes,
			 "missing", (json_int_t)missing);
}

static fallible write_head(struct archive_writer *archive, const struct manifest *manifest)
{
	char time[CLOCK_TEXT_SIZE];
	AUTO(str) struct str text = {0};
	clock_format(manifest->time, time);
	AUTO(json) json_t *head = json_pack(
		"{s:i, s:s, s:s, s:s, s:o, s:s?, s:s?, s:O, s:o, s:o}", "format", BACKUP_FORMAT, "snapshot",
		manifest->snapshot, "time", time, "label", manifest->label, "recipients",
		recipients_json(&manifest->recipients), "release", manifest->release, "revision", manifest->revision,
		"settings", manifest->settings, "databases", databases_json(manifest), "files",
		files_json(&manifest->files));
	json_add_line(&text, head);
	return archive_add(archive, "manifest.json", text.data, text.size, NULL);
}

static void list_tables(struct str *lines, const struct tables *tables)
{
	for (size_t i = 0; i < tables->count; i++) {
		const struct table *table = &tables->items[i];
		AUTO(memory) char *sum = text_format("%016" PRIx64, table->sum);
		fields_add(lines, table->name);
		fields_add_number(lines, table->rows);
		fields_add(lines, sum);
		for (size_t column = 0; column < table->columns.count; column++) {
			fields_add(lines, table->columns.items[column]);
			fields_add(lines, table->types.items[column]);
		}
		str_add_char(lines, '\n');
	}
}

static void list_segments(struct str *lines, const struct tables *tables)
{
	for (size_t i = 0; i < tables->count; i++) {
		const struct table *table = &tables->items[i];
		for (size_t number = 0; number < table->segment_count; number++) {
			fields_add(lines, table->name);
			segment_line_add(lines, &table->segments[number]);
			str_add_char(lines, '\n');
		}
	}
}

struct writing {
	struct archive_writer *archive;
	struct compressor *compressor;
};

static fallible write_list(const struct writing *writing, const struct str *lines, const char *format,
			   const char *name)
{
	const struct str *frame;
	AUTO(str) struct str member = {0};
	str_add(&member, name);
	str_add(&member, format);
	TRY(compress(writing->compressor, str_text(lines), lines->size, &frame));
	return archive_add(writing->archive, str_text(&member), frame->data, frame->size, NULL);
}

static fallible write_sql(const struct writing *writing, const char *sql, const char *format, const char *name)
{
	AUTO(memory) char *member = text_format("%s%s", name, format);
	return archive_add(writing->archive, member, sql, strlen(sql), NULL);
}

static fallible write_database(const struct writing *writing, const struct database_copy *database)
{
	AUTO(str) struct str tables = {0}, segments = {0};
	list_tables(&tables, &database->tables);
	list_segments(&segments, &database->tables);
	TRY(write_list(writing, &tables, ".tables.zst", database->name));
	TRY(write_list(writing, &segments, ".segments.zst", database->name));
	TRY(write_sql(writing, database->before, ".before.sql", database->name));
	return write_sql(writing, database->after, ".after.sql", database->name);
}

static fallible write_all(const struct writing *writing, const struct manifest *manifest)
{
	AUTO(str) struct str files = {0};
	for (size_t i = 0; i < manifest->files.count; i++) {
		file_line_add(&files, &manifest->files.items[i]);
		str_add_char(&files, '\n');
	}
	TRY(write_head(writing->archive, manifest));
	if (manifest->secrets)
		TRY(archive_add(writing->archive, SECRETS_MEMBER, manifest->secrets, strlen(manifest->secrets), NULL));
	for (size_t i = 0; i < manifest->database_count; i++)
		TRY(write_database(writing, &manifest->databases[i]));
	return write_list(writing, &files, ".zst", "files");
}

fallible manifest_write(const struct repository *repository, const struct manifest *manifest,
			struct object_seal *seal)
{
	AUTO(memory) char *name = manifest_object(manifest->snapshot);
	AUTO(archive_writer) struct archive_writer *archive = NULL;
	AUTO(compressor) struct compressor compressor = {0};
	TRY(archive_begin(repository->store, name, &manifest->recipients, &archive));
	TRY(write_all(&(struct writing){archive, &compressor}, manifest));
	return archive_end(&archive, seal);
}
