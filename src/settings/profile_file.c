#include "settings/profile_file.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "settings/mask.h"

#define LIMIT ((size_t)1024 * 1024)

/* What the functions below hand down: the document, and what is being filled. */
struct reading {
	struct yaml *yaml;
	struct profile_file *file;
	struct profile *profile;
	struct profile_setting *setting;
};

static fallible unknown_key(const struct reading *reading, struct fy_node *node, const char *key, const char *known)
{
	AUTO(memory) char *shown = url_mask(key); /* a URL in the wrong place holds a password as well */
	return error_hint(yaml_wrong(reading->yaml, node, "unknown key \"%s\"", shown), "known keys are: %s", known);
}

/* ---- one setting ---- */

void profile_shell_command(struct strings *words, const char *line)
{
	strings_add(words, "/bin/sh");
	strings_add(words, "-c");
	strings_add(words, line);
}

static fallible read_words(const struct reading *reading, struct fy_node *node, struct strings *words)
{
	if (!fy_node_is_sequence(node)) {
		char *line = NULL;
		TRY(yaml_text(reading->yaml, node, "command", &line));
		profile_shell_command(words, line);
		free(line);
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
	struct profile_setting *setting = reading->setting;
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
	struct profile *profile = reading->profile;
	const struct setting *known = setting_find(key);
	AUTO(memory) char *shown = url_mask(key);
	if (!known)
		return setting_unknown(yaml_wrong(reading->yaml, key_node, "unknown setting \"%s\"", shown), key);
	if (known->environment_only)
		return error_hint(yaml_wrong(reading->yaml, key_node, "%s has no effect in a profile", key),
				  "set it in the environment");
	profile->settings = mem_resize(profile->settings, profile->count + 1, sizeof *profile->settings);
	reading->setting = &profile->settings[profile->count++];
	*reading->setting = (struct profile_setting){.setting = known, .place = yaml_place(key_node)};
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
	struct profile_file *file = reading->file;
	file->profiles = mem_resize(file->profiles, file->count + 1, sizeof *file->profiles);
	reading->profile = &file->profiles[file->count++];
	*reading->profile = (struct profile){.name = text_copy(key), .place = yaml_place(key_node)};
	return yaml_mapping(reading->yaml, value, key, read_profile_key, reading);
}

static fallible read_top(void *state, const char *key, struct fy_node *key_node, struct fy_node *value)
{
	struct reading *reading = state;
	struct profile_file *file = reading->file;
	if (file->profiles_key.line && !file->after_profiles)
		file->after_profiles = yaml_place(key_node).line;
	if (!strcmp(key, "default")) {
		file->default_key = yaml_place(key_node);
		file->default_place = yaml_place(value);
		return yaml_text(reading->yaml, value, key, &file->default_name);
	}
	if (strcmp(key, "profiles") != 0)
		return unknown_key(reading, key_node, key, "default, profiles");
	file->profiles_key = yaml_place(key_node);
	return yaml_mapping(reading->yaml, value, key, read_profile, reading);
}

static const char form[] = "as in `profiles: {home: {settings: {DATA_DIR: /srv/open-webui}}}`; a value is a text, or "
			   "one of {file: PATH}, {env: NAME} and {command: LINE}";

fallible profile_file_parse(const char *path, const char *text, size_t size, struct profile_file *file)
{
	AUTO(profile_file) struct profile_file parsed = {.path = text_copy(path), .text = text_copy_n(text, size)};
	AUTO(yaml) struct yaml yaml = {0};
	TRY(yaml_parse(path, parsed.text, size, &yaml));
	struct reading reading = {.yaml = &yaml, .file = &parsed};
	TRY(error_hint(yaml_mapping(&yaml, yaml_root(&yaml), "the file", read_top, &reading), "%s", form));
	*file = parsed;
	parsed = (struct profile_file){0};
	return NULL;
}

/* ---- the file ---- */

bool setting_is_secret(const struct setting *setting, const char *text)
{
	if (setting->privacy != SETTING_URL)
		return setting->privacy == SETTING_SECRET;
	AUTO(memory) char *masked = url_mask(text);
	return strcmp(masked, text) != 0;
}

static bool holds_secret(const struct profile_file *file)
{
	for (size_t i = 0; i < file->count; i++)
		for (size_t j = 0; j < file->profiles[i].count; j++) {
			const struct profile_setting *setting = &file->profiles[i].settings[j];
			if (setting->holder == HELD_HERE && setting_is_secret(setting->setting, setting->text))
				return true;
		}
	return false;
}

fallible profile_file_read(const char *path, struct profile_file *file)
{
	if (!file_exists(path)) {
		*file = (struct profile_file){.path = text_copy(path), .text = text_copy("")};
		return NULL;
	}
	TRY(file_check_trusted(path)); /* it names commands to run, and where passwords are sent */
	AUTO(str) struct str text = {0};
	struct error *error = file_read(path, LIMIT, &text);
	settings_blame(error);
	if (!error)
		error = profile_file_parse(path, str_text(&text), text.size, file);
	mem_wipe(text.data, text.room);
	TRY(error);
	error = holds_secret(file) ? file_check_private(path) : NULL;
	if (error)
		profile_file_cleanup(file);
	return error;
}

const struct profile *profile_find(const struct profile_file *file, const char *name)
{
	for (size_t i = 0; i < file->count; i++)
		if (!strcmp(file->profiles[i].name, name))
			return &file->profiles[i];
	return NULL;
}

fallible profile_not_found(const struct profile_file *file, const char *name)
{
	AUTO(strings) struct strings known = {0}, near = {0};
	for (size_t i = 0; i < file->count; i++)
		strings_add(&known, file->profiles[i].name);
	AUTO(memory) char *shown = url_mask(name);
	struct error *error = error_new(ERR_SETTINGS, "there is no profile \"%s\" in %s", shown, file->path);
	suggest(name, (const char *const *)known.items, known.count, &near);
	if (!known.count)
		return error;
	AUTO(memory) char *list = strings_join(&known, ", ");
	return near.count ? error_hint(error, "did you mean %s? known profiles are: %s", near.items[0], list)
			  : error_hint(error, "known profiles are: %s", list);
}

void profile_cleanup(struct profile *profile)
{
	for (size_t i = 0; i < profile->count; i++) {
		secret_free(profile->settings[i].text);
		strings_cleanup(&profile->settings[i].words);
	}
	free(profile->settings);
	free(profile->env_file);
	free(profile->name);
}

void profile_file_cleanup(struct profile_file *file)
{
	for (size_t i = 0; i < file->count; i++)
		profile_cleanup(&file->profiles[i]);
	free(file->profiles);
	free(file->default_name);
	secret_free(file->text);
	free(file->path);
	*file = (struct profile_file){0};
}
