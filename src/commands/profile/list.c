#include <unistd.h>

#include "base/memory.h"
#include "commands/profile/profile.h"

static const struct column columns[] = {
	{"name", COLUMN_TEXT, .help = "name of the profile"},
	{"active", COLUMN_BOOLEAN, .help = "whether it is in force unless --profile names another"},
	{"env_file", COLUMN_TEXT, .nullable = true, .help = "environment file that it reads"},
	{"settings", COLUMN_TEXTS, .help = "names of the settings that it gives"},
	{"place", COLUMN_TEXT, .extra = true, .help = "file and line where it stands"},
	{0},
};

static fallible print(struct output *output, const struct profile_file *file, const struct profile *profile,
		      const char *active)
{
	AUTO(memory) const char **names = mem_new(profile->count, sizeof *names);
	for (size_t i = 0; i < profile->count; i++)
		names[i] = profile->settings[i].setting->name;
	AUTO(memory) char *place = text_format("%s:%u", file->path, profile->place.line);
	output_string(output, profile->name);
	output_boolean(output, text_equal(profile->name, active));
	output_string(output, profile->env_file);
	output_texts(output, names, profile->count);
	output_string(output, place);
	return output_row(output);
}

static fallible run(struct context *context, UNUSED const void *values)
{
	AUTO(memory) char *path = profile_file_path(environ);
	AUTO(profile_file) struct profile_file file = {0};
	AUTO(output) struct output *output = NULL;
	TRY(profile_file_read(path, &file));
	const char *active = environment_get(environ, "OWCTL_PROFILE");
	if (!active)
		active = file.default_name;
	TRY(context_output(context, &output));
	for (size_t i = 0; i < file.count; i++)
		TRY(print(output, &file, &file.profiles[i], active));
	return output_close(output);
}

const struct command profile_list_command = {
	.name = "list",
	.summary = "list the profiles",
	.description = "Lists the profiles of the file, with the names of what they set; `owctl profile show` has the "
		       "values. Nothing is read or run that a profile points to.",
	.examples = (const struct example[]){{"owctl profile list", "every profile, and which one is in force"}, {0}},
	.exits = (const int[]){ERR_PERMISSION, ERR_SETTINGS, 0},
	.columns = columns,
	.shape = SHAPE_LIST,
	.standalone = true,
	.run = run,
};
