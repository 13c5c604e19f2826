#include "commands/shell/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/cancel.h"

static volatile sig_atomic_t interrupted;
static int wake[2] = {-1, -1};

void interrupt_wake(void)
{
	int saved = errno;
	ssize_t ignored = write(wake[1], "!", 1);
	(void)ignored;
	errno = saved;
}

static void on_signal(int signal_number)
{
	if (signal_number == SIGINT)
		interrupted = 1;
	interrupt_wake();
}

void interrupt_install(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	if (wake[0] < 0 && pipe2(wake, O_CLOEXEC | O_NONBLOCK))
		wake[0] = wake[1] = -1;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);
	sigaction(SIGWINCH, &action, NULL);
}

bool interrupt_taken(void)
{
	char bytes[64];
	bool was = interrupted;
	while (read(wake[0], bytes, sizeof bytes) > 0)
		;
	interrupted = 0;
	return was;
}

bool interrupt_wait(int64_t ms)
{
	struct pollfd fds[] = {{.fd = wake[0], .events = POLLIN}, {.fd = cancel_fd(), .events = POLLIN}};
	poll(fds, 2, (int)ms);
	return interrupt_taken() || cancel_requested();
}

int interrupt_fd(void)
{
	return wake[0];
}
