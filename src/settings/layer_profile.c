#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/shell.h"
#include "settings/profile_file.h"
#include "settings/layers.h"
#include "settings/mask.h"

/* "~/x" is in the home folder, another relative path beside the file of profiles. */
static char *absolute(const struct settings *settings, const struct profile_file *file, const char *path)
{
	const char *home = environment_get(settings->environment, "HOME");
	if (home && text_starts(path, "~/"))
		return text_format("%s%s", home, path + 1);
	const char *slash = strrchr(file->path, '/');
	if (*path == '/' || !slash)
		return text_copy(path);
	return text_format("%.*s/%s", (int)(slash - file->path), file->path, path);
}

static void place_setting(struct settings *settings, const struct profile_file *file,
			  const struct profile_setting *given)
{
	struct setting_value value = {.source = SOURCE_PROFILE, .holder = given->holder};
	value.must_be_private = given->setting->privacy != SETTING_PLAIN;
	const char *variable =
		given->holder == HELD_IN_VARIABLE ? environment_get(settings->environment, given->text) : NULL;
	if (variable)
		value.holder = HELD_HERE; /* a variable that is not set is an error for who asks for the setting */
	if (given->holder == HELD_IN_FILE)
		value.text = absolute(settings, file, given->text);
	else
		value.text = text_copy(variable ? variable : given->text);
	for (size_t i = 0; i < given->words.count; i++)
		strings_add(&value.words, given->words.items[i]);
	value.origin = text_format("profile %s, %s:%u:%u", settings->profile, file->path, given->place.line,
				   given->place.column);
	layer_place(settings, given->setting, value);
}

static fallible place_profile(struct settings *settings, const struct profile_file *file,
			      const struct profile *profile)
{
	settings->profile = text_copy(profile->name);
	if (profile->env_file) {
		AUTO(memory) char *path = absolute(settings, file, profile->env_file);
		TRY(error_wrap(layer_env_file(settings, path, SOURCE_PROFILE), "profile %s, %s:%u:%u", profile->name,
			       file->path, profile->place.line, profile->place.column));
	}
	for (size_t i = 0; i < profile->count; i++)
		place_setting(settings, file, &profile->settings[i]);
	return NULL;
}

fallible layer_profile(struct settings *settings, const char *name)
{
	AUTO(memory) char *path = profile_file_path(settings->environment);
	AUTO(profile_file) struct profile_file file = {0};
	if (!file_exists(path) && environment_get(settings->environment, "OWCTL_CONFIG"))
		log_warning("OWCTL_CONFIG names %s, which is not there", path);
	TRY(profile_file_read(path, &file));
	if (!name)
		name = environment_get(settings->environment, "OWCTL_PROFILE");
	if (!name)
		name = file.default_name;
	if (!name)
		return NULL;
	const struct profile *profile = profile_find(&file, name);
	AUTO(memory) char *shown = url_mask(name);
	AUTO(memory) char *word = shell_word(shown);
	if (!profile)
		return error_hint(profile_not_found(&file, name), "`owctl profile add %s` makes it", word);
	settings->own_only = settings->typed[SOURCE_ENV_FILE] && !settings->typed[SOURCE_PROFILE];
	struct error *error = place_profile(settings, &file, profile);
	settings->own_only = false;
	return error;
}
