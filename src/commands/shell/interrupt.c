#include "commands/shell/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/cancel.h"

static volatile sig_atomic_t interrupted, stop_wanted;
static int wake[2] = {-1, -1};

static void on_signal(int signal_number)
{
	int saved = errno;
	if (signal_number == SIGINT)
		interrupted = 1;
	if (signal_number == SIGTSTP)
		stop_wanted = 1;
	ssize_t ignored = write(wake[1], "!", 1);
	(void)ignored;
	errno = saved;
}

static void handle(int signal_number, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};
	sigaction(signal_number, &action, NULL);
}

void interrupt_install(void)
{
	if (wake[0] < 0 && pipe2(wake, O_CLOEXEC | O_NONBLOCK))
		wake[0] = wake[1] = -1;
	handle(SIGINT, on_signal);
	handle(SIGQUIT, on_signal);
	handle(SIGWINCH, on_signal);
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

void interrupt_hold_stop(bool hold)
{
	stop_wanted = 0;
	handle(SIGTSTP, hold ? on_signal : SIG_DFL);
}

bool interrupt_stop_wanted(void)
{
	return stop_wanted;
}

/* Not SIGSTOP, which nothing but somebody else's SIGCONT ends. */
void interrupt_stop(void)
{
	interrupt_hold_stop(false);
	raise(SIGTSTP);
	interrupt_hold_stop(true);
}
