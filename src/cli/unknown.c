#include "cli/unknown.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/habits.h"
#include "cli/lookup.h"
#include "cli/quote.h"
#include "cli/run.h"

/* Whether the words of a habit lead from the group to a command. */
static bool leads_somewhere(const struct command *group, const char *line)
{
	AUTO(strings) struct strings words = {0};
	strings_split(&words, line, ' ');
	const struct command *at = find_subcommand(group, words.items[0]);
	return at && (!at->subcommands || words.count < 2 || find_subcommand(at, words.items[1]));
}

static const struct habit *command_habit(const struct command *group, const char *word)
{
	for (const struct habit *habit = command_habits; habit->word; habit++)
		if (!strcmp(habit->word, word) && (!habit->group || !strcmp(habit->group, group->name)) &&
		    leads_somewhere(group, habit->ours))
			return habit;
	return NULL;
}

static const char *explanation(const struct command *group, const char *word)
{
	for (const struct habit *habit = explained_habits; habit->word; habit++)
		if (!strcmp(habit->word, word) && !strcmp(habit->group, group->name))
			return habit->ours;
	return NULL;
}

/* What can be typed again as it is. */
static bool is_plain(const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@._+-";
	return word && *word != '-' && *word && strlen(word) <= 60 && strspn(word, plain) == strlen(word);
}

/* The habit's line, the first word in capitals replaced by the word that was typed next. To be freed. */
static char *fill_in(const char *line, const char *next)
{
	AUTO(strings) struct strings words = {0};
	strings_split(&words, line, ' ');
	for (size_t i = 0; i < words.count && is_plain(next); i++)
		if (isupper((unsigned char)words.items[i][0])) {
			free(words.items[i]);
			words.items[i] = text_copy(next);
			break;
		}
	return strings_join(&words, " ");
}

/* `next` is what was typed behind the word, or NULL. */
static void nearest_subcommands(const struct command *group, const char *word, const char *next,
				struct strings *nearest)
{
	const struct habit *habit = command_habit(group, word);
	if (habit) {
		strings_add_taken(nearest, fill_in(habit->ours, next));
		return;
	}
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
		nearest_subcommands(root, noun, NULL, &groups);
	for (const struct command *const *sub = root->subcommands; sub && *sub; sub++) {
		const struct command *group = *sub;
		bool named = groups.count && !strcmp(groups.items[0], group->name);
		if (!group->subcommands || group->hidden || (groups.count && !named))
			continue;
		AUTO(strings) struct strings verbs = {0};
		if (find_subcommand(group, verb))
			strings_add(&verbs, verb);
		else if (named)
			nearest_subcommands(group, verb, NULL, &verbs);
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
		nearest_subcommands(group, next, NULL, &verbs);
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
	const char *why = explanation(group, word);
	if (why)
		return error_hint(error, "%s", why);
	AUTO(strings) struct strings lines = {0};
	/* A word alone that people are used to means that, whatever groups have a command of its name. */
	if (!*path && (next || !command_habit(group, word)))
		swapped_words(group, word, next, &lines);
	if (!lines.count) {
		nearest_subcommands(group, word, next, &lines);
		add_next_word(group, &lines, next);
	}
	return hint_lines(error, path, &lines);
}
