#include "base/log.h"
#include "base/memory.h"
#include "commands/profile/profile.h"
#include "openwebui/database.h"
#include "openwebui/settings_check.h"

struct arguments {
	const char *name;
	bool origin, all;
};

static const struct column columns[] = {
	{"name", COLUMN_TEXT, .help = "name of the setting"},
	{"value", COLUMN_TEXT, .nullable = true, .help = "its value, passwords and keys as ***"},
	{"origin", COLUMN_TEXT, .nullable = true, .extra = true, .help = "where it comes from"},
	{"help", COLUMN_TEXT, .extra = true, .help = "what it is for"},
	{0},
};

static const struct argument arguments_table[] = {
	{.name = "NAME",
	 OPTION_TEXT(struct arguments, name),
	 .help = "the profile; without it the one in force",
	 .complete = complete_profile},
	{0},
};

static const struct option options[] = {
	{.name = "origin", OPTION_FLAG(struct arguments, origin), .help = "also where each setting comes from"},
	{.name = "all",
	 OPTION_FLAG(struct arguments, all),
	 .help = "also settings that are not set, and what each is for"},
	{0},
};

/* --origin and --all say which columns the table has, unless --columns does. */
static fallible open_output(struct context *context, const struct arguments *arguments, struct output **output)
{
	struct globals *globals = &context->globals;
	AUTO(strings) struct strings names = {0};
	if (globals->columns.count || text_equal(globals->format, "json") || text_equal(globals->format, "yaml"))
		return context_output(context, output);
	strings_add(&names, "name");
	strings_add(&names, "value");
	if (arguments->origin)
		strings_add(&names, "origin");
	if (arguments->all)
		strings_add(&names, "help");
	const struct strings given = globals->columns;
	globals->columns = names;
	struct error *error = context_output(context, output);
	globals->columns = given;
	return error;
}

static fallible print(struct output *output, struct settings *settings, const struct setting *setting)
{
	AUTO(memory) char *value = NULL;
	TRY(settings_masked(settings, setting->name, &value));
	const char *origin = settings_origin(settings, setting->name);
	output_string(output, setting->name);
	output_string(output, value);
	output_string(output, *origin ? origin : NULL);
	output_string(output, setting->help);
	return output_row(output);
}

/* What comes of the settings: the database that the other commands would open, or the error they would end with. */
static fallible try_settings(struct settings *settings)
{
	AUTO(db_target) struct db_target target = {0};
	settings_check(settings);
	TRY(database_target(settings, &target));
	log_note("database: %s", target.display);
	return NULL;
}

static fallible show(struct context *context, const struct arguments *arguments, struct settings *settings)
{
	AUTO(output) struct output *output = NULL;
	TRY(open_output(context, arguments, &output));
	for (const struct setting *setting = known_settings; setting->name; setting++) {
		if (arguments->all || settings_source(settings, setting->name) != SOURCE_NONE)
			TRY(print(output, settings, setting));
	}
	TRY(output_close(output));
	return try_settings(settings);
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	if (!arguments->name)
		return show(context, arguments, context->settings);
	AUTO(settings) struct settings *settings = NULL;
	TRY(globals_settings(&context->globals, arguments->name, &settings));
	return show(context, arguments, settings);
}

const struct command profile_show_command = {
	.name = "show",
	.summary = "show the settings in force, and where they come from",
	.description =
		"Shows every setting that has a value, after flags, environment, --env-file, profile and defaults were "
		"laid over one another. Passwords and keys are never shown. Files are read and commands run, so this "
		"proves that a profile works; nothing is connected to. Which database comes of it stands on stderr; "
		"where none does, the settings are shown all the same and the exit status is 78. Other settings that "
		"can't be used are warned of.",
	.arguments = arguments_table,
	.options = options,
	.examples =
		(const struct example[]){
			{"owctl profile show --origin", "what is in force here, and where each value comes from"},
			{"owctl profile show prod", "what --profile prod would give"},
			{"owctl profile show --all", "every setting that owctl knows, and what it is for"},
			{0},
		},
	.exits = (const int[]){ERR_PERMISSION, ERR_SETTINGS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.size = sizeof(struct arguments),
	.run = run,
};
