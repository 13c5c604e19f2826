/* The lists of a manifest, as they are read: docs/backup-format.md has a section for each. */
#include "backup/manifest_lists.h"

#include <stdlib.h>
#include <string.h>

#include "backup/compressor.h"
#include "backup/file_line.h"
#include "backup/segment_line.h"
#include "base/number.h"

struct listing {
	struct tables *tables;
	struct files *files;
	const struct fields_reader *reader;
};

static fallible take_table(void *state, char *const *fields, size_t count)
{
	struct listing *listing = state;
	const char *rows = fields[1];
	char *end;
	if (count < 3 || count % 2 == 0 || strlen(fields[2]) != 16)
		return fields_wrong(listing->reader);
	struct table *table = tables_add(listing->tables, fields[0]);
	table->sum = strtoull(fields[2], &end, 16);
	if (!number_parse(&rows, '\0', &table->rows) || *end)
		return fields_wrong(listing->reader);
	for (size_t i = 3; i < count; i += 2) {
		strings_add(&table->columns, fields[i]);
		strings_add(&table->types, fields[i + 1]);
	}
	return NULL;
}

static fallible take_segment(void *state, char *const *fields, size_t count)
{
	struct listing *listing = state;
	struct segment segment = {0};
	struct table *table = tables_find(listing->tables, fields[0]);
	if (!table || count != 1 + SEGMENT_FIELDS || !segment_line_parse(fields + 1, &segment))
		return fields_wrong(listing->reader);
	segment.number = table->segment_count;
	table_add_segment(table, &segment);
	return NULL;
}

static fallible take_file(void *state, char *const *fields, size_t count)
{
	const struct listing *listing = state;
	return file_line_parse(fields, count, listing->files) ? NULL : fields_wrong(listing->reader);
}

static fallible read_list(const struct str *member, struct listing listing, const char *what,
			  fallible (*line)(void *state, char *const *fields, size_t count))
{
	AUTO(fields_reader) struct fields_reader reader = {.what = what, .line = line, .state = &listing};
	AUTO(decompressor) struct decompressor decompressor = {0};
	const struct sink sink = {fields_take, &reader};
	listing.reader = &reader;
	TRY(decompress(&decompressor, str_text(member), member->size, UINT64_MAX, &sink));
	return fields_end(&reader);
}

fallible manifest_read_tables(const struct str *member, struct tables *tables)
{
	return read_list(member, (struct listing){.tables = tables}, "the list of tables", take_table);
}

fallible manifest_read_segments(const struct str *member, struct tables *tables)
{
	return read_list(member, (struct listing){.tables = tables}, "the list of segments", take_segment);
}

fallible manifest_read_files(const struct str *member, struct files *files)
{
	return read_list(member, (struct listing){.files = files}, "the list of files", take_file);
}
