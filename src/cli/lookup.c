#include "cli/lookup.h"

#include <string.h>

const struct command *find_subcommand(const struct command *command, const char *word)
{
	for (const struct command *const *sub = command->subcommands; sub && *sub; sub++)
		if (!strcmp((*sub)->name, word))
			return *sub;
	return NULL;
}

const struct option *option_table(const struct command *command, int which)
{
	static const struct option none[] = {{0}};
	if (which == 1)
		return global_options;
	return command->options ? command->options : none;
}

static const struct option *find_named(const struct command *command, const char *name, size_t size)
{
	for (int table = 0; table < OPTION_TABLES; table++)
		for (const struct option *option = option_table(command, table); option->name; option++)
			if (strlen(option->name) == size && !memcmp(option->name, name, size))
				return option;
	return NULL;
}

const struct option *find_option(const struct command *command, const char *name, size_t size, bool *negated)
{
	*negated = false;
	const struct option *option = find_named(command, name, size);
	if (option || size <= 3 || memcmp(name, "no-", 3) != 0)
		return option;
	option = find_named(command, name + 3, size - 3);
	if (!option || !option->negatable)
		return NULL;
	*negated = true;
	return option;
}

const struct option *find_letter(const struct command *command, char letter)
{
	for (int table = 0; table < OPTION_TABLES; table++)
		for (const struct option *option = option_table(command, table); option->name; option++)
			if (option->letter && option->letter == letter)
				return option;
	return NULL;
}

bool option_is_global(const struct option *option)
{
	for (const struct option *global = global_options; global->name; global++)
		if (global == option)
			return true;
	return false;
}

bool option_takes_value(const struct option *option)
{
	return option->type != VALUE_FLAG && option->type != VALUE_COUNT;
}

bool option_repeats(const struct option *option)
{
	return option->type == VALUE_TEXTS || option->type == VALUE_CHOICES || !option_takes_value(option);
}

bool option_takes_path(const struct option *option)
{
	return option->complete == complete_file || option->complete == complete_folder;
}

bool option_takes_list(const struct option *option)
{
	return option->type == VALUE_CHOICES ||
	       (option->type == VALUE_TEXTS && option->value_name && text_ends(option->value_name, ",.."));
}

bool option_concerns(const struct option *option, const struct command *command)
{
	switch (option->scope) {
	case FOR_EVERYTHING:
		return true;
	case FOR_SETTINGS:
		return !command->standalone;
	case FOR_DATA:
		return command->columns;
	case FOR_CHANGES:
		return command->changes;
	}
	return false;
}

size_t count_arguments(const struct command *command)
{
	size_t count = 0;
	while (command->arguments && command->arguments[count].name)
		count++;
	return count;
}

const struct argument *argument_at(const struct command *command, size_t position)
{
	size_t count = count_arguments(command);
	if (position < count)
		return &command->arguments[position];
	if (count && command->arguments[count - 1].type == VALUE_TEXTS)
		return &command->arguments[count - 1];
	return NULL;
}
