#include "base/large_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/memory.h"

#define PART 4 /* a quarter of the disk's free room */

/* Files in memory would win nothing. */
static bool is_disk(const char *folder)
{
	struct statfs status;
	return !statfs(folder, &status) && status.f_type != TMPFS_MAGIC && status.f_type != RAMFS_MAGIC &&
	       !access(folder, W_OK | X_OK);
}

const char *large_file_folder(const char *folder)
{
	const char *folders[] = {folder, getenv("TMPDIR"), "/var/tmp", "/tmp"};
	for (size_t i = 0; i < COUNT(folders); i++)
		if (folders[i] && is_disk(folders[i]))
			return folders[i];
	return NULL;
}

/* Not every file system has files without a name. */
int large_file_open(const char *folder)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, S_IRUSR | S_IWUSR);
	if (fd >= 0)
		return fd;
	AUTO(memory) char *path = text_format("%s/owctl-XXXXXX", folder);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

/* The disk is the database's first: all blocks together take no more than a part of what was free without them. */
static bool has_room(int fd, size_t more, size_t others)
{
	struct statvfs disk;
	return !fstatvfs(fd, &disk) && disk.f_bavail * disk.f_frsize >= more + (PART - 1) * (others + more);
}

/* Room that is not taken beforehand would be missed by a signal when the disk is full. */
bool large_file_grow(int fd, size_t from, size_t to, size_t others)
{
	return has_room(fd, to - from, others) && !posix_fallocate(fd, (off_t)from, (off_t)(to - from));
}
