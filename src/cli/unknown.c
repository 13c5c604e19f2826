#include "cli/unknown.h"

#include <string.h>

#include "base/memory.h"
#include "cli/lookup.h"
#include "cli/quote.h"
#include "cli/run.h"

/* Verbs of other tools. */
static const struct {
	const char *habit, *ours;
} habits[] = {
	{"ls", "list"},       {"all", "list"},      {"get", "show"},     {"describe", "show"}, {"info", "show"},
	{"cat", "show"},      {"view", "show"},     {"add", "create"},   {"new", "create"},    {"rm", "delete"},
	{"remove", "delete"}, {"del", "delete"},    {"edit", "update"},  {"set", "update"},    {"modify", "update"},
	{"load", "import"},   {"dump", "export"},   {"upgrade", "up"},   {"password", "passwd"},
};

static void nearest_subcommands(const struct command *group, const char *word, struct strings *nearest)
{
	for (size_t i = 0; i < COUNT(habits); i++)
		if (!strcmp(habits[i].habit, word) && find_subcommand(group, habits[i].ours))
			strings_add(nearest, habits[i].ours);
	if (nearest->count)
		return;
	const char *known[128];
	size_t count = 0;
	for (const struct command *const *sub = group->subcommands; sub && *sub && count < COUNT(known); sub++)
		if (!(*sub)->hidden)
			known[count++] = (*sub)->name;
	suggest(word, known, count, nearest);
}

/* The one group that has the word as a subcommand, when verb and noun were swapped: "list users", "create user". */
static void swapped_words(const struct command *root, const char *verb, const char *noun, struct strings *lines)
{
	AUTO(strings) struct strings groups = {0};
	if (noun)
		nearest_subcommands(root, noun, &groups);
	for (const struct command *const *sub = root->subcommands; sub && *sub; sub++) {
		const struct command *group = *sub;
		bool named = groups.count && !strcmp(groups.items[0], group->name);
		if (!group->subcommands || group->hidden || (groups.count && !named))
			continue;
		AUTO(strings) struct strings verbs = {0};
		if (find_subcommand(group, verb))
			strings_add(&verbs, verb);
		else if (named)
			nearest_subcommands(group, verb, &verbs);
		if (verbs.count)
			strings_add_taken(lines, text_format("%s %s", group->name, verbs.items[0]));
	}
}

/* The group's subcommand that the next word means, behind the group's name: "users list" becomes "user list". */
static void add_next_word(const struct command *root, struct strings *lines, const char *next)
{
	const struct command *group = lines->count ? find_subcommand(root, lines->items[0]) : NULL;
	AUTO(strings) struct strings verbs = {0};
	if (!group || !group->subcommands || !next)
		return;
	if (find_subcommand(group, next))
		strings_add(&verbs, next);
	else
		nearest_subcommands(group, next, &verbs);
	if (verbs.count) {
		strings_cleanup(lines);
		strings_add_taken(lines, text_format("%s %s", group->name, verbs.items[0]));
	}
}

static fallible hint_lines(struct error *error, const char *path, const struct strings *lines)
{
	AUTO(str) struct str hint = {0};
	for (size_t i = 0; i < lines->count && i < 3; i++)
		str_add_format(&hint, "%s'owctl %s%s%s'", i ? " or " : "", path, *path ? " " : "", lines->items[i]);
	if (!lines->count)
		return error_hint(error, "'owctl %s%s--help' shows the commands", path, *path ? " " : "");
	return error_hint(error, "did you mean %s?", str_text(&hint));
}

fallible unknown_command(const struct command *group, const char *path, const char *word, const char *next)
{
	AUTO(memory) char *shown = quote_word(word);
	struct error *error = *path ? error_new(ERR_USAGE, "'owctl %s' has no command %s", path, shown)
				    : error_new(ERR_USAGE, "there is no command %s", shown);
	AUTO(strings) struct strings lines = {0};
	if (!*path)
		swapped_words(group, word, next, &lines);
	if (!lines.count) {
		nearest_subcommands(group, word, &lines);
		add_next_word(group, &lines, next);
	}
	return hint_lines(error, path, &lines);
}

