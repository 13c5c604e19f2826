#include "settings/settings.h"

#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "settings/layers.h"
#include "settings/mask.h"

static struct setting_value *value_of(const struct settings *settings, const char *name)
{
	const struct setting *setting = setting_find(name);
	return setting ? &settings->values[setting - known_settings] : NULL;
}

static struct settings *settings_new(char *const *environment)
{
	struct settings *settings = mem_new(1, sizeof *settings);
	size_t count = 0;
	while (known_settings[count].name)
		count++;
	settings->count = count;
	settings->values = mem_new(count, sizeof *settings->values);
	settings->beneath = mem_new(count, sizeof *settings->beneath);
	settings->environment = environment;
	return settings;
}

void settings_free(struct settings *settings)
{
	if (!settings)
		return;
	for (size_t i = 0; i < settings->count; i++) {
		setting_value_cleanup(&settings->values[i]);
		setting_value_cleanup(&settings->beneath[i]);
	}
	for (size_t i = 0; i < COUNT(settings->typed); i++)
		free(settings->typed[i]);
	strings_cleanup(&settings->told);
	free(settings->values);
	free(settings->beneath);
	free(settings->profile);
	free(settings);
}

static void remember_typed(struct settings *settings, const struct settings_request *request)
{
	if (request->profile)
		settings->typed[SOURCE_PROFILE] = text_format("profile \"%s\"", request->profile);
	if (request->env_file)
		settings->typed[SOURCE_ENV_FILE] = text_format("--env-file %s", request->env_file);
}

/* From the lowest layer to the highest: each replaces what is below. */
static fallible load_layers(struct settings *settings, const struct settings_request *request)
{
	remember_typed(settings, request);
	layer_defaults(settings, request->image_folder);
	TRY(layer_profile(settings, request->profile));
	if (request->env_file)
		TRY(layer_env_file(settings, request->env_file, SOURCE_ENV_FILE));
	TRY(layer_environment(settings));
	layer_flag(settings, "DATABASE_URL", request->database, "--database");
	layer_flag(settings, "DATA_DIR", request->data_dir, "--data-dir");
	layer_flag(settings, "OWCTL_AUDIT_LOG", request->audit_log, "--audit-log");
	return NULL;
}

fallible settings_load(const struct settings_request *request, struct settings **settings)
{
	AUTO(settings) struct settings *loaded = settings_new(request->environment);
	TRY(load_layers(loaded, request));
	loaded->environment = NULL;
	*settings = loaded;
	loaded = NULL;
	return NULL;
}

static fallible unusable(struct error *error, const char *name, const struct setting_value *value)
{
	error = error_wrap(error, "%s (%s)", name, value->origin);
	return error_hint(error, "mend it there: %s is \"%s\"", name, setting_find(name)->help);
}

fallible settings_get(struct settings *settings, const char *name, const char **value)
{
	struct setting_value *found = value_of(settings, name);
	if (!found)
		return error_new(ERR_FAILED, "%s is not among the known settings", name);
	if (found->source != SOURCE_NONE)
		TRY(unusable(setting_value_resolve(found), name, found));
	*value = found->resolved;
	return NULL;
}

enum setting_source settings_source(const struct settings *settings, const char *name)
{
	const struct setting_value *value = value_of(settings, name);
	return value ? value->source : SOURCE_NONE;
}

const char *settings_origin(const struct settings *settings, const char *name)
{
	const struct setting_value *value = value_of(settings, name);
	return value && value->origin ? value->origin : "";
}

fallible settings_masked(struct settings *settings, const char *name, char **masked)
{
	const char *value = NULL;
	TRY(settings_get(settings, name, &value));
	enum setting_privacy privacy = setting_find(name)->privacy;
	if (!value || privacy == SETTING_PLAIN)
		*masked = text_copy(value);
	else
		*masked = privacy == SETTING_SECRET ? text_copy("***") : url_mask(value);
	return NULL;
}

void settings_add_secrets(const struct settings *settings, struct strings *secrets)
{
	for (size_t i = 0; i < settings->count; i++)
		if (known_settings[i].privacy == SETTING_SECRET && settings->values[i].resolved)
			strings_add(secrets, settings->values[i].resolved);
}

void settings_warn(struct settings *settings, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	AUTO(memory) char *text = text_format_v(format, args);
	va_end(args);
	if (strings_have(&settings->told, text))
		return;
	strings_add(&settings->told, text);
	log_warning("%s", text);
}

const char *settings_profile(const struct settings *settings)
{
	return settings->profile;
}

const char *settings_typed(const struct settings *settings, enum setting_source source)
{
	return settings->typed[source];
}

enum setting_source settings_source_beneath(const struct settings *settings, const char *name)
{
	enum setting_source source = settings_source(settings, name);
	return source == SOURCE_ENVIRONMENT ? settings->beneath[setting_find(name) - known_settings].source : source;
}

bool settings_replaced(const struct settings *settings, const char *name)
{
	const struct setting_value *value = value_of(settings, name);
	const struct setting_value *beneath = &settings->beneath[value - settings->values];
	if (value->source != SOURCE_ENVIRONMENT || beneath->source == SOURCE_NONE)
		return false;
	return value->holder != HELD_HERE || beneath->holder != HELD_HERE || !text_equal(value->text, beneath->text);
}
