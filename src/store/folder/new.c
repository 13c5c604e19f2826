/* Giving a file its name, and not the place of one that has it already. What can't be done by one means is by the next:
 * renameat2 is Linux's own and not on every file system (NFS), link(2) not on those without hard links (FAT). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "store/folder/folder.h"
#include "store/name.h"

static bool is_missing(int errnum)
{
	return errnum == EINVAL || errnum == ENOSYS || errnum == ENOTSUP || errnum == EPERM || errnum == EMLINK;
}

static int give_new(int fd, const char *part, const char *last, bool *alone)
{
	*alone = true;
	if (!renameat2(fd, part, fd, last, RENAME_NOREPLACE))
		return 0;
	if (!is_missing(errno))
		return errno;
	if (!linkat(fd, part, fd, last, 0)) {
		unlinkat(fd, part, 0);
		return 0;
	}
	if (!is_missing(errno))
		return errno;
	*alone = false;
	if (!faccessat(fd, last, F_OK, AT_SYMLINK_NOFOLLOW))
		return EEXIST;
	return renameat(fd, part, fd, last) ? errno : 0;
}

int folder_give_name(int fd, const char *part, const char *last, enum store_writing writing, bool *taken, bool *alone)
{
	int failed;
	*alone = true;
	if (writing == STORE_NEW)
		failed = give_new(fd, part, last, alone);
	else
		failed = renameat(fd, part, fd, last) ? errno : 0;
	*taken = writing == STORE_NEW && failed == EEXIST;
	return failed;
}

/* Makes a file under the name of a part, which it writes into `part`; -1 and errno. */
static int scratch_file(int fd, char part[static STORE_PART_SIZE])
{
	store_part_new(part);
	return openat(fd, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

bool folder_can(struct store *store, enum store_feature feature)
{
	(void)feature; /* there is but one */
	int root = folder_of(store)->root;
	char part[STORE_PART_SIZE], name[STORE_PART_SIZE];
	AUTO(descriptor) int file = scratch_file(root, part);
	if (file < 0)
		return false;
	bool taken, alone;
	store_part_new(name);
	int failed = folder_give_name(root, part, name, STORE_NEW, &taken, &alone);
	unlinkat(root, failed ? part : name, 0);
	return !failed && alone;
}

fallible folder_time(struct store *store, const char *scratch, int64_t *now)
{
	struct folder *folder = folder_of(store);
	AUTO(descriptor) int fd = -1;
	const char *last;
	char part[STORE_PART_SIZE];
	struct stat info;
	TRY(folder_walk(folder, scratch, true, &fd, &last));
	AUTO(descriptor) int file = scratch_file(fd, part);
	if (file < 0)
		return folder_error(folder, errno, "write", scratch);
	/* Written to, as the modified time of an object is that of its last byte. */
	bool told = write(file, "", 1) == 1 && !fsync(file) && !fstat(file, &info);
	int failed = errno;
	unlinkat(fd, part, 0);
	if (!told)
		return folder_error(folder, failed, "write", scratch);
	*now = folder_modified(&info);
	return NULL;
}