/* Whether the command takes a secret of this name in a safe way: --NAME-stdin, --NAME-file. */
static bool is_secret(const struct command *command, const char *name, size_t size)
{
	for (const struct option *option = option_table(command, 0); option->name; option++)
		if (!strncmp(option->name, name, size) &&
		    (!strcmp(option->name + size, "-stdin") || !strcmp(option->name + size, "-file")))
			return size > 0;
	return false;
}

static fallible refuse_secret(const struct command *command, const char *name, size_t size)
{
	AUTO(str) struct str ways = {0};
	for (const struct option *option = option_table(command, 0); option->name; option++)
		if (!strncmp(option->name, name, size) && option->name[size] == '-')
			str_add_format(&ways, "%s--%s%s%s", ways.size ? " or " : "", option->name,
				       option->value_name ? " " : "", option->value_name ? option->value_name : "");
	return error_hint(error_new(ERR_USAGE, "a %.*s is never given as an argument: other users of this machine could "
					       "read it in the list of processes",
				    (int)size, name),
			  "use %s", str_text(&ways));
}

static void nearest_options(const struct command *command, const char *name, size_t size, struct strings *nearest)
{
	const char *known[128];
	size_t count = 0;
	for (int table = 0; table < OPTION_TABLES; table++)
		for (const struct option *option = option_table(command, table); option->name; option++)
			if (!option->hidden && count < COUNT(known))
				known[count++] = option->name;
	AUTO(memory) char *word = text_copy_n(name, size < 64 ? size : 64);
	suggest(word, known, count, nearest);
}

/* The option that has the word as one of its choices: --json is -o json in many tools, --admin was --role admin. */
static const struct option *option_with_choice(const struct command *command, const char *word)
{
	for (int table = 0; table < OPTION_TABLES; table++)
		for (const struct option *option = option_table(command, table); option->name; option++)
			for (size_t i = 0; !option->hidden && option->choices && option->choices[i]; i++)
				if (!strcmp(option->choices[i], word))
					return option;
	return NULL;
}

fallible unknown_option(const struct command *command, const char *path, const char *word)
{
	const char *name = word + strspn(word, "-");
	size_t size = strcspn(name, "=");
	if (is_secret(command, name, size))
		return refuse_secret(command, name, size);
	/* What follows "=" may be a secret that was given in the wrong way: it is not repeated. */
	AUTO(memory) char *bare = text_copy_n(word, (size_t)(name - word) + size);
	AUTO(memory) char *shown = quote_word(bare);
	struct error *error = error_new(ERR_USAGE, "unknown option %s", shown);
	const struct option *choice = bare[0] == '-' && bare[1] == '-' ? option_with_choice(command, bare + 2) : NULL;
	if (choice)
		return error_hint(error, "did you mean --%s %s?", choice->name, bare + 2);
	AUTO(strings) struct strings near = {0};
	nearest_options(command, name, size, &near);
	if (near.count)
		return error_hint(error, "did you mean --%s?", near.items[0]);
	if (command->subcommands)
		return error_hint(error, "options of a command come after its name; 'owctl %s%s--help' shows the commands",
				  path, *path ? " " : "");
	return error_hint(error, "'owctl %s --help' shows the options", path);
}

fallible unexpected_argument(const struct command *command, const char *path, const char *word)
{
	/* A surplus word of a command that takes passwords is probably one: it is not repeated, least of all in a log. */
	if (is_secret(command, "password", strlen("password")))
		return error_wrap(refuse_secret(command, "password", strlen("password")), "unexpected argument");
	AUTO(memory) char *shown = quote_word(word);
	struct error *error = count_arguments(command)
				      ? error_new(ERR_USAGE, "unexpected argument %s", shown)
				      : error_new(ERR_USAGE, "'owctl %s' takes no arguments; got %s", path, shown);
	return error_hint(error, "'owctl %s --help' shows how it is used", path);
}
