#include "settings/config.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "settings/mask.h"

#define LIMIT ((size_t)1024 * 1024)

/* What the functions below hand down: the document, and what is being filled. */
struct reading {
	const struct yaml *yaml;
	struct config *config;
	struct config_profile *profile;
	struct config_setting *setting;
};

static fallible unknown_key(const struct reading *reading, struct fy_node *node, const char *key, const char *known)
{
	return error_hint(yaml_wrong(reading->yaml, node, "unknown key \"%s\"", key), "known keys are: %s", known);
}

/* ---- one setting ---- */

static fallible read_words(const struct reading *reading, struct fy_node *node, struct strings *words)
{
	if (!fy_node_is_sequence(node)) {
		char *line = NULL;
		TRY(yaml_text(reading->yaml, node, "command", &line));
		strings_add(words, "/bin/sh");
		strings_add(words, "-c");
		strings_add_taken(words, line);
		return NULL;
	}
	void *position = NULL;
	for (struct fy_node *item; (item = fy_node_sequence_iterate(node, &position));) {
		char *word = NULL;
		TRY(yaml_text(reading->yaml, item, "a word of command", &word));
		strings_add_taken(words, word);
	}
	return words->count ? NULL : yaml_wrong(reading->yaml, node, "command is empty");
}

static fallible read_holder(void *state, const char *key, struct fy_node *key_node, struct fy_node *value)
{
	const struct reading *reading = state;
	struct config_setting *setting = reading->setting;
	if (setting->text || setting->words.count)
		return yaml_wrong(reading->yaml, key_node, "%s has two sources", setting->setting->name);
	if (!strcmp(key, "command")) {
		setting->holder = HELD_BY_COMMAND;
		return read_words(reading, value, &setting->words);
	}
	if (!strcmp(key, "file"))
		setting->holder = HELD_IN_FILE;
	else if (!strcmp(key, "env"))
		setting->holder = HELD_IN_VARIABLE;
	else
		return unknown_key(reading, key_node, key, "file, env, command");
	return yaml_text(reading->yaml, value, key, &setting->text);
}

static fallible read_setting(void *state, const char *key, struct fy_node *key_node, struct fy_node *value)
{
	struct reading *reading = state;
	struct config_profile *profile = reading->profile;
	const struct setting *known = setting_find(key);
	if (!known)
		return error_hint(yaml_wrong(reading->yaml, key_node, "unknown setting \"%s\"", key),
				  "owctl profile show --help lists the settings");
	if (known->environment_only)
		return error_hint(yaml_wrong(reading->yaml, key_node, "%s has no effect in a profile", key),
				  "set it in the environment");
	profile->settings = mem_resize(profile->settings, profile->count + 1, sizeof *profile->settings);
	reading->setting = &profile->settings[profile->count++];
	*reading->setting = (struct config_setting){.setting = known, .place = yaml_place(key_node)};
	if (!fy_node_is_mapping(value))
		return yaml_text(reading->yaml, value, key, &reading->setting->text);
	TRY(yaml_mapping(reading->yaml, value, key, read_holder, reading));
	if (!reading->setting->text && !reading->setting->words.count)
		return yaml_wrong(reading->yaml, key_node, "%s has no source", key);
	return NULL;
}

/* ---- profiles ---- */

static fallible read_profile_key(void *state, const char *key, struct fy_node *key_node, struct fy_node *value)
{
	struct reading *reading = state;
	if (!strcmp(key, "env-file"))
		return yaml_text(reading->yaml, value, key, &reading->profile->env_file);
	if (!strcmp(key, "settings"))
		return yaml_mapping(reading->yaml, value, key, read_setting, reading);
	return unknown_key(reading, key_node, key, "env-file, settings");
}

static fallible read_profile(void *state, const char *key, struct fy_node *key_node, struct fy_node *value)
{
	struct reading *reading = state;
	struct config *config = reading->config;
	config->profiles = mem_resize(config->profiles, config->count + 1, sizeof *config->profiles);
	reading->profile = &config->profiles[config->count++];
	*reading->profile = (struct config_profile){.name = text_copy(key), .place = yaml_place(key_node)};
	return yaml_mapping(reading->yaml, value, key, read_profile_key, reading);
}

