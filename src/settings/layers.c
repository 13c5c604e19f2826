#include "settings/layers.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/shell.h"
#include "settings/envfile.h"
#include "settings/profile_file.h"

void layer_place(struct settings *settings, const struct setting *setting, struct setting_value value)
{
	if (settings->own_only && !text_starts(setting->name, "OWCTL_")) {
		setting_value_cleanup(&value);
		return;
	}
	size_t position = (size_t)(setting - known_settings);
	struct setting_value *slot = &settings->values[position];
	if (value.source == SOURCE_ENVIRONMENT)
		settings->beneath[position] = *slot;
	else
		setting_value_cleanup(slot);
	*slot = value;
	slot->may_be_empty = setting->empty_counts;
}

static void place_text(struct settings *settings, const struct setting *setting, enum setting_source source,
		       const char *text, char *origin)
{
	layer_place(settings, setting,
		    (struct setting_value){.source = source, .text = text_copy(text), .origin = origin});
}

/* Docker and Kubernetes mount secrets readable by everybody in the container: the mode is no reason to refuse. */
static void place_file(struct settings *settings, const struct setting *setting, enum setting_source source,
		       const char *path, char *origin)
{
	layer_place(settings, setting,
		    (struct setting_value){
			    .source = source, .holder = HELD_IN_FILE, .text = text_copy(path), .origin = origin});
}

static void place_image_folder(struct settings *settings, const char *folder)
{
	AUTO(memory) char *database = folder ? text_format("%s/webui.db", folder) : NULL;
	if (database && file_exists(database))
		place_text(settings, setting_find("DATA_DIR"), SOURCE_DEFAULT, folder,
			   text_copy("default: the image's folder"));
}

void layer_defaults(struct settings *settings, const char *image_folder)
{
	place_image_folder(settings, image_folder);
	for (const struct setting *setting = known_settings; setting->name; setting++)
		if (setting->fallback)
			place_text(settings, setting, SOURCE_DEFAULT, setting->fallback, text_copy("default"));
}

void layer_flag(struct settings *settings, const char *name, const char *text, const char *flag)
{
	if (text)
		place_text(settings, setting_find(name), SOURCE_FLAG, text, text_copy(flag));
}

/* DATABASE_PASSWORD for DATABASE_PASSWORD_FILE: what is no secret has no such twin. */
static const struct setting *setting_of_file_variable(const char *name)
{
	if (!text_ends(name, "_FILE"))
		return NULL;
	AUTO(memory) char *plain = text_copy_n(name, strlen(name) - strlen("_FILE"));
	const struct setting *setting = setting_find(plain);
	return setting && setting->privacy != SETTING_PLAIN ? setting : NULL;
}

static fallible both_given(const char *name, const char *where, const char *file_where)
{
	return error_hint(error_new(ERR_SETTINGS, "%s (%s) and %s_FILE (%s) are both set", name, where, name,
				    file_where),
			  "unset one of them");
}

fallible layer_environment(struct settings *settings)
{
	for (const struct setting *setting = known_settings; setting->name; setting++) {
		const char *text = (setting->empty_counts ? environment_find : environment_get)(settings->environment,
											       setting->name);
		AUTO(memory) char *twin = text_format("%s_FILE", setting->name);
		const char *path = setting_of_file_variable(twin) ? environment_get(settings->environment, twin) : NULL;
		if (text && path)
			return both_given(setting->name, "environment", "environment");
		if (text)
			place_text(settings, setting, SOURCE_ENVIRONMENT, text, text_copy("environment"));
		if (path)
			place_file(settings, setting, SOURCE_ENVIRONMENT, path,
				   text_format("environment, %s=%s", twin, path));
	}
	return NULL;
}

static const struct env_line *last_line(const struct env_file *file, const char *name, bool empty_counts)
{
	for (size_t i = file->count; i > 0; i--)
		if (!strcmp(file->lines[i - 1].name, name))
			return file->lines[i - 1].value[0] || empty_counts ? &file->lines[i - 1] : NULL;
	return NULL;
}

static fallible place_env_lines(struct settings *settings, const struct env_file *file, const char *path,
				enum setting_source source, bool *secrets)
{
	for (const struct setting *setting = known_settings; setting->name; setting++) {
		if (setting->environment_only)
			continue;
		const struct env_line *line = last_line(file, setting->name, setting->empty_counts);
		AUTO(memory) char *twin = text_format("%s_FILE", setting->name);
		const struct env_line *in_file = setting_of_file_variable(twin) ? last_line(file, twin, false) : NULL;
		AUTO(memory) char *where = text_format("%s:%u", path, line ? line->line : 0);
		AUTO(memory) char *file_where = text_format("%s:%u", path, in_file ? in_file->line : 0);
		if (line && in_file)
			return both_given(setting->name, where, file_where);
		*secrets = *secrets || (line && setting_is_secret(setting, line->value));
		if (line)
			place_text(settings, setting, source, line->value, text_copy(where));
		if (in_file)
			place_file(settings, setting, source, in_file->value,
				   text_format("%s, %s=%s", file_where, twin, in_file->value));
	}
	return NULL;
}

/* Not refused: it is Open WebUI's own file, and many of them are 0644. */
static void warn_if_public(const char *path)
{
	struct stat info;
	AUTO(memory) char *word = shell_word(path);
	if (!stat(path, &info) && S_ISREG(info.st_mode) && (info.st_mode & S_IROTH))
		log_warning("%s holds secrets and is readable by everybody: chmod o-r %s", path, word);
}

fallible layer_env_file(struct settings *settings, const char *path, enum setting_source source)
{
	AUTO(env_file) struct env_file file = {0};
	bool secrets = false;
	TRY(error_wrap(envfile_read(path, &file), "cannot use the env file"));
	TRY(error_wrap(envfile_expand(path, &file, settings->environment), "cannot use the env file"));
	TRY(place_env_lines(settings, &file, path, source, &secrets));
	if (secrets)
		warn_if_public(path);
	return NULL;
}
