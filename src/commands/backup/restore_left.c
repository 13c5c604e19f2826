/* Files that a restore into a new SQLite file has left which was killed: all rows are in them, unencrypted. */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/random.h"
#include "commands/backup/restoring.h"
#include "crypto/digest.h"

#define MARK ".restoring-"
#define RANDOM_SIZE 4

char *restoring_beside(const char *path)
{
	unsigned char random[RANDOM_SIZE];
	char ending[2 * RANDOM_SIZE + 1];
	random_bytes(random, sizeof random);
	hex_text(random, sizeof random, ending);
	return text_format("%s" MARK "%s", path, ending);
}

/* Whether `name` is such a file of `database`, or SQLite's own beside one. */
static bool is_left(const char *name, const char *database)
{
	static const char *const endings[] = {"", "-journal", "-wal", "-shm"};
	unsigned char random[RANDOM_SIZE];
	size_t size = strlen(database);
	if (strncmp(name, database, size) != 0 || !text_starts(name + size, MARK))
		return false;
	const char *digits = name + size + strlen(MARK);
	if (!hex_parse(digits, random, sizeof random))
		return false;
	for (size_t i = 0; i < COUNT(endings); i++)
		if (!strcmp(digits + 2 * RANDOM_SIZE, endings[i]))
			return true;
	return false;
}

/* SQLite locks what is being written to. */
static bool is_locked(const char *path)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return false;
	bool locked = !fcntl(fd, F_GETLK, &lock) && lock.l_type != F_UNLCK;
	close(fd);
	return locked;
}

static void remove_left(const char *path)
{
	if (is_locked(path))
		return;
	if (unlink(path))
		log_warning("%s, which a restore left that was cut off, stays: it can't be removed", path);
	else
		log_note("removed %s, which a restore left that was cut off", path);
}

void restoring_sweep(const char *path)
{
	AUTO(memory) char *folder = file_folder(path);
	const char *slash = strrchr(path, '/');
	DIR *listing = opendir(folder);
	struct dirent *entry;
	while (listing && (entry = readdir(listing))) {
		if (!is_left(entry->d_name, slash ? slash + 1 : path))
			continue;
		AUTO(memory) char *left = text_format("%s/%s", folder, entry->d_name);
		remove_left(left);
	}
	if (listing)
		closedir(listing);
}
