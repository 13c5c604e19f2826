#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "settings/config.h"
#include "settings/layers.h"

/* "~/x" is in the home folder, another relative path beside the file of profiles. */
static char *absolute(const struct settings *settings, const struct config *config, const char *path)
{
	const char *home = environment_get(settings->environment, "HOME");
	if (home && text_starts(path, "~/"))
		return text_format("%s%s", home, path + 1);
	const char *slash = strrchr(config->path, '/');
	if (*path == '/' || !slash)
		return text_copy(path);
	return text_format("%.*s/%s", (int)(slash - config->path), config->path, path);
}

static void place_setting(struct settings *settings, const struct config *config, const struct config_setting *given)
{
	struct setting_value value = {.source = SOURCE_PROFILE, .holder = given->holder};
	value.must_be_private = given->setting->privacy != SETTING_PLAIN;
	value.text = given->holder == HELD_IN_FILE ? absolute(settings, config, given->text) : text_copy(given->text);
	for (size_t i = 0; i < given->words.count; i++)
		strings_add(&value.words, given->words.items[i]);
	value.origin = text_format("profile %s (%s:%u:%u)", settings->profile, config->path, given->place.line,
				   given->place.column);
	layer_place(settings, given->setting, value);
}

static fallible place_profile(struct settings *settings, const struct config *config,
			      const struct config_profile *profile)
{
	settings->profile = text_copy(profile->name);
	if (profile->env_file) {
		AUTO(memory) char *path = absolute(settings, config, profile->env_file);
		TRY(error_wrap(layer_env_file(settings, path, SOURCE_PROFILE), "profile %s (%s:%u:%u)", profile->name,
			       config->path, profile->place.line, profile->place.column));
	}
	for (size_t i = 0; i < profile->count; i++)
		place_setting(settings, config, &profile->settings[i]);
	return NULL;
}

fallible layer_profile(struct settings *settings, const char *name)
{
	AUTO(memory) char *path = config_path(settings->environment);
	AUTO(config) struct config config = {0};
	if (!file_exists(path) && environment_get(settings->environment, "OWCTL_CONFIG"))
		log_warning("OWCTL_CONFIG names %s, which is not there", path);
	TRY(config_read(path, &config));
	if (!name)
		name = environment_get(settings->environment, "OWCTL_PROFILE");
	if (!name)
		name = config.default_name;
	if (!name)
		return NULL;
	const struct config_profile *profile = config_find(&config, name);
	return profile ? place_profile(settings, &config, profile) : config_no_such_profile(&config, name);
}
