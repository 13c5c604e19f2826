#include "backup/snapshot_index.h"

#include <string.h>

#include "backup/archive_read.h"
#include "backup/file_line.h"
#include "backup/index_rows.h"
#include "base/memory.h"

#define FILES "files.zst"

void snapshot_index_cleanup(struct snapshot_index *index)
{
	files_cleanup(&index->files);
	db_moment_cleanup(&index->moment);
	tables_cleanup(&index->tables);
}

/* ---- for whom ---- */

/* The secret key of those who know the recipients. */
static void derive(const struct repository *repository, const struct age_recipients *recipients,
		   unsigned char identity[static AGE_KEY_SIZE])
{
	repository_derive(repository, recipients, "owctl index key 1\n", identity);
}

static fallible only_recipient(const struct repository *repository, const struct age_recipients *recipients,
			       struct age_recipients *only)
{
	unsigned char identity[AGE_KEY_SIZE], recipient[AGE_KEY_SIZE];
	derive(repository, recipients, identity);
	age_recipient_of(identity, recipient);
	mem_wipe(identity, sizeof identity);
	AUTO(memory) char *text = age_recipient_text(recipient);
	return age_recipients_add(only, text);
}

/* ---- writing ---- */

static void list_files(const struct files *files, struct str *lines)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct file *file = &files->items[i];
		if (!file->version)
			continue;
		fields_add(lines, file->version);
		file_line_add(lines, file);
		str_add_char(lines, '\n');
	}
}

static fallible write_members(struct archive_writer *archive, const struct files *files, const struct tables *tables,
			      const struct db_moment *moment)
{
	AUTO(str) struct str lines = {0};
	AUTO(compressor) struct compressor compressor = {.level = COMPRESSION_QUICK};
	if (files) {
		list_files(files, &lines);
		TRY(index_add(archive, &compressor, FILES, &lines));
	}
	return moment ? index_write_rows(archive, &compressor, tables, moment) : NULL;
}

fallible snapshot_index_write(const struct repository *repository, const struct age_recipients *recipients,
			      const struct files *files, const struct tables *tables, const struct db_moment *moment,
			      struct record *record)
{
	AUTO(memory) char *name = index_object(record->snapshot);
	AUTO(age_recipients) struct age_recipients only = {0};
	AUTO(archive_writer) struct archive_writer *archive = NULL;
	TRY(only_recipient(repository, recipients, &only));
	TRY(archive_begin(repository->store, name, &only, &archive));
	TRY(write_members(archive, files, tables, moment));
	record->index_has[INDEX_FILES] = files;
	record->index_has[INDEX_ROWS] = moment;
	return archive_end(&archive, &record->index);
}

/* ---- reading ---- */

struct reading {
	struct files *files;
	const struct fields_reader *reader;
};

static fallible take_file(void *state, char *const *fields, size_t count)
{
	const struct reading *reading = state;
	if (count < 2 || !file_line_parse(fields + 1, count - 1, reading->files))
		return fields_wrong(reading->reader);
	reading->files->items[reading->files->count - 1].version = text_copy(fields[0]);
	return NULL;
}

static fallible read_files(const struct str *lines, struct files *files)
{
	struct reading reading = {.files = files};
	AUTO(fields_reader) struct fields_reader reader = {
		.what = "the list of files", .line = take_file, .state = &reading};
	reading.reader = &reader;
	TRY(fields_take(&reader, str_text(lines), lines->size));
	return fields_end(&reader);
}

/* What has another name is of a later owctl. */
static fallible take_member(void *state, const char *member, const struct str *frame)
{
	struct snapshot_index *index = state;
	AUTO(decompressor) struct decompressor decompressor = {0};
	AUTO(str) struct str bytes = {0};
	const struct sink sink = sink_into(&bytes);
	TRY(decompress(&decompressor, str_text(frame), frame->size, UINT64_MAX, &sink));
	return strcmp(member, FILES) ? index_read_rows(member, &bytes, index)
				     : read_files(&bytes, &index->files);
}

fallible snapshot_index_read(const struct repository *repository, const struct age_recipients *recipients,
			     const struct record *record, struct snapshot_index *index)
{
	AUTO(memory) char *name = index_object(record->snapshot);
	unsigned char keys[1][AGE_KEY_SIZE];
	const struct age_identities only = {.keys = keys, .count = 1};
	derive(repository, recipients, keys[0]);
	struct error *error = archive_read_object(repository, name, &record->index, &only, take_member, index);
	mem_wipe(keys, sizeof keys);
	return error_wrap(error, "%s", name);
}
