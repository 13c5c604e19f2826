#include "cli/hidden.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "cli/complete.h"
#include "cli/manual.h"
#include "cli/schema.h"
#include "cli/screen.h"

static fallible run_complete(int count, char *const *words)
{
	if (count && !strcmp(words[0], "--")) {
		count--;
		words++;
	}
	AUTO(strings) struct strings candidates = {0};
	complete_words(&root_command, count, words, &candidates);
	AUTO(str) struct str text = {0};
	for (size_t i = 0; i < candidates.count; i++)
		str_add_format(&text, "%s\n", candidates.items[i]);
	return screen_write(stdout, &text);
}

static fallible find_command(int count, char *const *words, struct invocation *invocation)
{
	AUTO(strings) struct strings line = {0};
	strings_add(&line, "--help"); /* no arguments are needed to read about a command */
	for (int i = 0; i < count; i++)
		strings_add(&line, words[i]);
	return parse_command_line(&root_command, (int)line.count, line.items, invocation);
}

/* Without words: which pages there are, the name of a file a line. */
static fallible run_man(int count, char *const *words)
{
	AUTO(str) struct str page = {0};
	if (!count)
		man_list(&page, &root_command);
	else
		TRY(man_page(&page, &root_command, words[0]));
	return screen_write(stdout, &page);
}

static void list_schemas(struct str *out, const struct command *command, const char *path)
{
	if (command->columns)
		str_add_format(out, "%s\n", path);
	for (const struct command *const *sub = command->subcommands; sub && *sub; sub++) {
		AUTO(memory) char *below = text_format("%s%s%s", path, *path ? " " : "", (*sub)->name);
		list_schemas(out, *sub, below);
	}
}

/* Without words: which commands have one, a line each. */
static fallible run_schema(int count, char *const *words)
{
	AUTO(invocation) struct invocation invocation = {0};
	AUTO(str) struct str schema = {0};
	if (count == 1 && !strcmp(words[0], "error")) {
		schema_write_error(&schema);
		return screen_write(stdout, &schema);
	}
	TRY(find_command(count, words, &invocation));
	if (!count)
		list_schemas(&schema, &root_command, "");
	else if (invocation.command->columns)
		schema_write(&schema, invocation.command, invocation.path);
	else
		return error_new(ERR_USAGE, "'owctl %s' prints no data", invocation.path);
	return screen_write(stdout, &schema);
}

const struct hidden_command *find_hidden(const char *name)
{
	static const struct hidden_command commands[] = {
		{"__complete", run_complete},
		{"__man", run_man},
		{"__schema", run_schema},
	};
	for (size_t i = 0; i < COUNT(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}
