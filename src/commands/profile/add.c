#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "commands/profile/profile.h"
#include "db/target.h"
#include "settings/envfile.h"

struct arguments {
	const char *name;
	struct strings set, set_file, set_env, set_command;
};

static void complete_some(const char *prefix, bool secrets, struct strings *words)
{
	for (const struct setting *setting = known_settings; setting->name; setting++)
		if (!setting->environment_only && (secrets || setting->privacy != SETTING_SECRET) &&
		    text_starts(setting->name, prefix))
			strings_add_taken(words, text_format("%s=\t%s", setting->name, setting->help));
}

static void complete_setting(const struct completing *completing UNUSED, const char *prefix, struct strings *words)
{
	complete_some(prefix, true, words);
}

/* What --set takes: a URL may have no password in it. */
static void complete_open_setting(const struct completing *completing UNUSED, const char *prefix, struct strings *words)
{
	complete_some(prefix, false, words);
}

static const struct argument arguments_table[] = {
	{.name = "NAME",
	 OPTION_TEXT(struct arguments, name),
	 .help = "the new profile: letters, digits, dots, dashes and underscores",
	 .required = true},
	{0},
};

static const struct option options[] = {
	{.name = "set",
	 OPTION_TEXTS(struct arguments, set),
	 .value_name = "NAME=VALUE",
	 .complete = complete_open_setting,
	 .help = "give a setting; never a secret"},
	{.name = "set-file",
	 OPTION_TEXTS(struct arguments, set_file),
	 .value_name = "NAME=PATH",
	 .complete = complete_setting,
	 .help = "give a setting as the file that holds it"},
	{.name = "set-env",
	 OPTION_TEXTS(struct arguments, set_env),
	 .value_name = "NAME=VARIABLE",
	 .complete = complete_setting,
	 .help = "give a setting as the environment variable that holds it"},
	{.name = "set-command",
	 OPTION_TEXTS(struct arguments, set_command),
	 .value_name = "NAME=COMMAND",
	 .complete = complete_setting,
	 .help = "give a setting as the shell command that prints it"},
	{0},
};

static fallible check_name(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t size = strlen(name);
	if (isalnum((unsigned char)*name) && size <= 64 && strspn(name, allowed) == size)
		return NULL;
	return error_hint(error_new(ERR_USAGE, "this is no name for a profile"),
			  "up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit");
}

/* As the file would be read: from anywhere, not from this working folder. */
static char *absolute(const char *path)
{
	const char *home = environment_get(environ, "HOME");
	if (home && text_starts(path, "~/"))
		return text_format("%s%s", home, path + 1);
	if (*path == '/')
		return text_copy(path);
	AUTO(memory) char *here = getcwd(NULL, 0);
	return text_format("%s/%s", here ? here : ".", path);
}

/* A slip in a path is told now, and not when the profile is needed. */
static fallible check_there(const char *path)
{
	if (file_exists(path))
		return NULL;
	return error_hint(error_new(ERR_SETTINGS, "there is no file %s", path),
			  "check the path, or make the file first");
}

static fallible check_value(const struct setting *setting, enum value_holder holder, const char *value)
{
	if (setting->environment_only)
		return error_hint(error_new(ERR_USAGE, "%s has no effect in a profile", setting->name),
				  "set it in the environment");
	if (!*value && !setting->empty_counts)
		return error_hint(error_new(ERR_USAGE, "%s has an empty value", setting->name),
				  "leave it out, or write %s=VALUE", setting->name);
	if (holder == HELD_HERE && setting_is_secret(setting, value))
		return error_hint(error_new(ERR_USAGE, "%s is a secret, and arguments can be seen by other users",
					    setting->name),
				  "use --set-file, --set-env or --set-command, or write it into the file by hand");
	return NULL;
}

static fallible add_setting(struct profile *profile, enum value_holder holder, const char *option, const char *word)
{
	const char *equals = strchr(word, '=');
	if (!equals) /* the word could be a secret itself */
		return error_hint(error_new(ERR_USAGE, "--%s needs a name and a value", option), "write NAME=VALUE");
	AUTO(memory) char *name = text_copy_n(word, (size_t)(equals - word));
	const struct setting *setting = setting_find(name);
	if (!setting)
		return setting_unknown(error_new(ERR_USAGE, "unknown setting \"%s\"", name), name);
	TRY(check_value(setting, holder, equals + 1));
	for (size_t i = 0; i < profile->count; i++)
		if (profile->settings[i].setting == setting)
			return error_hint(error_new(ERR_USAGE, "%s is given twice", name), "leave one of them out");
	profile->settings = mem_resize(profile->settings, profile->count + 1, sizeof *profile->settings);
	struct profile_setting *added = &profile->settings[profile->count++];
	*added = (struct profile_setting){.setting = setting, .holder = holder};
	if (holder == HELD_BY_COMMAND)
		profile_shell_command(&added->words, equals + 1);
	else
		added->text = holder == HELD_IN_FILE ? absolute(equals + 1) : text_copy(equals + 1);
	return holder == HELD_IN_FILE ? check_there(added->text) : NULL;
}

