#include <errno.h>
#include <fcntl.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "store/folder/folder.h"

#define PIECE (256 * 1024)

/* `*file` -1: there is none. Without O_NONBLOCK a named pipe would hold owctl. */
static fallible open_object(const struct folder *folder, const char *name, int *file, struct stat *info)
{
	AUTO(descriptor) int fd = -1;
	const char *last;
	*file = -1;
	TRY(folder_walk(folder, name, false, &fd, &last));
	if (fd < 0)
		return NULL;
	AUTO(descriptor) int opened = openat(fd, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (opened < 0)
		return errno == ENOENT ? NULL : folder_error(folder, errno, "read", name);
	if (fstat(opened, info))
		return folder_error(folder, errno, "read", name);
	if (!S_ISREG(info->st_mode))
		return S_ISDIR(info->st_mode) ? NULL : error_new(ERR_INPUT, "%s/%s is no file", folder->path, name);
	*file = descriptor_take(&opened);
	return NULL;
}

/* Its rights do not matter, so it is not opened. */
fallible folder_look(struct store *store, const char *name, bool *found, struct store_object *object)
{
	struct folder *folder = folder_of(store);
	AUTO(descriptor) int fd = -1;
	const char *last;
	struct stat info;
	*found = false;
	TRY(folder_walk(folder, name, false, &fd, &last));
	if (fd < 0)
		return NULL;
	if (fstatat(fd, last, &info, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? NULL : folder_error(folder, errno, "look at", name);
	if (S_ISLNK(info.st_mode))
		return folder_error(folder, ELOOP, "look at", name);
	*found = S_ISREG(info.st_mode);
	*object = (struct store_object){.size = (uint64_t)info.st_size, .modified = folder_modified(&info)};
	return NULL;
}

fallible folder_get(struct store *store, const char *name, uint64_t offset, uint64_t size, const struct sink *out)
{
	struct folder *folder = folder_of(store);
	AUTO(descriptor) int file = -1;
	struct stat info;
	TRY(open_object(folder, name, &file, &info));
	if (file < 0)
		return error_new(ERR_INPUT, "%s/%s is not there", folder->path, name);
	uint64_t there = (uint64_t)info.st_size;
	uint64_t left = offset < there ? there - offset : 0;
	left = size && size < left ? size : left;
	AUTO(memory) char *piece = mem_new(1, left < PIECE ? (size_t)left + 1 : PIECE);
	while (left) {
		TRY(cancel_check());
		ssize_t got = pread(file, piece, left < PIECE ? (size_t)left : PIECE, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return folder_error(folder, errno, "read", name);
		if (!got)
			return error_new(ERR_INPUT, "%s/%s was cut off while it was read", folder->path, name);
		TRY(sink_take(out, piece, (size_t)got));
		offset += (uint64_t)got;
		left -= (uint64_t)got;
	}
	return NULL;
}
