/* The lock file. Its lock is one of an open file description (F_OFD_SETLK): unlike a POSIX lock it does not belong to
 * the process, so it and SQLite's do not touch each other; it ends with the process, however that ends, and a file that
 * is left behind without a lock means nothing: the next one takes it.
 *
 * Who releases the lock removes the file first, still holding it. Another may have opened the file before, and gets the
 * lock of a file that is no longer there: so who has the lock looks whether its file is still the one of that name. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/shell.h"
#include "db/sqlite/sqlite.h"

#define LONGEST_NAME 512

/* A file may go away between opening and locking, and its holder's name come a moment after the lock. */
#define TRIES 50
#define PAUSE_MS 10

static void descriptor_cleanup(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static char *lock_path(const struct sqlite *sqlite)
{
	return text_format("%s.owctl-lock", sqlite_file(sqlite));
}

static fallible cannot(int errnum, const char *what, const char *path)
{
	struct error *error = error_system(errnum, "%s %s", what, path);
	if (errnum == ENOSPC || errnum == EDQUOT)
		return error_hint(error, "make room and run the same command again");
	if (error->code != ERR_PERMISSION)
		return error_hint(error, "owctl keeps others of its kind away by a lock on this file: the file system "
					 "must be able to make and lock it");
	return error_hint(error, "run owctl where it may write into the database's folder, as the user that Open "
				 "WebUI runs as");
}

/* Opening and closing the database by another name would let go of SQLite's own locks: see open.c. */
static fallible check_file(const char *path)
{
	struct stat file;
	if (lstat(path, &file) || (S_ISREG(file.st_mode) && file.st_nlink <= 1))
		return NULL;
	AUTO(memory) char *word = shell_word(path);
	return error_hint(error_new(ERR_SETTINGS, "%s is in the way: owctl's lock is a file of that name", path),
			  "look what it is, and remove it: rm %s", word);
}

/* Left behind, it must not be in the way of the server's user. */
static void give_to_owner(const struct sqlite *sqlite, int fd)
{
	struct stat database;
	if (geteuid() || stat(sqlite_file(sqlite), &database))
		return;
	int ignored = fchown(fd, database.st_uid, database.st_gid);
	(void)ignored;
}

static bool is_the_file(int fd, const char *path)
{
	struct stat own, named;
	return !fstat(fd, &own) && !lstat(path, &named) && own.st_dev == named.st_dev && own.st_ino == named.st_ino;
}

enum outcome { TAKEN, HELD, GONE };

static fallible take(const struct sqlite *sqlite, const char *path, int *fd, enum outcome *outcome)
{
	TRY(check_file(path));
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (*fd < 0)
		return cannot(errno, "cannot open", path);
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	if (!fcntl(*fd, F_OFD_SETLK, &lock))
		*outcome = is_the_file(*fd, path) ? TAKEN : GONE;
	else if (errno == EAGAIN || errno == EACCES)
		*outcome = HELD;
	else
		return cannot(errno, "cannot lock", path);
	if (*outcome == TAKEN)
		give_to_owner(sqlite, *fd);
	return NULL;
}

static fallible write_name(int fd, const char *path)
{
	char now[CLOCK_TEXT_SIZE] = "?";
	clock_format(clock_now(), now);
	AUTO(memory) char *own = db_own_name();
	AUTO(memory) char *line = text_format("%s, since %s\n", own, now);
	ssize_t size = (ssize_t)strlen(line);
	if (ftruncate(fd, 0) || pwrite(fd, line, (size_t)size, 0) != size)
		return cannot(errno, "cannot write", path);
	return NULL;
}

/* NULL: nothing whole is written there yet. */
static char *read_name(int fd)
{
	char line[LONGEST_NAME];
	ssize_t size = pread(fd, line, sizeof line, 0);
	const char *end = size > 0 ? memchr(line, '\n', (size_t)size) : NULL;
	return end ? text_copy_n(line, (size_t)(end - line)) : NULL;
}

/* *holder is NULL and *taken false: look again. */
static fallible attempt(struct sqlite *sqlite, const char *path, bool *taken, char **holder)
{
	AUTO(descriptor) int fd = -1;
	enum outcome outcome = GONE;
	TRY(take(sqlite, path, &fd, &outcome));
	*taken = outcome == TAKEN;
	if (outcome == HELD)
		*holder = read_name(fd);
	if (!*taken)
		return NULL;
	struct error *error = write_name(fd, path);
	if (error) {
		unlink(path);
		return error;
	}
	sqlite->lock = fd;
	fd = -1;
	return NULL;
}

fallible sqlite_hold(struct db *db, int64_t number, char **holder)
{
	(void)number;
	struct sqlite *sqlite = (struct sqlite *)db;
	AUTO(memory) char *path = lock_path(sqlite);
	for (int i = 0; i < TRIES; i++) {
		bool taken = false;
		TRY(attempt(sqlite, path, &taken, holder));
		if (taken || *holder)
			return NULL;
		TRY(cancel_check());
		cancel_sleep(PAUSE_MS);
	}
	*holder = text_format("a process that does not say who it is (it has locked %s)", path);
	return NULL;
}

void sqlite_release(struct db *db, int64_t number)
{
	(void)number;
	struct sqlite *sqlite = (struct sqlite *)db;
	AUTO(memory) char *path = lock_path(sqlite);
	if (is_the_file(sqlite->lock, path))
		unlink(path);
	close(sqlite->lock);
}
