#include "backup/files.h"

#include <string.h>

#include "base/memory.h"

static const char *const root_names[] = {[FILES_UPLOADS] = "uploads", [FILES_VECTORS] = "vectors"};

const char *file_root_name(enum file_root root)
{
	return root_names[root];
}

bool file_root_parse(const char *name, enum file_root *root)
{
	for (size_t i = 0; i < COUNT(root_names); i++)
		if (!strcmp(root_names[i], name)) {
			*root = (enum file_root)i;
			return true;
		}
	return false;
}

static void file_free(struct file *file)
{
	free(file->path);
	free(file->version);
	free(file->parts);
}

void files_cleanup(struct files *files)
{
	for (size_t i = 0; i < files->count; i++)
		file_free(&files->items[i]);
	free(files->items);
	*files = (struct files){0};
}

struct file *files_add(struct files *files, enum file_root root, const char *path)
{
	if (files->count == files->room) {
		files->room = 2 * files->room + 16;
		files->items = mem_resize(files->items, files->room, sizeof *files->items);
	}
	struct file *file = &files->items[files->count++];
	*file = (struct file){.root = root, .path = text_copy(path)};
	return file;
}

bool files_have(const struct files *files, enum file_root root)
{
	for (size_t i = 0; i < files->count; i++)
		if (files->items[i].root == root && !files->items[i].missing)
			return true;
	return false;
}

void file_share(struct file *file, const struct file *other)
{
	free(file->parts);
	file->size = other->size;
	file->part_count = other->part_count;
	file->parts = mem_new(other->part_count + 1, sizeof *file->parts);
	for (size_t i = 0; i < other->part_count; i++)
		file->parts[i] = other->parts[i];
}

static void forget_stale(struct file *file)
{
	if (!file->stale)
		return;
	file->part_count = file->part_count > file->stale ? file->part_count - file->stale : 0;
	memmove(file->parts, file->parts + file->stale, file->part_count * sizeof *file->parts);
	file->stale = 0;
}

void files_settle(struct files *files)
{
	size_t count = 0;
	for (size_t i = 0; i < files->count; i++)
		forget_stale(&files->items[i]);
	for (size_t i = 0; i < files->count; i++)
		if (files->items[i].same_as)
			file_share(&files->items[i], &files->items[files->items[i].same_as - 1]);
	for (size_t i = 0; i < files->count; i++) {
		struct file *file = &files->items[i];
		if (file->gone) {
			file_free(file);
			continue;
		}
		file->same_as = 0;
		files->items[count++] = *file;
	}
	files->count = count;
}

/* The readers are threads of their own: what they look at of a file is not touched here. */
void files_take_part(struct files *files, const struct piece *piece)
{
	struct file *file = &files->items[piece->owner];
	if (piece->number >= file->part_count) {
		file->parts = mem_resize(file->parts, piece->number + 1, sizeof *file->parts);
		file->part_count = piece->number + 1;
	}
	file->parts[piece->number] = piece->place;
}
