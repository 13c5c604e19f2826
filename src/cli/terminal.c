#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/memory.h"
#include "base/term.h"
#include "base/utf8.h"
#include "cli/screen.h"

#define ENTER_SCREEN "\033[?1049h\033[?25l"
#define LEAVE_SCREEN "\033[?25h\033[?1049l"
#define ESCAPE_MS 50 /* so soon the rest of a sequence follows */

struct terminal {
	struct termios before;
	bool entered;
	int talk; /* standard error as it was, where that is the terminal too; -1: it is not */
};

static volatile sig_atomic_t resized, stop_wanted;

static void on_signal(int signal_number)
{
	if (signal_number == SIGWINCH)
		resized = 1;
	else
		stop_wanted = 1;
}

bool terminal_is_there(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term_is_able();
}

static fallible put(const char *text)
{
	struct str bytes = {.data = (char *)(uintptr_t)text, .size = strlen(text)};
	return screen_write(stdout, &bytes);
}

/* What is said meanwhile would stand in the middle of the screen. */
static int silence_talk(void)
{
	int nowhere = isatty(STDERR_FILENO) ? open("/dev/null", O_WRONLY | O_CLOEXEC) : -1;
	int talk = nowhere >= 0 ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3) : -1;
	if (talk >= 0)
		dup2(nowhere, STDERR_FILENO);
	if (nowhere >= 0)
		close(nowhere);
	return talk;
}

static void restore_talk(int talk)
{
	if (talk < 0)
		return;
	dup2(talk, STDERR_FILENO);
	close(talk);
}

static fallible enter(struct terminal *terminal)
{
	struct termios raw = terminal->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO); /* ISIG stays: Ctrl-C ends the command as it does elsewhere */
	raw.c_iflag &= ~(tcflag_t)ICRNL;
	raw.c_oflag &= ~(tcflag_t)OPOST; /* the ends of lines are written as they are meant */
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	terminal->entered = true;
	signal(SIGWINCH, on_signal);
	signal(SIGTSTP, on_signal);
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw))
		return error_system(errno, "cannot set the terminal");
	return put(ENTER_SCREEN);
}

/* It may be gone. */
static void leave(struct terminal *terminal)
{
	error_ignore(put(LEAVE_SCREEN));
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal->before);
	signal(SIGTSTP, SIG_DFL);
}

fallible terminal_open(struct terminal **terminal)
{
	AUTO(terminal) struct terminal *opened = mem_new(1, sizeof *opened);
	opened->talk = -1;
	if (tcgetattr(STDIN_FILENO, &opened->before))
		return error_system(errno, "cannot read how the terminal is set");
	TRY(enter(opened));
	opened->talk = silence_talk();
	*terminal = opened;
	opened = NULL;
	return NULL;
}

void terminal_close(struct terminal *terminal)
{
	if (terminal)
		restore_talk(terminal->talk);
	if (terminal && terminal->entered)
		leave(terminal);
	free(terminal);
}

void terminal_size(const struct terminal *terminal, size_t *lines, size_t *columns)
{
	(void)terminal;
	struct winsize size;
	bool told = !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col;
	*lines = told ? size.ws_row : 24;
	*columns = told ? size.ws_col : 80;
}

/* ---- keys ---- */

static bool wait_for_input(int64_t ms)
{
	struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = cancel_fd(), .events = POLLIN}};
	return poll(fds, 2, (int)ms) > 0 && fds[0].revents;
}

/* The one byte, or 0 where none follows. */
static unsigned char next_byte(int64_t ms)
{
	unsigned char byte = 0;
	if (wait_for_input(ms) && read(STDIN_FILENO, &byte, 1) != 1)
		byte = 0;
	return byte;
}

/* "ESC [ A" and its kin; also "ESC O A", as some terminals send it. */
static int read_sequence(void)
{
	unsigned char first = next_byte(ESCAPE_MS);
	if (first != '[' && first != 'O')
		return KEY_ESCAPE;
	unsigned char byte = next_byte(ESCAPE_MS);
	if (byte == 'A' || byte == 'B')
		return byte == 'A' ? KEY_UP : KEY_DOWN;
	int key = byte == '5' ? KEY_PAGE_UP : byte == '6' ? KEY_PAGE_DOWN : KEY_NONE;
	while (byte && (byte < '@' || byte > '~'))
		byte = next_byte(ESCAPE_MS);
	return key;
}

/* Whoever comes next gets the terminal as it was. */
static void stop(struct terminal *terminal)
{
	leave(terminal);
	raise(SIGTSTP);
	error_ignore(enter(terminal)); /* that it is gone is told by the next key */
}

/* What signals have said. */
static int signalled(struct terminal *terminal)
{
	bool changed = resized || stop_wanted;
	if (stop_wanted)
		stop(terminal);
	resized = stop_wanted = 0;
	return changed ? KEY_RESIZED : KEY_NONE;
}

int terminal_key(struct terminal *terminal, int64_t ms)
{
	unsigned char byte;
	if (!wait_for_input(ms))
		return signalled(terminal);
	if (read(STDIN_FILENO, &byte, 1) != 1)
		return KEY_END;
	if (byte == '\r' || byte == '\n')
		return KEY_ENTER;
	return byte == '\033' ? read_sequence() : byte;
}

/* ---- drawing ---- */

/* As much of a line as fits. */
static void add_line(struct str *out, const char *line, size_t size, size_t columns)
{
	size_t column = 0;
	while (size) {
		uint32_t point;
		size_t bytes = utf8_decode(line, size, &point);
		bytes = bytes ? bytes : 1;
		size_t wide = utf8_width(line, bytes);
		if (column + wide > columns)
			return;
		str_add_n(out, line, bytes);
		column += wide;
		line += bytes;
		size -= bytes;
	}
}

fallible terminal_draw(struct terminal *terminal, const struct str *text, int64_t marked)
{
	AUTO(str) struct str out = {0};
	size_t lines, columns;
	const char *at = str_text(text);
	terminal_size(terminal, &lines, &columns);
	str_add(&out, "\033[H");
	for (size_t i = 0; i < lines; i++) {
		size_t size = strcspn(at, "\n");
		str_add(&out, (int64_t)i == marked ? "\033[7m" : "");
		add_line(&out, at, size, columns);
		str_add(&out, (int64_t)i == marked ? "\033[0m\033[K" : "\033[K");
		at += at[size] ? size + 1 : size;
		str_add(&out, i + 1 < lines ? "\r\n" : "");
	}
	return screen_write(stdout, &out);
}
