/* Settings: where they come from, and what they are. Precedence: flag, environment, --env-file, profile, default.
 * The names are Open WebUI's own wherever it has one; owctl's begin with OWCTL_. */
#ifndef SETTINGS_SETTINGS_H
#define SETTINGS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

enum setting_source { SOURCE_NONE, SOURCE_DEFAULT, SOURCE_PROFILE, SOURCE_ENV_FILE, SOURCE_ENVIRONMENT, SOURCE_FLAG };

/* One row of the table of known settings (registry.c). */
struct setting {
	const char *name; /* "DATABASE_URL" */
	const char *help; /* one clause */
	const char *fallback; /* default, or NULL */
	enum { PLAIN, SECRET, SECRET_IN_URL } privacy; /* how it is shown: as it is, masked, password in the URL masked */
	const char *since; /* NULL: Open WebUI's; "owctl": our own */
};
extern const struct setting known_settings[]; /* ends with a NULL name */

struct settings;

/* What a command line says about settings. All borrowed during settings_load. NULL where not given. */
struct settings_request {
	const char *profile, *env_file;
	const char *database, *data_dir, *url; /* become DATABASE_URL, DATA_DIR, WEBUI_URL of SOURCE_FLAG */
	char *const *environment;             /* environ */
};

/* Reads env file and profile. ERR_SETTINGS naming file and line; ERR_PERMISSION for a world-readable file that holds
 * secrets. Settings whose value is a command or a file in a profile are resolved when they are first asked for. */
fallible settings_load(const struct settings_request *request, struct settings **settings) MUST_CHECK;
void settings_free(struct settings *settings);
static inline void settings_cleanup(struct settings **settings)
{
	settings_free(*settings);
}

/* The effective value (borrowed, never freed by the caller), NULL when unset and without default. An empty environment
 * value counts as unset, as in Open WebUI's own `if NAME:` tests. */
fallible settings_get(struct settings *settings, const char *name, const char **value) MUST_CHECK;

/* Where the effective value comes from, for messages: "--database", "environment", "/etc/x.env:12", "profile prod
 * (config.yaml:4)", "default". Borrowed. */
const char *settings_origin(const struct settings *settings, const char *name);
enum setting_source settings_source(const struct settings *settings, const char *name);

/* The value as it may be shown: secrets as "***", the password inside a URL as "***". To be freed; NULL when unset. */
fallible settings_masked(struct settings *settings, const char *name, char **masked) MUST_CHECK;

/* The name of the profile in force, or NULL. */
const char *settings_profile(const struct settings *settings);

#endif
