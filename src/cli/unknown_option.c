/* What stands behind a command and is none of its options and arguments. */
#include <string.h>

#include "base/memory.h"
#include "cli/describe.h"
#include "cli/habits.h"
#include "cli/lookup.h"
#include "cli/quote.h"
#include "cli/run.h"
#include "cli/unknown.h"

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
	return error_hint(error_new(ERR_USAGE, "a %.*s is never given as an argument: other users of this machine "
					       "could read it in the list of processes",
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

static const struct habit *option_habit(const struct command *command, const char *name, size_t size)
{
	for (const struct habit *habit = option_habits; habit->word; habit++) {
		bool negated;
		const struct option *option = find_option(command, habit->ours, strlen(habit->ours), &negated);
		if (strlen(habit->word) == size && !memcmp(habit->word, name, size) && option &&
		    option_concerns(option, command))
			return habit;
	}
	return NULL;
}

static const struct habit *elsewhere_habit(const char *path, const char *name, size_t size)
{
	for (const struct habit *habit = elsewhere_habits; habit->word; habit++)
		if (!strcmp(habit->group, path) && strlen(habit->word) == size && !memcmp(habit->word, name, size))
			return habit;
	return NULL;
}

/* What stands without an option where other tools have one: --file people.csv. */
static const struct argument *argument_named(const struct command *command, const char *name, size_t size)
{
	for (size_t i = 0; i < count_arguments(command); i++)
		if (strlen(command->arguments[i].name) == size && !strncasecmp(command->arguments[i].name, name, size))
			return &command->arguments[i];
	return NULL;
}

/* "-pSECRET" as mysql(1) takes it, and any letter with what can't be the name of an option behind it. */
static bool hides_value(const char *word)
{
	return word[0] == '-' && word[1] != '-' && (unsigned char)word[1] < 0x80 && word[1] && word[2] &&
	       (word[1] == 'p' || word[2 + strspn(word + 2, "abcdefghijklmnopqrstuvwxyz-")] != '\0');
}

fallible unknown_option(const struct command *command, const char *path, const char *word)
{
	const char *name = word + strspn(word, "-");
	size_t size = strcspn(name, "=");
	if (is_secret(command, name, size))
		return refuse_secret(command, name, size);
	/* -p is --profile in some tools and a password in others. */
	if (size == 1 && *name == 'p' && is_secret(command, "password", strlen("password")))
		return refuse_secret(command, "password", strlen("password"));
	/* What follows "=" may be a secret that was given in the wrong way: it is not repeated. */
	AUTO(memory) char *bare = text_copy_n(word, (size_t)(name - word) + size);
	AUTO(memory) char *letter = text_copy_n(word, word[0] == '-' && word[1] ? 2 : 0);
	AUTO(memory) char *shown = quote_word(hides_value(word) ? letter : bare);
	struct error *error = error_new(ERR_USAGE, "unknown option %s", shown);
	const struct habit *elsewhere = elsewhere_habit(path, name, size);
	if (elsewhere)
		return error_hint(error, "'owctl %s' does that", elsewhere->ours);
	const struct habit *habit = option_habit(command, name, size);
	if (habit)
		return error_hint(error, "did you mean --%s?", habit->ours);
	const struct option *choice = bare[0] == '-' && bare[1] == '-' ? option_with_choice(command, bare + 2) : NULL;
	if (choice)
		return error_hint(error, "did you mean --%s %s?", choice->name, bare + 2);
	if (argument_named(command, name, size)) {
		AUTO(str) struct str usage = {0};
		describe_usage(&usage, command);
		return error_hint(error, "it is given without an option: 'owctl %s %s'", path, str_text(&usage));
	}
	AUTO(strings) struct strings near = {0};
	nearest_options(command, name, size, &near);
	if (near.count)
		return error_hint(error, "did you mean --%s?", near.items[0]);
	if (command->subcommands)
		return error_hint(error, "options of a command come after its name; 'owctl %s%s--help' shows the "
					 "commands",
				  path, *path ? " " : "");
	return error_hint(error, "'owctl %s --help' shows the options", path);
}

static bool looks_like_address(const char *word)
{
	const char *at = strchr(word, '@');
	return at && at != word && strchr(at + 1, '.') && !strpbrk(word, " \t");
}

static bool has_option(const struct command *command, const char *name)
{
	bool negated;
	const struct option *option = find_option(command, name, strlen(name), &negated);
	return option && option_concerns(option, command);
}

/* The option that names a place which other tools take as a word: `migrate up webui.db`, `repo info /srv/backups`. */
static const char *option_for_place(const struct command *command, const char *word)
{
	bool database = text_ends(word, ".db") || text_starts(word, "postgres") || text_starts(word, "sqlite:");
	if (!database && !strchr(word, '/'))
		return NULL;
	if (!database && has_option(command, "repository"))
		return "repository";
	return has_option(command, "database") ? "database" : NULL;
}

fallible unexpected_argument(const struct command *command, const char *path, const char *word, bool behind_end)
{
	if (behind_end && word[0] == '-')
		return error_hint(error_new(ERR_USAGE, "unexpected argument: behind '--' everything is one, also what "
						       "begins with a dash"),
				  "put options in front of '--'; 'owctl %s --help' shows how it is used", path);
	/* A surplus word of a command that takes passwords is likely one: it is not repeated, least of all in a log. */
	if (is_secret(command, "password", strlen("password")) && looks_like_address(word))
		return error_hint(error_new(ERR_USAGE, "'owctl %s' takes one %s, and a second one was given", path,
					    command->arguments[0].name),
				  "run it once for each; a password is no argument: 'owctl %s --help' shows how it is "
				  "given",
				  path);
	if (is_secret(command, "password", strlen("password")))
		return error_wrap(refuse_secret(command, "password", strlen("password")), "unexpected argument");
	AUTO(memory) char *shown = quote_word(word);
	struct error *error = count_arguments(command)
				      ? error_new(ERR_USAGE, "unexpected argument %s", shown)
				      : error_new(ERR_USAGE, "'owctl %s' takes no arguments; got %s", path, shown);
	const char *option = option_for_place(command, word);
	return option ? error_hint(error, "did you mean --%s %s?", option, shown)
		      : error_hint(error, "'owctl %s --help' shows how it is used", path);
}
