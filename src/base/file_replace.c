#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

static void descriptor_cleanup(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

char *file_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return text_copy(".");
	return text_copy_n(path, slash == path ? 1 : (size_t)(slash - path));
}

fallible folder_make(const char *path)
{
	if (file_exists(path) || !mkdir(path, 0700) || errno == EEXIST)
		return NULL;
	if (errno == ENOENT) {
		AUTO(memory) char *above = file_folder(path);
		TRY(folder_make(above));
		if (!mkdir(path, 0700) || errno == EEXIST)
			return NULL;
	}
	return error_system(errno, "cannot make the folder %s", path);
}

static fallible write_bytes(int fd, const char *name, const char *bytes, size_t size)
{
	while (size) {
		ssize_t done = write(fd, bytes, size);
		if (done < 0 && errno != EINTR)
			return error_system(errno, "cannot write %s", name);
		bytes += done > 0 ? done : 0;
		size -= done > 0 ? (size_t)done : 0;
	}
	return NULL;
}

static fallible write_all(int fd, const char *name, const char *bytes, size_t size)
{
	TRY(write_bytes(fd, name, bytes, size));
	return fsync(fd) ? error_system(errno, "cannot write %s", name) : NULL;
}

fallible file_make(const char *path, const char *bytes, size_t size)
{
	AUTO(memory) char *folder = file_folder(path);
	AUTO(descriptor) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		return error_new(ERR_INPUT, "%s is there already", path);
	if (fd < 0)
		return error_system(errno, "cannot make %s", path);
	struct error *error = write_all(fd, path, bytes, size);
	if (error)
		unlink(path);
	return error ? error : folder_sync(folder);
}

/* Mode and owner of the file that is replaced; another owner can only be given by root, which is no reason to fail. */
static fallible take_over(int fd, const char *path)
{
	struct stat old;
	if (stat(path, &old))
		return NULL;
	if (fchown(fd, old.st_uid, old.st_gid) && errno != EPERM)
		return error_system(errno, "cannot set the owner of %s", path);
	return fchmod(fd, old.st_mode & 0777) ? error_system(errno, "cannot set the mode of %s", path) : NULL;
}

fallible folder_sync(const char *path)
{
	AUTO(descriptor) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) ? error_system(errno, "cannot write the folder %s", path) : NULL;
}

/* A device, a pipe: nothing takes its place. */
static bool is_no_file(const char *path)
{
	struct stat status;
	return !stat(path, &status) && !S_ISREG(status.st_mode);
}

static fallible write_into(const char *path, const char *bytes, size_t size)
{
	AUTO(descriptor) int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? error_system(errno, "cannot write %s", path) : write_bytes(fd, path, bytes, size);
}

fallible file_check_replace(const char *path)
{
	struct stat status;
	AUTO(memory) char *resolved = realpath(path, NULL);
	AUTO(memory) char *folder = file_folder(resolved ? resolved : path);
	if (!stat(path, &status) && S_ISDIR(status.st_mode))
		return error_system(EISDIR, "cannot write %s", path);
	if (is_no_file(path))
		return access(path, W_OK) ? error_system(errno, "cannot write %s", path) : NULL;
	return access(folder, W_OK | X_OK) ? error_system(errno, "cannot write %s into its folder", path) : NULL;
}

/* `mode`: 0 for that of the old file. */
static fallible replace(const char *path, const char *bytes, size_t size, mode_t mode)
{
	if (is_no_file(path))
		return write_into(path, bytes, size);
	AUTO(memory) char *resolved = realpath(path, NULL);
	const char *target = resolved ? resolved : path;
	AUTO(memory) char *folder = file_folder(target);
	AUTO(memory) char *temporary = text_format("%s.XXXXXX", target);
	AUTO(descriptor) int fd = mkostemp(temporary, O_CLOEXEC); /* 0600 */
	if (fd < 0)
		return error_hint(error_system(errno, "cannot write %s", target), "check the rights of %s", folder);
	struct error *error = write_all(fd, target, bytes, size);
	if (!error)
		error = take_over(fd, target);
	if (!error && mode && fchmod(fd, mode))
		error = error_system(errno, "cannot set the mode of %s", target);
	if (!error && rename(temporary, target))
		error = error_system(errno, "cannot write %s", target);
	if (error)
		unlink(temporary);
	return error ? error : folder_sync(folder);
}

fallible file_replace(const char *path, const char *bytes, size_t size)
{
	return replace(path, bytes, size, 0);
}

fallible file_publish(const char *path, const char *bytes, size_t size)
{
	return replace(path, bytes, size, 0644);
}
