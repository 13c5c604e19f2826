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
	 .help = "run the lines of this file (`-`: standard input) instead of those that are typed; the first one "
		 "that fails ends it"},
	{.name = "echo", OPTION_FLAG(struct arguments, echo), .help = "say each line of a file before it is run"},
	{.name = "keep-going",
	 OPTION_FLAG(struct arguments, keep_going),
	 .help = "go on with a file after a line that fails; the exit status is that of the first such line"},
	{.name = "plain",
	 OPTION_FLAG(struct arguments, plain),
	 .help = "a prompt that says which installation it is and no more: nobody is asked for its release and "
		 "health"},
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
		"The commands of owctl without its name, one a line, on one installation. Tab completes commands, "
		"options and what the installation has: accounts, groups, snapshots. The prompt tells which "
		"installation it is, its release and whether it is well: that is found out meanwhile, writing nothing, "
		"at most once in five minutes.\n\n"
		"Words are quoted as in a POSIX shell, and nothing else of it is done: no variables, no patterns. "
		"`LINE | PROGRAM` hands what a command prints to a program, `LINE > FILE` writes it into a file, "
		"`!PROGRAM` runs something else, `LINE \\watch N` runs it every N seconds until Ctrl-C. `use PROFILE` "
		"goes on to another installation. Ctrl-C ends the command and not the shell. A list that is longer "
		"than the screen is shown by $PAGER.\n\n"
		"Lines are kept for the next time, for each profile apart, in ~/.local/state/owctl/history "
		"($XDG_STATE_HOME), but those that begin with a blank or have a secret in them.\n\n"
		"Where standard input is no terminal, lines are read from it as from a file. In a file, a backslash at "
		"the end of a line joins the next one to it, and what follows a # is a comment. The exit status is "
		"that of the line that ended it.",
	.options = options,
	.examples = examples,
	.exits = (const int[]){ERR_NO, ERR_INPUT, DATABASE_EXITS, 0},
	.untold = true,
	.size = sizeof(struct arguments),
	.run = run,
};
