/* Which installation the commands of a shell mean. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/term.h"
#include "commands/shell/shell.h"
#include "openwebui/database.h"

/* What `use`, or a line's own --profile, replaces as a whole. */
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

/* The parser says what a line has itself, as it knows values and arguments that only look like options. */
void shell_add_globals(const struct shell *shell, const struct strings *own, struct strings *words)
{
	AUTO(invocation) struct invocation line = {0};
	error_ignore(parse_command_line(&root_command, (int)own->count, own->items, &line));
	bool elsewhere = strings_have(&line.given, "profile");
	if (shell->profile && !elsewhere)
		strings_add_taken(words, text_format("--profile=%s", shell->profile));
	for (const struct option *option = global_options; option->name; option++)
		if (!strings_have(&line.given, option->name) &&
		    !((shell->profile || elsewhere) && names_installation(option)))
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
