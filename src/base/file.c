#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/memory.h"

#define SECRET_LIMIT (64 * 1024)

static void descriptor_cleanup(const int *fd)
{
	if (*fd > STDERR_FILENO)
		close(*fd);
}

static fallible read_all(int fd, const char *name, size_t limit, struct str *out)
{
	for (;;) {
		if (out->size > limit)
			return error_new(ERR_INPUT, "%s is larger than %zu bytes", name, limit);
		str_reserve(out, 65536);
		ssize_t got = read(fd, out->data + out->size, out->room - out->size - 1);
		if (got < 0 && errno == EINTR) {
			TRY(cancel_check());
			continue;
		}
		if (got < 0)
			return error_system(errno, "cannot read %s", name);
		if (got == 0)
			break;
		out->size += (size_t)got;
	}
	out->data[out->size] = '\0';
	return NULL;
}

fallible file_read(const char *path, size_t limit, struct str *out)
{
	bool standard_input = !strcmp(path, "-");
	AUTO(descriptor) int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_hint(error_system(errno, "cannot open %s", path), "check the path and its permissions");
	struct stat info;
	if (!fstat(fd, &info) && S_ISDIR(info.st_mode))
		return error_hint(error_new(ERR_INPUT, "%s is a folder", path), "give the path of a file");
	return read_all(fd, standard_input ? "standard input" : path, limit, out);
}

fallible file_check_private(const char *path)
{
	struct stat info;
	if (!strcmp(path, "-") || stat(path, &info) < 0 || !S_ISREG(info.st_mode) || !(info.st_mode & S_IROTH))
		return NULL;
	return error_hint(error_new(ERR_PERMISSION, "%s holds a secret and is readable by everybody", path),
			  "chmod o-r '%s'", path);
}

fallible file_read_secret(const char *path, char **secret)
{
	TRY(file_check_private(path));
	AUTO(str) struct str text = {0};
	struct error *error = file_read(path, SECRET_LIMIT, &text);
	if (!error && text.size && memchr(text.data, '\0', text.size))
		error = error_new(ERR_INPUT, "%s holds a NUL byte", path);
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
