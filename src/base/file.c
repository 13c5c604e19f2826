#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "base/shell.h"

#define SECRET_LIMIT (64 * 1024)

static void descriptor_cleanup(const int *fd)
{
	if (*fd > STDERR_FILENO)
		close(*fd);
}

static const char *name_of(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

static fallible cannot_open(int errnum, const char *path)
{
	struct error *error = error_system(errnum, "cannot open %s", path);
	if (errnum == ENOENT || errnum == ENOTDIR || errnum == ELOOP || errnum == ENAMETOOLONG)
		error->code = ERR_INPUT;
	return error_hint(error, "check the path and its permissions");
}

/* Without O_NONBLOCK a named pipe would hold owctl until somebody writes, whatever the signals. */
static fallible open_named(const char *path, int *fd)
{
	*fd = !strcmp(path, "-") ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0)
		return cannot_open(errno, path);
	struct stat info;
	if (!fstat(*fd, &info) && S_ISDIR(info.st_mode))
		return error_hint(error_new(ERR_INPUT, "%s is a folder", name_of(path)), "give the path of a file");
	return NULL;
}

/* -1 and EINTR when interrupted. */
static ssize_t read_some(int fd, char *bytes, size_t size)
{
	for (;;) {
		struct error *error = cancel_wait_readable(fd);
		if (error) {
			error_free(error);
			errno = EINTR;
			return -1;
		}
		ssize_t got = read(fd, bytes, size);
		if (got >= 0 || (errno != EINTR && errno != EAGAIN))
			return got;
	}
}

static ssize_t stream_read(void *cookie, char *bytes, size_t size)
{
	return read_some(*(int *)cookie, bytes, size);
}

static int stream_close(void *cookie)
{
	descriptor_cleanup(cookie);
	free(cookie);
	return 0;
}

fallible file_open(const char *path, FILE **file)
{
	AUTO(descriptor) int fd = -1;
	TRY(open_named(path, &fd));
	int *cookie = mem_new(1, sizeof *cookie);
	*cookie = fd;
	*file = fopencookie(cookie, "r", (cookie_io_functions_t){.read = stream_read, .close = stream_close});
	if (!*file) {
		free(cookie);
		return error_system(errno, "cannot open %s", name_of(path));
	}
	fd = -1; /* the stream has it now */
	return NULL;
}

fallible file_read(const char *path, size_t limit, struct str *out)
{
	AUTO(descriptor) int fd = -1;
	TRY(open_named(path, &fd));
	for (;;) {
		if (out->size > limit)
			return error_hint(error_new(ERR_INPUT, "%s is larger than %zu bytes", name_of(path), limit),
					  "is it the right file?");
		if (out->room < out->size + 4096)
			str_reserve(out, 65536);
		ssize_t got = read_some(fd, out->data + out->size, out->room - out->size - 1);
		if (got < 0) {
			TRY(cancel_check());
			return error_system(errno, "cannot read %s", name_of(path));
		}
		out->size += (size_t)got;
		out->data[out->size] = '\0';
		if (!got)
			return NULL;
	}
}

fallible file_check_private(const char *path)
{
	struct stat info;
	if (!strcmp(path, "-") || stat(path, &info) < 0 || !S_ISREG(info.st_mode) || !(info.st_mode & S_IROTH))
		return NULL;
	AUTO(memory) char *word = shell_word(path);
	return error_hint(error_new(ERR_PERMISSION, "%s holds a secret and is readable by everybody", path),
			  "chmod o-r %s", word);
}

fallible file_check_trusted(const char *path)
{
	struct stat info;
	if (stat(path, &info) < 0 || !S_ISREG(info.st_mode))
		return NULL;
	AUTO(memory) char *word = shell_word(path);
	if (info.st_uid && info.st_uid != geteuid())
		return error_hint(error_new(ERR_PERMISSION, "%s belongs to another user, who could change what it says",
					    path),
				  "chown %ld %s, if that is right", (long)geteuid(), word);
	if (info.st_mode & (S_IWGRP | S_IWOTH))
		return error_hint(error_new(ERR_PERMISSION, "%s can be changed by other users", path),
				  "chmod go-w %s", word);
	return NULL;
}

fallible file_read_secret(const char *path, char **secret)
{
	TRY(file_check_private(path));
	AUTO(str) struct str text = {0};
	str_reserve(&text, SECRET_LIMIT + 4096); /* one piece: growing would leave copies of the secret behind */
	struct error *error = file_read(path, SECRET_LIMIT, &text);
	if (!error && text.size && memchr(text.data, '\0', text.size))
		error = error_hint(error_new(ERR_INPUT, "%s holds a NUL byte", path), "is it the right file?");
	if (!error) {
		if (text.size && text.data[text.size - 1] == '\n')
			text.data[--text.size] = '\0';
		if (text.size && text.data[text.size - 1] == '\r')
			text.data[--text.size] = '\0';
		*secret = text_copy(str_text(&text));
	}
	mem_wipe(text.data, text.room);
	return error;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

fallible file_append(int fd, const char *line, size_t size)
{
	ssize_t written = write(fd, line, size);
	if (written == (ssize_t)size)
		return NULL;
	if (written < 0)
		return error_system(errno, "writing failed");
	off_t end = lseek(fd, 0, SEEK_CUR);
	struct stat status;
	bool last = end >= written && !fstat(fd, &status) && status.st_size == end;
	if (last && ftruncate(fd, end - written))
		return error_system(errno, "half a line was written, and can't be taken back");
	return error_system(ENOSPC, "writing failed");
}
