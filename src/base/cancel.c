#include "base/cancel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t requested; /* by a signal */
static atomic_bool stopped;             /* by ourselves */
static int wake[2] = {-1, -1};

static volatile sig_atomic_t held;

static void on_signal(int signal_number)
{
	if (requested && signal_number == SIGINT && !held)
		_exit(ERR_INTERRUPTED);
	requested = 1;
	int saved = errno;
	ssize_t ignored = write(wake[1], "!", 1);
	(void)ignored;
	errno = saved;
}

void cancel_install(void)
{
	if (wake[0] < 0 && pipe2(wake, O_CLOEXEC | O_NONBLOCK) < 0)
		wake[0] = wake[1] = -1;
	struct sigaction action = {.sa_handler = on_signal};
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	struct sigaction before;
	if (!sigaction(SIGHUP, NULL, &before) && before.sa_handler != SIG_IGN) /* as nohup leaves it */
		sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN); /* write() tells */
	signal(SIGXFSZ, SIG_IGN);
	/* A parent may have ignored it, and children would be gone before they are waited for. */
	signal(SIGCHLD, SIG_DFL);
}

void cancel_hold(bool hold)
{
	held = hold;
}

bool cancel_requested(void)
{
	return requested || stopped;
}

bool cancel_by_signal(void)
{
	return requested;
}

/* The byte that wakes stays in the pipe for as long as it is meant; that of a signal stays for good. */
void cancel_stop(bool stop)
{
	char byte;
	if (stop == atomic_exchange(&stopped, stop))
		return;
	ssize_t ignored = stop ? write(wake[1], "!", 1) : requested ? 0 : read(wake[0], &byte, 1);
	(void)ignored;
}

int cancel_fd(void)
{
	return wake[0];
}

fallible cancel_check(void)
{
	return cancel_requested() ? error_new(ERR_INTERRUPTED, "interrupted") : NULL;
}

void cancel_sleep(int64_t ms)
{
	poll(&(struct pollfd){.fd = wake[0], .events = POLLIN}, 1, ms < INT32_MAX ? (int)ms : INT32_MAX);
}

fallible cancel_wait_readable(int fd)
{
	struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = wake[0], .events = POLLIN}};
	for (;;) {
		TRY(cancel_check());
		int ready = poll(fds, 2, -1);
		if (ready > 0 && fds[0].revents)
			return NULL;
		if (ready < 0 && errno != EINTR)
			return error_system(errno, "cannot wait for input");
	}
}

bool cancel_wait_writable(int fd, bool deaf)
{
	struct pollfd fds[] = {{.fd = fd, .events = POLLOUT}, {.fd = deaf ? -1 : wake[0], .events = POLLIN}};
	for (;;) {
		int ready = poll(fds, 2, -1);
		if (ready < 0 ? errno != EINTR : fds[0].revents)
			return true;
		if (cancel_requested())
			return false;
	}
}
