/* The words that may come next. Lenient where the parser is strict: a shell asks while a line is half typed. */
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "cli/complete.h"
#include "cli/lookup.h"
#include "cli/topics.h"
#include "cli/values.h"

struct place {
	struct completing completing;
	const struct command *command;
	const struct option *waiting; /* the option whose value is being typed */
	size_t arguments;
	bool options_ended;
	bool helped; /* the word `help` came first: a topic may follow */
};

static const struct option *option_of_word(const struct command *command, const char *word)
{
	bool negated;
	if (word[1] == '-')
		return find_option(command, word + 2, strlen(word + 2), &negated);
	/* Of bundled letters only the last one can be waiting for a value. */
	for (const char *letter = word + 1; *letter; letter++) {
		const struct option *option = find_letter(command, *letter);
		if (!option || (option_takes_value(option) && letter[1]))
			return NULL;
		if (!letter[1])
			return option;
	}
	return NULL;
}

static void pass_word(struct place *place, const char *word)
{
	if (place->waiting) {
		place->waiting = NULL;
	} else if (!place->options_ended && !strcmp(word, "--")) {
		place->options_ended = true;
	} else if (!place->options_ended && word[0] == '-' && word[1]) {
		const struct option *option = option_of_word(place->command, word);
		place->waiting = option && option_takes_value(option) && !option->alone ? option : NULL;
	} else if (place->command->subcommands) {
		/* What follows `help` are the words of a command from here on. */
		const struct command *sub = strcmp(word, "help") ? find_subcommand(place->command, word) : NULL;
		place->command = sub ? sub : place->command;
		place->helped = !strcmp(word, "help");
	} else {
		place->arguments++;
	}
}

static void add(struct strings *candidates, const char *lead, const char *word, const char *description)
{
	strings_add_taken(candidates, description ? text_format("%s%s\t%s", lead, word, description)
						  : text_format("%s%s", lead, word));
}

/* Words from a database or a file may hold what would steer the terminal or end the line: such a one is not offered. */
static bool is_presentable(const char *word)
{
	size_t size = strlen(word);
	for (size_t i = 0; i < size;) {
		uint32_t point;
		size_t length = utf8_decode(word + i, size - i, &point);
		if (!length || (utf8_is_unsafe(point) && point != '\t'))
			return false;
		i += length;
	}
	return true;
}

/* The last word of a list "a,b,c", with what stands before it in `lead`, to be freed. */
static const char *last_of_list(const char *prefix, const char *before, char **lead)
{
	const char *comma = strrchr(prefix, ',');
	const char *last = comma ? comma + 1 : prefix;
	*lead = text_format("%s%.*s", before, (int)(last - prefix), prefix);
	return last;
}

/* What the list in `prefix` has already, before the word that is being typed. */
static bool is_listed(const char *prefix, const char *last, const char *word)
{
	AUTO(memory) char *before = text_copy_n(prefix, (size_t)(last - prefix));
	AUTO(strings) struct strings words = {0};
	strings_split(&words, before, ',');
	return strings_have(&words, word);
}

static void complete_choices(const struct option *option, const char *before, const char *prefix,
			     struct strings *candidates)
{
	AUTO(memory) char *lead = NULL;
	const char *last = option_takes_list(option) ? last_of_list(prefix, before, &lead) : prefix;
	for (const char *const *choice = option->choices; *choice; choice++)
		if (text_starts(*choice, last) && !is_listed(prefix, last, *choice))
			add(candidates, lead ? lead : before, *choice, NULL);
}

static void complete_columns(const struct column *columns, const char *before, const char *prefix,
			     struct strings *candidates)
{
	AUTO(memory) char *lead = NULL;
	const char *last = last_of_list(prefix, before, &lead);
	for (; columns && columns->name; columns++)
		if (text_starts(columns->name, last) && !is_listed(prefix, last, columns->name))
			add(candidates, lead, columns->name, columns->help);
}

