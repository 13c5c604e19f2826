/* The command line parser: GNU habits, typed values, nothing that is guessed. */
#include <string.h>

#include "base/memory.h"
#include "cli/describe.h"
#include "cli/lookup.h"
#include "cli/quote.h"
#include "cli/run.h"
#include "cli/unknown.h"
#include "cli/values.h"

struct parser {
	struct invocation *invocation;
	char *const *words;
	int count, next;
	size_t arguments;   /* given so far */
	bool options_ended; /* by "--" */
};

static void *values_of(struct invocation *invocation, const struct option *option)
{
	return option_is_global(option) ? &invocation->globals : invocation->values;
}

static bool looks_like_option(const struct parser *parser, const char *word)
{
	bool negated;
	return word[0] == '-' && word[1] == '-' && word[2] &&
	       find_option(parser->invocation->command, word + 2, strcspn(word + 2, "="), &negated);
}

static fallible next_value(struct parser *parser, const struct option *option, const char *label, const char **value)
{
	if (parser->next >= parser->count) {
		AUTO(str) struct str meaning = {0};
		describe_option(&meaning, option);
		return error_hint(error_new(ERR_USAGE, "%s needs a value", label), "%s %s: %s", label,
				  option->value_name, str_text(&meaning));
	}
	*value = parser->words[parser->next];
	if (looks_like_option(parser, *value)) {
		AUTO(memory) char *shown = quote_word(*value);
		return error_hint(error_new(ERR_USAGE, "%s needs a value, and the option %s follows", label, shown),
				  "if that is the value, join the two with '='");
	}
	parser->next++;
	return NULL;
}

/* `attached` is what follows "=" or a letter, or NULL. */
static fallible take_option(struct parser *parser, const struct option *option, const char *label, bool negated,
			    const char *attached)
{
	struct invocation *invocation = parser->invocation;
	void *values = values_of(invocation, option);
	bool before = strings_have(&invocation->given, option->name);
	if (!before)
		strings_add(&invocation->given, option->name);
	if (!option_takes_value(option)) {
		if (attached)
			return value_store(option, label, attached, values, &invocation->texts);
		value_store_flag(option, !negated, values);
		return NULL;
	}
	/* The last one does not win: a wrapper's --database must not be replaced without a word. */
	if (before && !option_repeats(option))
		return error_hint(error_new(ERR_USAGE, "%s is given twice", label), "leave one of them out");
	const char *word = attached ? attached : option->alone;
	if (!word)
		TRY(next_value(parser, option, label, &word));
	return value_store(option, label, word, values, &invocation->texts);
}

static fallible take_long(struct parser *parser, const char *word)
{
	struct invocation *invocation = parser->invocation;
	size_t size = strcspn(word + 2, "=");
	bool negated;
	const struct option *option = find_option(invocation->command, word + 2, size, &negated);
	if (!option)
		return unknown_option(invocation->command, invocation->path, word);
	AUTO(memory) char *label = text_copy_n(word, size + 2);
	return take_option(parser, option, label, negated, word[size + 2] ? word + size + 3 : NULL);
}

static fallible take_letters(struct parser *parser, const char *word)
{
	struct invocation *invocation = parser->invocation;
	if (!strcmp(word, "-help")) {
		invocation->globals.help = true;
		return NULL;
	}
	/* "-role" is a slip for "--role" and not -r with the value "ole". */
	bool negated;
	if (word[2] && find_option(invocation->command, word + 1, strcspn(word + 1, "="), &negated))
		return unknown_option(invocation->command, invocation->path, word);
	for (const char *letter = word + 1; *letter; letter++) {
		const struct option *option = find_letter(invocation->command, *letter);
		if (!option)
			return unknown_option(invocation->command, invocation->path, word);
		char label[] = {'-', *letter, '\0'};
		bool attached = option_takes_value(option) && letter[1];
		TRY(take_option(parser, option, label, false, attached ? letter + 1 : NULL));
		if (attached)
			break;
	}
	return NULL;
}

