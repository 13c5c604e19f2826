#include "commands/shell/editor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "cli/complete.h"
#include "cli/screen.h"

#define MOST_DESCRIBED 60 /* more words are shown side by side */

/* Readline's hooks get nothing of ours handed in. */
static const struct shell *the_shell;
static struct strings candidates; /* of the last time: "word\tdescription" */

/* ---- what may come next ---- */

static void add_builtins(const char *prefix)
{
	for (const struct shell_builtin *builtin = shell_builtins; builtin->name; builtin++)
		if (builtin->help && text_starts(builtin->name, prefix))
			strings_add_taken(&candidates, text_format("%s\t%s", builtin->name, builtin->help));
}

/* `use` takes what --profile does. */
static void collect(const struct strings *typed)
{
	AUTO(strings) struct strings words = {0};
	bool uses = typed->count == 2 && !strcmp(typed->items[0], "use");
	strings_cleanup(&candidates);
	candidates = (struct strings){0};
	if (!uses)
		shell_add_globals(the_shell, typed, &words);
	for (size_t i = 0; i < typed->count; i++)
		strings_add(&words, uses && !i ? "--profile" : typed->items[i]);
	complete_words(&root_command, (int)words.count, words.items, &candidates);
	if (typed->count == 1)
		add_builtins(typed->items[0]);
}

static char *next_candidate(const char *text, int state)
{
	static size_t next;
	(void)text;
	next = state ? next : 0;
	if (next >= candidates.count)
		return NULL;
	const char *candidate = candidates.items[next++];
	AUTO(memory) char *word = text_copy_n(candidate, strcspn(candidate, "\t"));
	return shell_line_quote(word, (char)rl_completion_quote_character);
}

/* Names of files as they have to stand in a line, ours or a program's: whoever made the file chose its name. */
static char *quote_path(char *path, int match, char *quote)
{
	(void)match;
	return shell_line_quote(path, *quote);
}

static char *unquote_path(char *typed, int quote)
{
	char *path = shell_line_unquote(typed, (char)quote);
	return path ? path : text_copy(typed);
}

/* Behind "--env-file=" names of files begin anew. */
static char **complete_path(const char *text)
{
	const char *equals = *text == '-' ? strchr(text, '=') : NULL;
	char **matches = rl_completion_matches(equals ? equals + 1 : text, rl_filename_completion_function);
	rl_filename_completion_desired = 1;
	for (size_t i = 0; equals && matches && matches[i]; i++) {
		char *whole = text_format("%.*s%s", (int)(equals + 1 - text), text, matches[i]);
		free(matches[i]);
		matches[i] = whole;
	}
	return matches;
}

static char **complete(const char *text, int start, int end)
{
	AUTO(strings) struct strings typed = {0};
	(void)start;
	if (!shell_line_words(rl_line_buffer, (size_t)end, &typed))
		return NULL; /* a program's words: names of files */
	rl_attempted_completion_over = 1;
	collect(&typed);
	if (candidates.count == 1 && candidates.items[0][0] == ':')
		return complete_path(text);
	char **matches = rl_completion_matches(text, next_candidate);
	const char *first = matches ? matches[0] : "";
	size_t size = strlen(first);
	if (size && strchr("=,:/", first[size - 1]))
		rl_completion_suppress_append = 1;
	return matches;
}

/* ---- how it is shown ---- */

static const char *description_of(const char *word)
{
	size_t size = strlen(word);
	for (size_t i = 0; i < candidates.count; i++)
		if (!strncmp(candidates.items[i], word, size) && candidates.items[i][size] == '\t')
			return candidates.items[i] + size + 1;
	return NULL;
}

/* What can be explained is, one below the other. */
static void show(char **matches, int count, int longest)
{
	AUTO(str) struct str text = {0};
	bool described = count <= MOST_DESCRIBED;
	for (int i = 1; described && i <= count; i++)
		described = description_of(matches[i]);
	if (!described) {
		rl_display_match_list(matches, count, longest);
	} else {
		rl_crlf();
		for (int i = 1; i <= count; i++)
			screen_entry(&text, matches[i], (size_t)longest, description_of(matches[i]),
				     screen_width(stdout));
		fputs(str_text(&text), rl_outstream);
	}
	rl_forced_update_display();
}

static int is_escaped(char *line, int at)
{
	int before = at;
	while (before > 0 && line[before - 1] == '\\')
		before--;
	return (at - before) % 2;
}

void editor_set_up(const struct shell *shell)
{
	the_shell = shell;
	rl_readline_name = "owctl";
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_attempted_completion_function = complete;
	rl_completion_display_matches_hook = show;
	rl_completer_word_break_characters = " \t|>";
	rl_completer_quote_characters = "'\"";
	rl_char_is_quoted_p = is_escaped;
	rl_filename_quote_characters = SHELL_LINE_SPECIAL;
	rl_filename_quoting_function = quote_path;
	rl_filename_dequoting_function = unquote_path;
	rl_variable_bind("completion-ignore-case", "on");
	rl_variable_bind("show-all-if-ambiguous", "on");
	rl_variable_bind("enable-bracketed-paste", "on");
}
