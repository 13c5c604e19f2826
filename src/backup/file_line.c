#include "backup/file_line.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"

void file_line_add(struct str *lines, const struct file *file)
{
	char hash[DIGEST_TEXT_SIZE];
	fields_add(lines, file_root_name(file->root));
	fields_add(lines, file->path);
	if (file->missing) {
		fields_add(lines, "-");
		return;
	}
	hex_text(file->hash, DIGEST_SIZE, hash);
	fields_add_number(lines, file->size);
	fields_add_number(lines, (uint64_t)file->modified);
	fields_add(lines, hash);
	for (size_t i = 0; i < file->part_count; i++) {
		AUTO(str) struct str place = {0};
		place_add_text(&place, &file->parts[i]);
		fields_add(lines, str_text(&place));
	}
}

static bool read_content(struct file *file, char *const *fields, size_t count)
{
	const char *size = fields[2], *modified = fields[3];
	uint64_t nanoseconds;
	if (count < 5 || !number_parse(&size, '\0', &file->size) || !number_parse(&modified, '\0', &nanoseconds) ||
	    nanoseconds > INT64_MAX || strlen(fields[4]) != DIGEST_TEXT_SIZE - 1 ||
	    !hex_parse(fields[4], file->hash, DIGEST_SIZE))
		return false;
	file->modified = (int64_t)nanoseconds;
	file->parts = mem_new(count, sizeof *file->parts);
	for (size_t i = 5; i < count; i++)
		if (!place_parse(fields[i], &file->parts[file->part_count++]))
			return false;
	return true;
}

bool file_line_parse(char *const *fields, size_t count, struct files *files)
{
	enum file_root root;
	if (count < 3 || !file_root_parse(fields[0], &root))
		return false;
	struct file *file = files_add(files, root, fields[1]);
	file->missing = count == 3 && !strcmp(fields[2], "-");
	return file->missing || read_content(file, fields, count);
}
