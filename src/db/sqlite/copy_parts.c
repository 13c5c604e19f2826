/* What copies left that were killed (copy.c). A file goes only by its exact name, and unopened: to open and close one
 * that is another name of the database would let go of SQLite's locks. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/file.h"
#include "base/memory.h"
#include "db/sqlite/sqlite.h"

#define PART ".part-"
#define DRAWN 6 /* letters and digits, as mkostemp has drawn them */

static void folder_cleanup(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

static bool is_part(const char *name, const char *database, bool (*is_copy)(const char *ending))
{
	static const char drawn[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	const size_t tail = sizeof PART - 1 + DRAWN, size = strlen(name), before = strlen(database);
	if (!text_starts(name, database) || size < before + tail)
		return false;
	const char *part = name + size - tail;
	if (!text_starts(part, PART) || strspn(part + sizeof PART - 1, drawn) != DRAWN)
		return false;
	AUTO(memory) char *ending = text_copy_n(name + before, size - before - tail);
	return is_copy(ending);
}

static bool is_left(const char *path)
{
	struct stat status;
	return !lstat(path, &status) && S_ISREG(status.st_mode) && status.st_uid == geteuid() && !sqlite_is_open(path);
}

void sqlite_remove_parts(struct db *db, bool (*is_copy)(const char *ending), struct strings *removed)
{
	const char *database = sqlite_file((struct sqlite *)db), *name = strrchr(database, '/');
	AUTO(memory) char *place = file_folder(database);
	AUTO(folder) DIR *folder = opendir(place);
	const struct dirent *entry;
	while (folder && name && (entry = readdir(folder))) {
		if (!is_part(entry->d_name, name + 1, is_copy))
			continue;
		AUTO(memory) char *path = text_format("%.*s%s", (int)(name + 1 - database), database, entry->d_name);
		if (is_left(path) && !unlink(path))
			strings_add(removed, path);
	}
}
