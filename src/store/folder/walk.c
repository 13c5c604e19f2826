/* From the folder's own descriptor to where an object is. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/memory.h"
#include "base/shell.h"
#include "store/folder/folder.h"

static const struct {
	int number;
	const char *hint;
} hints[] = {
	{ENOSPC, "the disk is full: make room, and begin again; what was there before is as it was"},
	{EDQUOT, "the quota is used up: make room, and begin again; what was there before is as it was"},
	{EROFS, "what is mounted there is read-only: mount it for writing, or give another folder"},
	{EACCES, "check owner and rights of the folder, and who runs owctl"},
	{EPERM, "check owner, rights and attributes (lsattr) of the folder, and who runs owctl"},
	{EFBIG, "the file system, or a limit of this process (ulimit -f), takes no larger files"},
	{ELOOP, "there is a symbolic link, which owctl does not follow inside of a store: put what it points to in its "
		"place"},
	{ENOTDIR, "there is a file where a folder is to be: is it the right place?"},
	{EISDIR, "there is a folder where a file is to be: is it the right place?"},
	{EIO, "the disk, or the line to it, has failed: see the kernel's log (dmesg)"},
	{ESTALE, "the network file system was taken away: mount it again"},
};

fallible folder_error(const struct folder *folder, int errnum, const char *doing, const char *name)
{
	struct error *error = error_system(errnum, "cannot %s %s%s%s", doing, folder->path, name ? "/" : "",
					   name ? name : "");
	for (size_t i = 0; i < COUNT(hints); i++)
		if (hints[i].number == errnum)
			return error_hint(error, "%s", hints[i].hint);
	return error;
}

int64_t folder_modified(const struct stat *info)
{
	return (int64_t)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec;
}

fallible folder_flush(const struct folder *folder, int fd, const char *name)
{
	if (!fsync(fd) || errno == EINVAL || errno == ENOTSUP)
		return NULL;
	return folder_error(folder, errno, "write", name);
}

/* Linux says ENOTDIR of a symbolic link here. */
int folder_step(int from, const char *name)
{
	int fd = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat info;
	if (fd < 0 && errno == ENOTDIR)
		errno = !fstatat(from, name, &info, AT_SYMLINK_NOFOLLOW) && S_ISLNK(info.st_mode) ? ELOOP : ENOTDIR;
	return fd;
}

static fallible make_step(const struct folder *folder, int from, const char *part, const char *name, int *fd)
{
	bool made = !mkdirat(from, part, 0700);
	if (!made && errno != EEXIST)
		return folder_error(folder, errno, "make a folder for", name);
	if (made)
		TRY(folder_flush(folder, from, name));
	*fd = folder_step(from, part);
	return *fd < 0 ? folder_error(folder, errno, "open the folder of", name) : NULL;
}

fallible folder_walk(const struct folder *folder, const char *name, bool make, int *fd, const char **last)
{
	AUTO(descriptor) int at = fcntl(folder->root, F_DUPFD_CLOEXEC, 0);
	if (at < 0)
		return folder_error(folder, errno, "open", NULL);
	*last = name;
	for (const char *slash; (slash = strchr(*last, '/')); *last = slash + 1) {
		AUTO(memory) char *part = text_copy_n(*last, (size_t)(slash - *last));
		int next = folder_step(at, part);
		if (next < 0 && errno == ENOENT && !make) {
			*fd = -1;
			return NULL;
		}
		if (next < 0 && errno != ENOENT)
			return folder_error(folder, errno, "open the folder of", name);
		if (next < 0)
			TRY(make_step(folder, at, part, name, &next));
		close(at);
		at = next;
	}
	*fd = descriptor_take(&at);
	return NULL;
}
