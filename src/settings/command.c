#include "settings/value.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/memory.h"

#define LIMIT ((size_t)64 * 1024)
#define TIME_LIMIT_MS 10000
#define CANCEL_INTERVAL_MS 200 /* where there is no cancel_fd() to wait on */

static void descriptor_cleanup(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Waits until `fd` has something; ERR_INTERRUPTED or ERR_SETTINGS when it is too late. */
static fallible wait_for(int fd, int64_t deadline, const char *program)
{
	struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = cancel_fd(), .events = POLLIN}};
	for (;;) {
		TRY(cancel_check());
		int64_t left = deadline - clock_monotonic_ms();
		if (left <= 0)
			return error_new(ERR_SETTINGS, "%s did not finish within %d s", program, TIME_LIMIT_MS / 1000);
		int ready = poll(fds, COUNT(fds), (int)(left < CANCEL_INTERVAL_MS ? left : CANCEL_INTERVAL_MS));
		if (ready < 0 && errno != EINTR)
			return error_system(errno, "cannot wait for %s", program);
		if (ready > 0 && fds[0].revents)
			return NULL;
	}
}

static fallible collect(int fd, const char *program, int64_t deadline, struct str *out)
{
	str_reserve(out, LIMIT); /* one piece: growing would leave copies of a secret behind */
	for (;;) {
		TRY(wait_for(fd, deadline, program));
		ssize_t got = read(fd, out->data + out->size, LIMIT - out->size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_system(errno, "cannot read from %s", program);
		if (got == 0)
			return NULL;
		out->size += (size_t)got;
		out->data[out->size] = '\0';
		if (out->size == LIMIT)
			return error_new(ERR_SETTINGS, "%s prints more than %zu bytes", program, LIMIT - 1);
	}
}

/* The command closed its output; it has until the deadline to end as well. */
static fallible wait_for_end(pid_t child, const char *program, int64_t deadline)
{
	AUTO(descriptor) int fd = pidfd_open(child, 0);
	if (fd < 0)
		return error_system(errno, "cannot watch %s", program);
	TRY(wait_for(fd, deadline, program));
	int status = 0;
	if (waitpid(child, &status, 0) < 0)
		return error_system(errno, "cannot learn how %s ended", program);
	AUTO(memory) char *failure = child_failure(status);
	return failure ? error_new(ERR_SETTINGS, "%s %s", program, failure) : NULL;
}

fallible command_output(char *const *words, char **output)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_system(errno, "cannot make a pipe");
	AUTO(descriptor) int input = ends[0];
	int64_t deadline = clock_monotonic_ms() + TIME_LIMIT_MS;
	pid_t child = 0;
	const struct child_file files[] = {{.ours = -1, .its = STDIN_FILENO},
					   {.ours = ends[1], .its = STDOUT_FILENO}};
	int failed = child_start(words, environ, files, COUNT(files), &child);
	close(ends[1]);
	if (failed)
		return error_new(ERR_SETTINGS, "cannot run %s: %s", words[0], strerrordesc_np(failed));
	AUTO(str) struct str text = {0};
	struct error *error = collect(input, words[0], deadline, &text);
	if (!error)
		error = wait_for_end(child, words[0], deadline);
	if (error)
		child_stop(child);
	else if (memchr(str_text(&text), '\0', text.size))
		error = error_new(ERR_SETTINGS, "%s prints a NUL byte", words[0]);
	else
		*output = text_copy(str_text(&text));
	mem_wipe(text.data, text.room);
	return error;
}
