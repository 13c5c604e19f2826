/* `owctl help [WORDS]`, and `owctl help exit-status`. */
#include <stdio.h>
#include <string.h>

#include "cli/context.h"
#include "cli/run.h"
#include "cli/screen.h"
#include "commands/commands.h"

struct arguments {
	struct strings words;
};

static fallible show_exit_statuses(void)
{
	AUTO(str) struct str text = {0};
	for (const struct exit_status *status = exit_statuses; status->name; status++)
		str_add_format(&text, "%3d  %-12s  %s\n", status->code, status->name, status->meaning);
	return screen_write(stdout, &text);
}

static fallible run(struct context *context UNUSED, const void *values)
{
	const struct arguments *arguments = values;
	const struct strings *words = &arguments->words;
	if (words->count == 1 && !strcmp(words->items[0], "exit-status"))
		return show_exit_statuses();
	/* The parser finds the command, and says what was meant where there is none. */
	AUTO(invocation) struct invocation invocation = {0};
	AUTO(strings) struct strings line = {0};
	strings_add(&line, "--help");
	for (size_t i = 0; i < words->count; i++)
		strings_add(&line, words->items[i]);
	TRY(parse_command_line(&root_command, (int)line.count, line.items, &invocation));
	AUTO(str) struct str text = {0};
	help_write(&text, invocation.command, invocation.path, screen_width(stdout));
	return screen_write(stdout, &text);
}

static const struct argument arguments[] = {
	{.name = "WORD",
	 OPTION_TEXTS(struct arguments, words),
	 .help = "the command to explain; or exit-status"},
	{0},
};

static const struct example examples[] = {
	{"owctl help completion", "explain the command `owctl completion`"},
	{"owctl help exit-status", "list the exit statuses and what they mean"},
	{0},
};

const struct command help_command = {
	.name = "help",
	.summary = "explain a command",
	.description = "Shows the same text as the option --help of the command. `owctl help exit-status` lists the exit "
		       "statuses.",
	.arguments = arguments,
	.examples = examples,
	.standalone = true,
	.size = sizeof(struct arguments),
	.run = run,
};