static fallible enter_subcommand(struct parser *parser, const char *word)
{
	struct invocation *invocation = parser->invocation;
	const struct command *command = find_subcommand(invocation->command, word);
	if (!command && !strcmp(word, "help")) {
		invocation->help = true;
		return NULL;
	}
	if (!command) {
		const char *next = parser->next < parser->count ? parser->words[parser->next] : NULL;
		return unknown_command(invocation->command, invocation->path, word, next);
	}
	char *path = text_format("%s%s%s", invocation->path, *invocation->path ? " " : "", word);
	free(invocation->path);
	invocation->path = path;
	invocation->command = command;
	if (command->run)
		invocation->values = mem_new(1, command->size);
	return NULL;
}

static fallible take_argument(struct parser *parser, const char *word)
{
	struct invocation *invocation = parser->invocation;
	const struct argument *argument = argument_at(invocation->command, parser->arguments);
	if (!argument && !strcmp(word, "help")) {
		invocation->help = true;
		return NULL;
	}
	if (!argument)
		return unexpected_argument(invocation->command, invocation->path, word, parser->options_ended);
	parser->arguments++;
	struct option option = argument_as_option(argument);
	return value_store(&option, argument->name, word, invocation->values, &invocation->texts);
}

static fallible take_words(struct parser *parser)
{
	while (parser->next < parser->count) {
		const char *word = parser->words[parser->next++];
		bool dashed = !parser->options_ended && word[0] == '-' && word[1];
		if (dashed && !strcmp(word, "--"))
			parser->options_ended = true;
		else if (dashed && word[1] == '-')
			TRY(take_long(parser, word));
		else if (dashed)
			TRY(take_letters(parser, word));
		else if (parser->invocation->command->subcommands)
			TRY(enter_subcommand(parser, word));
		else
			TRY(take_argument(parser, word));
	}
	return NULL;
}

static fallible check_required(const struct parser *parser)
{
	const struct invocation *invocation = parser->invocation;
	const struct command *command = invocation->command;
	bool all = parser->arguments >= count_arguments(command);
	const struct argument *argument = all ? NULL : &command->arguments[parser->arguments];
	if (argument && argument->required)
		return error_hint(error_new(ERR_USAGE, "%s is missing: %s", argument->name, argument->help),
				  "'owctl %s --help' shows how it is used", invocation->path);
	for (const struct option *option = option_table(command, 0); option->name; option++)
		if (option->required && !strings_have(&invocation->given, option->name))
			return error_hint(error_new(ERR_USAGE, "--%s is missing: %s", option->name, option->help),
					  "'owctl %s --help' shows how it is used", invocation->path);
	return NULL;
}

static fallible use_fallbacks(const struct parser *parser)
{
	struct invocation *invocation = parser->invocation;
	for (int table = 0; table < OPTION_TABLES; table++) {
		const struct option *option = option_table(invocation->command, table);
		for (; option->name; option++)
			if (option->fallback && !strings_have(&invocation->given, option->name))
				TRY(value_store(option, option->name, option->fallback, values_of(invocation, option),
						&invocation->texts));
	}
	return NULL;
}

fallible parse_command_line(const struct command *root, int count, char *const *words, struct invocation *invocation)
{
	*invocation = (struct invocation){.command = root, .path = text_copy("")};
	struct parser parser = {.invocation = invocation, .words = words, .count = count};
	struct error *error = take_words(&parser);
	invocation->help |= invocation->globals.help;
	invocation->incomplete = !invocation->command->run;
	if (!error && !invocation->help && !invocation->globals.version)
		error = check_required(&parser);
	struct error *unlikely = use_fallbacks(&parser);
	if (error) {
		error_ignore(unlikely);
		return error;
	}
	return unlikely;
}

void invocation_cleanup(struct invocation *invocation)
{
	const struct command *command = invocation->command;
	values_release(global_options, &invocation->globals);
	if (invocation->values) {
		values_release(command->options, invocation->values);
		for (size_t i = 0; i < count_arguments(command); i++) {
			const struct option as_table[] = {argument_as_option(&command->arguments[i]), {0}};
			values_release(as_table, invocation->values);
		}
	}
	free(invocation->values);
	free(invocation->path);
	strings_cleanup(&invocation->texts);
	strings_cleanup(&invocation->given);
	*invocation = (struct invocation){0};
}
