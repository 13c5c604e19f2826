/* What the shell does itself. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "cli/quote.h"
#include "cli/screen.h"
#include "commands/commands.h"
#include "commands/shell/history.h"
#include "commands/shell/shell.h"

static fallible take_no_words(const struct strings *words)
{
	if (words->count == 1)
		return NULL;
	AUTO(memory) char *shown = quote_word(words->items[1]);
	return error_hint(error_new(ERR_USAGE, "%s takes no words, but got %s", words->items[0], shown), "%s",
			  words->items[0]);
}

static fallible run_use(struct shell *shell, const struct strings *words)
{
	if (words->count == 1) {
		log_note("%s", shell->title);
		return NULL;
	}
	if (words->count > 2)
		return error_hint(error_new(ERR_USAGE, "use takes the name of one profile"),
				  "`profile list` shows them");
	TRY(shell_use(shell, words->items[1]));
	if (shell->on_terminal)
		history_enter(shell);
	return NULL;
}

static fallible run_history(struct shell *shell, const struct strings *words)
{
	AUTO(str) struct str text = {0};
	(void)shell;
	TRY(take_no_words(words));
	history_add_text(&text);
	return screen_write(stdout, &text);
}

static fallible run_exit(struct shell *shell, const struct strings *words)
{
	TRY(take_no_words(words));
	shell->over = true;
	return NULL;
}

/* With words it is the command of that name. */
static fallible run_help(struct shell *shell, const struct strings *words)
{
	AUTO(str) struct str text = {0};
	AUTO(shell_line) struct shell_line line = {0};
	for (size_t i = 0; i < words->count; i++)
		strings_add(&line.words, i ? words->items[i] : "help");
	if (words->count > 1)
		return shell_execute(shell, &line);
	shell_add_help(&text, screen_width(stdout));
	return screen_write(stdout, &text);
}

const struct shell_builtin shell_builtins[] = {
	{"use", "use PROFILE", "change to this profile's installation; alone: tell which it is", run_use},
	{"history", "history", "list the lines typed so far, without those with secrets", run_history},
	{"help", "help [COMMAND]", "this; or all about one command or topic", run_help},
	{"exit", "exit", "leave the shell, as Ctrl-D does", run_exit},
	{"quit", NULL, NULL, run_exit},
	{"q", NULL, NULL, run_exit}, /* `\q`: the line takes the backslash for a sign of its own */
	{"?", NULL, NULL, run_help},
	{0},
};

/* Read with the line, as they stand among words. */
static const struct {
	const char *usage, *help;
} signs[] = {
	{"LINE \\watch [N]", "run the line every N seconds (2) until Ctrl-C; alone: the line before"},
	{"LINE | PROGRAM", "pass the output on to a program"},
	{"LINE > FILE", "write the output into a file; >> appends to it"},
	{"!PROGRAM", "run a program outside owctl: !ls"},
};

const struct shell_builtin *shell_builtin_find(const char *name)
{
	for (const struct shell_builtin *builtin = shell_builtins; builtin->name; builtin++)
		if (!strcmp(builtin->name, name))
			return builtin;
	return NULL;
}

void shell_add_help(struct str *out, size_t width)
{
	size_t widest = 0;
	help_write_commands(out, &root_command, width);
	for (size_t i = 0; i < COUNT(signs); i++)
		widest = strlen(signs[i].usage) > widest ? strlen(signs[i].usage) : widest;
	str_add(out, "\nAlso in this shell:\n");
	for (const struct shell_builtin *builtin = shell_builtins; builtin->name; builtin++)
		if (builtin->help)
			screen_entry(out, builtin->usage, widest, builtin->help, width);
	for (size_t i = 0; i < COUNT(signs); i++)
		screen_entry(out, signs[i].usage, widest, signs[i].help, width);
	str_add_char(out, '\n');
	screen_wrap(out, "`help user` explains a command, `help shell` this shell, `owctl --help` all of owctl.", 0,
		    width);
	str_add_char(out, '\n');
}
