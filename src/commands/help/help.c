/* `owctl help [WORDS]`, and `owctl help TOPIC`. */
#include <stdio.h>

#include "cli/context.h"
#include "cli/run.h"
#include "cli/screen.h"
#include "cli/topics.h"
#include "commands/commands.h"

struct arguments {
	struct strings words;
};

static fallible run(struct context *context UNUSED, const void *values)
{
	const struct arguments *arguments = values;
	const struct strings *words = &arguments->words;
	AUTO(str) struct str text = {0};
	const struct topic *topic = words->count == 1 ? topic_find(words->items[0]) : NULL;
	if (topic) {
		topic_write(&text, topic, screen_width(stdout));
		return screen_write(stdout, &text);
	}
	/* The parser finds the command, and says what was meant where there is none. */
	AUTO(invocation) struct invocation invocation = {0};
	AUTO(strings) struct strings line = {0};
	strings_add(&line, "--help");
	for (size_t i = 0; i < words->count; i++)
		strings_add(&line, words->items[i]);
	TRY(parse_command_line(&root_command, (int)line.count, line.items, &invocation));
	help_write(&text, invocation.command, invocation.path, screen_width(stdout));
	return screen_write(stdout, &text);
}

static const struct argument arguments[] = {
	{.name = "WORD",
	 OPTION_TEXTS(struct arguments, words),
	 .help = "the command to explain, or a topic: database, environment, exit-status, output, "
		 "schedules"},
	{0},
};

static const struct example examples[] = {
	{"owctl help completion", "explain the command owctl completion"},
	{"owctl help exit-status", "list the exit statuses and what they mean"},
	{"owctl help environment", "list the settings that owctl reads"},
	{0},
};

const struct command help_command = {
	.name = "help",
	.summary = "explain a command or a topic",
	.description = "Explains a command, as its option --help does, or a topic that concerns all of them: how a "
		       "database is named, the settings, the exit statuses, what is printed. If owctl is new to you, "
		       "begin with `man owctl-tutorial`.",
	.arguments = arguments,
	.examples = examples,
	.standalone = true,
	.size = sizeof(struct arguments),
	.run = run,
};
