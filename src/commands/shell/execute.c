#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/cancel.h"
#include "base/child.h"
#include "base/memory.h"
#include "cli/screen.h"
#include "commands/shell/shell.h"

/* ---- who shows what a command prints ---- */

/* What is short stays on the screen, and colours stay colours, unless LESS says otherwise. */
static const char *pager(void)
{
	const char *set = getenv("PAGER");
	if (set)
		return *set && strcmp(set, "cat") != 0 ? set : NULL;
	return !child_look_for("less") ? "less" : !child_look_for("more") ? "more" : NULL;
}

static bool is_list(const struct invocation *line)
{
	return line->help || (line->command->columns && !line->command->changes && line->command->shape == SHAPE_LIST);
}

/* Whether it only prints, and may print much. */
static bool may_be_long(const struct strings *words)
{
	AUTO(invocation) struct invocation line = {0};
	error_ignore(parse_command_line(&root_command, (int)words->count, words->items, &line));
	return is_list(&line) || text_equal(line.path, "help");
}

static const char *filter_of(const struct shell *shell, const struct shell_line *line, bool *paged)
{
	*paged = !line->filter && !line->watch && shell_has_screen(shell) && pager() && may_be_long(&line->words);
	return *paged ? pager() : line->filter;
}

/* ---- environment ---- */

static void add_environment(struct strings *environment, bool paged)
{
	for (char **entry = environ; *entry; entry++)
		if (!paged || !text_starts(*entry, SCREEN_PAGED "="))
			strings_add(environment, *entry);
	if (!paged)
		return;
	if (!getenv("LESS"))
		strings_add(environment, "LESS=FRX");
	strings_add_taken(environment, text_format(SCREEN_PAGED "=%zu", screen_width(stdout)));
}

/* ---- processes ---- */

struct pipeline {
	pid_t command, filter; /* 0: none */
};

/* Who ends the shell alone (kill, docker stop) means what it runs as well: it would go on for hours, or be killed
 * half-way by who has lost patience. */
static void pass_on_signal(pid_t pid)
{
	int process = pidfd_open(pid, 0);
	struct pollfd fds[] = {{.fd = process, .events = POLLIN}, {.fd = cancel_fd(), .events = POLLIN}};
	while (process >= 0 && !fds[0].revents) {
		if (poll(fds, COUNT(fds), -1) <= 0 || !fds[1].revents)
			continue;
		kill(pid, SIGTERM);
		fds[1] = (struct pollfd){.fd = -1};
	}
	if (process >= 0)
		close(process);
}

/* The exit status, as a shell has it. */
static int wait_for(pid_t pid)
{
	if (pid)
		pass_on_signal(pid);
	int status = pid ? child_wait(pid) : 0;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static fallible cannot_start(const char *what, int errnum)
{
	return error_new(ERR_FAILED, "cannot start %s: %s", what, strerrordesc_np(errnum));
}

static int start_shell(const char *program, int input, char *const *environment, pid_t *pid)
{
	AUTO(strings) struct strings words = {0};
	strings_add(&words, "/bin/sh");
	strings_add(&words, "-c");
	strings_add(&words, program);
	const struct child_file file = {.ours = input, .its = STDIN_FILENO};
	return child_start_here(NULL, words.items, environment, &file, input == STDIN_FILENO ? 0 : 1, pid);
}

/* Standard input is the lines themselves where these are not in a file. */
static int start_command(const struct shell *shell, const struct strings *own, int output, char *const *environment,
			 pid_t *pid)
{
	AUTO(strings) struct strings words = {0};
	const struct child_file files[] = {{.ours = output, .its = STDOUT_FILENO}, {.ours = -1, .its = STDIN_FILENO}};
	shell_add_command(shell, "owctl", own, &words);
	return child_start_here(OURSELVES, words.items, environment, files, shell->takes_input ? 1 : 2, pid);
}

static fallible start(const struct shell *shell, const struct shell_line *line, struct pipeline *pipeline)
{
	AUTO(strings) struct strings environment = {0};
	bool paged;
	const char *filter = filter_of(shell, line, &paged);
	int ends[2] = {-1, STDOUT_FILENO}, failed = 0;
	add_environment(&environment, paged);
	if (filter && pipe2(ends, O_CLOEXEC))
		return error_system(errno, "cannot make a pipe");
	if (filter)
		failed = start_shell(filter, ends[0], environment.items, &pipeline->filter);
	if (!failed)
		failed = start_command(shell, &line->words, ends[1], environment.items, &pipeline->command);
	if (filter) {
		close(ends[0]);
		close(ends[1]);
	}
	return failed ? cannot_start(filter && !pipeline->filter ? "/bin/sh" : "owctl", failed) : NULL;
}

static fallible start_program(const char *program, struct pipeline *pipeline)
{
	int failed = start_shell(program, STDIN_FILENO, environ, &pipeline->command);
	return failed ? cannot_start("/bin/sh", failed) : NULL;
}

/* ---- all of it ---- */

static fallible run(struct shell *shell, const struct shell_line *line)
{
	struct pipeline pipeline = {0};
	struct error *error = line->program ? start_program(line->program, &pipeline) : start(shell, line, &pipeline);
	int status = wait_for(pipeline.command), after = wait_for(pipeline.filter);
	if (!error)
		shell->status = status && status != ERR_PIPE ? status : after;
	return error;
}

/* What a program leaves of a terminal when it is killed is mended. */
fallible shell_execute(struct shell *shell, const struct shell_line *line)
{
	struct termios before;
	bool kept = shell->on_terminal && !tcgetattr(STDIN_FILENO, &before);
	struct error *error = run(shell, line);
	if (kept)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	return error;
}
