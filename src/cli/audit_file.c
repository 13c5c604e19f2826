#include "cli/audit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

static const char standard_error[] = "/dev/stderr";

static void descriptor_cleanup(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static fallible cannot_open(int errnum)
{
	return error_system(errnum, "it can't be opened");
}

/* A pipe would be waited for until somebody reads it, and a device may do anything at all once it is opened; but who
 * says /dev/null means that there is to be no record. */
static fallible check_kind(const struct stat *status)
{
	struct stat null;
	if (S_ISREG(status->st_mode))
		return NULL;
	if (S_ISCHR(status->st_mode) && !stat("/dev/null", &null) && status->st_rdev == null.st_rdev)
		return NULL;
	if (S_ISDIR(status->st_mode))
		return cannot_open(EISDIR);
	return error_new(ERR_FAILED, "it is no regular file");
}

/* Not opened by its name, which for a socket (a journal's) is not possible. */
static fallible open_standard_error(int *fd)
{
	if ((fcntl(STDERR_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY) /* it was closed: see guard_standard_streams */
		return cannot_open(EBADF);
	*fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return *fd < 0 ? cannot_open(errno) : NULL;
}

static fallible open_log(const char *path, int create, int *fd)
{
	struct stat status;
	if (!strcmp(path, standard_error))
		return open_standard_error(fd);
	if (!stat(path, &status))
		TRY(check_kind(&status));
	*fd = open(path, O_WRONLY | create | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);
	if (*fd < 0 || fstat(*fd, &status))
		return cannot_open(errno);
	return check_kind(&status); /* it may have become another one */
}

fallible audit_file_check(const char *path, bool dry_run)
{
	AUTO(descriptor) int fd = -1;
	if (!dry_run || file_exists(path))
		return open_log(path, dry_run ? 0 : O_CREAT, &fd);
	AUTO(memory) char *folder = file_folder(path);
	return access(folder, W_OK | X_OK) ? cannot_open(errno) : NULL;
}

fallible audit_file_append(const char *path, const char *line)
{
	AUTO(descriptor) int fd = -1;
	AUTO(memory) char *whole = text_format("%s\n", line);
	TRY(open_log(path, O_CREAT, &fd));
	TRY(file_append(fd, whole, strlen(whole)));
	int own = fd;
	fd = -1;
	return close(own) ? error_system(errno, "writing failed") : NULL;
}
