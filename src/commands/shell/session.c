/* Which installation the commands of a shell mean. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/term.h"
#include "commands/shell/shell.h"
#include "openwebui/database.h"

/* Whether one of the words is this option: then the shell's own must not stand before it. */
static bool have(const struct strings *words, const struct option *option)
{
	AUTO(memory) char *name = text_format("--%s", option->name);
	AUTO(memory) char *joined = text_format("--%s=", option->name);
	const char letters[] = {'-', option->letter, '\0'};
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i];
		if (!strcmp(word, name) || text_starts(word, joined))
			return true;
		if (option->letter && text_starts(word, letters))
			return true;
	}
	return false;
}

/* What `use` replaces as a whole. */
static bool names_installation(const struct option *option)
{
	static const char *const names[] = {"database", "data-dir", "env-file", "profile"};
	for (size_t i = 0; i < COUNT(names); i++)
		if (!strcmp(names[i], option->name))
			return true;
	return false;
}

static void add_value(const struct globals *globals, const struct option *option, struct strings *words)
{
	const char *at = (const char *)globals + option->offset;
	const char *text = NULL;
	int64_t number = 0, usual = -1;
	bool flag = false;
	switch (option->type) {
	case VALUE_TEXT:
	case VALUE_CHOICE:
		memcpy(&text, at, sizeof text);
		if (text && !text_equal(text, option->fallback))
			strings_add_taken(words, text_format("--%s=%s", option->name, text));
		return;
	case VALUE_DURATION:
		memcpy(&number, at, sizeof number);
		if (option->fallback && clock_parse_duration(option->fallback, &usual) && number != usual)
			strings_add_taken(words, text_format("--%s=%lld", option->name, (long long)number));
		return;
	case VALUE_COUNT:
		memcpy(&number, at, sizeof number);
		for (int64_t i = 0; i < number; i++)
			strings_add_taken(words, text_format("--%s", option->name));
		return;
	case VALUE_FLAG:
		memcpy(&flag, at, sizeof flag);
		if (flag)
			strings_add_taken(words, text_format("--%s", option->name));
		return;
	default: /* lists: they are of one command */
		return;
	}
}

void shell_add_globals(const struct shell *shell, const struct strings *own, struct strings *words)
{
	if (shell->profile)
		strings_add_taken(words, text_format("--profile=%s", shell->profile));
	for (const struct option *option = global_options; option->name; option++)
		if (!have(own, option) && !(shell->profile && names_installation(option)))
			add_value(shell->globals, option, words);
}

void shell_add_command(const struct shell *shell, const char *name, const struct strings *own, struct strings *words)
{
	strings_add(words, name);
	shell_add_globals(shell, own, words);
	for (size_t i = 0; i < own->count; i++)
		strings_add(words, own->items[i]);
}

/* The profile, else the database. */
static fallible title_of(struct settings *settings, char **title)
{
	AUTO(db_target) struct db_target target = {0};
	if (database_profile(settings)) {
		*title = text_copy(database_profile(settings));
		return NULL;
	}
	struct error *error = database_target(settings, &target);
	const char *slash = error ? NULL : strrchr(target.display, '/');
	*title = text_copy(slash && slash[1] ? slash + 1 : "owctl");
	error_ignore(error);
	return NULL;
}

static fallible look_at(struct shell *shell, const char *profile, char **title)
{
	struct globals globals = *shell->globals;
	AUTO(settings) struct settings *settings = NULL;
	if (profile)
		globals.database = globals.data_dir = globals.env_file = NULL;
	TRY(globals_settings(&globals, profile ? profile : globals.profile, &settings));
	return title_of(settings, title);
}

fallible shell_use(struct shell *shell, const char *profile)
{
	char *title = NULL;
	TRY(look_at(shell, profile, &title));
	char *copy = text_copy(profile);
	free(shell->profile);
	free(shell->title);
	shell->profile = copy;
	shell->title = title;
	return NULL;
}

fallible shell_begin(struct shell *shell)
{
	return look_at(shell, NULL, &shell->title);
}

bool shell_has_screen(const struct shell *shell)
{
	return shell->on_terminal && isatty(STDOUT_FILENO) && term_is_able();
}
