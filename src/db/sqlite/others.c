/* Which processes have the database open. Its files are looked at with stat alone, as are the descriptors of others: to
 * open and close one would let go of SQLite's locks (open.c). */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "db/sqlite/sqlite.h"

#define LONGEST_COMM 64

struct files {
	struct statx found[3];
	size_t count;
};

static void folder_cleanup(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

/* What the kernel knows of it by itself: behind anybody's descriptor may be a file server that is gone. */
static bool look(int folder, const char *name, struct statx *file)
{
	return !statx(folder, name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_INO | STATX_TYPE, file);
}

static void find_files(const struct sqlite *sqlite, struct files *files)
{
	static const char *const endings[] = {"", "-wal", "-shm"};
	for (size_t i = 0; i < COUNT(endings); i++) {
		AUTO(memory) char *path = text_format("%s%s", sqlite_file(sqlite), endings[i]);
		files->count += look(AT_FDCWD, path, &files->found[files->count]);
	}
}

static bool is_among(const struct files *files, const struct statx *file)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct statx *found = &files->found[i];
		if (found->stx_ino == file->stx_ino && found->stx_dev_major == file->stx_dev_major &&
		    found->stx_dev_minor == file->stx_dev_minor)
			return true;
	}
	return false;
}

static bool has_open(const char *pid, const struct files *files)
{
	AUTO(memory) char *path = text_format("/proc/%s/fd", pid);
	AUTO(folder) DIR *folder = opendir(path);
	const struct dirent *entry;
	while (folder && (entry = readdir(folder))) {
		struct statx file;
		if (*entry->d_name != '.' && look(dirfd(folder), entry->d_name, &file) && is_among(files, &file))
			return true;
	}
	return false;
}

/* The name that the kernel shows for a process, "uvicorn"; "?" if it is gone. */
static void read_comm(const char *pid, char comm[static LONGEST_COMM])
{
	AUTO(memory) char *path = text_format("/proc/%s/comm", pid);
	FILE *file = fopen(path, "re");
	if (!file || !fgets(comm, LONGEST_COMM, file))
		snprintf(comm, LONGEST_COMM, "?");
	comm[strcspn(comm, "\n")] = '\0';
	if (file)
		fclose(file);
}

static bool is_own_kind(const char *comm)
{
	char own[LONGEST_COMM];
	read_comm("self", own);
	return !strcmp(comm, own);
}

/* "/data/webui.db-wal (deleted)"; the folder may be called otherwise where the process runs. */
static bool is_lost_log(int folder, const char *entry, const char *name)
{
	char target[PATH_MAX + 1];
	ssize_t size = readlinkat(folder, entry, target, sizeof target - 1);
	if (size < 0)
		return false;
	target[size] = '\0';
	const char *last = strrchr(target, '/');
	return text_equal(last ? last + 1 : target, name);
}

static bool has_lost_log(const char *pid, const struct sqlite *sqlite)
{
	const char *file = sqlite_file(sqlite), *last = strrchr(file, '/');
	AUTO(memory) char *name = text_format("%s-wal (deleted)", last ? last + 1 : file);
	AUTO(memory) char *path = text_format("/proc/%s/fd", pid);
	AUTO(folder) DIR *folder = opendir(path);
	const struct dirent *entry;
	while (folder && (entry = readdir(folder)))
		if (is_lost_log(dirfd(folder), entry->d_name, name))
			return true;
	return false;
}

static void add_if_open(const char *pid, const struct files *files, const struct sqlite *sqlite,
			struct db_processes *processes)
{
	char comm[LONGEST_COMM];
	if (!has_open(pid, files))
		return;
	read_comm(pid, comm);
	if (is_own_kind(comm))
		return;
	processes->items = mem_resize(processes->items, processes->count + 1, sizeof *processes->items);
	processes->items[processes->count++] = (struct db_process){
		.pid = text_copy(pid), .name = text_copy(comm), .lost_log = has_lost_log(pid, sqlite)};
}

bool sqlite_is_open(const char *path)
{
	struct files files = {0};
	files.count = look(AT_FDCWD, path, &files.found[0]);
	AUTO(folder) DIR *processes = opendir("/proc");
	if (!files.count || !processes)
		return true;
	const struct dirent *entry;
	while ((entry = readdir(processes)))
		if (isdigit((unsigned char)*entry->d_name) && has_open(entry->d_name, &files))
			return true;
	return false;
}

fallible sqlite_processes(struct db *db, struct db_processes *processes)
{
	struct files files = {0};
	find_files((struct sqlite *)db, &files);
	AUTO(folder) DIR *folder = opendir("/proc");
	if (!folder)
		return error_hint(error_system(errno, "cannot see who has %s open: /proc", db->display),
				  "owctl needs /proc to be mounted");
	const struct dirent *entry;
	while ((entry = readdir(folder))) {
		TRY(cancel_check());
		if (isdigit((unsigned char)*entry->d_name))
			add_if_open(entry->d_name, &files, (struct sqlite *)db, processes);
	}
	return NULL;
}

fallible sqlite_others(struct db *db, struct strings *others)
{
	AUTO(db_processes) struct db_processes processes = {0};
	TRY(sqlite_processes(db, &processes));
	for (size_t i = 0; i < processes.count; i++)
		strings_add_taken(others, text_format("pid %s (%s)", processes.items[i].pid, processes.items[i].name));
	return NULL;
}
