#include "commands/live/live.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/memory.h"
#include "commands/live/cache.h"

#define PATIENCE_MS 400 /* where nothing is kept */
#define RENEWAL_MS 20   /* where something is: what comes sooner is newer */
#define LONGEST_S 10    /* for whoever asks on behind our back */

/* ---- the child ---- */

/* Nobody sees what it says, a shell that reads our output to its end does not wait for it, and Ctrl-C is not meant for
 * it. */
static void stand_apart(void)
{
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	setsid();
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (nowhere >= 0)
			dup2(nowhere, fd);
	signal(SIGALRM, SIG_DFL);
	alarm(LONGEST_S);
}

/* A grandchild, whom init waits for. */
static int ask(const struct live_kind *kind, const struct completing *completing, const char *prefix)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC))
		return -1;
	pid_t child = fork();
	if (!child && !fork()) {
		stand_apart();
		live_answer(kind, completing, prefix, ends[1]);
		_exit(0);
	}
	if (!child)
		_exit(0);
	if (child > 0)
		child_wait(child);
	close(ends[1]);
	return ends[0];
}

/* ---- the one who waits ---- */

/* The answer that begins at `from` of the text is whole; false: there is none by then. */
static bool receive(int fd, struct str *text, size_t from, int64_t deadline)
{
	for (;;) {
		if (live_message_is_whole(text, from))
			return true;
		int64_t left = deadline - clock_monotonic_ms();
		struct pollfd one = {.fd = fd, .events = POLLIN};
		int ready = left > 0 ? poll(&one, 1, (int)left) : 0;
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return false;
		char bytes[16384];
		ssize_t got = read(fd, bytes, sizeof bytes);
		if (got <= 0)
			return false;
		str_add_n(text, bytes, (size_t)got);
	}
}

/* To who asked, a colon begins a sign for the shell (":file"), and a tab a description. */
static bool is_name(const char *word)
{
	return *word != ':' && !strchr(word, '\t');
}

/* The newer one of two answers. */
static void wait_for(int fd, struct strings *words)
{
	AUTO(str) struct str text = {0};
	AUTO(live_values) struct live_values values = {0};
	size_t from = 0;
	if (!receive(fd, &text, from, clock_monotonic_ms() + PATIENCE_MS))
		return;
	bool kept = live_message_take(&text, &from, &values);
	if (kept && receive(fd, &text, from, clock_monotonic_ms() + RENEWAL_MS))
		live_message_take(&text, &from, &values);
	for (size_t i = 0; i < values.words.count; i++)
		if (is_name(values.words.items[i]))
			strings_add(words, values.words.items[i]);
}

void live_complete(const struct live_kind *kind, const struct completing *completing, const char *prefix,
		   struct strings *words)
{
	int fd = ask(kind, completing, prefix);
	if (fd < 0)
		return;
	wait_for(fd, words);
	close(fd);
}
