#include "cli/describe.h"

#include "base/memory.h"
#include "cli/lookup.h"

bool has_visible_options(const struct command *command)
{
	for (const struct option *option = option_table(command, 0); option->name; option++)
		if (!option->hidden)
			return true;
	return false;
}

static void add_word(struct str *out, const char *word)
{
	if (out->size)
		str_add_char(out, ' ');
	str_add(out, word);
}

void describe_usage(struct str *out, const struct command *command)
{
	AUTO(str) struct str usage = {0};
	if (command->subcommands)
		add_word(&usage, "COMMAND");
	for (const struct option *option = option_table(command, 0); option->name; option++) {
		AUTO(memory) char *word = text_format("--%s %s", option->name, option->value_name);
		if (option->required && !option->hidden)
			add_word(&usage, word);
	}
	add_word(&usage, "[OPTION]..");
	for (size_t i = 0; i < count_arguments(command); i++) {
		const struct argument *argument = &command->arguments[i];
		const char *more = argument->type == VALUE_TEXTS ? ".." : "";
		AUTO(memory) char *word = argument->required ? text_format("%s%s", argument->name, more)
							     : text_format("[%s%s]", argument->name, more);
		add_word(&usage, word);
	}
	str_add(out, str_text(&usage));
}

static void add_note(struct str *notes, const char *note)
{
	str_add(notes, notes->size ? "; " : " (");
	str_add(notes, note);
}

/* The help of something, with the notes behind it in brackets. */
static void add_help(struct str *out, const char *help, const struct str *notes)
{
	str_add(out, help);
	if (notes->size)
		str_add_format(out, "%s)", str_text(notes));
}

static void add_choices(struct str *notes, const char *const *choices)
{
	AUTO(str) struct str list = {0};
	for (size_t i = 0; choices[i]; i++)
		str_add_format(&list, "%s%s", i ? ", " : "", choices[i]);
	add_note(notes, str_text(&list));
}

static void add_bounds(struct str *notes, const struct option *option)
{
	if (!option->largest)
		return;
	AUTO(memory) char *bounds =
		option->largest == INT64_MAX
			? text_format("from %lld", (long long)option->smallest)
			: text_format("%lld to %lld", (long long)option->smallest, (long long)option->largest);
	add_note(notes, bounds);
}

void describe_option(struct str *out, const struct option *option)
{
	AUTO(str) struct str notes = {0};
	if (option->choices)
		add_choices(&notes, option->choices);
	if (option->type == VALUE_INTEGER)
		add_bounds(&notes, option);
	if (option->fallback) {
		AUTO(memory) char *note = text_format("default %s", option->fallback);
		add_note(&notes, note);
	}
	if (option->required)
		add_note(&notes, "required");
	if (option->type == VALUE_TEXTS && !option_takes_list(option))
		add_note(&notes, "may be repeated");
	if (option->type == VALUE_CHOICES)
		add_note(&notes, "several joined by commas");
	if (option->negatable) {
		AUTO(memory) char *note = text_format("the opposite is --no-%s", option->name);
		add_note(&notes, note);
	}
	add_help(out, option->help, &notes);
}

void describe_argument(struct str *out, const struct argument *argument)
{
	str_add(out, argument->help);
}

void describe_setting(struct str *out, const struct setting *setting)
{
	AUTO(str) struct str notes = {0};
	if (setting->fallback) {
		AUTO(memory) char *note = text_format("default %s", setting->fallback);
		add_note(&notes, note);
	}
	if (setting->privacy != SETTING_PLAIN && !setting->environment_only) {
		AUTO(memory) char *note = text_format("%s_FILE names a file that holds it", setting->name);
		add_note(&notes, note);
	}
	add_help(out, setting->help, &notes);
}

static bool is_verdict(const struct command *command, int code)
{
	for (const struct exit_status *verdict = command->verdicts; verdict && verdict->name; verdict++)
		if (verdict->code == code)
			return true;
	return false;
}

int error_status(const struct command *command, int code)
{
	int status = code;
	for (const struct exit_status *verdict = command->verdicts; verdict && verdict->name; verdict++)
		if (code <= verdict->code)
			status = verdict->code;
	return status;
}

void each_exit_status(const struct command *command, void (*each)(const struct exit_status *status, void *data),
		      void *data)
{
	for (const struct exit_status *verdict = command->verdicts; verdict && verdict->name; verdict++)
		each(verdict, data);
	for (const struct exit_status *status = exit_statuses; status->name; status++) {
		bool gives = status->code == 0 || status->code == ERR_FAILED || status->code == ERR_USAGE ||
			     status->code == ERR_INTERRUPTED || (status->code == ERR_PIPE && command->columns) ||
			     (status->code == ERR_SETTINGS && !command->standalone);
		for (const int *exit = command->exits; exit && *exit; exit++)
			gives |= *exit == status->code;
		if (gives && !is_verdict(command, status->code) &&
		    error_status(command, status->code) == status->code)
			each(status, data);
	}
}

const char *column_type_name(enum column_type type)
{
	static const char *const names[] = {
		[COLUMN_TEXT] = "text", [COLUMN_INTEGER] = "integer", [COLUMN_BOOLEAN] = "boolean",
		[COLUMN_TIME] = "time", [COLUMN_TEXTS] = "texts",     [COLUMN_JSON] = "JSON",
	};
	return names[type];
}
