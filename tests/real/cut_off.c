/* LD_PRELOAD: cuts a program off at one of the calls by which the world outside of it changes: a write to a file, a
 * sync, a file that is cut, removed or given a name, a message to a server. lab/cut_off.py sets
 *
 *     CUT_OFF_AT=N         at the N-th of them, from 1 on; 0: nowhere
 *     CUT_OFF_HOW=killed   by SIGKILL, before it
 *                 torn     by SIGKILL, when half of its bytes are written
 *                 full     it and all later ones that need room on a disk fail with ENOSPC
 *                 broken   it and all later ones fail with EIO
 *                 lost     the socket is shut, and so are those of later ones
 *                 stopped  by SIGSTOP, before it; with SIGCONT it goes on as if nothing had been
 *     CUT_OFF_AMONG=commits   counts no others than the call that commits a transaction (which removes the journal of
 *                          SQLite, or says COMMIT to a server) and the one that comes after it; for killed
 *     CUT_OFF_COUNT=FILE   gets how many there were, when the program ends by itself
 *     CLOCK_AHEAD=SECONDS  what the clock of the machine seems to be ahead; nothing of files is
 *     CLOCK_FILE=FILE      has these seconds instead, and is read each time, so that a clock can jump
 *
 * What the C library writes by itself (stdio) does not pass here; sqlite3 and libpq call these functions. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

enum how { KILLED, TORN, FULL, BROKEN, LOST, STOPPED };
static const char *const hows[] = {"killed", "torn", "full", "broken", "lost", "stopped", NULL};

static long cut_at, clock_ahead;
static enum how how;
static const char *count_file, *clock_file;
static bool among_commits;
static atomic_long calls;
static atomic_bool committed;

__attribute__((constructor)) static void begin(void)
{
	const char *at = getenv("CUT_OFF_AT"), *name = getenv("CUT_OFF_HOW");
	cut_at = at ? strtol(at, NULL, 10) : 0;
	unsetenv("LD_PRELOAD"); /* the calls of what it starts are not its own */
	among_commits = getenv("CUT_OFF_AMONG") != NULL;
	const char *ahead = getenv("CLOCK_AHEAD");
	clock_ahead = ahead ? strtol(ahead, NULL, 10) : 0;
	count_file = getenv("CUT_OFF_COUNT");
	clock_file = getenv("CLOCK_FILE");
	for (int i = 0; name && hows[i]; i++)
		if (!strcmp(name, hows[i]))
			how = (enum how)i;
}

__attribute__((destructor)) static void end(void)
{
	FILE *file = count_file ? fopen(count_file, "w") : NULL;
	if (!file)
		return;
	fprintf(file, "%ld\n", atomic_load(&calls));
	fclose(file);
}

static void die(void)
{
	kill(getpid(), SIGKILL);
	pause();
}

/* Counts a call that commits or does not; whether it is cut off. */
static bool comes_to(bool commits)
{
	bool counts = atomic_exchange(&committed, commits) || commits;
	if (among_commits && !counts)
		return false;
	long call = atomic_fetch_add(&calls, 1) + 1;
	bool now = call >= cut_at && cut_at;
	if (now && how == KILLED)
		die();
	if (now && how == STOPPED && call == cut_at)
		kill(getpid(), SIGSTOP);
	return now;
}

static bool reached(void)
{
	return comes_to(false);
}

static bool is_file(int fd)
{
	struct stat status;
	return !fstat(fd, &status) && S_ISREG(status.st_mode);
}

static int fail(int errnum)
{
	errno = errnum;
	return -1;
}

/* ---- what needs room ---- */

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
	if (is_file(fd) && reached()) {
		if (how == TORN) {
			REAL(pwrite64)(fd, bytes, size / 2, offset);
			die();
		}
		if (how == FULL || how == BROKEN)
			return fail(how == FULL ? ENOSPC : EIO);
	}
	return REAL(pwrite64)(fd, bytes, size, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
	return pwrite64(fd, bytes, size, offset);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	if (is_file(fd) && reached()) {
		if (how == TORN) {
			REAL(write)(fd, bytes, size / 2);
			die();
		}
		if (how == FULL || how == BROKEN)
			return fail(how == FULL ? ENOSPC : EIO);
	}
	return REAL(write)(fd, bytes, size);
}

/* ---- what needs none ---- */

static bool breaks_at(bool now)
{
	if (now && how == TORN)
		die();
	return now && how == BROKEN;
}

static bool breaks(void)
{
	return breaks_at(reached());
}

int fsync(int fd)
{
	return breaks() ? fail(EIO) : REAL(fsync)(fd);
}

int fdatasync(int fd)
{
	return breaks() ? fail(EIO) : REAL(fdatasync)(fd);
}

int ftruncate64(int fd, off64_t size)
{
	return breaks() ? fail(EIO) : REAL(ftruncate64)(fd, size);
}

int ftruncate(int fd, off_t size)
{
	return ftruncate64(fd, size);
}

int unlink(const char *path)
{
	static const char journal[] = "-journal";
	const size_t size = strlen(path), end = sizeof journal - 1;
	bool commits = size > end && !strcmp(path + size - end, journal);
	return breaks_at(comes_to(commits)) ? fail(EIO) : REAL(unlink)(path);
}

int rename(const char *from, const char *to)
{
	return breaks() ? fail(EIO) : REAL(rename)(from, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
	return breaks() ? fail(EIO) : REAL(renameat2)(from_folder, from, to_folder, to, flags);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	return breaks() ? fail(EIO) : REAL(renameat)(from_folder, from, to_folder, to);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
	return breaks() ? fail(EIO) : REAL(linkat)(from_folder, from, to_folder, to, flags);
}

int unlinkat(int folder, const char *path, int flags)
{
	return breaks() ? fail(EIO) : REAL(unlinkat)(folder, path, flags);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
	return breaks() ? fail(EIO) : REAL(mkdirat)(folder, path, mode);
}

/* ---- what goes to a server ---- */

ssize_t send(int fd, const void *bytes, size_t size, int flags)
{
	if (comes_to(memmem(bytes, size, "COMMIT", sizeof "COMMIT"))) {
		if (how == TORN) {
			REAL(send)(fd, bytes, size / 2, flags);
			die();
		}
		if (how == LOST)
			shutdown(fd, SHUT_RDWR);
	}
	return REAL(send)(fd, bytes, size, flags);
}

/* ---- what time it is ---- */

static long ahead(void)
{
	char text[32] = {0};
	int fd = clock_file ? open(clock_file, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return clock_ahead;
	ssize_t size = read(fd, text, sizeof text - 1);
	close(fd);
	return size > 0 ? strtol(text, NULL, 10) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int failed = REAL(clock_gettime)(clock, now);
	if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		now->tv_sec += ahead();
	return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	int failed = REAL(gettimeofday)(now, zone);
	if (!failed)
		now->tv_sec += ahead();
	return failed;
}

time_t time(time_t *now)
{
	struct timespec found;
	clock_gettime(CLOCK_REALTIME, &found);
	if (now)
		*now = found.tv_sec;
	return found.tv_sec;
}
