#include "commands/shell/shell.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "commands/commands.h"
#include "commands/common.h"

struct arguments {
	const char *file;
	bool echo, keep_going, plain;
};

static const struct option options[] = {
	{.name = "file",
	 .letter = 'f',
	 OPTION_TEXT(struct arguments, file),
	 .value_name = "FILE",
	 .complete = complete_file,
	 .help = "run the lines of this file (`-`: standard input); the first one that fails ends it"},
	{.name = "echo", OPTION_FLAG(struct arguments, echo), .help = "print each line of a file before it is run"},
	{.name = "keep-going",
	 OPTION_FLAG(struct arguments, keep_going),
	 .help = "go on with a file after a line that fails; the exit status is that of the first such line"},
	{.name = "plain",
	 OPTION_FLAG(struct arguments, plain),
	 .help = "a prompt with the installation alone: its release and health are not looked up"},
	{0},
};

static const struct example examples[] = {
	{"owctl shell --profile prod", "work on one installation for a while"},
	{"owctl shell -f evening.owctl --echo", "a list of commands, up to the first that fails"},
	{0},
};

static void shell_cleanup(struct shell *shell)
{
	free(shell->profile);
	free(shell->title);
	free(shell->last);
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	bool typed = !arguments->file && isatty(STDIN_FILENO);
	const char *file = arguments->file ? arguments->file : "-";
	AUTO(shell) struct shell shell = {
		.globals = &context->globals, .on_terminal = typed, .takes_input = typed || !text_equal(file, "-")};
	TRY(shell_begin(&shell));
	struct error *error = typed ? shell_run_interactive(&shell, arguments->plain)
				    : shell_run_script(&shell, file, arguments->echo, arguments->keep_going);
	context->verdict = typed ? 0 : shell.status;
	return error;
}

const struct command shell_command = {
	.name = "shell",
	.summary = "type commands one after the other, with completion and history",
	.description =
		"Takes the commands of owctl without its name, one a line, for one installation. Tab completes "
		"commands, options and what the installation has: accounts, groups, snapshots. The prompt shows the "
		"installation, its release, and its health: `ok`, `warning` or `critical`; `health check` says why. "
		"This is looked up in the background, without writing, at most once in five minutes.\n\n"
		"`LINE | PROGRAM` passes the output on to a program, `LINE > FILE` writes it into a file, `!PROGRAM` "
		"runs a program outside owctl, `LINE \\watch N` repeats the line every N seconds until Ctrl-C. `use "
		"PROFILE` changes to another installation. Ctrl-C ends the command, not the shell; Ctrl-Z stops both; "
		"`exit` or Ctrl-D ends the shell. A list that is longer than the screen is shown by $PAGER. Words are "
		"quoted as in a POSIX shell, but there are no variables and no patterns.\n\n"
		"The history is kept in ~/.local/state/owctl/history ($XDG_STATE_HOME), one for each profile. Lines "
		"that begin with a blank or have a secret in them are left out.\n\n"
		"If standard input is not a terminal, lines are read from it as from a file. In a file, a backslash at "
		"the end of a line joins the next one to it, and a # begins a comment. The exit status is that of the "
		"line that ended the shell.",
	.options = options,
	.examples = examples,
	.exits = (const int[]){ERR_NO, ERR_INPUT, DATABASE_EXITS, 0},
	.untold = true,
	.size = sizeof(struct arguments),
	.run = run,
};
