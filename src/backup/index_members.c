#include "backup/index_members.h"

#include <stdlib.h>
#include <string.h>

#include "backup/file_line.h"
#include "backup/segment_line.h"
#include "base/memory.h"
#include "base/number.h"

#define FILES "files.zst"
/* Behind the name of a database: */
#define MOMENT ".moment.zst"
#define TABLES ".tables.zst"
#define SEGMENTS ".segments.zst"
#define SLOTS ".slots.zst"

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

static void list_moment(const struct db_moment *moment, struct str *lines)
{
	fields_add(lines, moment->history);
	fields_add_number(lines, moment->oldest);
	fields_add_number(lines, moment->next);
	str_add_char(lines, '\n');
}

static void list_tables(const struct tables *tables, struct str *lines)
{
	for (size_t i = 0; i < tables->count; i++) {
		if (!tables->items[i].identity)
			continue;
		fields_add(lines, tables->items[i].name);
		fields_add(lines, tables->items[i].identity);
		str_add_char(lines, '\n');
	}
}

static void list_segments(const struct table *table, struct str *lines, struct str *slots)
{
	for (size_t i = 0; i < table->segment_count; i++) {
		const struct segment *segment = &table->segments[i];
		fields_add(lines, table->name);
		segment_line_add(lines, segment);
		fields_add_number(lines, segment->sum);
		fields_add_number(lines, segment->slots.size);
		str_add_char(lines, '\n');
		str_add_n(slots, str_text(&segment->slots), segment->slots.size);
	}
}

static fallible index_add(struct archive_writer *archive, struct compressor *compressor, const char *member,
			  const struct str *bytes)
{
	const struct str *frame;
	TRY(compress(compressor, str_text(bytes), bytes->size, &frame));
	return archive_add(archive, member, frame->data, frame->size, NULL);
}

fallible index_write_files(struct archive_writer *archive, struct compressor *compressor, const struct files *files)
{
	AUTO(str) struct str lines = {0};
	list_files(files, &lines);
	return index_add(archive, compressor, FILES, &lines);
}

static fallible add_of(struct archive_writer *archive, struct compressor *compressor, enum database_role role,
		       const char *what, const struct str *bytes)
{
	AUTO(memory) char *member = text_format("%s%s", database_names[role], what);
	return index_add(archive, compressor, member, bytes);
}

fallible index_write_rows(struct archive_writer *archive, struct compressor *compressor, enum database_role role,
			  const struct tables *tables, const struct db_moment *moment)
{
	AUTO(str) struct str moments = {0}, names = {0}, segments = {0}, slots = {0};
	list_moment(moment, &moments);
	list_tables(tables, &names);
	for (size_t i = 0; i < tables->count; i++)
		if (tables->items[i].identity)
			list_segments(&tables->items[i], &segments, &slots);
	TRY(add_of(archive, compressor, role, MOMENT, &moments));
	TRY(add_of(archive, compressor, role, TABLES, &names));
	TRY(add_of(archive, compressor, role, SEGMENTS, &segments));
	return add_of(archive, compressor, role, SLOTS, &slots);
}

/* ---- reading ---- */

struct reading {
	struct files *files;
	struct indexed_rows *rows;
	const struct fields_reader *reader;
};

static fallible take_file(void *state, char *const *fields, size_t count)
{
	const struct reading *reading = state;
	struct files *files = reading->files;
	if (count < 2 || !file_line_parse(fields + 1, count - 1, files))
		return fields_wrong(reading->reader);
	files->items[files->count - 1].version = text_copy(fields[0]);
	return NULL;
}

static fallible take_moment(void *state, char *const *fields, size_t count)
{
	const struct reading *reading = state;
	struct db_moment *moment = &reading->rows->moment;
	const char *oldest = count == 3 ? fields[1] : "", *next = count == 3 ? fields[2] : "";
	if (moment->history || !number_parse(&oldest, '\0', &moment->oldest) ||
	    !number_parse(&next, '\0', &moment->next))
		return fields_wrong(reading->reader);
	moment->history = text_copy(fields[0]);
	return NULL;
}

static fallible take_table(void *state, char *const *fields, size_t count)
{
	const struct reading *reading = state;
	if (count != 2)
		return fields_wrong(reading->reader);
	tables_add(&reading->rows->tables, fields[0])->identity = text_copy(fields[1]);
	return NULL;
}

/* For now slots.size says how many bytes of the next member are its slots. */
static bool read_segment(char *const *fields, size_t count, struct segment *segment)
{
	const char *sum = count == SEGMENT_FIELDS + 3 ? fields[SEGMENT_FIELDS + 1] : "";
	const char *slots = *sum ? fields[SEGMENT_FIELDS + 2] : "";
	uint64_t size;
	if (!number_parse(&sum, '\0', &segment->sum) || !number_parse(&slots, '\0', &size) || size > SIZE_MAX / 2 ||
	    !segment_line_parse(fields + 1, segment))
		return false;
	segment->slots.size = (size_t)size;
	return true;
}

static fallible take_segment(void *state, char *const *fields, size_t count)
{
	const struct reading *reading = state;
	struct segment segment = {0};
	struct table *table = tables_find(&reading->rows->tables, fields[0]);
	if (!table || !read_segment(fields, count, &segment))
		return fields_wrong(reading->reader);
	segment.number = table->segment_count;
	table_add_segment(table, &segment);
	return NULL;
}

static fallible read_lines(const struct str *bytes, struct reading reading, const char *what,
			   fallible (*line)(void *state, char *const *fields, size_t count))
{
	AUTO(fields_reader) struct fields_reader reader = {.what = what, .line = line, .state = &reading};
	reading.reader = &reader;
	TRY(fields_take(&reader, str_text(bytes), bytes->size));
	return fields_end(&reader);
}

static fallible read_slots(const struct str *bytes, struct tables *tables)
{
	size_t at = 0;
	for (size_t i = 0; i < tables->count; i++)
		for (size_t number = 0; number < tables->items[i].segment_count; number++) {
			struct str *slots = &tables->items[i].segments[number].slots;
			size_t size = slots->size;
			*slots = (struct str){0};
			if (size > bytes->size - at)
				return error_new(ERR_INPUT, "the list of slots is cut off");
			str_add_n(slots, str_text(bytes) + at, size);
			at += size;
		}
	return NULL;
}

static fallible read_rows(const char *what, const struct str *bytes, struct indexed_rows *rows)
{
	struct reading reading = {.rows = rows};
	if (!strcmp(what, MOMENT))
		return read_lines(bytes, reading, "the moment", take_moment);
	if (!strcmp(what, TABLES))
		return read_lines(bytes, reading, "the list of tables", take_table);
	if (!strcmp(what, SEGMENTS))
		return read_lines(bytes, reading, "the list of segments", take_segment);
	return !strcmp(what, SLOTS) ? read_slots(bytes, &rows->tables) : NULL;
}

fallible index_read_member(const char *member, const struct str *bytes, struct snapshot_index *index)
{
	if (!strcmp(member, FILES))
		return read_lines(bytes, (struct reading){.files = &index->files}, "the list of files", take_file);
	for (enum database_role role = 0; role < DATABASES; role++)
		if (text_starts(member, database_names[role]))
			return read_rows(member + strlen(database_names[role]), bytes, &index->rows[role]);
	return NULL;
}