static fallible add_text(struct profile *profile, const char *option, const char *name, const char *value)
{
	AUTO(memory) char *word = text_format("%s=%s", name, value);
	return error_wrap(add_setting(profile, HELD_HERE, option, word), "--%s", option);
}

/* A path is kept as a URL: it is what a setting takes, and true in every working folder. */
static fallible add_database(struct profile *profile, const char *database)
{
	AUTO(db_target) struct db_target target = {0};
	TRY(error_wrap(db_target_parse(database, true, &target), "--database"));
	if (!target.path && !strstr(database, "://"))
		return error_hint(error_new(ERR_USAGE, "--database: a profile takes a URL, no list of parameters"),
				  "write postgresql://user@host:5432/name");
	AUTO(memory) char *path = target.path ? absolute(target.path) : NULL;
	AUTO(memory) char *url = path ? text_format("sqlite:///%s", path) : text_copy(database);
	return add_text(profile, "database", "DATABASE_URL", url);
}

/* What else the command line says about the installation is meant for the profile, too. */
static fallible add_globals(struct profile *profile, const struct globals *globals)
{
	if (globals->env_file) {
		AUTO(env_file) struct env_file file = {0};
		profile->env_file = absolute(globals->env_file);
		TRY(error_wrap(envfile_read(profile->env_file, &file), "--env-file"));
	}
	if (globals->database)
		TRY(add_database(profile, globals->database));
	AUTO(memory) char *folder = globals->data_dir ? absolute(globals->data_dir) : NULL;
	return folder ? add_text(profile, "data-dir", "DATA_DIR", folder) : NULL;
}

static fallible add_settings(struct profile *profile, enum value_holder holder, const char *option,
			     const struct strings *words)
{
	for (size_t i = 0; i < words->count; i++)
		TRY(add_setting(profile, holder, option, words->items[i]));
	return NULL;
}

static fallible collect(const struct context *context, const struct arguments *arguments, struct profile *profile)
{
	TRY(check_name(arguments->name));
	profile->name = text_copy(arguments->name);
	TRY(add_globals(profile, &context->globals));
	TRY(add_settings(profile, HELD_HERE, "set", &arguments->set));
	TRY(add_settings(profile, HELD_IN_FILE, "set-file", &arguments->set_file));
	TRY(add_settings(profile, HELD_IN_VARIABLE, "set-env", &arguments->set_env));
	TRY(add_settings(profile, HELD_BY_COMMAND, "set-command", &arguments->set_command));
	if (!profile->env_file && !profile->count)
		return error_hint(error_new(ERR_USAGE, "the profile would be empty"),
				  "give --env-file, --set (as in --set DATA_DIR=/srv/open-webui), --set-file, "
				  "--set-env or --set-command");
	return NULL;
}

static json_t *names_of(const struct profile *profile)
{
	json_t *names = json_array();
	for (size_t i = 0; i < profile->count; i++)
		json_array_append_new(names, json_string(profile->settings[i].setting->name));
	return names;
}

static fallible run(struct context *context, const void *values)
{
	const struct arguments *arguments = values;
	AUTO(profile) struct profile profile = {0};
	AUTO(memory) char *path = profile_file_path(environ);
	TRY(collect(context, arguments, &profile));
	bool dry_run = context->globals.dry_run;
	TRY(profile_change_prepare(context, path));
	TRY(profile_add(path, &profile, dry_run));
	profile_change_record(context, path,
			      json_pack("{s:o,s:o,s:o}", "profile", audit_text(profile.name), "env_file",
					audit_text(profile.env_file), "settings", names_of(&profile)));
	context_done(context, "%s profile \"%s\" to %s; choose it with --profile %s, or `owctl profile use %s` makes "
			      "it the default",
		     dry_run ? "would add" : "added", profile.name, path, profile.name, profile.name);
	return NULL;
}

const struct command profile_add_command = {
	.name = "add",
	.summary = "add a profile",
	.description =
		"Writes a new profile into the file, which is made when there is none, for its owner's eyes only. "
		"Comments and layout of the rest of the file stay. With --env-file the profile reads that file, such "
		"as the one of Open WebUI's container; --database and --data-dir become its settings. A secret is not "
		"taken as it is, because arguments can be seen by other users: name the file or the variable that "
		"holds it, or the command that prints it.",
	.arguments = arguments_table,
	.options = options,
	.examples =
		(const struct example[]){
			{"owctl profile add chat --env-file /etc/open-webui.env", "the container's own settings"},
			{"owctl profile add home --set DATA_DIR=/srv/open-webui", "a SQLite installation"},
			{"owctl profile add prod --set-command 'DATABASE_URL=pass show chat/url'",
			 "a URL with a password, from a password store"},
			{0},
		},
	.exits = (const int[]){ERR_INPUT, ERR_BUSY, ERR_PERMISSION, ERR_SETTINGS, 0},
	.changes = true,
	.standalone = true,
	.size = sizeof(struct arguments),
	.run = run,
};
