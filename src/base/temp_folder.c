#include "base/temp_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"

#define NEW_MARK ".new-" /* it has no lock yet */
#define NEW_AFTER_S 3600
#define OPEN_FOLDERS 16
#define TRIES 20 /* somebody may be at its end, and write there still */
#define PAUSE_NS 50000000

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
	(void)info;
	(void)place;
	return kind == FTW_DP || kind == FTW_DNR ? rmdir(path) : unlink(path);
}

static int remove_all(const char *path)
{
	int failed = -1;
	for (int i = 0; i < TRIES && failed; i++) {
		if (i)
			nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
		failed = nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
		if (failed && errno == ENOENT && access(path, F_OK))
			failed = 0;
	}
	return failed;
}

static int lock(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Under its name it has its lock, so that nobody sweeps it away in between. */
fallible temp_folder_make(const char *in, const char *prefix, struct temp_folder *folder)
{
	AUTO(memory) char *new = text_format("%s/%s" NEW_MARK "XXXXXX", in, prefix);
	if (!mkdtemp(new))
		return error_system(errno, "cannot make a folder in %s", in);
	folder->path = text_format("%s/%s-%s", in, prefix, strrchr(new, '-') + 1);
	folder->lock = lock(new);
	if (folder->lock >= 0 && !rename(new, folder->path))
		return NULL;
	struct error *error = error_system(errno, "cannot make the folder %s", folder->path);
	rmdir(new);
	free(folder->path);
	folder->path = NULL;
	if (folder->lock >= 0)
		close(folder->lock);
	return error;
}

static void let_go(struct temp_folder *folder)
{
	close(folder->lock);
	free(folder->path);
	*folder = (struct temp_folder){0};
}

fallible temp_folder_keep(struct temp_folder *folder, const char *path)
{
	if (rename(folder->path, path))
		return error_system(errno, "cannot rename %s to %s", folder->path, path);
	let_go(folder);
	return NULL;
}

void temp_folder_cleanup(struct temp_folder *folder)
{
	if (!folder->path)
		return;
	if (remove_all(folder->path))
		log_warning("%s could not be removed: %s", folder->path, strerrordesc_np(errno));
	let_go(folder);
}

static bool is_new(const char *name, const char *prefix)
{
	return text_starts(name + strlen(prefix), NEW_MARK);
}

static bool sweep_one(const char *in, const char *name, const char *prefix)
{
	AUTO(memory) char *path = text_format("%s/%s", in, name);
	struct stat info;
	if (lstat(path, &info) || !S_ISDIR(info.st_mode) || info.st_uid != geteuid() ||
	    (is_new(name, prefix) && time(NULL) - info.st_mtim.tv_sec < NEW_AFTER_S))
		return false;
	int fd = lock(path);
	if (fd < 0)
		return false;
	bool gone = !remove_all(path);
	close(fd);
	return gone;
}

size_t temp_folder_sweep(const char *in, const char *prefix)
{
	DIR *folder = opendir(in);
	size_t swept = 0;
	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		const char *rest = entry->d_name + strlen(prefix);
		if (text_starts(entry->d_name, prefix) && (*rest == '-' || is_new(entry->d_name, prefix)))
			swept += sweep_one(in, entry->d_name, prefix);
	}
	if (folder)
		closedir(folder);
	return swept;
}
