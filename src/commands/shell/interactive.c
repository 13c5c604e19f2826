/* A person at a terminal: the prompt, lines, and what happens meanwhile. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "base/cancel.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "cli/terminal.h"
#include "commands/shell/editor.h"
#include "commands/shell/history.h"
#include "commands/shell/interrupt.h"
#include "commands/shell/shell.h"
#include "commands/shell/standing.h"

/* ---- the prompt ---- */

static bool has_colours(void)
{
	const char *none = getenv("NO_COLOR");
	return terminal_is_able() && !(none && *none);
}

/* Readline has to know what of it takes no room. */
static void add_coloured(struct str *out, int colour, const char *text)
{
	if (has_colours())
		str_add_format(out, "\001\033[%dm\002%s\001\033[0m\002", colour, text);
	else
		str_add(out, text);
}

/* "prod 0.12.4 ok> " */
static char *prompt_of(const struct shell *shell, const struct prompt_standing *standing)
{
	static const int colours[] = {32, 33, 31};
	struct str out = {0};
	const char *word = prompt_standing_word(standing);
	utf8_add_safe(&out, shell->title, strlen(shell->title));
	if (standing->release)
		str_add_format(&out, " %s", standing->release);
	if (word) {
		str_add_char(&out, ' ');
		add_coloured(&out, colours[standing->health], word);
	}
	str_add(&out, "> ");
	return str_take(&out);
}

/* ---- one line ---- */

/* Readline's callback gets nothing of ours handed in. */
static char *entered; /* the line; to be freed */
static bool is_entered, is_closed;

static void take_line(char *line)
{
	rl_callback_handler_remove();
	entered = line;
	is_entered = true;
	is_closed = !line;
}

static void drop_line(void)
{
	rl_free_line_state();
	rl_callback_sigcleanup();
	rl_point = rl_end;
	rl_redisplay();
	fputs("^C", rl_outstream);
	rl_crlf();
	rl_replace_line("", 1);
	rl_on_new_line();
	rl_redisplay();
}

/* Lines are edited in a terminal that is set for it, and others get it as it was. */
static void pause_here(void)
{
	rl_deprep_terminal();
	raise(SIGSTOP);
	rl_prep_terminal(1);
	rl_forced_update_display();
}

static volatile sig_atomic_t paused;

static void on_pause(int signal_number)
{
	(void)signal_number;
	paused = 1;
	interrupt_wake();
}

static void show_prompt(const struct shell *shell, const struct prompt_standing *standing)
{
	AUTO(memory) char *prompt = prompt_of(shell, standing);
	rl_set_prompt(prompt);
	rl_forced_update_display();
}

/* Waits for the next thing that happens, and sees to it. */
static void wait_once(const struct shell *shell, struct prompt_standing *standing)
{
	struct pollfd fds[3 + STANDING_QUESTIONS] = {{.fd = STDIN_FILENO, .events = POLLIN},
						     {.fd = interrupt_fd(), .events = POLLIN},
						     {.fd = cancel_fd(), .events = POLLIN}};
	size_t count = 3 + prompt_standing_fds(standing, fds + 3);
	int ready = poll(fds, count, -1);
	if (paused) {
		paused = 0;
		pause_here();
	}
	if (ready <= 0)
		return;
	if (fds[1].revents) {
		if (interrupt_taken())
			drop_line();
		else
			rl_resize_terminal();
	}
	if (prompt_standing_take(standing))
		show_prompt(shell, standing);
	if (fds[0].revents)
		rl_callback_read_char();
}

/* The prompt is there before anybody is asked for what else belongs into it. */
static void read_line(const struct shell *shell, struct prompt_standing *standing, bool plain)
{
	AUTO(memory) char *prompt = prompt_of(shell, standing);
	is_entered = false;
	rl_callback_handler_install(prompt, take_line);
	if (!plain)
		prompt_standing_ask(standing, shell);
	while (!is_entered && !cancel_requested())
		wait_once(shell, standing);
	if (!is_entered)
		rl_callback_handler_remove();
}

/* ---- all of them ---- */

static void handle_line(struct shell *shell, struct prompt_standing *standing)
{
	AUTO(memory) char *line = entered;
	AUTO(memory) char *title = text_copy(shell->title);
	entered = NULL;
	history_keep(line);
	shell_obey(shell, line);
	interrupt_taken();
	if (strcmp(title, shell->title) != 0)
		prompt_standing_end(standing);
}

static void greet(void)
{
	log_note("owctl " OWCTL_VERSION "; `help` shows the commands, Tab completes, Ctrl-D leaves");
}

fallible shell_run_interactive(struct shell *shell, bool plain)
{
	struct prompt_standing standing = {.health = -1};
	interrupt_install();
	signal(SIGTSTP, on_pause);
	editor_set_up(shell);
	history_enter(shell);
	greet();
	while (!shell->over && !cancel_requested()) {
		read_line(shell, &standing, plain);
		if (is_closed || !is_entered)
			break;
		handle_line(shell, &standing);
	}
	if (is_closed)
		rl_crlf();
	prompt_standing_end(&standing);
	return cancel_check();
}
