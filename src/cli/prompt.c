/* Questions on the terminal. It is /dev/tty, so that standard input may be a file of data. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "cli/context.h"

#define LONGEST_ANSWER 4096

struct terminal {
	int fd;
	bool changed;
	struct termios before;
};

static void terminal_cleanup(struct terminal *terminal)
{
	if (terminal->changed)
		tcsetattr(terminal->fd, TCSAFLUSH, &terminal->before);
	if (terminal->fd >= 0)
		close(terminal->fd);
}

static struct terminal open_terminal(void)
{
	return (struct terminal){.fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)};
}

/* Ctrl-C ends the wait for the answer and so restores the terminal; keys that would stop or kill the process while
 * nothing is echoed are switched off. */
static fallible hide_answer(struct terminal *terminal)
{
	if (tcgetattr(terminal->fd, &terminal->before))
		return error_system(errno, "cannot read the terminal's settings");
	struct termios silent = terminal->before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	silent.c_cc[VSUSP] = silent.c_cc[VQUIT] = _POSIX_VDISABLE;
	if (tcsetattr(terminal->fd, TCSAFLUSH, &silent))
		return error_system(errno, "cannot switch off the terminal's echo");
	terminal->changed = true;
	return NULL;
}

static void put(const struct terminal *terminal, const char *text)
{
	/* An answer can be given all the same when the question could not be shown. */
	ssize_t ignored = write(terminal->fd, text, strlen(text));
	(void)ignored;
}

static fallible wait_for_key(const struct terminal *terminal)
{
	struct pollfd fds[] = {{.fd = terminal->fd, .events = POLLIN}, {.fd = cancel_fd(), .events = POLLIN}};
	do
		TRY(cancel_check());
	while (poll(fds, COUNT(fds), -1) < 0 && errno == EINTR);
	return cancel_check();
}

/* Reads one line, without its end, into `answer`, which the caller wipes. */
static fallible read_line(const struct terminal *terminal, char answer[static LONGEST_ANSWER])
{
	size_t size = 0;
	for (;;) {
		TRY(wait_for_key(terminal));
		ssize_t got = read(terminal->fd, answer + size, LONGEST_ANSWER - 1 - size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_system(errno, "cannot read from the terminal");
		size += (size_t)got;
		answer[size] = '\0';
		char *end = strchr(answer, '\n');
		if (end)
			*end = '\0';
		if (end || got == 0)
			return NULL;
		if (size == LONGEST_ANSWER - 1)
			return error_new(ERR_INPUT, "the answer is longer than %d bytes", LONGEST_ANSWER);
	}
}

static fallible ask_hidden(struct terminal *terminal, const char *what, char **answer)
{
	AUTO(memory) char *question = text_format("%s: ", what);
	put(terminal, question);
	char line[LONGEST_ANSWER] = "";
	struct error *error = read_line(terminal, line);
	put(terminal, "\n");
	if (!error)
		*answer = text_copy(line);
	mem_wipe(line, sizeof line);
	return error;
}

fallible prompt_password(const char *what, bool twice, const char *instead, char **password)
{
	AUTO(terminal) struct terminal terminal = open_terminal();
	if (terminal.fd < 0)
		return error_hint(error_new(ERR_USAGE, "there is no terminal to ask for the %s on", what),
				  "%s", instead);
	TRY(hide_answer(&terminal));
	AUTO(secret) char *first = NULL;
	AUTO(secret) char *second = NULL;
	TRY(ask_hidden(&terminal, what, &first));
	if (!*first)
		return error_hint(error_new(ERR_INPUT, "the %s is empty", what), "%s", instead);
	if (twice) {
		AUTO(memory) char *again = text_format("%s again", what);
		TRY(ask_hidden(&terminal, again, &second));
		if (strcmp(first, second) != 0)
			return error_hint(error_new(ERR_INPUT, "the two do not match"), "try again");
	}
	*password = first;
	first = NULL;
	return NULL;
}

fallible context_confirm(struct context *context, const char *format, ...)
{
	if (context->globals.yes)
		return NULL;
	va_list args;
	va_start(args, format);
	AUTO(memory) char *text = text_format_v(format, args);
	va_end(args);
	AUTO(terminal) struct terminal terminal = open_terminal();
	if (terminal.fd < 0)
		return error_hint(error_new(ERR_USAGE, "there is no terminal to ask on: %s", text),
				  "--yes answers yes, --dry-run shows what would be done");
	AUTO(str) struct str question = {0};
	utf8_add_safe(&question, text, strlen(text));
	str_add(&question, " [y/N] ");
	output_let_go(&context->source);
	put(&terminal, str_text(&question));
	char answer[LONGEST_ANSWER] = "";
	TRY(read_line(&terminal, answer));
	if (!strcasecmp(answer, "y") || !strcasecmp(answer, "yes"))
		return NULL;
	return error_hint(error_new(ERR_FAILED, "nothing was changed: the answer was no"),
			  "y or yes is taken for a yes");
}
