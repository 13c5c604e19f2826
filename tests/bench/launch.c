/* Runs a command and prints on descriptor 3: wall seconds, CPU seconds, peak resident bytes, exit status.
 * A small process of its own, since the peak that the kernel accounts to a child begins with the size of its parent. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	struct timespec before, after;
	struct rusage usage;
	int status;
	if (argc < 2)
		return 64;
	clock_gettime(CLOCK_MONOTONIC, &before);
	pid_t child = fork();
	if (!child) {
		close(3);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &after);
	dprintf(3, "%.6f %.6f %ld %d\n",
		(double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9,
		seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss * 1024,
		WIFEXITED(status) ? WEXITSTATUS(status) : 128);
	return 0;
}
