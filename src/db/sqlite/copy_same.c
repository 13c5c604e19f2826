/* Is there a copy already that says the same as a new one, byte for byte? Then nothing was changed between the two: a
 * run was killed behind its copy, or stopped by an error, and is tried again. That both are made by the same means of
 * the same pages makes it so; where it is not, both stay. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/file.h"
#include "base/memory.h"
#include "db/sqlite/sqlite.h"

#define BLOCK (1 << 20)

static void folder_cleanup(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

static void descriptor_cleanup(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Of this user, or given to the database's owner since. A file with two names may be the database itself, whose locks
 * would go with the descriptor (open.c). */
static bool may_be(const struct stat *found, const struct stat *database, const struct stat *copy)
{
	return S_ISREG(found->st_mode) && found->st_nlink == 1 && found->st_size == copy->st_size &&
	       (found->st_uid == geteuid() || found->st_uid == database->st_uid);
}

/* What somebody has opened as a database may be about to change. */
static bool is_in_use(const char *path)
{
	AUTO(memory) char *wal = text_format("%s-wal", path);
	AUTO(memory) char *journal = text_format("%s-journal", path);
	return file_exists(wal) || file_exists(journal) || sqlite_is_open(path);
}

/* To be closed; -1: it is none. */
static int open_candidate(const char *path, const struct stat *database, const struct stat *copy)
{
	struct stat found, opened;
	if (lstat(path, &found) || !may_be(&found, database, copy) || is_in_use(path))
		return -1;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0 && !fstat(fd, &opened) && opened.st_ino == found.st_ino && opened.st_dev == found.st_dev)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* What can't be read is not the same. */
static fallible compare(int one, int other, bool *same)
{
	AUTO(memory) char *bytes = mem_new(2, BLOCK);
	ssize_t size;
	off_t place = 0;
	*same = false;
	do {
		TRY(cancel_check());
		size = pread(one, bytes, BLOCK, place);
		if (size < 0 || pread(other, bytes + BLOCK, BLOCK, place) != size ||
		    memcmp(bytes, bytes + BLOCK, (size_t)size) != 0)
			return NULL;
		place += size;
	} while (size);
	*same = true;
	return NULL;
}

/* Who made it may have been killed before it was on the disk. */
static fallible is_same(const char *path, const char *folder, const struct stat *database, int copy, bool *same)
{
	struct stat status;
	*same = false;
	if (fstat(copy, &status))
		return error_system(errno, "cannot look at the copy");
	AUTO(descriptor) int fd = open_candidate(path, database, &status);
	if (fd < 0)
		return NULL;
	TRY(compare(copy, fd, same));
	*same = *same && !fsync(fd);
	return *same ? folder_sync(folder) : NULL;
}

/* In the order of their names, which is that of their age. */
static void find_copies(const char *folder, const char *database, bool (*is_copy)(const char *ending),
			struct strings *names)
{
	AUTO(folder) DIR *listed = opendir(folder);
	const struct dirent *entry;
	while (listed && (entry = readdir(listed)))
		if (text_starts(entry->d_name, database) && is_copy(entry->d_name + strlen(database)))
			strings_add(names, entry->d_name);
	strings_sort(names);
}

fallible sqlite_find_same(struct sqlite *sqlite, int copy, bool (*is_copy)(const char *ending), char **same)
{
	const char *file = sqlite_file(sqlite), *name = strrchr(file, '/');
	AUTO(memory) char *folder = file_folder(file);
	AUTO(strings) struct strings names = {0};
	struct stat database;
	if (!name || stat(file, &database))
		return NULL;
	find_copies(folder, name + 1, is_copy, &names);
	for (size_t i = 0; i < names.count; i++) {
		AUTO(memory) char *path = text_format("%.*s%s", (int)(name + 1 - file), file, names.items[i]);
		bool found;
		TRY(is_same(path, folder, &database, copy, &found));
		if (!found)
			continue;
		*same = text_copy(path);
		return NULL;
	}
	return NULL;
}