/* `lead` is what stands before the value in the same word: "--role=", or of a list "a,b,". */
static void complete_value(const struct place *place, const struct option *option, const char *lead,
			   const char *prefix, struct strings *candidates)
{
	if (option->scope == FOR_DATA && !strcmp(option->name, "columns")) {
		complete_columns(place->command->columns, lead, prefix, candidates);
		return;
	}
	if (option->choices) {
		complete_choices(option, lead, prefix, candidates);
		return;
	}
	if (!option->complete)
		return;
	AUTO(strings) struct strings words = {0};
	option->complete(&place->completing, prefix, &words);
	for (size_t i = 0; i < words.count; i++)
		if (is_presentable(words.items[i]))
			add(candidates, words.items[i][0] == ':' ? "" : lead, words.items[i], NULL);
}

static void complete_options(const struct command *command, const char *prefix, struct strings *candidates)
{
	for (int table = 0; table < OPTION_TABLES; table++) {
		const struct option *option = option_table(command, table);
		for (; option->name; option++) {
			if (option->hidden || (table == 1 && !option_concerns(option, command)))
				continue;
			AUTO(memory) char *word = text_format("--%s", option->name);
			if (text_starts(word, prefix))
				add(candidates, "", word, option->help);
			AUTO(memory) char *negated = text_format("--no-%s", option->name);
			if (option->negatable && text_starts(negated, prefix))
				add(candidates, "", negated, NULL);
		}
	}
}

static void complete_subcommands(const struct command *command, const char *prefix, struct strings *candidates)
{
	for (const struct command *const *sub = command->subcommands; *sub; sub++)
		if (!(*sub)->hidden && text_starts((*sub)->name, prefix))
			add(candidates, "", (*sub)->name, (*sub)->summary);
}

static void complete_topics(const char *prefix, struct strings *candidates)
{
	for (const struct topic *topic = topics; topic->name; topic++)
		if (text_starts(topic->name, prefix))
			add(candidates, "", topic->name, topic->summary);
}

static void complete_place(const struct command *root, const struct place *place, const char *word,
			    struct strings *candidates)
{
	const char *equals = strchr(word, '=');
	bool dashed = !place->options_ended && word[0] == '-';
	if (place->waiting) {
		complete_value(place, place->waiting, "", word, candidates);
	} else if (dashed && text_starts(word, "--") && equals) {
		bool negated;
		const struct option *option =
			find_option(place->command, word + 2, (size_t)(equals - word - 2), &negated);
		AUTO(memory) char *lead = text_copy_n(word, (size_t)(equals + 1 - word));
		if (option)
			complete_value(place, option, lead, equals + 1, candidates);
	} else if (dashed) {
		complete_options(place->command, word, candidates);
	} else if (place->command->subcommands) {
		complete_subcommands(place->command, word, candidates);
		if (place->helped && place->command == root)
			complete_topics(word, candidates);
	} else {
		const struct argument *argument = argument_at(place->command, place->arguments);
		struct option option = argument ? argument_as_option(argument) : (struct option){0};
		complete_value(place, &option, "", word, candidates);
	}
}

const char *completing_text(const struct completing *completing, const char *name)
{
	const struct invocation *line = completing->line;
	bool negated;
	const struct option *option = find_option(line->command, name, strlen(name), &negated);
	const char *values = option_is_global(option) ? (const char *)&line->globals : line->values;
	if (!option || !values || option->type != VALUE_TEXT)
		return NULL;
	const char *text;
	memcpy(&text, values + option->offset, sizeof text);
	return text;
}

void complete_words(const struct command *root, int count, char *const *words, struct strings *candidates)
{
	AUTO(invocation) struct invocation line = {0};
	struct place place = {.completing = {.line = &line}, .command = root};
	error_ignore(parse_command_line(root, count ? count - 1 : 0, words, &line));
	for (int i = 0; i + 1 < count; i++)
		pass_word(&place, words[i]);
	complete_place(root, &place, count ? words[count - 1] : "", candidates);
}