static fallible read_top(void *state, const char *key, struct fy_node *key_node, struct fy_node *value)
{
	struct reading *reading = state;
	struct config *config = reading->config;
	if (config->profiles_key.line && !config->after_profiles)
		config->after_profiles = yaml_place(key_node).line;
	if (!strcmp(key, "default")) {
		config->default_key = yaml_place(key_node);
		config->default_place = yaml_place(value);
		return yaml_text(reading->yaml, value, key, &config->default_name);
	}
	if (strcmp(key, "profiles") != 0)
		return unknown_key(reading, key_node, key, "default, profiles");
	config->profiles_key = yaml_place(key_node);
	return yaml_mapping(reading->yaml, value, key, read_profile, reading);
}

fallible config_parse(const char *path, const char *text, size_t size, struct config *config)
{
	AUTO(config) struct config parsed = {.path = text_copy(path), .text = text_copy_n(text, size)};
	AUTO(yaml) struct yaml yaml = {0};
	TRY(yaml_parse(path, parsed.text, size, &yaml));
	struct reading reading = {.yaml = &yaml, .config = &parsed};
	TRY(yaml_mapping(&yaml, fy_document_root(yaml.document), "the file", read_top, &reading));
	*config = parsed;
	parsed = (struct config){0};
	return NULL;
}

/* ---- the file ---- */

bool config_is_secret(const struct setting *setting, const char *text)
{
	if (setting->privacy != SETTING_URL)
		return setting->privacy == SETTING_SECRET;
	AUTO(memory) char *masked = url_mask(text);
	return strcmp(masked, text) != 0;
}

static bool holds_secret(const struct config *config)
{
	for (size_t i = 0; i < config->count; i++)
		for (size_t j = 0; j < config->profiles[i].count; j++) {
			const struct config_setting *setting = &config->profiles[i].settings[j];
			if (setting->holder == HELD_HERE && config_is_secret(setting->setting, setting->text))
				return true;
		}
	return false;
}

fallible config_read(const char *path, struct config *config)
{
	if (!file_exists(path)) {
		*config = (struct config){.path = text_copy(path), .text = text_copy("")};
		return NULL;
	}
	AUTO(str) struct str text = {0};
	struct error *error = file_read(path, LIMIT, &text);
	if (error)
		error->code = error->code == ERR_INPUT ? ERR_SETTINGS : error->code;
	else
		error = config_parse(path, str_text(&text), text.size, config);
	mem_wipe(text.data, text.room);
	TRY(error);
	error = holds_secret(config) ? file_check_private(path) : NULL;
	if (error)
		config_cleanup(config);
	return error;
}

const struct config_profile *config_find(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->count; i++)
		if (!strcmp(config->profiles[i].name, name))
			return &config->profiles[i];
	return NULL;
}

fallible config_no_such_profile(const struct config *config, const char *name)
{
	AUTO(str) struct str known = {0};
	for (size_t i = 0; i < config->count; i++)
		str_add_format(&known, "%s%s", i ? ", " : "", config->profiles[i].name);
	struct error *error = error_new(ERR_SETTINGS, "there is no profile \"%s\" in %s", name, config->path);
	if (!config->count)
		return error_hint(error, "owctl profile add %s makes it", name);
	return error_hint(error, "known profiles are: %s", str_text(&known));
}

static void profile_cleanup(struct config_profile *profile)
{
	for (size_t i = 0; i < profile->count; i++) {
		secret_free(profile->settings[i].text);
		strings_cleanup(&profile->settings[i].words);
	}
	free(profile->settings);
	free(profile->env_file);
	free(profile->name);
}

void config_cleanup(struct config *config)
{
	for (size_t i = 0; i < config->count; i++)
		profile_cleanup(&config->profiles[i]);
	free(config->profiles);
	free(config->default_name);
	secret_free(config->text);
	free(config->path);
	*config = (struct config){0};
}
