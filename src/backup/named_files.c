#include "backup/named_files.h"

#include <string.h>

#include "base/memory.h"

const char *named_files_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static void list_uploads(const struct files *files, struct strings *names)
{
	for (size_t i = 0; i < files->count; i++)
		if (files->items[i].root == FILES_UPLOADS)
			strings_add(names, named_files_name(files->items[i].path));
	strings_sort(names);
}

fallible named_files_read(struct db *db, struct strings *named)
{
	bool has_paths;
	TRY(db_column_exists(db, "file", "path", &has_paths));
	if (!has_paths)
		return NULL;
	return db_texts(db, "SELECT DISTINCT path FROM file WHERE path <> '' ORDER BY path", NULL, 0, named);
}

void named_files_check(const struct strings *named, struct files *files, struct strings *missing)
{
	AUTO(strings) struct strings there = {0};
	list_uploads(files, &there);
	for (size_t i = 0; i < files->count; i++)
		if (files->items[i].missing)
			strings_add_taken(missing, text_format("%s/%s", file_root_name(files->items[i].root),
							       files->items[i].path));
	for (size_t i = 0; i < named->count; i++) {
		const char *name = named_files_name(named->items[i]);
		if (strings_have_sorted(&there, name))
			continue;
		files_add(files, FILES_UPLOADS, name)->missing = true;
		strings_add(missing, named->items[i]);
	}
}

void named_files_keep(const struct strings *names, struct files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		struct file *file = &files->items[i];
		if (file->root != FILES_UPLOADS || !strings_have_sorted(names, named_files_name(file->path)))
			file->missing = true;
	}
}
