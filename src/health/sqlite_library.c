#include "health/sqlite_library.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"

#define LARGEST_LIBRARY (64 << 20)

static bool read_version(const char *text, int numbers[3])
{
	int end = 0;
	return sscanf(text, "%2d.%3d.%3d%n", &numbers[0], &numbers[1], &numbers[2], &end) == 3 && !text[end];
}

/* sqlite3_version, a text of its own: "\0" "3.46.1\0". */
static char *find_version(const char *bytes, size_t size)
{
	const char *at = bytes, *end = bytes + size;
	while ((at = memmem(at, (size_t)(end - at), "\0003.", 3))) {
		int numbers[3];
		at++;
		bool ends = memchr(at, '\0', (size_t)(end - at)) != NULL;
		if (ends && strlen(at) < sizeof "3.100.100" && read_version(at, numbers))
			return text_copy(at);
	}
	return NULL;
}

static char *version_in(const char *path)
{
	struct stat status;
	char *version = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return NULL;
	if (!fstat(fd, &status) && S_ISREG(status.st_mode) && status.st_size > 0 && status.st_size < LARGEST_LIBRARY) {
		size_t size = (size_t)status.st_size;
		char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes != MAP_FAILED) {
			version = find_version(bytes, size);
			munmap(bytes, size);
		}
	}
	close(fd);
	return version;
}

/* Of a line of /proc/PID/maps: "7f..-7f.. r-xp 00000000 08:01 1234  /usr/lib/libsqlite3.so.0.8.6". Of another library
 * that has SQLite inside, as some builds of Python, nothing is told: it has versions of its own. */
static const char *library_of(char *line)
{
	line[strcspn(line, "\n")] = '\0';
	const char *path = strchr(line, '/'), *last = strrchr(line, '/');
	return path && text_starts(last + 1, "libsqlite3.so") ? path : NULL;
}

char *sqlite_version_of(const char *pid)
{
	AUTO(memory) char *maps = text_format("/proc/%s/maps", pid);
	FILE *file = fopen(maps, "re");
	char *line = NULL, *version = NULL;
	size_t room = 0;
	while (file && !version && getline(&line, &room, file) > 0) {
		const char *path = library_of(line);
		AUTO(memory) char *seen = path ? text_format("/proc/%s/root%s", pid, path) : NULL;
		version = seen ? version_in(seen) : NULL;
	}
	free(line);
	if (file)
		fclose(file);
	return version;
}

bool sqlite_version_is_sound(const char *version)
{
	int numbers[3];
	if (!read_version(version, numbers) || numbers[0] != 3 || numbers[1] < 7)
		return true;
	int minor = numbers[1], patch = numbers[2];
	return minor > 51 || (minor == 51 && patch >= 3) || (minor == 50 && patch >= 7) || (minor == 44 && patch >= 6);
}
